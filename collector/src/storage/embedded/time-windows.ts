import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';

/** Both ends inclusive, Unix nanoseconds, within what the index holds. */
export interface TimeWindow {
  readonly min: bigint;
  readonly max: bigint;
}

export interface WindowedRead<T> {
  readonly order: 'asc' | 'desc';
  /** What may be searched at all. */
  readonly bounds: TimeWindow;
  /** Rows that are wanted; fewer come only when there are no more. */
  readonly limit: number;
  /** The first time in the order asked for that any row of the window has, whether it matches or not; undefined when there is no row. */
  readonly firstTime: (window: TimeWindow) => Promise<bigint | undefined>;
  /** The matching rows of the window in the order asked for, at most `limit`. */
  readonly rowsIn: (window: TimeWindow, limit: number) => Promise<readonly T[]>;
}

/** At any rate a row group or two: what is searched most, the newest rows of everything, is found in the first window. */
const FIRST_WINDOW_NANOS = 1_000_000_000n;
/** All times that there are take eleven windows; a window after one that was searched in vain costs little beside it. */
const GROWTH = 8n;

/**
 * The first rows of a sorted read, from windows of time that grow until there are enough: blocks beyond are never read, which no plan of one
 * sorted statement achieves. A window begins where there is a row, so that a lone record of a wrong clock costs one window.
 */
export async function readWindows<T>({ order, bounds, limit, firstTime, rowsIn }: WindowedRead<T>): Promise<T[]> {
  const rows: T[] = [];
  let rest = bounds;
  let width = FIRST_WINDOW_NANOS;
  while (rows.length < limit && rest.min <= rest.max) {
    const first = await firstTime(rest);
    if (first === undefined) break;
    const window =
      order === 'asc' ? { min: first, max: least(first + width, rest.max) } : { min: greatest(first - width, rest.min), max: first };
    rows.push(...(await rowsIn(window, limit - rows.length)));
    rest = order === 'asc' ? { min: window.max + 1n, max: rest.max } : { min: rest.min, max: window.min - 1n };
    width *= GROWTH;
  }
  return rows;
}

/** Of a range whose start belongs to it and whose end does not. Ends past what the index holds are at its bound: a later end leaves out nothing. */
export function windowOfRange({ fromNanos = 0n, toNanos }: { readonly fromNanos?: bigint; readonly toNanos?: bigint }): TimeWindow {
  return {
    min: least(fromNanos, MAX_INDEX_TIME_NANOS),
    max: toNanos === undefined || toNanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : toNanos - 1n,
  };
}

export function least(left: bigint, right: bigint): bigint {
  return right < left ? right : left;
}

export function greatest(left: bigint, right: bigint): bigint {
  return right > left ? right : left;
}
