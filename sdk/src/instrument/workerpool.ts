import { type Context, context } from '@opentelemetry/api';
import { isObject, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.workerpool.patched');

/** The context of each task that was given to a pool, by the promise of its result. */
const givenIn = new WeakMap<object, Context>();

/**
 * A task of a pool of workerpool's, of threads or of processes, is sent to its worker in the context in which it was given to the pool: it is sent when the task before it is
 * done, in whatever request that happens. `moduleExports` is that of either class, the pool or what handles one worker. Safe to repeat.
 */
export function patchWorkerpool(moduleExports: unknown): void {
  const prototype: unknown = isObject(moduleExports) ? Reflect.get(moduleExports, 'prototype') : undefined;
  if (!isObject(prototype) || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    'exec',
    (original) =>
      function (...args) {
        const call = (): unknown => Reflect.apply(original, this, args);
        // The pool gives what handles a worker the promise that it has given the app.
        const resolver = args[2];
        const promise: unknown = isObject(resolver) ? Reflect.get(resolver, 'promise') : undefined;
        const given = isObject(promise) ? givenIn.get(promise) : undefined;
        const result = given === undefined ? call() : context.with(given, call);
        if (given === undefined && isObject(result)) givenIn.set(result, context.active());
        return result;
      },
  );
}
