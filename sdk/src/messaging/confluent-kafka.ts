import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { followKafkaClient, runInRoot } from './kafka-client.ts';
import { createMessageTracer, type MessagingSettings } from './message-tracer.ts';
import { followConsume, followData, groupOf } from './rdkafka-consuming.ts';
import { followProduce, followReports } from './rdkafka-producing.ts';
import { followReadStream, followWriteStream } from './rdkafka-streams.ts';

const PATCHED = Symbol.for('threadline.confluent-kafka.patched');

/** What takes a callback, that the binding calls in no context: it is told in the one that asked. The client's own work is in none. */
const ASKING = [
  'connect',
  'disconnect',
  'getMetadata',
  'queryWatermarkOffsets',
  'offsetsForTimes',
  'flush',
  'setPollInterval',
  'initTransactions',
  'beginTransaction',
  'commitTransaction',
  'abortTransaction',
  'sendOffsetsToTransaction',
  'committed',
  'seek',
  'commitCb',
];

/** Clients of librdkafka that are the inside of one of the KafkaJS API, where their messages are followed. */
const inner = new WeakSet<object>();

/**
 * Kafka by Confluent's client, by both of its APIs: `KafkaJS`, as kafkajs, and `RdKafka`, whose produce and consume are followed
 * message by message, and through streams. Takes the exports of the package or of a file of it. Context travels in the
 * headers; keys, values and the caller's own message objects are left as they are. Safe to repeat.
 */
export function patchConfluentKafka(moduleExports: unknown, settings: MessagingSettings): void {
  const tracer = createMessageTracer('kafka', settings);
  const isInner = (client: object): boolean => inner.has(client);
  const kafkaJs: unknown = isObject(moduleExports) ? Reflect.get(moduleExports, 'KafkaJS') : undefined;
  patchOnce(exportedPrototype(kafkaJs, 'Kafka'), (kafka) =>
    followKafkaClient(kafka, tracer, { groupOf: (consumer) => groupOf(innerClient(consumer)), onClient: rememberInner }),
  );
  patchOnce(exportedPrototype(moduleExports, 'Producer'), (producer) => {
    wrapMethod(producer, 'produce', (produce) => followProduce(produce, tracer, isInner));
    wrapMethod(producer, 'emit', followReports);
    for (const name of ASKING) runInRoot(producer, name);
  });
  patchOnce(exportedPrototype(moduleExports, 'KafkaConsumer'), (consumer) => {
    wrapMethod(consumer, 'consume', (consume) => followConsume(consume, tracer, isInner));
    wrapMethod(consumer, 'emit', followData);
    for (const name of ASKING) runInRoot(consumer, name);
  });
  patchOnce(prototypeOf(moduleExports, 'ProducerStream'), followWriteStream);
  patchOnce(prototypeOf(moduleExports, 'KafkaConsumerStream'), followReadStream);
}

/** A class that is all that a file exports. */
function prototypeOf(moduleExports: unknown, name: string): object | undefined {
  return isMethod(moduleExports) && moduleExports.name === name ? exportedPrototype({ [name]: moduleExports }, name) : undefined;
}

function patchOnce(prototype: object | undefined, patch: (prototype: object) => void): void {
  if (prototype === undefined || Object.hasOwn(prototype, PATCHED)) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  patch(prototype);
}

/** It is made as the outer one connects. */
function rememberInner(client: object): void {
  wrapMethod(
    client,
    'connect',
    (connect) =>
      function (...args) {
        const connected = Reflect.apply(connect, this, args);
        const made = innerClient(client);
        if (isObject(made)) inner.add(made);
        return connected;
      },
  );
}

function innerClient(client: object): unknown {
  const read: unknown = Reflect.get(client, '_getInternalClient');
  return isMethod(read) ? Reflect.apply(read, client, []) : undefined;
}
