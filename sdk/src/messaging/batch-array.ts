import { type Context, context } from '@opentelemetry/api';
import { type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { LoopContext } from './loop-context.ts';
import { type ReceivedMessage, receivedMessage } from './received-message.ts';
import { hasSynchronousCaller } from './synchronous-caller.ts';
import { withMessage } from './with-message.ts';

/** Methods whose callback takes an element first. */
const ELEMENT_CALLBACKS = ['forEach', 'map', 'flatMap', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex', 'some', 'every'];
/** Methods whose callback takes what was accumulated, then an element. */
const REDUCING = ['reduce', 'reduceRight'];
/** Methods whose result holds the same messages. */
const COPYING = ['filter', 'slice', 'splice', 'concat', 'toSorted', 'toReversed', 'toSpliced', 'with'];

/** `Iterator.prototype`, so that the iterators have the language's helpers too. */
const ITERATOR_PROTOTYPE: object | null = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

/** Contexts that an iterator entered, with the message that each is of and the context to return to. */
const entered = new WeakMap<Context, { readonly message: ReceivedMessage; readonly caller: Context }>();

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
  define(messages, Symbol.iterator, () => iterate(messages, (index) => messages[index]));
  define(messages, 'values', () => iterate(messages, (index) => messages[index]));
  define(messages, 'entries', () => iterate(messages, (index) => [index, messages[index]]));
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

/** The context that the running code was in before an iterator entered a message that has been left since. */
export function callersContext(active: Context = context.active()): Context {
  const entry = entered.get(active);
  return entry === undefined || entry.message.isOpen ? active : callersContext(entry.caller);
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

/**
 * An array iterator that enters each message as it gives it out and leaves it when it is asked for the next or closed. A
 * context that a waiting caller was left in is taken back when the loop is over.
 */
function iterate(messages: readonly unknown[], valueAt: (index: number) => unknown): Iterator<unknown> {
  const caller = callersContext();
  const mayLeak = hasSynchronousCaller();
  let isFirstTurn = true;
  queueMicrotask(() => {
    isFirstTurn = false;
  });
  let current: { readonly message: ReceivedMessage; readonly context: LoopContext; readonly isFirstTurn: boolean } | undefined;
  let leaked: LoopContext | undefined;
  let index = 0;
  let done = false;
  const leave = (interrupted: boolean): void => {
    if (current?.isFirstTurn && !isFirstTurn && mayLeak) leaked = current.context;
    if (interrupted) current?.message.interrupt();
    else current?.message.leave();
    current = undefined;
  };
  const close = (): void => {
    if (!done) context.attach(caller);
    done = true;
    leaked?.takeBack(caller);
  };
  return Object.assign(Object.create(ITERATOR_PROTOTYPE), {
    next(): IteratorResult<unknown> {
      leave(false);
      if (done || index >= messages.length) {
        close();
        return { done: true, value: undefined };
      }
      const message = receivedMessage(messages[index]);
      if (message === undefined) context.attach(caller);
      else {
        current = { message, context: new LoopContext(message.enter()), isFirstTurn };
        entered.set(current.context, { message, caller });
        context.attach(current.context);
      }
      const value = valueAt(index);
      index += 1;
      return { done: false, value };
    },
    return(value: unknown): IteratorResult<unknown> {
      leave(true);
      close();
      return { done: true, value };
    },
  });
}

function define(target: object, name: string | symbol, value: () => Iterator<unknown>): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
