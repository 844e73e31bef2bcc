import { executionAsyncResource } from 'node:async_hooks';
import { type Context, context } from '@opentelemetry/api';

/**
 * A message's context as a loop enters it. What is entered stays with whoever called the loop's function, when that
 * returns in the middle of a message: JavaScript has no way to leave it for another. So the context itself gives them back
 * what they had before: for a while (`suspend`), by what they started meanwhile, or for good (`takeBack`).
 */
export class LoopContext implements Context {
  #target: Context;
  readonly #caller: Context;
  #isSuspended = false;
  #startedByCaller: WeakSet<object> | undefined;

  constructor(target: Context, caller: Context) {
    this.#target = target;
    this.#caller = caller;
  }

  /** Whether the loop waits, so that who is in this context now is its caller. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  getValue(key: symbol): unknown {
    return this.#entered().getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#entered().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#entered().deleteValue(key);
  }

  /** Until `resume` the loop waits for a promise and its caller goes on. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /** The caller has gone on as far as it could; from now on it is the loop's again. */
  resume(): void {
    this.#isSuspended = false;
  }

  /** A timer, or the like, that the caller started in this context: it runs in the caller's. */
  startedByCaller(resource: object): void {
    this.#startedByCaller ??= new WeakSet();
    this.#startedByCaller.add(resource);
  }

  /** From now on it is the caller's context, for all who were left in it. */
  takeBack(): void {
    this.#target = this.#caller;
  }

  #entered(): Context {
    if (!this.#isSuspended && this.#startedByCaller?.has(executionAsyncResource()) !== true) return this.#target;
    // And so is all that they start from here on.
    if (context.active() === this) context.attach(this.#caller);
    return this.#caller;
  }
}
