import type { LogRecord, LogTailArrivals } from '@threadline/collector/api';

/** Rows that are kept, drawn and waiting each: what a reader may scroll through, and some megabytes. */
export const MAX_LIVE_ROWS = 2_000;
/** The rate is of the arrivals of this long: shorter it jumps, longer it lags. */
const RATE_MILLIS = 5_000;

/** What the list of a live search shows. */
export interface LiveRows {
  /** What is drawn, the latest arrival first. */
  readonly rows: readonly LogRecord[];
  /** What came while the reader held the list, the latest first. */
  readonly waiting: readonly LogRecord[];
  /** How many came meanwhile, those included that are not kept. */
  readonly waitingCount: number;
  /** Since the list began: matching records that are in no row, as they were too many at once. */
  readonly undrawnCount: number;
  /** Records that arrived too fast for the collector to look at each. */
  readonly unreadCount: number;
  /** The stream was broken for too long: what arrived meanwhile is not known. */
  readonly hasGap: boolean;
  /** How many matching records have come since the list began, shown or not. */
  readonly arrivedCount: number;
  /** How many came when, for the rate. */
  readonly recent: readonly { readonly atMillis: number; readonly count: number }[];
}

export const NO_LIVE_ROWS: LiveRows = {
  rows: [],
  waiting: [],
  waitingCount: 0,
  undrawnCount: 0,
  unreadCount: 0,
  hasGap: false,
  arrivedCount: 0,
  recent: [],
};

/** `isHeld`: the reader is at some row, and nothing may move. */
export function addArrivals(
  live: LiveRows,
  { records, skipped, unread }: LogTailArrivals,
  { isHeld, atMillis }: { readonly isHeld: boolean; readonly atMillis: number },
): LiveRows {
  const known = new Set([...live.rows, ...live.waiting].map(({ id }) => id));
  const fresh = records.filter(({ id }) => !known.has(id)).toReversed();
  const count = fresh.length + skipped;
  const recent = [...live.recent.filter((entry) => atMillis - entry.atMillis < RATE_MILLIS), { atMillis, count }];
  const counts = {
    undrawnCount: live.undrawnCount + skipped,
    unreadCount: live.unreadCount + unread,
    arrivedCount: live.arrivedCount + count,
    recent,
  };
  if (isHeld || live.waitingCount > 0) {
    return { ...live, ...counts, waiting: newest([...fresh, ...live.waiting]), waitingCount: live.waitingCount + count };
  }
  return { ...live, ...counts, rows: newest([...fresh, ...live.rows]) };
}

/** What was found before the stream began stands below what has come since. */
export function addBacklog(live: LiveRows, records: readonly LogRecord[]): LiveRows {
  const known = new Set([...live.rows, ...live.waiting].map(({ id }) => id));
  return { ...live, rows: newest([...live.rows, ...records.filter(({ id }) => !known.has(id))]) };
}

/** The reader lets go, or wants to see what is new. */
export function showWaiting(live: LiveRows): LiveRows {
  if (live.waitingCount === 0) return live;
  return { ...live, rows: newest([...live.waiting, ...live.rows]), waiting: [], waitingCount: 0 };
}

/** Records a second, of the last seconds. */
export function arrivalRate({ recent }: LiveRows, nowMillis: number): number {
  const counted = recent.filter(({ atMillis }) => nowMillis - atMillis < RATE_MILLIS);
  return counted.reduce((sum, { count }) => sum + count, 0) / (RATE_MILLIS / 1_000);
}

function newest(rows: readonly LogRecord[]): readonly LogRecord[] {
  return rows.length > MAX_LIVE_ROWS ? rows.slice(0, MAX_LIVE_ROWS) : rows;
}
