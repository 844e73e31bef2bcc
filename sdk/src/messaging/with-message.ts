import { receivedMessage } from './received-message.ts';

/**
 * Runs `fn` in the trace and the flow of a message that the language gives no other way to follow: one that
 * `channel.get` returned, one taken from an array by its index, one that was put aside for a timer to flush. The
 * surrounding context continues afterwards. The message's process span ends when `fn` returns, or when the promise that
 * it returns settles; the result, the rejection and what it throws pass through. For anything that is not a message
 * which the SDK saw arrive, `fn` simply runs.
 *
 * @example
 * const message = await channel.get('orders');
 * if (message) await withMessage(message, () => handle(message));
 */
export function withMessage<Message, Result>(message: Message, fn: (message: Message) => Result): Result {
  const received = receivedMessage(message);
  return received === undefined ? fn(message) : received.run(() => fn(message));
}
