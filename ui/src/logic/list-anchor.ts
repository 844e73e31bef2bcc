import type { LogRecord } from '@threadline/collector/api';
import { parseNanos } from './nanos.ts';
import { recordTime } from './record-time.ts';
import type { TimeRange } from './time-range.ts';

/** The record that a list begins at. */
export interface ListAnchor {
  /** Its time, Unix nanoseconds. */
  readonly nanos: bigint;
  /** Its id: others may have the same time. Undefined: the first of those. */
  readonly id?: string;
}

/** Ends of a search as the API takes them, from the first inclusive to the last exclusive. */
export interface SearchBounds {
  readonly from: string;
  readonly to: string;
}

/** The two parts of a list that begins in its middle: in the list's order from there on, and against it from there back. */
export interface ListSides {
  readonly onward: SearchBounds;
  readonly back: SearchBounds;
}

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MILLI = 1_000_000n;
const ANCHOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z(?:_(.+))?$/;
/** The last millisecond of which RFC 3339 has a year. */
const MAX_MILLIS = 253_402_300_799_999n;

/** A record as an address has it: its time as RFC 3339 with all nine decimals, and its id. Undefined where no such time can be written. */
export function writeAnchor(unixNano: string, id: string): string | undefined {
  const time = writeTime(parseNanos(unixNano));
  return time === undefined ? undefined : `${time}_${id}`;
}

function writeTime(nanos: bigint): string | undefined {
  if (nanos < 0n || nanos / NANOS_PER_MILLI > MAX_MILLIS) return undefined;
  const seconds = new Date(Number(nanos / NANOS_PER_SECOND) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${(nanos % NANOS_PER_SECOND).toString().padStart(9, '0')}Z`;
}

/** Undefined for text that is none of `writeAnchor`; the id may be left out. */
export function parseAnchor(text: string | undefined): ListAnchor | undefined {
  const [, seconds, decimals, id] = ANCHOR.exec(text ?? '') ?? [];
  if (seconds === undefined || decimals === undefined) return undefined;
  const millis = Date.parse(`${seconds}Z`);
  if (Number.isNaN(millis) || millis < 0) return undefined;
  return { nanos: BigInt(millis) * NANOS_PER_MILLI + BigInt(decimals), ...(id !== undefined && { id }) };
}

/**
 * How many of the records that a list goes on with stand before the one that it begins at: those of the same time. None where that record is not among them;
 * `mayCome` where it may be among the next.
 */
export function recordsBeforeAnchor(
  records: readonly LogRecord[],
  { nanos, id }: ListAnchor,
): { readonly count: number; readonly mayCome: boolean } {
  if (id === undefined) return { count: 0, mayCome: false };
  const count = records.findIndex((record) => record.id === id);
  const last = records.at(-1);
  return { count: Math.max(0, count), mayCome: count === -1 && last !== undefined && parseNanos(recordTime(last)) === nanos };
}

/**
 * A range cut in two at a record's time, so that every record is in just one part, and those of that time in the one that goes onward. Undefined where
 * the time is not in the range: then the list begins at its beginning.
 */
export function cutAtAnchor(range: TimeRange, anchor: bigint, order: 'asc' | 'desc'): ListSides | undefined {
  const [from, to] = [BigInt(range.fromMillis) * NANOS_PER_MILLI, BigInt(range.toMillis) * NANOS_PER_MILLI];
  if (anchor < from || anchor >= to) return undefined;
  const cut = order === 'asc' ? anchor : anchor + 1n;
  const [first, middle, last] = [from, cut, to].map(writeTime);
  if (first === undefined || middle === undefined || last === undefined) return undefined;
  const [earlier, later] = [
    { from: first, to: middle },
    { from: middle, to: last },
  ];
  return order === 'asc' ? { onward: later, back: earlier } : { onward: earlier, back: later };
}
