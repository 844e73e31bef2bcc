const LINE_FEED = 10;
const QUOTE = 34;

/** Counts the records of a file as it comes in pieces: lines, in CSV without those inside of quotes and without the head. */
export class RecordCounter {
  readonly #isTable: boolean;
  #lines = 0;
  #isQuoted = false;

  constructor(format: 'csv' | 'ndjson') {
    this.#isTable = format === 'csv';
  }

  get records(): number {
    return this.#isTable ? Math.max(0, this.#lines - 1) : this.#lines;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      // A doubled quote inside of quotes ends them and begins them again.
      if (byte === QUOTE && this.#isTable) this.#isQuoted = !this.#isQuoted;
      else if (byte === LINE_FEED && !this.#isQuoted) this.#lines += 1;
    }
  }
}
