import type { RowMask } from '../matching/row-mask.ts';
import { type LongPage, longAt } from '../parquet/decode-column.ts';

/** The latest of all times that are given, in whatever order: no row is made for them. */
export class LatestTimes {
  readonly #count: number;
  #times: BigInt64Array;
  #size = 0;
  /** Times before this one are none of them; undefined while there are too few. */
  #least: bigint | undefined;

  /** At least one. */
  constructor(count: number) {
    this.#count = count;
    this.#times = new BigInt64Array(2 * count);
  }

  /** Rows up to this time cannot change which ones they are. */
  isEnough(time: bigint): boolean {
    return this.#least !== undefined && time <= this.#least;
  }

  add(times: LongPage, rows: RowMask): void {
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
      const time = longAt(times, row);
      if (this.isEnough(time)) continue;
      this.#times[this.#size] = time;
      this.#size += 1;
      if (this.#size === this.#times.length) this.#trim();
    }
    if (this.#least === undefined && this.#size >= this.#count) this.#trim();
  }

  /** The first of them; undefined where fewer were given. */
  first(): bigint | undefined {
    if (this.#size >= this.#count) this.#trim();
    return this.#least;
  }

  #trim(): void {
    const latest = this.#times
      .subarray(0, this.#size)
      .sort()
      .subarray(this.#size - this.#count);
    this.#least = latest[0];
    this.#times.copyWithin(0, this.#size - this.#count, this.#size);
    this.#size = this.#count;
  }
}
