import type { Span } from '../../api/index.ts';
import { stringAttribute } from '../typed-attributes.ts';
import { isServer, takesMessage, textOf } from './span-facts.ts';

/**
 * Packages of Node that speak each system, as the SDK names them: through these alone work goes on in another process. What asks a database,
 * writes logs or names routes hands nothing on.
 */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  rabbitmq: ['amqplib', 'amqp-connection-manager', 'rabbitmq-client'],
  kafka: ['kafkajs', '@confluentinc/kafka-javascript', '@platformatic/kafka', 'node-rdkafka', 'kafka-node'],
  nats: ['nats', '@nats-io/transport-node'],
  mqtt: ['mqtt'],
  pulsar: ['pulsar-client'],
  aws_sqs: ['@aws-sdk/client-sqs'],
  'aws.sns': ['@aws-sdk/client-sns'],
  'aws.eventbridge': ['@aws-sdk/client-eventbridge'],
  'aws.kinesis': ['@aws-sdk/client-kinesis'],
  eventhubs: ['@azure/event-hubs'],
  servicebus: ['@azure/service-bus'],
  gcp_pubsub: ['@google-cloud/pubsub'],
  redis: ['ioredis', 'redis', '@redis/client', 'bee-queue', 'bull'],
  bullmq: ['bullmq'],
  postgresql: ['graphile-worker'],
  mongodb: ['agenda'],
  grpc: ['@grpc/grpc-js'],
  http: ['undici', 'http2'],
};
/** What it is about is seen without it: it names routes alone. */
const SEEN_ANYWAY: ReadonlySet<string> = new Set(['express']);
const HANDING_ON: ReadonlySet<string> = new Set(Object.values(LIBRARIES).flat());

/** What the other side of a message or a gRPC call may take it with; none where that is not known. */
export function librariesFor(span: Span): readonly string[] {
  return LIBRARIES[stringAttribute(span.attributes, 'messaging.system') ?? textOf(span, 'rpc')] ?? [];
}

/** Whether work goes on in another process through it. */
export function handsOn(library: string): boolean {
  return HANDING_ON.has(library);
}

/** Whether something is not seen where it is not followed. */
export function hidesWork(library: string): boolean {
  return !SEEN_ANYWAY.has(library);
}

/** The systems that a process reaches by these. */
export function systemsOf(libraries: readonly string[]): string[] {
  return Object.entries(LIBRARIES).flatMap(([system, names]) => (names.some((name) => libraries.includes(name)) ? [system] : []));
}

/** Of these, what the request or message came by. */
export function librariesOfSystem(system: string, libraries: readonly string[]): readonly string[] {
  return libraries.filter((library) => LIBRARIES[system]?.includes(library));
}

/** The system by which a request or a message came to this span; empty for a span that takes none. */
export function arrivalSystemOf(span: Span): string {
  if (isServer(span)) return textOf(span, 'rpc') || (textOf(span, 'method') === '' ? '' : 'http');
  return takesMessage(span) ? (stringAttribute(span.attributes, 'messaging.system') ?? '') : '';
}
