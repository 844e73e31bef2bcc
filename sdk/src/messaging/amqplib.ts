import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { followConsume, followGet } from './amqp-consuming.ts';
import { amqpHeaders, isAmqpMessage } from './amqp-operation.ts';
import { followPublish } from './amqp-publishing.ts';
import { settle } from './amqp-unsettled.ts';
import { readContext } from './carrier.ts';
import { createMessageTracer, type MessageTracer, type MessagingSettings } from './message-tracer.ts';

const PATCHED = Symbol.for('threadline.amqplib.patched');

/**
 * RabbitMQ by amqplib: publish and sendToQueue of channels and confirm channels, consume and get, in the promise and the
 * callback API. Context travels in the message's headers; its properties, AMQP's own correlationId among them, are left
 * alone. Takes the exports of any of the package's files; safe to repeat.
 */
export function patchAmqplib(moduleExports: unknown, settings: MessagingSettings): void {
  if (!isObject(moduleExports) || PATCHED in moduleExports) return;
  const channel = exportedPrototype(moduleExports, 'Channel');
  const confirmChannel = exportedPrototype(moduleExports, 'ConfirmChannel');
  if (channel !== undefined && confirmChannel !== undefined)
    patchChannels(channel, confirmChannel, createMessageTracer('rabbitmq', settings));
  else if ('credentialsFromUrl' in moduleExports) runInRoot(moduleExports, 'connect');
  else for (const name of ['connectWithRecoveryPromise', 'connectWithRecoveryCallback']) runInRoot(moduleExports, name, 2);
  Object.defineProperty(moduleExports, PATCHED, { value: true });
}

function patchChannels(channel: object, confirmChannel: object, tracer: MessageTracer): void {
  wrapMethod(channel, 'publish', (publish) => followPublish(publish, tracer, false));
  wrapMethod(confirmChannel, 'publish', (publish) => followPublish(publish, tracer, true));
  wrapMethod(channel, 'consume', (consume) => followConsume(consume, tracer));
  wrapMethod(channel, 'get', (get) => followGet(get, tracer));
  wrapMethod(channel, 'emit', followReturned);
  for (const name of ['ack', 'nack'])
    afterwards(channel, name, (self, [message, allUpTo]) => settleMessage(self, message, allUpTo === true));
  // Its second parameter is whether to put the message back.
  afterwards(channel, 'reject', (self, [message]) => settleMessage(self, message, false));
  for (const name of ['ackAll', 'nackAll', 'toClosed']) afterwards(channel, name, (self) => settle(self, Number.POSITIVE_INFINITY, true));
  // Replies arrive on the connection, which belongs to nobody's request; who asked is answered in its own context.
  bindCallback(channel, 'sendOrEnqueue', 2);
  bindCallback(channel, 'closeBecause', 2);
}

/** A mandatory message that no queue takes comes back to its sender: listeners hear of it in its own flow. */
function followReturned(emit: Method): Method {
  return function (...args) {
    const [event, message] = args;
    const call = (): unknown => Reflect.apply(emit, this, args);
    return event === 'return' && isAmqpMessage(message) ? context.with(readContext(amqpHeaders(message.properties)), call) : call();
  };
}

function settleMessage(channel: object, message: unknown, allUpTo: boolean): void {
  const fields: unknown = isObject(message) ? Reflect.get(message, 'fields') : undefined;
  const tag: unknown = isObject(fields) ? Reflect.get(fields, 'deliveryTag') : undefined;
  if (typeof tag === 'number') settle(channel, tag, allUpTo);
}

function afterwards(prototype: object, name: string, then: (self: object, args: readonly unknown[]) => void): void {
  wrapMethod(
    prototype,
    name,
    (original) =>
      function (...args) {
        const result = Reflect.apply(original, this, args);
        if (isObject(this)) then(this, args);
        return result;
      },
  );
}

function bindCallback(prototype: object, name: string, callbackAt: number): void {
  wrapMethod(
    prototype,
    name,
    (original) =>
      function (...args) {
        const callback = args[callbackAt];
        return Reflect.apply(original, this, isMethod(callback) ? args.with(callbackAt, context.bind(context.active(), callback)) : args);
      },
  );
}

/**
 * A connection, its heartbeat, its events and what is set up again after it was lost belong to no request, also when it
 * is made lazily in one. The callback does: the one at `callbackAt`, or any.
 */
function runInRoot(moduleExports: object, name: string, callbackAt?: number): void {
  wrapMethod(
    moduleExports,
    name,
    (connect) =>
      function (...args) {
        const caller = context.active();
        const bound = args.map((argument, index) =>
          isMethod(argument) && (callbackAt ?? index) === index ? context.bind(caller, argument) : argument,
        );
        return context.with(ROOT_CONTEXT, () => Reflect.apply(connect, this, bound));
      },
  );
}
