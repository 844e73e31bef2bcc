import { type Context, context } from '@opentelemetry/api';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.async_queues.patched');

/**
 * A task of a `queue` or `priorityQueue` of async runs in the context in which it was pushed, and so does its callback: it is begun when another one is done, in
 * whatever request that happens. So is what waits in such a queue inside of a library, as rascal's messages for a channel. Safe to repeat.
 */
export function patchAsyncQueues(moduleExports: unknown): void {
  // `import` has a second object of the same functions.
  const others: unknown = isObject(moduleExports) ? Reflect.get(moduleExports, 'default') : undefined;
  for (const holder of [moduleExports, others]) {
    if (!isObject(holder) || PATCHED in holder || !Object.isExtensible(holder)) continue;
    Object.defineProperty(holder, PATCHED, { value: true });
    for (const name of ['queue', 'priorityQueue']) wrapMethod(holder, name, followTasks);
  }
}

function followTasks(original: Method): Method {
  return function (worker, ...rest) {
    if (!isMethod(worker)) return Reflect.apply(original, this, [worker, ...rest]);
    const pushedIn = new WeakMap<object, Context>();
    /** Of the task that was taken out last, with which the worker is called at once. */
    let taken: Context | undefined;
    // A proxy, since async asks a worker whether it is an asynchronous function.
    const followed = new Proxy(worker, {
      apply(target, self, args: unknown[]) {
        const given = taken ?? context.active();
        taken = undefined;
        return context.with(given, () => Reflect.apply(target, self, args));
      },
    });
    const queue: unknown = Reflect.apply(original, this, [followed, ...rest]);
    const tasks: unknown = isObject(queue) ? Reflect.get(queue, '_tasks') : undefined;
    if (!isObject(queue) || !isObject(tasks)) return queue;
    wrapMethod(
      queue,
      '_createTaskItem',
      (create) =>
        function (data, callback, ...others) {
          const given = context.active();
          const bound = isMethod(callback) ? context.bind(given, callback) : callback;
          const task: unknown = Reflect.apply(create, this, [data, bound, ...others]);
          if (isObject(task)) pushedIn.set(task, given);
          return task;
        },
    );
    wrapMethod(
      tasks,
      'shift',
      (shift) =>
        function (...args) {
          const task: unknown = Reflect.apply(shift, this, args);
          taken = isObject(task) ? pushedIn.get(task) : undefined;
          return task;
        },
    );
    return queue;
  };
}
