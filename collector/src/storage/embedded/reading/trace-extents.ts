import type { RowMask } from '../matching/row-mask.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import type { TextColumn } from './column-values.ts';

/** Of the first table; each further one has room for twice as many. */
const FIRST_TRACES = 16_384;
const ID_DIGITS = 32;
/** Numbers of 32 bits that an id is. */
const ID_WORDS = 4;
/** Times are doubles, exact to the nanosecond within 104 days of the epoch that their trace is counted from. */
const EPOCH_NANOS = 2n ** 52n;
const EPOCH_SPREAD = 2 ** 52;
/** Beside one bit for each condition. */
const HAS_ROOT = 0x8000;

/**
 * A trace in memory, so that all of it is near: its id, then as doubles the time that it is ordered by, its start and its end, then its epoch and what it fulfils.
 *
 *     words    0 1 2 3   4 5   6 7     8 9   10      11
 *              id        key   start   end   epoch   flags
 *     doubles            2     3       4
 */
const TRACE_WORDS = 12;
const TRACE_DOUBLES = TRACE_WORDS / 2;
const KEY = 2;
const START = 3;
const END = 4;
const EPOCH = 10;
const FLAGS = 11;

/** Of the page at hand: which id each row has, and its hash. */
const pageIds = new Int32Array(PAGE_ROWS);
const pageHashes = new Int32Array(PAGE_ROWS + 1);
const pageNumbers = new Int32Array(PAGE_ROWS);

/** Spans row by row, with their times from an epoch, nanoseconds. */
export interface PageSpans {
  /** What traces are ordered by. */
  readonly keys: Float64Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** 1 for a root. */
  readonly roots: Uint8Array;
  /** A bit for each condition, at most fifteen. */
  readonly fulfilled: Uint16Array;
}

/** The epoch that a page's times are best counted from. */
export function epochOf(nanos: bigint): number {
  return Number(nanos / EPOCH_NANOS);
}

/** Nanoseconds from it; exact within 104 days. */
export function sinceEpoch(epoch: number, nanos: bigint): number {
  return Number(nanos - BigInt(epoch) * EPOCH_NANOS);
}

/**
 * From when to when each of very many traces lasts, and what it fulfils, by number: 56 bytes a trace, and no object for one. Ids are compared as a whole. A
 * duration is exact where a trace lasts less than 52 days.
 */
export class TraceExtents {
  readonly #maxTraces: number;
  #capacity: number;
  #size = 0;
  /** A trace's number and one, by its id's hash; 0: none. Twice as many as there is room for, so that the next free place is near. */
  #places: Int32Array;
  #words: Uint32Array;
  #doubles: Float64Array;
  #dictionary: { readonly entries: readonly string[]; readonly ids: Uint32Array | undefined } | undefined;

  /** `likelyTraces`: room for so many is made at once. */
  constructor({ maxTraces, likelyTraces = 0 }: { readonly maxTraces: number; readonly likelyTraces?: number }) {
    this.#maxTraces = maxTraces;
    this.#capacity = FIRST_TRACES;
    while (this.#capacity < Math.min(likelyTraces, maxTraces)) this.#capacity *= 2;
    this.#places = new Int32Array(2 * this.#capacity);
    this.#words = new Uint32Array(TRACE_WORDS * this.#capacity);
    this.#doubles = new Float64Array(this.#words.buffer);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#maxTraces;
  }

  /**
   * The number of each row's trace; -1 where it is unknown and `adds` is not given, where there is no room for it, where it is no id, or the row is not of the
   * mask. Good until the next call.
   */
  numbers(column: TextColumn, rows: RowMask, { adds, epoch }: { readonly adds: boolean; readonly epoch: number }): Int32Array {
    const { entries } = column;
    const numbers = pageNumbers;
    const ids = entries
      ? this.#dictionaryIds(entries)
      : wordsOf(column.bytes.toString('latin1', column.starts[0], column.starts.at(-1)), rows.length);
    if (ids === undefined) return numbers.fill(-1);
    for (let row = 0; row < rows.length; row += 1) pageIds[row] = entries ? (column.indexes[row] ?? 0) : row;
    this.#findPlaces(ids, rows);
    for (let row = 0; row < rows.length; row += 1)
      numbers[row] = rows[row] === 1 ? this.#number(ids, (pageIds[row] ?? 0) * ID_WORDS, { hash: pageHashes[row] ?? 0, adds, epoch }) : -1;
    return numbers;
  }

  /** The spans of the traces that `numbers` gave. */
  addSpans(numbers: Int32Array, { keys, starts, ends, roots, fulfilled }: PageSpans, epoch: number): void {
    const words = this.#words;
    const doubles = this.#doubles;
    for (let row = 0; row < numbers.length; row += 1) {
      const number = numbers[row] ?? -1;
      if (number === -1) continue;
      const word = number * TRACE_WORDS;
      const double = number * TRACE_DOUBLES;
      const own = words[word + EPOCH] ?? 0;
      const shift = own === epoch ? 0 : (epoch - own) * EPOCH_SPREAD;
      const isRoot = roots[row] === 1;
      const flags = words[word + FLAGS] ?? 0;
      const key = (keys[row] ?? 0) + shift;
      const start = (starts[row] ?? 0) + shift;
      const end = (ends[row] ?? 0) + shift;
      if (start < (doubles[double + START] ?? 0)) doubles[double + START] = start;
      if (end > (doubles[double + END] ?? 0)) doubles[double + END] = end;
      const hasRoot = (flags & HAS_ROOT) !== 0;
      if (isRoot === hasRoot ? key < (doubles[double + KEY] ?? 0) : isRoot) doubles[double + KEY] = key;
      words[word + FLAGS] = flags | (fulfilled[row] ?? 0) | (isRoot ? HAS_ROOT : 0);
    }
  }

  /** What of the conditions the trace's spans fulfil. */
  fulfilled(number: number): number {
    return (this.#words[number * TRACE_WORDS + FLAGS] ?? 0) & ~HAS_ROOT;
  }

  durationNanos(number: number): number {
    const double = number * TRACE_DOUBLES;
    return (this.#doubles[double + END] ?? 0) - (this.#doubles[double + START] ?? 0);
  }

  startNanos(number: number): bigint {
    const epoch = BigInt(this.#words[number * TRACE_WORDS + EPOCH] ?? 0);
    return epoch * EPOCH_NANOS + BigInt(this.#doubles[number * TRACE_DOUBLES + KEY] ?? 0);
  }

  traceId(number: number): string {
    const { buffer } = this.#words;
    return Buffer.from(buffer, number * TRACE_WORDS * Uint32Array.BYTES_PER_ELEMENT, ID_DIGITS / 2).toString('hex');
  }

  /** Pages of a row group have one dictionary. */
  #dictionaryIds(entries: readonly string[]): Uint32Array | undefined {
    if (this.#dictionary?.entries !== entries) this.#dictionary = { entries, ids: wordsOf(entries.join(''), entries.length) };
    return this.#dictionary.ids;
  }

  /** Places are far from each other in memory: asked for one after the other without a use of what is there, many are on their way at once. */
  #findPlaces(ids: Uint32Array, rows: RowMask): void {
    const places = this.#places;
    const mask = places.length - 1;
    let some = 0;
    for (let row = 0; row < rows.length; row += 1) {
      const hash = hashOf(ids, (pageIds[row] ?? 0) * ID_WORDS);
      pageHashes[row] = hash;
      some |= places[hash & mask] ?? 0;
    }
    // Else nothing would be read.
    pageHashes[PAGE_ROWS] = some;
  }

  #number(
    ids: Uint32Array,
    id: number,
    { hash, adds, epoch }: { readonly hash: number; readonly adds: boolean; readonly epoch: number },
  ): number {
    const words = this.#words;
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (let number = (this.#places[place] ?? 0) - 1; number !== -1; number = (this.#places[place] ?? 0) - 1) {
      const word = number * TRACE_WORDS;
      if (words[word] === ids[id] && words[word + 1] === ids[id + 1] && words[word + 2] === ids[id + 2] && words[word + 3] === ids[id + 3])
        return number;
      place = (place + 1) & mask;
    }
    if (!adds || this.isFull) return -1;
    if (this.#size === this.#capacity) {
      this.#grow();
      return this.#number(ids, id, { hash, adds, epoch });
    }
    this.#places[place] = this.#size + 1;
    return this.#add(ids, id, epoch);
  }

  #add(ids: Uint32Array, id: number, epoch: number): number {
    const number = this.#size;
    this.#size += 1;
    const word = number * TRACE_WORDS;
    for (let index = 0; index < ID_WORDS; index += 1) this.#words[word + index] = ids[id + index] ?? 0;
    this.#words[word + EPOCH] = epoch;
    const double = number * TRACE_DOUBLES;
    this.#doubles[double + KEY] = Number.POSITIVE_INFINITY;
    this.#doubles[double + START] = Number.POSITIVE_INFINITY;
    this.#doubles[double + END] = Number.NEGATIVE_INFINITY;
    return number;
  }

  #grow(): void {
    this.#capacity *= 2;
    const words = new Uint32Array(TRACE_WORDS * this.#capacity);
    words.set(this.#words);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    this.#places = new Int32Array(2 * this.#capacity);
    const mask = this.#places.length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      let place = hashOf(words, number * TRACE_WORDS) & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = number + 1;
    }
  }
}

/** Ids of so many traces, one behind the other; undefined where they are not that. */
function wordsOf(digits: string, count: number): Uint32Array | undefined {
  const bytes = Buffer.from(digits, 'hex');
  if (bytes.length * 2 !== count * ID_DIGITS) return undefined;
  // Small ones stand in memory that others have parts of.
  const isApart = bytes.byteOffset === 0;
  return new Uint32Array(isApart ? bytes.buffer : new Uint8Array(bytes).buffer, 0, count * ID_WORDS);
}

/** Ids need not be random in all of their digits. */
function hashOf(words: Uint32Array, at: number): number {
  let hash = Math.imul((words[at] ?? 0) ^ Math.imul(words[at + 1] ?? 0, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ (words[at + 2] ?? 0), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (words[at + 3] ?? 0), 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}
