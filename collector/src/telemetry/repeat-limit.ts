import type { LogFields } from './logger.ts';

export interface RepeatLimitOptions {
  readonly periodMillis: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Lets the first of each kind through, and one more in each period, so that a lasting fault does not fill the log. */
export class RepeatLimit {
  readonly #options: RepeatLimitOptions;
  readonly #kinds = new Map<string, { shownAt: number; heldBack: number }>();

  constructor(options: RepeatLimitOptions) {
    this.#options = options;
  }

  /** Calls `tell` unless this one is to be held back. What it is given goes into the line: how many of the kind were, where any was. */
  tell(kind: string, tell: (alike: LogFields) => void): void {
    const heldBack = this.#take(kind);
    if (heldBack !== undefined) tell(heldBack > 0 ? { alike: heldBack } : {});
  }

  /** How many of this kind were held back since the last one that was shown; undefined when this one is to be held back too. */
  #take(kind: string): number | undefined {
    const now = this.#options.now();
    const last = this.#kinds.get(kind);
    if (last && now - last.shownAt < this.#options.periodMillis) {
      last.heldBack += 1;
      return undefined;
    }
    this.#kinds.set(kind, { shownAt: now, heldBack: 0 });
    return last?.heldBack ?? 0;
  }
}
