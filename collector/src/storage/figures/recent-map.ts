import { freeBytes } from '../../free-bytes.ts';
import type { SpanHash } from './span-hash.ts';

const FIRST_SLOTS = 1_024;
const ABSENT = -1;
/** Both halves of the hash, and the value plus one: 0 in a free slot. Side by side, since a large table's slots are in no cache. */
const SLOT_NUMBERS = 3;

/** Whole numbers, not negative, by span. Flat: an entry is twelve bytes, at most half of the slots are taken. */
export class HashTable {
  #slots = new Int32Array(FIRST_SLOTS * SLOT_NUMBERS);
  #mask = FIRST_SLOTS - 1;
  size = 0;

  /** -1 where there is none. */
  get({ high, low }: SpanHash): number {
    return (this.#slots[this.#placeOf(high, low) + 2] ?? 0) - 1;
  }

  set({ high, low }: SpanHash, value: number): void {
    if (this.size * 2 > this.#mask) this.#grow();
    const place = this.#placeOf(high, low);
    const slots = this.#slots;
    if (slots[place + 2] === 0) this.size += 1;
    slots[place] = high;
    slots[place + 1] = low;
    slots[place + 2] = value + 1;
  }

  /** Where its own slot begins, or the free one where it would be. Of any 32 bits, signed or not. */
  #placeOf(high: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const first = high | 0;
    const second = low | 0;
    for (let slot = second & mask; ; slot = (slot + 1) & mask) {
      const place = slot * SLOT_NUMBERS;
      if (slots[place + 2] === 0 || (slots[place + 1] === second && slots[place] === first)) return place;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let from = 0; from < old.length; from += SLOT_NUMBERS) {
      const value = old[from + 2] ?? 0;
      if (value === 0) continue;
      const high = old[from] ?? 0;
      const low = old[from + 1] ?? 0;
      const place = this.#placeOf(high, low);
      this.#slots[place] = high;
      this.#slots[place + 1] = low;
      this.#slots[place + 2] = value;
    }
    freeBytes(old);
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

  /** One that waited, which waits no longer; undefined when none does any more. */
  take(span: SpanHash): T | undefined {
    return this.#previous.take(span) ?? this.#current.take(span);
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

  take(span: SpanHash): T | undefined {
    if (this.size === 0) return undefined;
    const head = this.#heads.get(span);
    if (head === ABSENT || head === END) return undefined;
    this.#heads.set(span, this.#next[head - 1] ?? END);
    const item = this.#items[head - 1];
    this.#items[head - 1] = undefined;
    return item;
  }
}
