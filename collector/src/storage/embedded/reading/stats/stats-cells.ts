import type { StatsFigures, StatsSeries } from '../../../stats/stats.ts';
import { type LongPage, longAt } from '../../parquet/decode-column.ts';
import type { Page } from '../page.ts';
import { CellsFullError, NumberCells } from './number-cells.ts';
import { NO_GROUP, type RowGroups } from './row-groups.ts';
import type { NumberSink, RowNumbers } from './row-numbers.ts';
import type { Runs } from './row-values.ts';

/** Cells of one read, and the doublings of their numbers that are told apart: some 50 MB in all. */
const MAX_CELLS = 20_000;
const MAX_DOUBLINGS = 160_000;

/** Of rows that do not match. */
const NO_CELL = -1;
const NO_CELLS: Int32Array = new Int32Array();

/** What is counted of a group in a time bucket is a cell. */
export class StatsCells {
  readonly #widthNanos: bigint | undefined;
  readonly #measure: RowNumbers | undefined;
  readonly #numbers: NumberCells;
  /** By bucket, by group: one more than the cell's number; 0: there is none yet. */
  readonly #buckets = new Map<bigint, Int32Array>();
  #lastBucket: bigint | undefined;
  #lastCells: Int32Array = NO_CELLS;
  #records = new Float64Array(64);
  #size = 0;

  constructor(options: {
    readonly widthNanos: bigint | undefined;
    readonly measure: RowNumbers | undefined;
    readonly hasPercentiles: boolean;
  }) {
    this.#widthNanos = options.widthNanos;
    this.#measure = options.measure;
    this.#numbers = new NumberCells({ hasBuckets: options.hasPercentiles, maxDoublings: MAX_DOUBLINGS });
  }

  /** Throws `CellsFullError` where there is no room for what is new; no record of the page is counted then. */
  add(page: Page, rows: Uint8Array, groups: RowGroups): void {
    const bucketOf = this.#bucketsOf(page);
    const runs = typeof bucketOf === 'bigint' ? groups.runs : undefined;
    const cells = typeof bucketOf === 'bigint' ? this.#cellsOfBucket(bucketOf, groups) : this.#cellsByTime(bucketOf, groups.numbers);
    const more = new Map(
      Array.from(groups.more, ([row, others]) => [
        row,
        others.map((group) => this.#cell(typeof bucketOf === 'bigint' ? bucketOf : bucketOf(row), group)),
      ]),
    );
    this.#measure?.visit(page, rows, this.#sink(cells, more, runs));
    if (runs) this.#countRuns(cells, runs);
    else this.#countRecords(cells);
    for (const others of more.values()) this.#countRecords(others);
  }

  /** Records of a group. */
  count(group: number): number {
    let count = 0;
    for (const cells of this.#buckets.values()) {
      const cell = (cells[group] ?? 0) - 1;
      if (cell !== NO_CELL) count += this.#records[cell] ?? 0;
    }
    return count;
  }

  /** Of several groups together; time buckets only from one on. */
  series(groups: readonly number[], percentiles: readonly number[], firstBucket: bigint | undefined): StatsSeries {
    const byBucket = Array.from(this.#buckets, ([bucket, cells]) => ({
      bucket,
      cells: groups.map((group) => (cells[group] ?? 0) - 1).filter((cell) => cell !== NO_CELL),
    })).filter(({ cells }) => cells.length > 0);
    const points =
      this.#widthNanos === undefined
        ? []
        : byBucket
            .filter(({ bucket }) => firstBucket === undefined || bucket >= firstBucket)
            .sort((left, right) => (left.bucket < right.bucket ? -1 : 1))
            .map(({ bucket, cells }) => ({ bucket, ...this.#figures(cells, percentiles) }));
    return {
      ...this.#figures(
        byBucket.flatMap(({ cells }) => cells),
        percentiles,
      ),
      points,
    };
  }

  #countRuns(cells: Int32Array, runs: Runs): void {
    let start = 0;
    for (const end of runs) {
      const cell = cells[start] ?? NO_CELL;
      if (cell !== NO_CELL) this.#records[cell] = (this.#records[cell] ?? 0) + end - start;
      start = end;
    }
  }

  #countRecords(cells: Int32Array | readonly number[]): void {
    const records = this.#records;
    for (let start = 0; start < cells.length; ) {
      const cell = cells[start] ?? NO_CELL;
      let end = start + 1;
      while (end < cells.length && cells[end] === cell) end += 1;
      if (cell !== NO_CELL) records[cell] = (records[cell] ?? 0) + end - start;
      start = end;
    }
  }

  #figures(cells: readonly number[], percentiles: readonly number[]): StatsFigures {
    const numbers = this.#numbers.figures(cells, percentiles);
    return { count: cells.reduce((sum, cell) => sum + (this.#records[cell] ?? 0), 0), ...(numbers && { numbers }) };
  }

  #sink(cells: Int32Array, more: ReadonlyMap<number, readonly number[]>, runs: Runs | undefined): NumberSink {
    return {
      addRows: (values, mask) => {
        this.#numbers.addRows(values, cells, mask, runs);
        for (const [row, others] of more)
          if (!mask || mask[row] === 1) for (const cell of others) this.#numbers.add(values[row] ?? 0, cell);
      },
      addRow: (row, value) => {
        for (const cell of [cells[row] ?? NO_CELL, ...(more.get(row) ?? [])]) this.#numbers.add(value, cell);
      },
    };
  }

  /** The time bucket of all rows of a page, or what gives that of each. */
  #bucketsOf(page: Page): bigint | ((row: number) => bigint) {
    const width = this.#widthNanos;
    if (width === undefined) return 0n;
    const first = page.least / width;
    return first === page.greatest / width ? first : bucketReader(page.longs('time_nanos'), width);
  }

  #cellsOfBucket(bucket: bigint, { numbers: groups, runs }: RowGroups): Int32Array {
    const cells = new Int32Array(groups.length);
    if (runs) {
      let start = 0;
      for (const end of runs) {
        const group = groups[start] ?? NO_GROUP;
        cells.fill(group === NO_GROUP ? NO_CELL : this.#cell(bucket, group), start, end);
        start = end;
      }
      return cells;
    }
    let last = NO_GROUP;
    let cell = NO_CELL;
    for (let row = 0; row < cells.length; row += 1) {
      const group = groups[row] ?? NO_GROUP;
      if (group !== last) {
        last = group;
        cell = group === NO_GROUP ? NO_CELL : this.#cell(bucket, group);
      }
      cells[row] = cell;
    }
    return cells;
  }

  #cellsByTime(bucketOf: (row: number) => bigint, groups: Int32Array): Int32Array {
    return groups.map((group, row) => (group === NO_GROUP ? NO_CELL : this.#cell(bucketOf(row), group)));
  }

  #cell(bucket: bigint, group: number): number {
    if (bucket !== this.#lastBucket) {
      this.#lastBucket = bucket;
      this.#lastCells = this.#buckets.get(bucket) ?? NO_CELLS;
    }
    const known = this.#lastCells[group] ?? 0;
    if (known > 0) return known - 1;
    if (this.#size === MAX_CELLS) throw new CellsFullError();
    if (group >= this.#lastCells.length) {
      const larger = new Int32Array(Math.max(16, group + 1, this.#lastCells.length * 2));
      larger.set(this.#lastCells);
      this.#lastCells = larger;
      this.#buckets.set(bucket, larger);
    }
    const cell = this.#size;
    this.#size += 1;
    this.#lastCells[group] = this.#size;
    this.#numbers.reach(cell);
    if (cell >= this.#records.length) {
      const larger = new Float64Array(this.#records.length * 2);
      larger.set(this.#records);
      this.#records = larger;
    }
    return cell;
  }
}

function bucketReader(times: LongPage, widthNanos: bigint): (row: number) => bigint {
  const width = Number(widthNanos);
  if (times.wide || !Number.isSafeInteger(width)) return (row) => longAt(times, row) / widthNanos;
  const { base, offsets } = times;
  const firstBucket = base / widthNanos;
  // Whole numbers below 2^53 divide and round down exactly.
  const into = Number(base % widthNanos);
  let last = Number.NaN;
  let bucket = 0n;
  return (row) => {
    const number = Math.floor((into + (offsets[row] ?? 0)) / width);
    if (number !== last) bucket = firstBucket + BigInt(number);
    last = number;
    return bucket;
  };
}
