const FIRST_SLOTS = 1 << 10;
const FIRST_BYTES = 16 * 1024;
const MAX_FILL = 0.5;

/** Distinct texts as bytes, each with a kind, numbered from 0 as they come. A text that comes again costs no object. */
export class ByteTexts {
  readonly #maxTexts: number;
  readonly #maxBytes: number;
  /** The number of a text and one; 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  /** Where each text starts; the kind is its last byte. */
  #starts = new Int32Array(FIRST_SLOTS + 1);
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #size = 0;

  constructor(limits: { readonly texts: number; readonly bytes: number }) {
    this.#maxTexts = limits.texts;
    this.#maxBytes = limits.bytes;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the text in these bytes; -1 for a new one that has no room. */
  number(bytes: Buffer, start: number, end: number, kind: number): number {
    let hash = kind;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0) return this.#add(bytes, start, end, { kind, hash, slot });
      if (this.#hashes[number] === hash && this.#isSame(number, bytes, start, end, kind)) return number;
      slot = (slot + 1) & mask;
    }
  }

  /** The text of a number, and its kind. */
  text(number: number): { readonly bytes: Buffer; readonly kind: number } {
    const end = (this.#starts[number + 1] ?? 0) - 1;
    return { bytes: this.#bytes.subarray(this.#starts[number], end), kind: this.#bytes[end] ?? 0 };
  }

  #isSame(number: number, bytes: Buffer, start: number, end: number, kind: number): boolean {
    const own = this.#bytes;
    const from = this.#starts[number] ?? 0;
    const length = end - start;
    if ((this.#starts[number + 1] ?? 0) - from !== length + 1 || own[from + length] !== kind) return false;
    for (let index = 0; index < length; index += 1) if (own[from + index] !== bytes[start + index]) return false;
    return true;
  }

  #add(
    bytes: Buffer,
    start: number,
    end: number,
    { kind, hash, slot }: { readonly kind: number; readonly hash: number; readonly slot: number },
  ): number {
    const number = this.#size;
    const from = this.#starts[number] ?? 0;
    const to = from + end - start + 1;
    if (number >= this.#maxTexts || to > this.#maxBytes) return -1;
    if (to > this.#bytes.length) this.#growBytes(to);
    bytes.copy(this.#bytes, from, start, end);
    this.#bytes[to - 1] = kind;
    this.#slots[slot] = number + 1;
    this.#hashes[number] = hash;
    this.#starts[number + 1] = to;
    this.#size = number + 1;
    if (this.#size > this.#slots.length * MAX_FILL) this.#growSlots();
    return number;
  }

  #growBytes(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, least));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #growSlots(): void {
    const count = this.#slots.length * 2;
    const slots = new Int32Array(count);
    const hashes = new Int32Array(count);
    const starts = new Int32Array(count + 1);
    hashes.set(this.#hashes);
    starts.set(this.#starts);
    for (let number = 0; number < this.#size; number += 1) {
      let slot = (hashes[number] ?? 0) & (count - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (count - 1);
      slots[slot] = number + 1;
    }
    this.#slots = slots;
    this.#hashes = hashes;
    this.#starts = starts;
  }
}
