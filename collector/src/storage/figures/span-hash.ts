/**
 * A span's name (its trace's id and its own) in 64 bits: two of a day's spans have one by chance no more often than a disk errs. Halves are signed, as V8
 * keeps whole numbers without an object for each.
 */
export interface SpanHash {
  high: number;
  low: number;
}

/** Bytes of an id, wherever they stand. */
export interface IdBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** They are those that the id has; else those of its digits in hexadecimal, which name the same span. */
  readonly isBinary?: boolean;
}

/** By character; whatever is no digit still tells ids apart. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? code & 15 : digit;
});
const DIGITS_A_WORD = 8;
/** Odd numbers that spread bits well. Source: MurmurHash3, by Austin Appleby, public domain. */
const FIRST = 0xcc9e2d51;
const SECOND = 0x1b873593;
const FINAL = 0x85ebca6b;

/** Hashes ids one behind the other. Ids of one trace begin with what `trace` left. */
export class SpanHasher {
  #high = 0;
  #low = 0;

  /** `tenant` is a number that no other tenant has. */
  trace(tenant: number, id: IdBytes): void {
    this.#high = tenant;
    this.#low = ~tenant;
    const mixed = mix(this.#high, this.#low, id);
    this.#high = mixed.high;
    this.#low = mixed.low;
  }

  /** The span of this id in the trace. The answer is good until the next call. */
  span(id: IdBytes): SpanHash {
    return mix(this.#high, this.#low, id);
  }
}

const mixed: SpanHash = { high: 0, low: 0 };

function mix(firstHigh: number, firstLow: number, { bytes, start, end, isBinary = false }: IdBytes): SpanHash {
  let high = firstHigh;
  let low = firstLow;
  const wordLength = isBinary ? DIGITS_A_WORD / 2 : DIGITS_A_WORD;
  for (let at = start; at < end; ) {
    let word = 0;
    const stop = Math.min(at + wordLength, end);
    if (isBinary) for (; at < stop; at += 1) word = (word << 8) | (bytes[at] ?? 0);
    else for (; at < stop; at += 1) word = (word << 4) | (DIGITS[bytes[at] ?? 0] ?? 0);
    high = Math.imul(high ^ word, FIRST);
    high ^= high >>> 15;
    low = Math.imul(low ^ word, SECOND) + 0x9e3779b9;
    low ^= low >>> 13;
  }
  high = Math.imul(high ^ (isBinary ? 2 * (end - start) : end - start), FINAL);
  mixed.high = high ^ (high >>> 16);
  low = Math.imul(low, FINAL);
  mixed.low = low ^ (low >>> 16);
  return mixed;
}

/** The id in hexadecimal. */
export function idText({ bytes, start, end, isBinary = false }: IdBytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(isBinary ? 'hex' : 'latin1');
}

/** The bytes of an id that is at hand as a text. */
export function idBytes(text: string): IdBytes {
  const bytes = Buffer.from(text, 'latin1');
  return { bytes, start: 0, end: bytes.length };
}
