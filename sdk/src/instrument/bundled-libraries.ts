import { isAnnounced } from './bundle-announcement.ts';

/**
 * A text of each library's own that a bundler keeps, also when it makes names short, and that no app has a reason to write.
 * Of undici none: it is seen in a bundle too, by the channels that it publishes.
 */
const MARKS: Readonly<Record<string, string>> = {
  express: '@@symbol:trust_proxy_default',
  pino: 'pino.wildcardFirst',
  winston: '[winston] Attempt to write logs with no transports',
  '@grpc/grpc-js': 'grpc-node-js/',
  pg: 'Client has already been connected. You cannot reuse a client.',
  mysql2: 'Bind parameters must not contain undefined. To pass SQL NULL specify JS null',
  mysql: 'Connection acquired from wrong pool',
  mariadb: 'Batch must have values set',
  mongodb: 'Topology cannot be constructed from ',
  ioredis: '[ioredis] Unhandled error event:',
  '@redis/client': 'Client Side Caching is only supported with RESP3',
  amqplib: 'Frame on channel != 0 during handshake',
  'amqp-connection-manager': 'Must supply either `urls` or `findServers`',
  kafkajs: 'KafkaJSLockTimeout',
  '@confluentinc/kafka-javascript': 'deliveryCallback called without opaque set properly',
  '@aws-sdk/client-sns': 'com.amazonaws.sns#',
  '@aws-sdk/client-sqs': 'com.amazonaws.sqs#',
  bullmq: 'BullMQ: Your redis options maxRetriesPerRequest must be null.',
};

/** What stands beside the marks where this package is in the file, which then has each of them once more than its libraries do. */
const OWN_MARK = 'threadline.libraries.unseen';

/** The libraries whose code is inside of this file, and which do not say so themselves as it runs. */
export function findBundledLibraries(file: Buffer): string[] {
  const hasTable = file.includes(OWN_MARK);
  return Object.keys(MARKS).filter((name) => isInside(file, MARKS[name] ?? '', hasTable) && !isAnnounced(file, name));
}

function isInside(file: Buffer, mark: string, hasTable: boolean): boolean {
  const first = file.indexOf(mark);
  return first !== -1 && (!hasTable || file.includes(mark, first + 1));
}
