import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { TimeRange } from '../storage.ts';
import { clampNanos } from './columns.ts';

/** Elasticsearch's name of the format that `formatNanos` writes. */
export const NANOS_FORMAT = 'strict_date_optional_time_nanos';

const NANOS_A_SECOND = 1_000_000_000n;
let lastSecond = -1n;
let lastText = '';

/** RFC 3339 in UTC with nine digits, as `date_nanos` takes it without a loss. `nanos` is from 0 to `MAX_INDEX_TIME_NANOS`. */
export function formatNanos(nanos: bigint): string {
  const second = nanos / NANOS_A_SECOND;
  // Records that are written together are mostly of the same second.
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(Number(second) * 1_000).toISOString().slice(0, 19);
  }
  return `${lastText}.${String(nanos - second * NANOS_A_SECOND).padStart(9, '0')}Z`;
}

/** What `formatNanos` wrote, or Elasticsearch in the same format, where trailing zeros may be left out. */
export function parseNanos(text: string): bigint {
  const match = /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(text);
  if (!match) throw new Error('not a time in the format of the index');
  const [, seconds = '', fraction = ''] = match;
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Whether nothing can lie in the range. */
export function isEmptyRange({ fromNanos, toNanos }: TimeRange): boolean {
  if (toNanos !== undefined && toNanos <= 0n) return true;
  return fromNanos !== undefined && toNanos !== undefined && fromNanos >= toNanos;
}

/**
 * The range as query clauses on `@timestamp`; none for an open range. Ends beyond what the index holds are at its bound, where
 * the times beyond it are, and such an upper end leaves out nothing.
 */
export function rangeClauses({ fromNanos, toNanos }: TimeRange): object[] {
  const bounds = {
    ...(fromNanos !== undefined && fromNanos > 0n && { gte: formatNanos(clampNanos(fromNanos)) }),
    ...(toNanos !== undefined && toNanos <= MAX_INDEX_TIME_NANOS && { lt: formatNanos(toNanos) }),
  };
  return Object.keys(bounds).length === 0 ? [] : [{ range: { '@timestamp': { ...bounds, format: NANOS_FORMAT } } }];
}
