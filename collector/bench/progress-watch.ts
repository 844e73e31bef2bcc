/** Said so often while something takes long. */
const TELL_MILLIS = 15_000;
/** Nothing that a bench waits for stands still for so long on a machine that does anything at all. */
const STUCK_MILLIS = 180_000;

/** Tells how far a part of a bench is, and ends it when that is stuck: one that says nothing cannot be told from one that hangs. */
export class ProgressWatch {
  readonly #report: (line: string) => void;
  readonly #now: () => number;
  #toldAt: number;
  #movedAt: number;
  #left: number | undefined;

  /** `now` in milliseconds. */
  constructor(report: (line: string) => void, now = () => performance.now()) {
    this.#report = report;
    this.#now = now;
    this.#toldAt = now();
    this.#movedAt = now();
  }

  /** `left` is how much is still to be done. Throws, with `what`, when that has been the same for three minutes. */
  note(left: number, what: string): void {
    const now = this.#now();
    if (left !== this.#left) {
      this.#left = left;
      this.#movedAt = now;
    }
    if (now - this.#movedAt >= STUCK_MILLIS) throw new Error(`no progress for ${STUCK_MILLIS / 1_000} s: ${what}`);
    if (now - this.#toldAt < TELL_MILLIS) return;
    this.#toldAt = now;
    this.#report(`  ${what}`);
  }
}
