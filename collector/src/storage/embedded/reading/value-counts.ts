/** How many rows of a page have each value that some have. */
export interface ValueCounts<V> {
  readonly values: readonly V[];
  readonly counts: Uint16Array;
}

/** Of a page: where there are more, they take as much room as its rows. */
const MAX_FEW = 128;
/** About what the list and its arrays are beside their values. */
const OWN_BYTES = 200;
const VALUE_BYTES = 8;
/** Rows by their number, of those that stand in `met`; zeros between two calls. */
let rowsOf = new Uint16Array(1_024);
const met = new Int32Array(MAX_FEW);

export function visitCounts<V>({ values, counts }: ValueCounts<V>, visit: (value: V, count: number) => void): void {
  for (let number = 0; number < values.length; number += 1) {
    const value = values[number];
    if (value !== undefined) visit(value, counts[number] ?? 0);
  }
}

/** Of numbers from 0 up to `bound`; undefined where there are many. */
export function countFewEntries(numbers: Int32Array, bound: number): ValueCounts<number> | undefined {
  if (rowsOf.length < bound) rowsOf = new Uint16Array(bound);
  let few = 0;
  let row = 0;
  for (; row < numbers.length; row += 1) {
    const number = numbers[row] ?? 0;
    const known = rowsOf[number] ?? 0;
    if (known === 0) {
      if (few === MAX_FEW) break;
      met[few++] = number;
    }
    rowsOf[number] = known + 1;
  }
  const values = Array.from(met.subarray(0, few));
  const counts = Uint16Array.from(values, (number) => rowsOf[number] ?? 0);
  for (const number of values) rowsOf[number] = 0;
  return row < numbers.length ? undefined : { values, counts };
}

/** As `countFewEntries`, of any numbers, each as its difference from `base`. */
export function countFewNumbers(offsets: Float64Array, base = 0): ValueCounts<number> | undefined {
  const counts = new Map<number, number>();
  for (let row = 0; row < offsets.length; row += 1) {
    const value = base + (offsets[row] ?? 0);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > MAX_FEW) return undefined;
  }
  return { values: [...counts.keys()], counts: Uint16Array.from(counts.values()) };
}

export function bytesOfCounts(counts: ValueCounts<unknown> | undefined): number {
  return OWN_BYTES + (counts?.values.length ?? 0) * VALUE_BYTES;
}
