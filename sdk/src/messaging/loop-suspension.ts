import { type AsyncHook, createHook } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { type Context, context } from '@opentelemetry/api';
import type { LoopContext } from './loop-context.ts';
import { type FunctionPlace, isRunBy } from './synchronous-caller.ts';

/** A loop whose function has a caller that waits for it to return. */
export interface WatchedLoop {
  /** The function that runs the loop. */
  readonly function: FunctionPlace;
  readonly caller: Context;
  /** The context that the loop has entered. */
  entered(): Context | undefined;
  /** The loop begins to wait in the middle of its message: the context that it will go on in, which is suspended. */
  suspend(): LoopContext;
}

interface Watch {
  readonly loop: WatchedLoop;
  suspended: LoopContext | undefined;
}

/** The latest last. */
const watches: Watch[] = [];
let stopPromiseHook: ReturnType<typeof promiseHooks.onInit> | undefined;
let resourceHook: AsyncHook | undefined;

/**
 * Parts a loop from its caller where the loop's function first waits for a promise: the function goes on in the context of
 * `suspend`, its caller in its own again. `await` keeps the context that it finds, and gives nobody a word after that: so
 * the loop's is put there right before, and the caller's with whatever the caller does first. For the running turn of
 * the event loop alone, after which nobody can be confused any more. Returns what ends it earlier.
 */
export function watchSuspension(loop: WatchedLoop): () => void {
  const watch: Watch = { loop, suspended: undefined };
  watches.push(watch);
  stopPromiseHook ??= promiseHooks.onInit(onPromise);
  // Runs before the loop goes on, since it is queued before the loop waits.
  queueMicrotask(() => {
    watch.suspended?.resume();
    forget(watch);
  });
  return () => forget(watch);
}

function forget(watch: Watch): void {
  const at = watches.indexOf(watch);
  if (at === -1) return;
  watches.splice(at, 1);
  if (watches.length > 0) return;
  if (stopPromiseHook !== undefined) Reflect.apply(stopPromiseHook, undefined, []);
  stopPromiseHook = undefined;
  resourceHook?.disable();
}

/** A promise is made: by the loop's function that begins to wait, or by its caller that has gone on. */
function onPromise(_promise: object, parent?: object): void {
  for (const watch of watches.toReversed()) {
    const { loop, suspended } = watch;
    if (suspended === undefined) {
      if (parent === undefined || context.active() !== loop.entered() || !isRunBy(loop.function)) continue;
      watch.suspended = loop.suspend();
      context.attach(watch.suspended);
      resourceHook ??= createHook({ init: onResource, trackPromises: false });
      resourceHook.enable();
      // A value that is no promise is made one first: then it is still the loop's function.
    } else if (context.active() === suspended && !isRunBy(loop.function)) leaveToCaller(watch);
  }
}

/** Timers and the like have taken the context before they can be seen. */
function onResource(_id: number, type: string, _trigger: number, resource: object): void {
  if (type === 'PROMISE') return;
  for (const watch of watches.toReversed()) {
    if (watch.suspended === undefined || context.active() !== watch.suspended) continue;
    watch.suspended.startedByCaller(resource);
    leaveToCaller(watch);
  }
}

function leaveToCaller(watch: Watch): void {
  context.attach(watch.loop.caller);
  forget(watch);
}
