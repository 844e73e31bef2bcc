/** The row has no value of the field. */
export const NO_VALUE = 0;
/** It has values, none of which makes a group. */
export const UNLISTED = 1;
/** Numbers of values start here. */
export const FIRST_LISTED = 2;

/** What values of a field the rows of a page have, as numbers of distinct texts. */
export interface RowValues {
  /** One of each row. */
  readonly numbers: Int32Array;
  /** Further ones of the rows that have several. */
  readonly more?: ReadonlyMap<number, readonly number[]>;
  /** Where neighbours that have the same end, where that is known and they are many: what came with one request mostly is of one service. */
  readonly runs?: Runs;
}

/** Behind the last row of each run, of all rows of a page. */
export type Runs = readonly number[];

/** Values of a field that come from several columns. */
export class RowValueSets implements RowValues {
  readonly numbers: Int32Array;
  readonly #more = new Map<number, number[]>();

  constructor(rows: number) {
    this.numbers = new Int32Array(rows);
  }

  get more(): ReadonlyMap<number, readonly number[]> {
    return this.#more;
  }

  /** What makes no group does not count beside what does. */
  add(row: number, number: number): void {
    const known = this.numbers[row] ?? NO_VALUE;
    if (known < FIRST_LISTED) {
      if (number > known) this.numbers[row] = number;
      return;
    }
    if (number === known || number < FIRST_LISTED) return;
    const more = this.#more.get(row);
    if (!more) this.#more.set(row, [number]);
    else if (!more.includes(number)) more.push(number);
  }
}
