/** Why a read has to end: nobody wants its answer any more, or its time is over and what it has may be answered. */
export type StopReason = 'unwanted' | 'deadline';

/** Of an answer that has a part only. */
export const OUT_OF_TIME = 'the search took as long as it may: narrow its time range or its query';

const REASONS: readonly StopReason[] = ['unwanted', 'deadline'];

/** A read was told to end. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the read was told to end: ${reason}`);
    this.reason = reason;
  }
}

/** Whether a read has to end, as seen from its thread: one number in memory that threads share. */
export class StopFlag {
  readonly shared: SharedArrayBuffer;
  readonly #flag: Int32Array;

  constructor(shared = new SharedArrayBuffer(4)) {
    this.shared = shared;
    this.#flag = new Int32Array(shared);
  }

  set(reason: StopReason): void {
    Atomics.store(this.#flag, 0, REASONS.indexOf(reason) + 1);
  }

  /** Throws `StoppedError` once the flag is set. */
  check(): void {
    const reason = REASONS[Atomics.load(this.#flag, 0) - 1];
    if (reason) throw new StoppedError(reason);
  }
}
