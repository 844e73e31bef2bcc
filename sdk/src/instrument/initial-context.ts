import { type Context, type ContextManager, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { CallbackContextManager } from '../context/callback-context-manager.ts';

/** The root context as somebody asked for it by name, told apart from code that is in no context at all. */
const ASKED_FOR_ROOT = ROOT_CONTEXT.deleteValue(createContextKey('threadline.root'));

/** Contexts as ever, but for code that is in none: that is in the initial one, until it is ended. */
class InitialContextManager extends CallbackContextManager implements ContextManager {
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
 * Lets the script of a worker or of a child process run in the context that it was started in: there is no other way into it. Takes the place
 * of the global context manager. Returns what ends it.
 */
export function beginInContext(initial: Context): () => void {
  const manager = new InitialContextManager();
  manager.initial = initial;
  manager.enable();
  context.disable();
  context.setGlobalContextManager(manager);
  return () => {
    manager.initial = undefined;
  };
}
