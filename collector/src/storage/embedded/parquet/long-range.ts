/**
 * The rows with the least and the greatest of the values from `start` to `end`, which are at least one. Compared half by half: to read a bigint for each
 * row makes an object of each.
 */
export function longRange(values: BigInt64Array, start = 0, end = values.length): { readonly least: bigint; readonly greatest: bigint } {
  const halves = halvesOf(values);
  let least = start;
  let greatest = start;
  for (let row = start + 1; row < end; row += 1) {
    if (isLess(halves, row, least)) least = row;
    else if (isLess(halves, greatest, row)) greatest = row;
  }
  return { least: values[least] ?? 0n, greatest: values[greatest] ?? 0n };
}

/** The lower and upper half of each value in turn, in the same memory: the lower comes first on every machine that Node runs on. */
export function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Whether the value of one row is less than that of another. */
export function isLess(halves: Int32Array, row: number, other: number): boolean {
  const high = halves[2 * row + 1] ?? 0;
  const otherHigh = halves[2 * other + 1] ?? 0;
  if (high !== otherHigh) return high < otherHigh;
  return (halves[2 * row] ?? 0) >>> 0 < (halves[2 * other] ?? 0) >>> 0;
}
