import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { followEachBatch, followEachMessage, type KafkaConsumer } from './kafkajs-consuming.ts';
import { followSend, followSendBatch } from './kafkajs-producing.ts';
import { createMessageTracer, type MessageTracer, type MessagingSettings } from './message-tracer.ts';

const PATCHED = Symbol.for('threadline.kafkajs.patched');

/**
 * Kafka by kafkajs: send and sendBatch of producers and transactions, eachMessage, and eachBatch message by message.
 * Context travels in the headers; keys, values and the caller's own message objects are left as they are. Safe to repeat.
 */
export function patchKafkajs(moduleExports: unknown, settings: MessagingSettings): void {
  const kafka = exportedPrototype(moduleExports, 'Kafka');
  if (kafka === undefined || PATCHED in kafka) return;
  Object.defineProperty(kafka, PATCHED, { value: true });
  const tracer = createMessageTracer('kafka', settings);
  wrapResult(kafka, 'producer', (producer) => followProducer(producer, tracer));
  wrapResult(kafka, 'consumer', (consumer, [options]) => {
    const groupId: unknown = isObject(options) ? Reflect.get(options, 'groupId') : undefined;
    followConsumer(consumer, { tracer, groupId: typeof groupId === 'string' ? groupId : undefined });
  });
}

function followProducer(producer: object, tracer: MessageTracer): void {
  wrapMethod(producer, 'send', (send) => followSend(send, tracer));
  wrapMethod(producer, 'sendBatch', (sendBatch) => followSendBatch(sendBatch, tracer));
  runInRoot(producer, 'connect');
  wrapMethod(
    producer,
    'transaction',
    (begin) =>
      async function (...args) {
        const transaction = await Reflect.apply(begin, this, args);
        if (isObject(transaction)) followProducer(transaction, tracer);
        return transaction;
      },
  );
}

function followConsumer(consumer: object, options: KafkaConsumer): void {
  runInRoot(consumer, 'connect');
  wrapMethod(
    consumer,
    'run',
    (run) =>
      function (config, ...rest) {
        const followed = isObject(config) ? followHandlers(config, options) : config;
        return context.with(ROOT_CONTEXT, () => Reflect.apply(run, this, [followed, ...rest]));
      },
  );
}

function followHandlers(config: object, options: KafkaConsumer): object {
  const eachMessage: unknown = Reflect.get(config, 'eachMessage');
  const eachBatch: unknown = Reflect.get(config, 'eachBatch');
  return {
    ...config,
    ...(isMethod(eachMessage) ? { eachMessage: followEachMessage(eachMessage, options) } : {}),
    ...(isMethod(eachBatch) ? { eachBatch: followEachBatch(eachBatch, options) } : {}),
  };
}

/** Connections, heartbeats and their events belong to no request, also when they are made lazily in one. */
function runInRoot(target: object, name: string): void {
  wrapMethod(
    target,
    name,
    (original) =>
      function (...args) {
        return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
      },
  );
}

function wrapResult(prototype: object, name: string, follow: (result: object, args: readonly unknown[]) => void): void {
  wrapMethod(prototype, name, (original): Method => {
    return function (...args) {
      const result = Reflect.apply(original, this, args);
      if (isObject(result)) follow(result, args);
      return result;
    };
  });
}
