import { type Context, context } from '@opentelemetry/api';
import { exportedPrototype } from './exported-prototype.ts';
import { postInContext } from './workers.ts';
import { isMethod, isObject, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.piscina.patched');

/**
 * A task of a piscina pool runs in the context in which it was given to the pool, whichever worker takes it and however long it waits. The context travels in an
 * envelope around piscina's own message, which the worker opens before piscina sees it; only to workers that run the SDK too. Safe to repeat.
 */
export function patchPiscina(workerPool: unknown): void {
  const prototype = exportedPrototype(workerPool, 'WorkerInfo');
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    'postTask',
    (original) =>
      function (task, ...rest) {
        const post = (): unknown => Reflect.apply(original, this, [task, ...rest]);
        if (!isObject(this) || !isObject(task)) return post();
        return postInContext(Reflect.get(this, 'worker'), Reflect.get(this, 'port'), {
          sent: contextOf(task),
          taskId: Reflect.get(task, 'taskId'),
          post,
        });
      },
  );
}

/** A task is posted when a worker is free, in whatever context that happens; it remembers the one that it was made in. */
function contextOf(task: object): Context {
  const runInAsyncScope: unknown = Reflect.get(task, 'runInAsyncScope');
  let made = context.active();
  if (isMethod(runInAsyncScope))
    Reflect.apply(runInAsyncScope, task, [
      () => {
        made = context.active();
      },
    ]);
  return made;
}
