import { MAX_INDEX_TIME_NANOS } from '../../../model/indexed-record.ts';
import type { TimeRange } from '../../storage.ts';

/** Both ends inclusive, Unix nanoseconds, within what the index holds. Empty where the end lies before the start. */
export interface TimeWindow {
  readonly min: bigint;
  readonly max: bigint;
}

/** Of a range whose start belongs to it and whose end does not. Ends past what the index holds are at its bound: a later end leaves out nothing. */
export function windowOfRange({ fromNanos = 0n, toNanos }: TimeRange): TimeWindow {
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
