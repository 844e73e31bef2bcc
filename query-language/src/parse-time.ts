import { QuerySyntaxError } from './errors.ts';
import { parseDuration } from './parse-duration.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MILLI = 1_000_000n;
/** Year, month, day, hour, minute, second, fraction, offset sign, offset hour, offset minute. Source: RFC 3339, section 5.6. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const EPOCH = /^\d{1,20}$/;
const NOW = /^now(?:([+-])(.+))?$/;

/**
 * Unix nanoseconds of a time in a query: RFC 3339 with up to nine decimals, or epoch nanoseconds as digits. Negative before 1970.
 * Throws `QuerySyntaxError` (`invalid_time`); its position counts from `offset`.
 */
export function parseInstant(text: string, offset = 0): bigint {
  const nanos = EPOCH.test(text) ? BigInt(text) : rfc3339Nanos(text);
  if (nanos === undefined) throw invalid(offset, ['an RFC 3339 time: 2026-11-23T10:00:00.5Z', 'epoch nanoseconds']);
  return nanos;
}

/**
 * Unix nanoseconds of a time parameter of the API: RFC 3339, epoch milliseconds as digits, `now`, `now-15m`, `now-1h30m`, `now+5m`.
 * `nowNanos` is what `now` means. Throws `QuerySyntaxError` (`invalid_time`, `invalid_duration`) with the position in `text`.
 */
export function parseApiTime(text: string, nowNanos: bigint): bigint {
  const now = NOW.exec(text);
  if (now !== null) {
    const duration = now[2] === undefined ? 0n : parseDuration(now[2], 4);
    return now[1] === '-' ? nowNanos - duration : nowNanos + duration;
  }
  const nanos = EPOCH.test(text) ? BigInt(text) * NANOS_PER_MILLI : rfc3339Nanos(text);
  if (nanos === undefined) throw invalid(0, ['an RFC 3339 time: 2026-11-23T10:00:00Z', 'epoch milliseconds', 'now', 'now-15m']);
  return nanos;
}

function rfc3339Nanos(text: string): bigint | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return undefined;
  // Second 60 is a leap second, which Unix time counts as the next second.
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const offsetSeconds = (match[8] === '-' ? -1 : 1) * (offsetHour * 3_600 + offsetMinute * 60);
  const seconds = midnight.getTime() / 1_000 + hour * 3_600 + minute * 60 + second - offsetSeconds;
  return BigInt(seconds) * NANOS_PER_SECOND + BigInt((match[7] ?? '').padEnd(9, '0'));
}

function daysOfMonth(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

function invalid(position: number, expected: readonly string[]): QuerySyntaxError {
  return new QuerySyntaxError('invalid_time', 'This is not a time', { position, expected });
}
