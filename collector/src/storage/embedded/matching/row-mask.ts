import { PAGE_ROWS } from '../parquet/encode-column.ts';

/** Rows of a page, one byte each: 1 for those that are meant. Only who made one writes to it: several may share one. */
export type RowMask = Uint8Array;

/** Of each number of rows of a page the one mask with all of them. */
const whole: (RowMask | undefined)[] = [];

/** One that is shared: nobody writes to it. */
export function allRows(rows: number): RowMask {
  const known = whole[rows];
  if (known) return known;
  const made = new Uint8Array(rows).fill(1);
  if (rows <= PAGE_ROWS) whole[rows] = made;
  return made;
}

/** True of what `allRows` gave for a page: nothing has to be looked at to know that all rows are meant. */
export function isWhole(mask: RowMask): boolean {
  return whole[mask.length] === mask;
}

/** Masks are cut from memory that is asked for once for many of them: a mask of a page by itself costs more than what is done with it. */
const SLAB_ROWS = 32 * PAGE_ROWS;
let slab: Uint8Array = new Uint8Array(0);
let used = 0;

/** One to write to. It holds the memory of others too: what is kept for longer than a read is a copy. */
export function noRows(rows: number): RowMask {
  if (used + rows > slab.length) {
    slab = new Uint8Array(Math.max(SLAB_ROWS, rows));
    used = 0;
  }
  const made = slab.subarray(used, used + rows);
  used += rows;
  return made;
}

/** Of each number of rows of a page the one mask with none of them. */
const empty: (RowMask | undefined)[] = [];

/** As an answer: one that is shared, and that nobody writes to. */
export function noneOf(rows: number): RowMask {
  const known = empty[rows];
  if (known) return known;
  const made = new Uint8Array(rows);
  if (rows <= PAGE_ROWS) empty[rows] = made;
  return made;
}

/** True of what `noneOf` gave. */
function isNone(mask: RowMask): boolean {
  return empty[mask.length] === mask;
}

export function isEmpty(mask: RowMask): boolean {
  if (isNone(mask)) return true;
  return isWhole(mask) ? mask.length === 0 : !mask.includes(1);
}

export function countRows(mask: RowMask): number {
  if (isWhole(mask)) return mask.length;
  if (isNone(mask)) return 0;
  let count = 0;
  for (const row of mask) count += row;
  return count;
}

/** Those of the first that are not among the second. It may be the first. */
export function without(mask: RowMask, other: RowMask): RowMask {
  if (isNone(other)) return mask;
  const left = new Uint8Array(mask.length);
  for (let row = 0; row < mask.length; row += 1) left[row] = (mask[row] ?? 0) & ~(other[row] ?? 0);
  return left;
}

/** Those that are in both. It may be one of the two. */
export function both(left: RowMask, right: RowMask): RowMask {
  if (isWhole(left)) return right;
  if (isWhole(right)) return left;
  const found = new Uint8Array(left.length);
  for (let row = 0; row < left.length; row += 1) found[row] = (left[row] ?? 0) & (right[row] ?? 0);
  return found;
}

/** Those that are in one of the two at least. It may be one of the two. */
export function either(left: RowMask, right: RowMask): RowMask {
  if (isEmpty(left)) return right;
  if (isEmpty(right)) return left;
  const found = left.slice();
  addRows(found, right);
  return found;
}

/** Adds those of the second to the first. */
export function addRows(mask: RowMask, other: RowMask): void {
  for (let row = 0; row < mask.length; row += 1) mask[row] = (mask[row] ?? 0) | (other[row] ?? 0);
}

/** The rows of the mask whose code is wanted: 1 in `isWanted`. */
export function rowsOfCodes(codes: Int32Array, isWanted: Uint8Array, mask: RowMask): RowMask {
  const found = noRows(mask.length);
  if (isWhole(mask)) for (let row = 0; row < found.length; row += 1) found[row] = isWanted[codes[row] ?? 0] ?? 0;
  else for (let row = 0; row < found.length; row += 1) found[row] = (mask[row] ?? 0) & (isWanted[codes[row] ?? 0] ?? 0);
  return found;
}
