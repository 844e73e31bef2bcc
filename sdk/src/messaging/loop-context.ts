import type { Context } from '@opentelemetry/api';

/**
 * A message's context as a loop enters it, which can be taken back. A function that loops with awaits returns to its
 * caller in the middle of its first message, and what is entered then stays with the caller: JavaScript has no way to
 * leave it. Once taken back, the caller finds what it had before.
 */
export class LoopContext implements Context {
  #target: Context;

  constructor(target: Context) {
    this.#target = target;
  }

  getValue(key: symbol): unknown {
    return this.#target.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#target.setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#target.deleteValue(key);
  }

  /** From now on it is the caller's context, for all who were left in it. */
  takeBack(caller: Context): void {
    this.#target = caller;
  }
}
