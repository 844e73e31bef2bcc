import { parseNanos } from './nanos.ts';
import type { TimeRange } from './time-range.ts';

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
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z$/;
/** The last millisecond of which RFC 3339 has a year. */
const MAX_MILLIS = 253_402_300_799_999n;

/** A record's time as an address has it: RFC 3339 with all nine decimals. Undefined where no such time can be written. */
export function writeAnchor(unixNano: string): string | undefined {
  const nanos = parseNanos(unixNano);
  if (nanos < 0n || nanos / NANOS_PER_MILLI > MAX_MILLIS) return undefined;
  const seconds = new Date(Number(nanos / NANOS_PER_SECOND) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${(nanos % NANOS_PER_SECOND).toString().padStart(9, '0')}Z`;
}

/** Unix nanoseconds; undefined for text that is none of `writeAnchor`. */
export function parseAnchor(text: string | undefined): bigint | undefined {
  const [, seconds, decimals] = TIME.exec(text ?? '') ?? [];
  if (seconds === undefined || decimals === undefined) return undefined;
  const millis = Date.parse(`${seconds}Z`);
  return Number.isNaN(millis) || millis < 0 ? undefined : BigInt(millis) * NANOS_PER_MILLI + BigInt(decimals);
}

/**
 * A range cut in two at a record's time, so that every record is in just one part, and those of that time in the one that goes onward. Undefined where
 * the time is not in the range: then the list begins at its beginning.
 */
export function cutAtAnchor(range: TimeRange, anchor: bigint, order: 'asc' | 'desc'): ListSides | undefined {
  const [from, to] = [BigInt(range.fromMillis) * NANOS_PER_MILLI, BigInt(range.toMillis) * NANOS_PER_MILLI];
  if (anchor < from || anchor >= to) return undefined;
  const cut = order === 'asc' ? anchor : anchor + 1n;
  const [first, middle, last] = [writeAnchor(String(from)), writeAnchor(String(cut)), writeAnchor(String(to))];
  if (first === undefined || middle === undefined || last === undefined) return undefined;
  const [earlier, later] = [
    { from: first, to: middle },
    { from: middle, to: last },
  ];
  return order === 'asc' ? { onward: later, back: earlier } : { onward: earlier, back: later };
}
