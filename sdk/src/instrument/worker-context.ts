import { type Context, type ContextManager, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/** The root context as somebody asked for it by name, told apart from code that is in no context at all. */
const ASKED_FOR_ROOT = ROOT_CONTEXT.deleteValue(createContextKey('threadline.root'));

/** Contexts as ever, but for code that is in none: that is in the context that the worker was made in, until it is ended. */
class WorkerContextManager extends AsyncLocalStorageContextManager implements ContextManager {
  initial: Context | undefined;

  override active(): Context {
    const active = super.active();
    return active === ROOT_CONTEXT ? (this.initial ?? active) : active;
  }

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    entered: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return super.with(entered === ROOT_CONTEXT ? ASKED_FOR_ROOT : entered, fn, thisArg, ...args);
  }
}

/**
 * Lets a worker's script run in the context that the worker was made in: there is no other way into it. Takes the place
 * of the global context manager; for worker threads only. Returns what ends it.
 */
export function beginInContext(initial: Context): () => void {
  const manager = new WorkerContextManager();
  manager.initial = initial;
  manager.enable();
  context.disable();
  context.setGlobalContextManager(manager);
  return () => {
    manager.initial = undefined;
  };
}
