/** A read was told to end; who told it knows why. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** Whether a read has to end, as seen from its thread: one number in memory that threads share. */
export class StopFlag {
  readonly shared: SharedArrayBuffer;
  readonly #flag: Int32Array;

  constructor(shared = new SharedArrayBuffer(4)) {
    this.shared = shared;
    this.#flag = new Int32Array(shared);
  }

  set(): void {
    Atomics.store(this.#flag, 0, 1);
  }

  /** Throws once the flag is set. */
  check(): void {
    if (Atomics.load(this.#flag, 0) === 1) throw new StoppedError('the read was told to end');
  }
}
