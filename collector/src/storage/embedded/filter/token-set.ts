const FIRST_SLOTS = 1 << 8;
const MAX_FILL = 0.5;

/** The distinct token hashes of a page's rows: a hash table of pairs of 32-bit numbers. */
export class TokenSet {
  /** Two numbers a slot; a slot of two zeros is free, so the hash of two zeros is kept as another. Signed: see `mix` of token-hash.ts. */
  #slots = new Int32Array(2 * FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Of any 32 bits, signed or not. */
  add(high: number, low: number): void {
    const first = high | 0;
    const second = low | 0;
    const kept = first === 0 && second === 0 ? 1 : second;
    const slots = this.#slots;
    let slot = (second ^ (first >>> 7)) & this.#mask;
    for (;;) {
      const there = slots[2 * slot] ?? 0;
      const thereLow = slots[2 * slot + 1] ?? 0;
      if (there === first && thereLow === kept) return;
      if (there === 0 && thereLow === 0) break;
      slot = (slot + 1) & this.#mask;
    }
    slots[2 * slot] = first;
    slots[2 * slot + 1] = kept;
    this.#size += 1;
    if (this.#size > (this.#mask + 1) * MAX_FILL) this.#grow();
  }

  /** High and low halves in turn, in no order. */
  hashes(): Uint32Array {
    const hashes = new Uint32Array(2 * this.#size);
    let length = 0;
    for (let at = 0; at < this.#slots.length; at += 2) {
      const high = this.#slots[at] ?? 0;
      const low = this.#slots[at + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      hashes[length++] = high;
      hashes[length++] = low;
    }
    return hashes;
  }

  /** Empties it; it stays as large as it is. */
  clear(): void {
    if (this.#size > 0) this.#slots.fill(0);
    this.#size = 0;
  }

  addAll(hashes: Uint32Array): void {
    for (let at = 0; at < hashes.length; at += 2) this.add((hashes[at] ?? 0) | 0, (hashes[at + 1] ?? 0) | 0);
  }

  #grow(): void {
    const old = this.hashes();
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#mask * 2 + 1;
    this.#size = 0;
    this.addAll(old);
  }
}
