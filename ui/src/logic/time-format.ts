import { nanosToMillis, parseNanos } from './nanos.ts';

export const TIME_ZONES = ['local', 'utc'] as const;
/** Which clock times are written in. */
export type TimeZone = (typeof TIME_ZONES)[number];

interface ClockParts {
  readonly date: string;
  readonly clock: string;
  readonly offset: string;
}

const DAY_MILLIS = 86_400_000;
const YEAR_MILLIS = 365 * DAY_MILLIS;
/** The last instant that a Date can hold, in milliseconds; records may lie beyond it. */
const MAX_DATE_MILLIS = 8.64e15;

/** `14:03:07.512`. */
export function formatClock(nanos: string, zone: TimeZone): string {
  const { clock } = clockParts(nanos, zone);
  return `${clock}.${subSecondDigits(nanos).slice(0, 3)}`;
}

/** `11-23 14:03:07.512`, for lists that span more than a day. */
export function formatDayClock(nanos: string, zone: TimeZone): string {
  return `${clockParts(nanos, zone).date.slice(-5)} ${formatClock(nanos, zone)}`;
}

/** `2016-11-23 14:03:07`, for lists that span more than a year: as wide as with milliseconds and no year. */
export function formatYearClock(nanos: string, zone: TimeZone): string {
  const { date, clock } = clockParts(nanos, zone);
  return `${date} ${clock}`;
}

/** How a list of a range so long writes its times: as much as tells one from the others. */
export function listTimeForm(spanMillis: number): 'clock' | 'dayClock' | 'yearClock' {
  if (spanMillis > YEAR_MILLIS) return 'yearClock';
  return spanMillis > DAY_MILLIS ? 'dayClock' : 'clock';
}

export type ListTimeForm = ReturnType<typeof listTimeForm>;

/** Of an instant in a range so long `14:03:07`, of a day `11-23 14:03`, beyond a year `2016-11-23 14:03`: a range of a day ends at the clock time it begins at. */
export function formatInRange(millis: number, spanMillis: number, zone: TimeZone): string {
  const text = formatMillis(millis, zone);
  if (spanMillis > YEAR_MILLIS) return text.slice(0, 16);
  return spanMillis >= DAY_MILLIS ? text.slice(5, 16) : text.slice(11);
}

/** Everything there is: `2026-11-23 14:03:07.512345678 +09:00`. */
export function formatExact(nanos: string, zone: TimeZone): string {
  const { date, clock, offset } = clockParts(nanos, zone);
  return `${date} ${clock}.${subSecondDigits(nanos)} ${offset}`;
}

/** Milliseconds as `2026-11-23 14:03:07`, with milliseconds only where there are some. */
export function formatMillis(millis: number, zone: TimeZone): string {
  const { date, clock } = clockParts(`${millis}000000`, zone);
  const rest = ((millis % 1000) + 1000) % 1000;
  return `${date} ${clock}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
}

/** The zone's name as people write it: `UTC`, `UTC+09:00`. */
export function zoneName(zone: TimeZone, atMillis: number): string {
  if (zone === 'utc') return 'UTC';
  const offset = localOffset(new Date(atMillis));
  return offset === '+00:00' ? 'UTC' : `UTC${offset}`;
}

function clockParts(nanos: string, zone: TimeZone): ClockParts {
  const millis = nanosToMillis(parseNanos(nanos));
  if (Math.abs(millis) > MAX_DATE_MILLIS) return { date: '∞', clock: `${nanos} ns`, offset: '' };
  const date = new Date(millis);
  if (zone === 'utc') {
    const iso = date.toISOString();
    const split = iso.indexOf('T');
    return { date: iso.slice(0, split), clock: iso.slice(split + 1, split + 9), offset: 'UTC' };
  }
  return {
    date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    clock: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
    offset: localOffset(date),
  };
}

function subSecondDigits(nanos: string): string {
  const rest = ((parseNanos(nanos) % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return String(rest).padStart(9, '0');
}

function localOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const sign = minutes < 0 ? '-' : '+';
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
