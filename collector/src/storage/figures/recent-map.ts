import type { SpanHash } from './span-hash.ts';

const FIRST_SLOTS = 1_024;
const ABSENT = -1;

/** Whole numbers, not negative, by span. Flat: an entry is twelve bytes, at most half of the slots are taken. */
export class HashTable {
  #highs = new Uint32Array(FIRST_SLOTS);
  #lows = new Uint32Array(FIRST_SLOTS);
  #values = new Int32Array(FIRST_SLOTS).fill(ABSENT);
  size = 0;

  /** -1 where there is none. */
  get({ high, low }: SpanHash): number {
    return this.#values[this.#slot(high, low)] ?? ABSENT;
  }

  set({ high, low }: SpanHash, value: number): void {
    if (this.size * 2 >= this.#values.length) this.#grow();
    const slot = this.#slot(high, low);
    if (this.#values[slot] === ABSENT) this.size += 1;
    this.#highs[slot] = high;
    this.#lows[slot] = low;
    this.#values[slot] = value;
  }

  /** Its own slot, or the free one where it would be. */
  #slot(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let slot = low & mask;
    while (this.#values[slot] !== ABSENT && (this.#lows[slot] !== low || this.#highs[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [highs, lows, values] = [this.#highs, this.#lows, this.#values];
    this.#highs = new Uint32Array(values.length * 2);
    this.#lows = new Uint32Array(values.length * 2);
    this.#values = new Int32Array(values.length * 2).fill(ABSENT);
    for (let from = 0; from < values.length; from += 1) {
      const value = values[from] ?? ABSENT;
      if (value === ABSENT) continue;
      const slot = this.#slot(highs[from] ?? 0, lows[from] ?? 0);
      this.#highs[slot] = highs[from] ?? 0;
      this.#lows[slot] = lows[from] ?? 0;
      this.#values[slot] = value;
    }
  }
}

/** Numbers of the spans that came last: at least as many as it is told to hold, at most twice as many; then the older half goes. */
export class RecentSpans {
  readonly #held: number;
  #current = new HashTable();
  #previous = new HashTable();

  constructor(held: number) {
    this.#held = held;
  }

  /** Undefined where there is none, or none any more. */
  get(span: SpanHash): number | undefined {
    const value = this.#current.get(span);
    const found = value === ABSENT ? this.#previous.get(span) : value;
    return found === ABSENT ? undefined : found;
  }

  set(span: SpanHash, value: number): void {
    if (this.#current.size >= this.#held) {
      this.#previous = this.#current;
      this.#current = new HashTable();
    }
    this.#current.set(span, value);
  }
}

/** Lists of things that wait for a span, of bounded number as with `RecentSpans`. */
export class WaitingFor<T> {
  readonly #held: number;
  #current = new WaitingGeneration<T>();
  #previous = new WaitingGeneration<T>();

  constructor(held: number) {
    this.#held = held;
  }

  add(span: SpanHash, item: T): void {
    if (this.#current.size >= this.#held) {
      this.#previous = this.#current;
      this.#current = new WaitingGeneration();
    }
    this.#current.add(span, item);
  }

  /** Calls with all that waited, which waits no longer. */
  take(span: SpanHash, visit: (item: T) => void): void {
    this.#previous.take(span, visit);
    this.#current.take(span, visit);
  }
}

const END = 0;

class WaitingGeneration<T> {
  /** The list's first place plus one; 0 where all was taken. */
  readonly #heads = new HashTable();
  readonly #items: (T | undefined)[] = [];
  readonly #next: number[] = [];
  size = 0;

  add(span: SpanHash, item: T): void {
    const head = this.#heads.get(span);
    this.#items.push(item);
    this.#next.push(head === ABSENT ? END : head);
    this.#heads.set(span, this.#items.length);
    this.size += 1;
  }

  take(span: SpanHash, visit: (item: T) => void): void {
    const head = this.#heads.get(span);
    if (head === ABSENT || head === END) return;
    this.#heads.set(span, END);
    for (let place = head; place !== END; ) {
      const item = this.#items[place - 1];
      this.#items[place - 1] = undefined;
      place = this.#next[place - 1] ?? END;
      if (item !== undefined) visit(item);
    }
  }
}
