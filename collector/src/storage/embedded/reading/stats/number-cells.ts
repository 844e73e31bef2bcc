import type { NumberFigures } from '../../../stats/stats.ts';
import type { RowMask } from '../../matching/row-mask.ts';
import type { Runs } from './row-values.ts';

/**
 * Numbers are counted in buckets whose width grows with them: 64 to each doubling, of either sign. A bucket's number is the upper bits of the number as a
 * 64-bit float, so that finding it costs a shift. Source: HDR histograms' log-linear buckets, and DDSketch (VLDB 2019) for the bound of its error.
 */
const FRACTION_BITS = 6;
const STEPS = 2 ** FRACTION_BITS;
/** In the upper half of a float the fraction has so many bits. */
const SHIFT = 20 - FRACTION_BITS;
/** A percentile is at most such a part away from a number that was counted: a bucket's middle stands for it. */
export const MAX_RELATIVE_ERROR = 1 / (2 * STEPS);

/** Signs and exponents: a doubling's buckets are 64 that follow each other. */
const DOUBLINGS = 2 ** 12;
const FIRST_NEGATIVE = DOUBLINGS / 2;
/** Doublings around a cell's first number that are found without a look-up; nearly no field's numbers are further apart. */
const NEAR = 64;
const FIRST_CELLS = 64;

const float = new Float64Array(1);
/** The same memory; the upper half comes second on every machine that Node runs on. */
const halves = new Uint32Array(float.buffer);

/** There is no room for more numbers that are so far apart, in so many cells. */
export class CellsFullError extends Error {
  override readonly name = 'CellsFullError';
}

/** Rows that follow each other and are of one cell. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly cell: number;
  readonly mask: RowMask | undefined;
}

/** Figures of numbers, by cells that are numbered from 0: flat arrays, no object a cell or a number. */
export class NumberCells {
  readonly #maxDoublings: number;
  readonly #hasBuckets: boolean;
  #counts = new Float64Array(FIRST_CELLS);
  #sums = new Float64Array(FIRST_CELLS);
  #mins = new Float64Array(FIRST_CELLS).fill(Number.POSITIVE_INFINITY);
  #maxes = new Float64Array(FIRST_CELLS).fill(Number.NEGATIVE_INFINITY);
  /** The first doubling of those that are near; -1 while there is no number. */
  #firsts = new Int32Array(FIRST_CELLS).fill(-1);
  /** Where the buckets of each near doubling are; 0: nowhere yet. */
  #near = new Int32Array(FIRST_CELLS * NEAR);
  /** The same of those that are not near, by cell and doubling. */
  readonly #far = new Map<number, number>();
  #buckets = new Uint32Array(STEPS * FIRST_CELLS);
  #used = STEPS;

  /** `hasBuckets`: whether percentiles are asked for. `maxDoublings`: of all cells, 256 bytes each. */
  constructor({ hasBuckets, maxDoublings }: { readonly hasBuckets: boolean; readonly maxDoublings: number }) {
    this.#hasBuckets = hasBuckets;
    this.#maxDoublings = maxDoublings;
  }

  /** Makes room for cells up to this number. */
  reach(cell: number): void {
    if (cell < this.#counts.length) return;
    const length = Math.max(cell + 1, this.#counts.length * 2);
    this.#counts = grown(this.#counts, new Float64Array(length));
    this.#sums = grown(this.#sums, new Float64Array(length));
    this.#mins = grown(this.#mins, new Float64Array(length).fill(Number.POSITIVE_INFINITY));
    this.#maxes = grown(this.#maxes, new Float64Array(length).fill(Number.NEGATIVE_INFINITY));
    this.#firsts = grown(this.#firsts, new Int32Array(length).fill(-1));
    this.#near = grown(this.#near, new Int32Array(length * NEAR));
  }

  /** The number of each row goes to the row's cell; rows whose cell is negative are left out, and those that are not in the mask. `runs`: rows of one cell, where that is known. */
  addRows(values: Float64Array, cells: Int32Array, mask: RowMask | undefined, runs?: Runs): void {
    // Neighbours mostly came with one request, of one service: what is of a cell is read and written once for all of them.
    if (runs) {
      let start = 0;
      for (const end of runs) {
        const cell = cells[start] ?? -1;
        if (cell >= 0) this.#addRun(values, { start, end, cell, mask });
        start = end;
      }
      return;
    }
    for (let start = 0; start < cells.length; ) {
      const cell = cells[start] ?? -1;
      let end = start + 1;
      while (end < cells.length && cells[end] === cell) end += 1;
      if (cell >= 0) this.#addRun(values, { start, end, cell, mask });
      start = end;
    }
  }

  add(value: number, cell: number): void {
    this.addRows(Float64Array.of(value), Int32Array.of(cell), undefined);
  }

  /** Of the numbers of several cells together; undefined where there is none. */
  figures(cells: readonly number[], percentiles: readonly number[]): NumberFigures | undefined {
    const filled = cells.filter((cell) => (this.#counts[cell] ?? 0) > 0);
    if (filled.length === 0) return undefined;
    const sumOf = (values: Float64Array): number => filled.reduce((sum, cell) => sum + (values[cell] ?? 0), 0);
    const min = filled.reduce((least, cell) => Math.min(least, this.#mins[cell] ?? 0), Number.POSITIVE_INFINITY);
    const max = filled.reduce((greatest, cell) => Math.max(greatest, this.#maxes[cell] ?? 0), Number.NEGATIVE_INFINITY);
    const count = sumOf(this.#counts);
    const ranks = percentiles.map((percentile) => rankOf(percentile, count));
    const found = this.#hasBuckets ? this.#valuesAt(filled, ranks) : [];
    return { count, min, max, sum: sumOf(this.#sums), percentiles: found.map((value) => Math.min(max, Math.max(min, value))) };
  }

  #addRun(values: Float64Array, run: Run): void {
    const { start, end, cell, mask } = run;
    const hasBuckets = this.#hasBuckets;
    const near = this.#near;
    let first = this.#firsts[cell] ?? -1;
    let buckets = this.#buckets;
    let count = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let row = start; row < end; row += 1) {
      if (mask && mask[row] === 0) continue;
      const value = values[row] ?? 0;
      count += 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
      if (!hasBuckets) continue;
      // A zero below zero is a zero.
      float[0] = value + 0;
      const bucket = (halves[1] ?? 0) >>> SHIFT;
      const offset = (bucket >>> FRACTION_BITS) - first;
      let at = offset >= 0 && offset < NEAR ? (near[cell * NEAR + offset] ?? 0) : 0;
      if (at === 0) {
        at = this.#placeOf(cell, bucket >>> FRACTION_BITS);
        buckets = this.#buckets;
        first = this.#firsts[cell] ?? -1;
      }
      at += bucket % STEPS;
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    this.#counts[cell] = (this.#counts[cell] ?? 0) + count;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + sum;
    if (min < (this.#mins[cell] ?? 0)) this.#mins[cell] = min;
    if (max > (this.#maxes[cell] ?? 0)) this.#maxes[cell] = max;
  }

  /** Where the buckets of a cell's doubling are; they are made if there are none. */
  #placeOf(cell: number, doubling: number): number {
    if (this.#firsts[cell] === -1) this.#firsts[cell] = Math.max(0, doubling - NEAR / 2);
    const offset = doubling - (this.#firsts[cell] ?? 0);
    const isNear = offset >= 0 && offset < NEAR;
    const known = isNear ? this.#near[cell * NEAR + offset] : this.#far.get(cell * DOUBLINGS + doubling);
    if (known) return known;
    const at = this.#used;
    if (at >= this.#maxDoublings * STEPS) throw new CellsFullError();
    this.#used = at + STEPS;
    if (this.#used > this.#buckets.length) this.#buckets = grown(this.#buckets, new Uint32Array(this.#buckets.length * 2));
    if (isNear) this.#near[cell * NEAR + offset] = at;
    else this.#far.set(cell * DOUBLINGS + doubling, at);
    return at;
  }

  /** The number at each rank, from 1. */
  #valuesAt(cells: readonly number[], ranks: readonly number[]): number[] {
    const found = ranks.map(() => 0);
    const waiting = ranks.map((rank, index) => ({ rank, index })).sort((left, right) => left.rank - right.rank);
    let below = 0;
    let next = 0;
    for (const { bucket, count } of this.#sorted(cells)) {
      below += count;
      for (let first = waiting[next]; first && first.rank <= below; first = waiting[next]) {
        found[first.index] = middleOf(bucket);
        next += 1;
      }
      if (next === waiting.length) break;
    }
    return found;
  }

  /** The buckets of several cells together, by the numbers that they stand for. */
  *#sorted(cells: readonly number[]): Generator<{ readonly bucket: number; readonly count: number }> {
    const doublings = new Map<number, Float64Array>();
    for (const cell of cells) {
      for (const { doubling, at } of this.#doublingsOf(cell)) {
        const sums = doublings.get(doubling) ?? new Float64Array(STEPS);
        doublings.set(doubling, sums);
        for (let step = 0; step < STEPS; step += 1) sums[step] = (sums[step] ?? 0) + (this.#buckets[at + step] ?? 0);
      }
    }
    const rising = [...doublings].sort(([left], [right]) => left - right);
    const negative = rising.filter(([doubling]) => doubling >= FIRST_NEGATIVE).reverse();
    for (const [doubling, sums] of negative)
      for (let step = STEPS - 1; step >= 0; step -= 1) yield { bucket: doubling * STEPS + step, count: sums[step] ?? 0 };
    for (const [doubling, sums] of rising.filter(([number]) => number < FIRST_NEGATIVE))
      for (let step = 0; step < STEPS; step += 1) yield { bucket: doubling * STEPS + step, count: sums[step] ?? 0 };
  }

  *#doublingsOf(cell: number): Generator<{ readonly doubling: number; readonly at: number }> {
    const first = this.#firsts[cell] ?? -1;
    for (let offset = 0; offset < NEAR; offset += 1) {
      const at = this.#near[cell * NEAR + offset] ?? 0;
      if (at > 0) yield { doubling: first + offset, at };
    }
    if (this.#far.size === 0) return;
    for (const [key, at] of this.#far) if (Math.floor(key / DOUBLINGS) === cell) yield { doubling: key % DOUBLINGS, at };
  }
}

/** How many numbers a percentile does not exceed at least, of so many; from 1 on. */
function rankOf(percentile: number, count: number): number {
  // 99.9 * 1000 / 100 is a little more than 999 in doubles.
  return Math.max(1, Math.ceil((percentile * count) / 100 - 1e-9));
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  halves[0] = 0;
  halves[1] = bucket * 2 ** SHIFT + 2 ** (SHIFT - 1);
  return float[0] ?? 0;
}

function grown<T extends Float64Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
