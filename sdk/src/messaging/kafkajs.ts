import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isObject } from '../instrument/wrap-method.ts';
import { followKafkaClient } from './kafka-client.ts';
import { createMessageTracer, type MessagingSettings } from './message-tracer.ts';

const PATCHED = Symbol.for('threadline.kafkajs.patched');

/**
 * Kafka by kafkajs: send and sendBatch of producers and transactions, eachMessage, and eachBatch message by message.
 * Context travels in the headers; keys, values and the caller's own message objects are left as they are. Safe to repeat.
 */
export function patchKafkajs(moduleExports: unknown, settings: MessagingSettings): void {
  const kafka = exportedPrototype(moduleExports, 'Kafka');
  if (kafka === undefined || PATCHED in kafka) return;
  Object.defineProperty(kafka, PATCHED, { value: true });
  followKafkaClient(kafka, createMessageTracer('kafka', settings), {
    groupOf: (_consumer, options) => (isObject(options) ? Reflect.get(options, 'groupId') : undefined),
  });
}
