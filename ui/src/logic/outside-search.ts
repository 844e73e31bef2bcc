import type { LogRecord } from '@threadline/collector/api';
import { nanosToMillis, parseNanos } from './nanos.ts';
import { recordTime } from './record-time.ts';
import type { TimeRange } from './time-range.ts';

interface ReadList {
  /** What has been read of a search, in its order. */
  readonly records: readonly LogRecord[];
  readonly order: 'asc' | 'desc';
  readonly range: TimeRange;
  /** There is nothing before the first of them, or after the last. */
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
}

/** Whether a record of the search's range is none that its query finds: certain where the list has been read past the record's place. */
export function isOutsideSearch(record: LogRecord, { records, order, range, hasBegin, hasEnd }: ReadList): boolean {
  const time = parseNanos(recordTime(record));
  const millis = nanosToMillis(time);
  if (millis < range.fromMillis || millis >= range.toMillis || records.some(({ id }) => id === record.id)) return false;
  const [first, last] = [records[0], records.at(-1)].map((one) => one && parseNanos(recordTime(one)));
  const isAfter = (bound: bigint | undefined): boolean => bound !== undefined && (order === 'asc' ? time > bound : time < bound);
  const isBefore = (bound: bigint | undefined): boolean => bound !== undefined && (order === 'asc' ? time < bound : time > bound);
  return (hasBegin || isAfter(first)) && (hasEnd || isBefore(last));
}
