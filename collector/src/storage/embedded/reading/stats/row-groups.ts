import { isWhole, type RowMask } from '../../matching/row-mask.ts';
import { type GroupNumbers, OTHERS } from './group-numbers.ts';
import { NO_VALUE, type RowValues, type Runs } from './row-values.ts';

/** The rows are not among those that match. */
export const NO_GROUP = -1;

/** Which groups the rows of a page are in. */
export interface RowGroups {
  /** One of each row, `NO_GROUP` of those that do not match. */
  readonly numbers: Int32Array;
  /** Further ones of rows that are in several. */
  readonly more: ReadonlyMap<number, readonly number[]>;
  /** Of neighbours in the same group, where that is known. */
  readonly runs?: Runs;
}

const NOTHING_MORE: RowGroups['more'] = new Map();

/** The groups of the mask's rows by the values of up to two fields. */
export function rowGroups(values: readonly RowValues[], rows: RowMask, groups: GroupNumbers): RowGroups {
  const [first, second] = values;
  const numbers = new Int32Array(rows.length);
  if (first?.runs && !second && isWhole(rows)) {
    let start = 0;
    for (const end of first.runs) {
      numbers.fill(groups.ofFirst(first.numbers[start] ?? NO_VALUE), start, end);
      start = end;
    }
    return { numbers, more: NOTHING_MORE, runs: first.runs };
  }
  fillNumbers(first?.numbers, second?.numbers, rows, { groups, numbers });
  const several = new Set([...(first?.more?.keys() ?? []), ...(second?.more?.keys() ?? [])]);
  if (several.size === 0) return { numbers, more: NOTHING_MORE };
  const more = new Map<number, readonly number[]>();
  for (const row of several) {
    if (rows[row] === 0) continue;
    const [own = OTHERS, ...others] = groupsOf(row, values, groups);
    numbers[row] = own;
    if (others.length > 0) more.set(row, others);
  }
  return { numbers, more };
}

function fillNumbers(
  firsts: Int32Array | undefined,
  seconds: Int32Array | undefined,
  rows: RowMask,
  { groups, numbers }: { readonly groups: GroupNumbers; readonly numbers: Int32Array },
): void {
  let lastFirst = -1;
  let lastSecond = -1;
  let group = OTHERS;
  for (let row = 0; row < numbers.length; row += 1) {
    if (rows[row] === 0) {
      numbers[row] = NO_GROUP;
      continue;
    }
    const first = firsts ? (firsts[row] ?? NO_VALUE) : NO_VALUE;
    const second = seconds ? (seconds[row] ?? NO_VALUE) : NO_VALUE;
    if (first !== lastFirst || second !== lastSecond) {
      group = seconds ? groups.of(first, second) : groups.ofFirst(first);
      lastFirst = first;
      lastSecond = second;
    }
    numbers[row] = group;
  }
}

/** A record is among the others only where it is in no group. */
function groupsOf(row: number, values: readonly RowValues[], groups: GroupNumbers): number[] {
  const [firsts = [NO_VALUE], seconds = [NO_VALUE]] = values.map(({ numbers, more }) => [
    numbers[row] ?? NO_VALUE,
    ...(more?.get(row) ?? []),
  ]);
  const found = new Set(firsts.flatMap((first) => seconds.map((second) => groups.of(first, second))));
  if (found.size > 1) found.delete(OTHERS);
  return [...found];
}
