/** Rows of a page, one byte each: 1 for those that are meant. */
export type RowMask = Uint8Array;

export function allRows(rows: number): RowMask {
  return new Uint8Array(rows).fill(1);
}

export function noRows(rows: number): RowMask {
  return new Uint8Array(rows);
}

export function isEmpty(mask: RowMask): boolean {
  return !mask.includes(1);
}

export function countRows(mask: RowMask): number {
  let count = 0;
  for (const row of mask) count += row;
  return count;
}

/** Those of the first that are not among the second. */
export function without(mask: RowMask, other: RowMask): RowMask {
  const left = new Uint8Array(mask.length);
  for (let row = 0; row < mask.length; row += 1) left[row] = (mask[row] ?? 0) & ~(other[row] ?? 0);
  return left;
}

/** Those that are in both. */
export function both(left: RowMask, right: RowMask): RowMask {
  const found = new Uint8Array(left.length);
  for (let row = 0; row < left.length; row += 1) found[row] = (left[row] ?? 0) & (right[row] ?? 0);
  return found;
}

/** Adds those of the second to the first. */
export function addRows(mask: RowMask, other: RowMask): void {
  for (let row = 0; row < mask.length; row += 1) mask[row] = (mask[row] ?? 0) | (other[row] ?? 0);
}
