import { type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { BatchIterator } from './batch-iterator.ts';
import { withMessage } from './with-message.ts';

/** Methods whose callback takes an element first. */
const ELEMENT_CALLBACKS = ['forEach', 'map', 'flatMap', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex', 'some', 'every'];
/** Methods whose callback takes what was accumulated, then an element. */
const REDUCING = ['reduce', 'reduceRight'];
/** Methods whose result holds the same messages. */
const COPYING = ['filter', 'slice', 'splice', 'concat', 'toSorted', 'toReversed', 'toSpliced', 'with'];

/**
 * Makes the messages of an array be followed however they are gone through: by its iterator (for-of, with awaits in the
 * body), and by its methods that take a callback. Each enters the context of the message at hand and restores the
 * caller's. The array stays an array: same elements, same keys, nothing enumerable added. Copies (`filter`, `slice`,
 * `toSorted` …) are followed too. An access by index is not; that is what `withMessage` is for. Safe to repeat.
 *
 * Elements are looked at when they are reached, so the array may change. Those that are no messages are passed as they are.
 */
export function followBatch(messages: readonly unknown[]): void {
  if (Object.hasOwn(messages, Symbol.iterator) || !Object.isExtensible(messages)) return;
  define(messages, Symbol.iterator, () => new BatchIterator(messages, (index) => messages[index]));
  define(messages, 'values', () => new BatchIterator(messages, (index) => messages[index]));
  define(messages, 'entries', () => new BatchIterator(messages, (index) => [index, messages[index]]));
  for (const name of ELEMENT_CALLBACKS) wrapCallback(messages, name, 0);
  for (const name of REDUCING) wrapCallback(messages, name, 1);
  for (const name of COPYING)
    wrapMethod(
      messages,
      name,
      (original) =>
        function (...args) {
          const copy = Reflect.apply(original, this, args);
          if (Array.isArray(copy)) followBatch(copy);
          return copy;
        },
    );
}

function wrapCallback(messages: readonly unknown[], name: string, elementAt: number): void {
  wrapMethod(
    messages,
    name,
    (original) =>
      function (callback, ...rest) {
        if (typeof callback !== 'function') return Reflect.apply(original, this, [callback, ...rest]);
        const followed: Method = function (...args) {
          return withMessage(args[elementAt], () => Reflect.apply(callback, this, args));
        };
        return Reflect.apply(original, this, [followed, ...rest]);
      },
  );
}

function define(target: object, name: string | symbol, value: () => Iterator<unknown>): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
