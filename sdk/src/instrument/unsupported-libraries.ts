/**
 * Packages that hand work on to other processes and for which there is nothing here: they are named when the app loads them. The collector knows by the same names what
 * each speaks (`libraries-for.ts`), so that a flow which breaks there is no riddle.
 */
export const UNSUPPORTED_LIBRARIES: ReadonlySet<string> = new Set([
  '@platformatic/kafka',
  'node-rdkafka',
  'kafka-node',
  'nats',
  '@nats-io/transport-node',
  'mqtt',
  'rabbitmq-client',
  'pulsar-client',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-kinesis',
  '@azure/event-hubs',
  '@azure/service-bus',
  '@google-cloud/pubsub',
  'agenda',
  'bee-queue',
  'bull',
  'graphile-worker',
]);
