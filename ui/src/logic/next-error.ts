import type { LogRecord } from '@threadline/collector/api';
import { isErrorLevel, levelOf } from './level.ts';
import { cutAtAnchor, type SearchBounds } from './list-anchor.ts';
import { parseNanos } from './nanos.ts';
import { addFilter } from './query-edit.ts';
import { recordTime } from './record-time.ts';
import type { TimeRange } from './time-range.ts';

/** As `isErrorLevel` has it. */
const ERRORS = 'level:>=error';

export function isErrorRecord(record: LogRecord): boolean {
  return isErrorLevel(levelOf(record));
}

/** Finds the errors of a search. */
export function errorsOf(query: string): string {
  return addFilter(query, ERRORS);
}

/** The part of a list's range from its last record on, with those of the same time. Undefined where that is not in the range. */
export function boundsBehind(last: LogRecord, range: TimeRange, order: 'asc' | 'desc'): SearchBounds | undefined {
  return cutAtAnchor(range, parseNanos(recordTime(last)), order)?.onward;
}

/** How many errors of the last record's time a list has already: of the errors from there on, one more than these has one that it does not have. */
export function countAtEnd(records: readonly LogRecord[]): number {
  const last = records.at(-1);
  if (last === undefined) return 0;
  const time = recordTime(last);
  let count = 0;
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record === undefined || recordTime(record) !== time) break;
    if (isErrorRecord(record)) count += 1;
  }
  return count;
}
