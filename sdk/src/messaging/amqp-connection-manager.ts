import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, wrapMethod } from '../instrument/wrap-method.ts';
import { amqpHeaders } from './amqp-operation.ts';
import { withPublishingContext } from './amqp-publishing-context.ts';
import { sendingContext } from './carrier.ts';
import { withMessage } from './with-message.ts';

const PATCHED = Symbol.for('threadline.amqp-connection-manager.patched');

/**
 * amqp-connection-manager, over what amqplib's own patch does: a message is published in the context of whoever called
 * `publish`, however long it waited for a connection and whoever's turn works the queue off; connections, and what is set
 * up on each, belong to no request. Safe to repeat.
 */
export function patchAmqpConnectionManager(moduleExports: unknown): void {
  const manager = exportedPrototype(moduleExports, 'AmqpConnectionManagerClass');
  if (manager === undefined || PATCHED in manager) return;
  Object.defineProperty(manager, PATCHED, { value: true });
  for (const name of ['connect', 'reconnect', 'createChannel'])
    wrapMethod(
      manager,
      name,
      (original) =>
        function (...args) {
          const result = context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
          // The class of its channels is not exported; it is had from the first one.
          if (name === 'createChannel' && isObject(result)) patchChannelWrapper(Object.getPrototypeOf(result));
          return result;
        },
    );
}

function patchChannelWrapper(prototype: unknown): void {
  if (!isObject(prototype) || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  for (const [name, optionsAt] of [
    ['publish', 3],
    ['sendToQueue', 2],
  ] as const)
    wrapMethod(
      prototype,
      name,
      (original) =>
        function (...args) {
          const options: unknown = args[optionsAt];
          const sending = sendingContext(isObject(options) ? amqpHeaders(options) : undefined);
          const padded = Array.from({ length: Math.max(args.length, optionsAt + 1) }, (_, index) => args[index]);
          return Reflect.apply(original, this, padded.with(optionsAt, withPublishingContext(options, sending)));
        },
    );
  wrapMethod(
    prototype,
    'consume',
    (original) =>
      function (queue, onMessage, ...rest) {
        if (!isMethod(onMessage)) return Reflect.apply(original, this, [queue, onMessage, ...rest]);
        // The wrapper does not hand on the promise of an asynchronous callback: its work is followed here.
        const followed = (message: unknown): unknown => withMessage(message, () => onMessage(message));
        return Reflect.apply(original, this, [queue, followed, ...rest]);
      },
  );
}
