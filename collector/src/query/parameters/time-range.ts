import { parseApiTime, QuerySyntaxError } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { TimeRange } from '../../storage/storage.ts';
import { atField } from '../http/error-answer.ts';
import { invalidValue } from './parameters.ts';

/** What `from` and `to` are when a list is asked for without them. */
export const DEFAULT_FROM = 'now-15m';
export const DEFAULT_TO = 'now';
/** What `from` is when figures are asked for without it. */
export const DEFAULT_FIGURES_FROM = 'now-1h';

/** The two ends as they were asked for; null is an open end. */
export interface ResolvedRange {
  readonly fromNanos: bigint | null;
  readonly toNanos: bigint | null;
}

/**
 * Unix nanoseconds of a time parameter. Every record's time counts from 1970, so an earlier one is refused rather than meant
 * as something else. Throws `invalid_argument` or the parser's error with the parameter's name.
 */
export function parseTimeParameter(text: string, field: string, nowNanos: bigint): bigint {
  const nanos = parseTime(text, field, nowNanos);
  if (nanos < 0n) throw invalidValue(field, 'a time of 1970 or later');
  return nanos;
}

/** Throws where the range ends before it starts. An empty range (`from` equals `to`) is one, with nothing in it. */
export function checkRange(range: ResolvedRange): ResolvedRange {
  if (range.fromNanos !== null && range.toNanos !== null && range.fromNanos > range.toNanos) {
    throw new ThreadlineError('invalid_argument', 'The parameter "from" is later than "to".', {
      field: 'from',
      position: 0,
      expected: ['a time before "to"'],
    });
  }
  return range;
}

/**
 * The range as storages search it. Times past 2262 stand at the index's last instant, so a bound past it is that instant, and
 * an end past it leaves the range open: the records that stand there are in it.
 */
export function toStorageRange(range: ResolvedRange): TimeRange {
  const { fromNanos, toNanos } = range;
  return {
    ...(fromNanos === null ? {} : { fromNanos: isBeyondIndex(fromNanos) ? MAX_INDEX_TIME_NANOS : fromNanos }),
    ...(toNanos === null || isBeyondIndex(toNanos) ? {} : { toNanos }),
  };
}

function isBeyondIndex(nanos: bigint): boolean {
  return nanos > MAX_INDEX_TIME_NANOS;
}

function parseTime(text: string, field: string, nowNanos: bigint): bigint {
  try {
    return parseApiTime(text, nowNanos);
  } catch (error) {
    throw error instanceof QuerySyntaxError ? atField(error, field) : error;
  }
}
