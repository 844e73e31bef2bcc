import { EventEmitter } from 'node:events';
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { followBatch } from './batch-array.ts';
import { callersContext } from './batch-iterator.ts';
import { readContext } from './carrier.ts';
import { consumerOperation } from './kafka-consuming.ts';
import { isKafkaMessage, type KafkaMessage, messageAttributes } from './kafka-message.ts';
import { MessageBatch } from './message-batch.ts';
import type { MessageTracer } from './message-tracer.ts';
import { readHeaders } from './rdkafka-headers.ts';
import { ReceivedMessage, type ReceivedOptions, receivedMessage, rememberMessage } from './received-message.ts';
import { withMessage } from './with-message.ts';

/** Native clients whose messages are followed. */
const followed = new WeakSet<object>();

/**
 * `consume`, as a flow of messages or a number of them. Each message of a flow has a process span, from its listeners and its
 * callback to the end of what they returned; those that were asked for have a receive span too, and are an array whose
 * iterator and callback methods enter each one's context. Clients that are the inside of another are left alone.
 */
export function followConsume(consume: Method, tracer: MessageTracer, isInner: (client: object) => boolean): Method {
  return function (...args) {
    if (!isObject(this) || isInner(this)) return Reflect.apply(consume, this, args);
    followNative(this, tracer);
    const [count, onMessages] = args;
    const isFlow = !count || (typeof count !== 'number' && !onMessages);
    const bound = args.map((arg) => (isMethod(arg) ? (isFlow ? inMessage(arg) : context.bind(callersContext(), arg)) : arg));
    return isFlow ? context.with(ROOT_CONTEXT, () => Reflect.apply(consume, this, bound)) : Reflect.apply(consume, this, bound);
  };
}

/** Listeners of `data` run in the context of the message that it brings; anything else is told as it was. */
export function followData(emit: Method): Method {
  return function (name, ...args) {
    const received = name === 'data' ? receivedMessage(args[0]) : undefined;
    if (received === undefined || !(this instanceof EventEmitter)) return Reflect.apply(emit, this, [name, ...args]);
    // Where Node listens to what listeners return, it must be the one who calls them.
    if (EventEmitter.captureRejections) return received.run(() => Reflect.apply(emit, this, [name, ...args]));
    const listeners = this.rawListeners('data');
    for (const listener of listeners) received.run(() => Reflect.apply(listener, this, args));
    return listeners.length > 0;
  };
}

/** The group of a consumer that is configured as librdkafka has it. */
export function groupOf(consumer: unknown): string | undefined {
  const config: unknown = isObject(consumer) ? Reflect.get(consumer, 'globalConfig') : undefined;
  const group: unknown = isObject(config) ? Reflect.get(config, 'group.id') : undefined;
  return typeof group === 'string' ? group : undefined;
}

/** What takes an error and a message. */
function inMessage(callback: Method): Method {
  return function (error, message, ...rest) {
    return withMessage(message, () => Reflect.apply(callback, this, [error, message, ...rest]));
  };
}

/** Sees the messages of a consumer as the binding brings them, before its events and callbacks have them. */
function followNative(consumer: object, tracer: MessageTracer): void {
  const native: unknown = Reflect.get(consumer, '_client');
  if (!isObject(native) || followed.has(native)) return;
  followed.add(native);
  const receiver = { tracer, groupId: groupOf(consumer) };
  wrapLastCallback(
    native,
    'consume',
    (callback) =>
      function (error, messages, ...rest) {
        if (Array.isArray(messages)) receiveAll(messages, receiver);
        return Reflect.apply(callback, this, [error, messages, ...rest]);
      },
  );
  wrapLastCallback(
    native,
    'consumeLoop',
    (callback) =>
      function (error, message, ...rest) {
        const call = (): unknown => Reflect.apply(callback, this, [error, message, ...rest]);
        if (!isKafkaMessage(message)) return context.with(ROOT_CONTEXT, call);
        const received = receivedOne(message, receiver, { creation: creationOf(message), receive: undefined });
        rememberMessage(message, received);
        return received.run(call);
      },
  );
}

/** How a message came. */
type Arrival = Pick<ReceivedOptions, 'creation' | 'receive' | 'batch'>;

interface Receiver {
  readonly tracer: MessageTracer;
  readonly groupId: string | undefined;
}

/** One receive span for what was asked for at once, and what is known about each of them. */
function receiveAll(messages: readonly unknown[], receiver: Receiver): void {
  const { tracer, groupId } = receiver;
  const known = messages.filter(isKafkaMessage);
  if (known.length === 0) return;
  const creations = known.map(creationOf);
  const poll = consumerOperation('consume', commonPlace(known), groupId, {});
  const receive = trace.getSpanContext(tracer.receive(poll, undefined, creations));
  const batch = new MessageBatch();
  for (const [index, message] of known.entries()) {
    const received = receivedOne(message, receiver, { receive, batch, creation: creations[index] ?? ROOT_CONTEXT });
    rememberMessage(message, received);
    // All that a stream which is not in object mode has of it.
    if (isObject(message.value)) rememberMessage(message.value, received);
  }
  followBatch(messages);
}

function receivedOne(message: KafkaMessage, { tracer, groupId }: Receiver, arrival: Arrival): ReceivedMessage {
  const operation = consumerOperation('process', message, groupId, messageAttributes(message));
  return new ReceivedMessage({ tracer, operation, ...arrival });
}

function creationOf(message: KafkaMessage): Context {
  return readContext(readHeaders(message.headers));
}

/** Messages of several topics have no destination in common, and those of several partitions no partition. */
function commonPlace(messages: readonly KafkaMessage[]): Pick<KafkaMessage, 'topic' | 'partition'> {
  const only = (name: 'topic' | 'partition'): unknown => {
    const [first, ...others] = new Set(messages.map((message) => message[name]));
    return others.length === 0 ? first : undefined;
  };
  return { topic: only('topic'), partition: only('partition') };
}

function wrapLastCallback(target: object, name: string, wrap: (callback: Method) => Method): void {
  wrapMethod(
    target,
    name,
    (original) =>
      function (...args) {
        const last = args.at(-1);
        return Reflect.apply(original, this, isMethod(last) ? [...args.slice(0, -1), wrap(last)] : args);
      },
  );
}
