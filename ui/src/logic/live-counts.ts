import type { LogHistogramAnswer, LogRecord } from '@threadline/collector/api';
import { type LevelSums, noLevelSums, sumByLevel } from './histogram-geometry.ts';
import { levelOf, STACK_ORDER } from './level.ts';
import { nanosToMillis, parseNanos } from './nanos.ts';
import { recordTime } from './record-time.ts';
import type { TimeRange } from './time-range.ts';

/** Less than such a share of the records is not seen in a chart. */
const WORTH_COUNTING = 0.1;
/** Between two counts that arrivals ask for: what comes in one second is counted together. */
const MIN_PAUSE_MILLIS = 1_000;
/** Counting takes a fifth of the time at most. */
const PAUSE_PER_COUNTING = 4;

/** Of records: whether those that come after its end belong to it too. */
interface GrowingRange {
  readonly range: TimeRange;
  readonly isOpen: boolean;
}

/** What the collector counted in a range. */
export interface RangeCount extends GrowingRange {
  readonly answer: Pick<LogHistogramAnswer, 'buckets' | 'total'>;
}

export interface LogCounts {
  readonly total: number;
  readonly byLevel: LevelSums;
}

/**
 * The last count together with the rows of a live list, so that it is never less than what is seen, nor more than there is: a row of the
 * counted range may be in the count already, so that it only has to hold as many.
 */
export function countLive({ answer, range, isOpen }: RangeCount, rows: readonly LogRecord[]): LogCounts {
  const counted = sumByLevel(answer.buckets);
  const within = noLevelSums();
  const later = noLevelSums();
  for (const row of rows) {
    const place = placeOf(row, { range, isOpen });
    if (place === 'later') later[levelOf(row)] += 1;
    else if (place === 'within') within[levelOf(row)] += 1;
  }
  const byLevel = noLevelSums();
  for (const level of STACK_ORDER) byLevel[level] = Math.max(counted[level], within[level]) + later[level];
  return { total: STACK_ORDER.reduce((sum, level) => sum + byLevel[level], 0), byLevel };
}

/** Whether what is counted has any of the rows, now or as it is counted next. */
export function hasAnyOf(counted: GrowingRange, rows: readonly LogRecord[]): boolean {
  return rows.some((row) => placeOf(row, counted) !== 'outside');
}

function placeOf(row: LogRecord, { range, isOpen }: GrowingRange): 'within' | 'later' | 'outside' {
  const millis = nanosToMillis(parseNanos(recordTime(row)));
  if (millis < range.fromMillis) return 'outside';
  if (millis < range.toMillis) return 'within';
  return isOpen ? 'later' : 'outside';
}

/** A count that came, by when it was asked for and when it was here. */
export interface CountTimes {
  readonly total: number;
  readonly askedMillis: number;
  readonly answeredMillis: number;
}

/** In how long to count anew, where so many have come since it was asked for; undefined where they change little of it. */
export function countAgainIn(
  { total, askedMillis, answeredMillis }: CountTimes,
  { arrived, nowMillis }: { readonly arrived: number; readonly nowMillis: number },
): number | undefined {
  if (arrived === 0 || arrived < total * WORTH_COUNTING) return undefined;
  const pause = Math.max(MIN_PAUSE_MILLIS, PAUSE_PER_COUNTING * (answeredMillis - askedMillis));
  return Math.max(0, answeredMillis + pause - nowMillis);
}
