import type { RowKey } from '../../../model/record.ts';
import { compareRowKeys } from '../../../model/row-key-order.ts';
import type { RowMask } from '../matching/row-mask.ts';
import { longAt } from '../parquet/decode-column.ts';
import { joinId } from '../rows/record-id.ts';
import { textOf } from './column-values.ts';
import type { Page } from './page.ts';

/** A row that was found, with what it is ordered by. */
export interface FoundRow {
  readonly key: RowKey;
  readonly page: Page;
  readonly row: number;
}

/** The first rows in the order of (time, sequence, id), of all that are given, in whatever order. */
export class TopRows {
  readonly #isAscending: boolean;
  readonly #limit: number;
  readonly #after: RowKey | undefined;
  #rows: FoundRow[] = [];
  /** The time that a row must not be beyond to be among the first; undefined while there are too few. */
  #worst: bigint | undefined;

  /** `after`: only rows strictly after that one. */
  constructor(order: 'asc' | 'desc', limit: number, after?: RowKey) {
    this.#isAscending = order === 'asc';
    this.#limit = limit;
    this.#after = after;
  }

  /** Rows from this time on, in the order, cannot be among the first any more. */
  isEnough(time: bigint): boolean {
    return this.#worst !== undefined && this.#isBeyond(time, this.#worst);
  }

  add(page: Page, rows: RowMask): void {
    const times = page.longs('time_nanos');
    const sequences = page.longs('sequence');
    const ids = idReader(page);
    const candidates: number[] = [];
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) candidates.push(row);
    for (const row of times.wide ? candidates : this.#first(candidates, times.offsets)) {
      const timeNanos = longAt(times, row);
      if (this.isEnough(timeNanos)) continue;
      const key = { timeNanos, sequence: longAt(sequences, row), id: ids(row) };
      if (this.#after === undefined || this.#compare(this.#after, key) < 0) this.#rows.push({ key, page, row });
    }
    // The first time soon, so that it is known what cannot be among them; then only when as many have come again: each time all are sorted.
    if (this.#rows.length > (this.#worst === undefined ? this.#limit : 2 * this.#limit)) this.#trim();
  }

  /** In order. */
  rows(): readonly FoundRow[] {
    this.#trim();
    return this.#rows;
  }

  #trim(): void {
    this.#rows.sort((left, right) => this.#compare(left.key, right.key));
    if (this.#rows.length > this.#limit) this.#rows.length = this.#limit;
    if (this.#rows.length === this.#limit) this.#worst = this.#rows.at(-1)?.key.timeNanos;
  }

  /** Of very many rows of a page those that may be among the first, by time alone; all of the last one's time. */
  #first(rows: readonly number[], offsets: Float64Array): readonly number[] {
    // Rows of the time of `after` may all be left out later.
    if (rows.length <= this.#limit || this.#after !== undefined) return rows;
    const sign = this.#isAscending ? 1 : -1;
    const sorted = rows.toSorted((left, right) => sign * ((offsets[left] ?? 0) - (offsets[right] ?? 0)));
    const last = offsets[sorted[this.#limit - 1] ?? 0] ?? 0;
    let end = this.#limit;
    while (end < sorted.length && offsets[sorted[end] ?? 0] === last) end += 1;
    return sorted.slice(0, end);
  }

  #compare(left: RowKey, right: RowKey): number {
    const order = compareRowKeys(left, right);
    return this.#isAscending ? order : -order;
  }

  #isBeyond(time: bigint, other: bigint): boolean {
    return this.#isAscending ? time > other : time < other;
  }
}

/** What gives the ids of a page's rows. */
export function idReader(page: Page): (row: number) => string {
  const prefixes = page.texts('id_prefix');
  const indexes = page.longs('id_index');
  return (row) => joinId(textOf(prefixes, row), Number(longAt(indexes, row)));
}
