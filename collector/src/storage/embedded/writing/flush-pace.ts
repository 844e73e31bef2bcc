/** Files that may be written at once after a rest, and how many a second for ever: small ones are merged, row by row, by and by. */
const BURST = 40;
const FILES_A_SECOND = 0.25;
/** So long a write waits for others at most. */
export const LONGEST_WAIT_MILLIS = 1_000 / FILES_A_SECOND;

/** How long a write waits for others to share a file with it: not at all while there are few, up to four seconds when they come without end. */
export class FlushPace {
  readonly #now: () => number;
  #allowance = BURST;
  #asOf: number;

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#asOf = now();
  }

  /** Milliseconds until the next file may be written. */
  wait(): number {
    this.#refill();
    return this.#allowance >= 1 ? 0 : (1 - this.#allowance) * LONGEST_WAIT_MILLIS;
  }

  /** A file was written. */
  note(): void {
    this.#refill();
    this.#allowance = Math.max(this.#allowance - 1, 0);
  }

  #refill(): void {
    const now = this.#now();
    this.#allowance = Math.min(this.#allowance + ((now - this.#asOf) / 1_000) * FILES_A_SECOND, BURST);
    this.#asOf = now;
  }
}
