/** Of all time, what may go into it. */
const SHARE = 0.2;
/** What may be saved up, and what one piece of work may take of it: the thread does nothing else meanwhile. */
const MAX_SAVED_MILLIS = 100;
const MAX_PIECE_MILLIS = 50;
/** Even when all is used up, so that nobody gets nothing. */
const MIN_PIECE_MILLIS = 2;

/** Keeps work of one kind to a share of a thread's time, however much there is of it. */
export class ThreadShare {
  readonly #now: () => number;
  #savedMillis = MAX_SAVED_MILLIS;
  #savedAt: number;

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number) {
    this.#now = now;
    this.#savedAt = now();
  }

  /** How long the next piece may take, in milliseconds. */
  next(): number {
    const now = this.#now();
    this.#savedMillis = Math.min(MAX_SAVED_MILLIS, this.#savedMillis + (now - this.#savedAt) * SHARE);
    this.#savedAt = now;
    return Math.max(MIN_PIECE_MILLIS, Math.min(MAX_PIECE_MILLIS, this.#savedMillis));
  }

  /** To be told of each piece. */
  spend(millis: number): void {
    this.#savedMillis = Math.max(0, this.#savedMillis - millis);
  }
}
