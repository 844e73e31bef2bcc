const FIRST_SLOTS = 1 << 10;
const MAX_FILL = 0.5;
const WORD_BITS = 32;

/** A number's two words. */
const number = new Float64Array(1);
const words = new Int32Array(number.buffer);

/** Distinct numbers, and how often each came: in flat memory, as they come by the million. The two zeros are one, NaN is none. */
export class NumberCounts {
  readonly #maxNumbers: number;
  #numbers = new Float64Array(FIRST_SLOTS);
  /** 0: the slot is free. */
  #counts = new Uint32Array(FIRST_SLOTS);
  /** Of a hash, what its slot's number does not have. */
  #shift = WORD_BITS - Math.log2(FIRST_SLOTS);
  #size = 0;

  constructor(maxNumbers: number) {
    this.#maxNumbers = maxNumbers;
  }

  get size(): number {
    return this.#size;
  }

  /** False for a new one that has no room. `count`: at least 1. */
  add(value: number, count: number): boolean {
    const slot = this.#slotOf(value);
    const known = this.#counts[slot] ?? 0;
    if (known === 0) {
      if (this.#size === this.#maxNumbers) return false;
      this.#size += 1;
      this.#numbers[slot] = value;
    }
    this.#counts[slot] = known + count;
    if (known === 0 && this.#size > this.#counts.length * MAX_FILL) this.#grow();
    return true;
  }

  /** Of each, in the order in which `visit` has them. */
  counts(): Uint32Array {
    return this.#counts.filter((count) => count > 0);
  }

  /** In no order. */
  visit(visit: (value: number, count: number) => void): void {
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      const count = this.#counts[slot] ?? 0;
      if (count > 0) visit(this.#numbers[slot] ?? 0, count);
    }
  }

  /** The number's own slot, or the one that is free for it. */
  #slotOf(value: number): number {
    number[0] = value === 0 ? 0 : value;
    const mixed = Math.imul((words[0] ?? 0) ^ Math.imul(words[1] ?? 0, 0x9e3779b1), 0x85ebca6b);
    const last = this.#counts.length - 1;
    let slot = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> this.#shift;
    while (this.#counts[slot] !== 0 && this.#numbers[slot] !== value) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    this.#shift -= 1;
    this.#fill(this.#counts.length * 2, () => true);
  }

  /** Forgets the numbers that are not to be kept. */
  keep(isKept: (value: number) => boolean): void {
    this.#fill(this.#counts.length, isKept);
  }

  #fill(slots: number, isKept: (value: number) => boolean): void {
    const [numbers, counts] = [this.#numbers, this.#counts];
    this.#numbers = new Float64Array(slots);
    this.#counts = new Uint32Array(slots);
    this.#size = 0;
    for (let before = 0; before < counts.length; before += 1) {
      const [value = 0, count = 0] = [numbers[before], counts[before]];
      if (count === 0 || !isKept(value)) continue;
      const slot = this.#slotOf(value);
      this.#numbers[slot] = value;
      this.#counts[slot] = count;
      this.#size += 1;
    }
  }
}
