import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { followEachBatch, followEachMessage } from './kafka-consuming.ts';
import { followSend, followSendBatch } from './kafka-producing.ts';
import type { MessageTracer } from './message-tracer.ts';

/** Where clients of the same shape differ. */
export interface KafkaDialect {
  /** The group of a consumer that is about to run; `options` are those that it was made with. */
  readonly groupOf: (consumer: object, options: unknown) => unknown;
  /** Sees each producer and consumer before the app has it. */
  readonly onClient?: (client: object) => void;
}

/** Producers that are followed: of Confluent's client a transaction is the producer itself. */
const followed = new WeakSet<object>();

/**
 * Follows what a `Kafka` of kafkajs, or of a client of its shape, makes: send and sendBatch of producers and transactions,
 * eachMessage, and eachBatch message by message. Takes the prototype of the class.
 */
export function followKafkaClient(kafka: object, tracer: MessageTracer, { groupOf, onClient }: KafkaDialect): void {
  wrapResult(kafka, 'producer', (producer) => {
    onClient?.(producer);
    followProducer(producer, tracer);
  });
  wrapResult(kafka, 'consumer', (consumer, [options]) => {
    onClient?.(consumer);
    followConsumer(consumer, tracer, () => groupOf(consumer, options));
  });
}

/** Connections, heartbeats and their events belong to no request, also when they are made lazily in one. Callbacks do. */
export function runInRoot(target: object, name: string): void {
  wrapMethod(
    target,
    name,
    (original) =>
      function (...args) {
        const caller = context.active();
        const bound = args.map((arg) => (isMethod(arg) ? context.bind(caller, arg) : arg));
        return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, bound));
      },
  );
}

function followProducer(producer: object, tracer: MessageTracer): void {
  if (followed.has(producer)) return;
  followed.add(producer);
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

function followConsumer(consumer: object, tracer: MessageTracer, groupOf: () => unknown): void {
  runInRoot(consumer, 'connect');
  wrapMethod(
    consumer,
    'run',
    (run) =>
      function (config, ...rest) {
        const handling = isObject(config) ? followHandlers(config, tracer, groupOf()) : config;
        return context.with(ROOT_CONTEXT, () => Reflect.apply(run, this, [handling, ...rest]));
      },
  );
}

function followHandlers(config: object, tracer: MessageTracer, group: unknown): object {
  const consumer = { tracer, groupId: typeof group === 'string' ? group : undefined };
  const eachMessage: unknown = Reflect.get(config, 'eachMessage');
  const eachBatch: unknown = Reflect.get(config, 'eachBatch');
  return {
    ...config,
    ...(isMethod(eachMessage) ? { eachMessage: followEachMessage(eachMessage, consumer) } : {}),
    ...(isMethod(eachBatch) ? { eachBatch: followEachBatch(eachBatch, consumer) } : {}),
  };
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
