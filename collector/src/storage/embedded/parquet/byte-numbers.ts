import { isSameBytes } from '../../../otlp/wire-fields.ts';

const FIRST_SLOTS = 64;
const MAX_FILL = 0.5;
/** Longer texts are seldom repeated, and dear to hash. */
const MAX_BYTES = 128;

/** Numbers of texts by the bytes that they were sent in: to find one again makes no string. */
export class ByteNumbers {
  /** A number and one for free slots, by hash. */
  #slots = new Int32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #size = 0;
  readonly #texts: Uint8Array[] = [];
  readonly #hashes: number[] = [];
  readonly #numbers: number[] = [];

  /** The number that these bytes were given; undefined where they were given none. */
  get(bytes: Uint8Array, start: number, end: number): number | undefined {
    if (end - start > MAX_BYTES) return undefined;
    const hash = hashOf(bytes, start, end);
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) return undefined;
      if (this.#hashes[entry] === hash && isSameBytes(this.#texts[entry] ?? bytes, bytes, start, end)) return this.#numbers[entry];
    }
  }

  /** Of bytes that have none yet. Long ones are not kept. */
  set(bytes: Uint8Array, start: number, end: number, number: number): void {
    if (end - start > MAX_BYTES) return;
    if (this.#size >= this.#slots.length * MAX_FILL) this.#grow();
    const hash = hashOf(bytes, start, end);
    // A copy, which `slice` of a buffer is not.
    this.#texts.push(Buffer.from(bytes.subarray(start, end)));
    this.#hashes.push(hash);
    this.#numbers.push(number);
    this.#size += 1;
    this.#place(hash, this.#size);
  }

  #place(hash: number, entry: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = entry;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.#size; entry += 1) this.#place(this.#hashes[entry] ?? 0, entry + 1);
  }
}

/** FNV-1a, and its upper bits over its lower ones. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}
