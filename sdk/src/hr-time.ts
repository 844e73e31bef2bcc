import type { HrTime, TimeInput } from '@opentelemetry/api';

const NANOS_PER_SECOND = 1_000_000_000;

export function hrTimeOfMillis(millis: number): HrTime {
  const seconds = Math.trunc(millis / 1000);
  const nanos = Math.round((millis - seconds * 1000) * 1e6);
  return nanos === NANOS_PER_SECOND ? [seconds + 1, 0] : [seconds, nanos];
}

export function hrTimeToMillis([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}

/** So many milliseconds, at least 0, after a time. */
export function hrTimeAfter(start: HrTime, millis: number): HrTime {
  const seconds = Math.trunc(millis / 1000);
  const nanos = start[1] + Math.round((millis - seconds * 1000) * 1e6);
  return nanos >= NANOS_PER_SECOND ? [start[0] + seconds + 1, nanos - NANOS_PER_SECOND] : [start[0] + seconds, nanos];
}

export function isBefore(one: HrTime, other: HrTime): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

/** From one time to a later one; seconds are negative when it is not later. */
export function durationBetween(start: HrTime, end: HrTime): HrTime {
  const nanos = end[1] - start[1];
  return nanos < 0 ? [end[0] - start[0] - 1, nanos + NANOS_PER_SECOND] : [end[0] - start[0], nanos];
}

export function isHrTime(value: unknown): value is HrTime {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number';
}

/** A time as OpenTelemetry's API takes it: since the epoch, or, when it is smaller than any of those, as `performance.now()` has it. */
export function toHrTime(time: TimeInput): HrTime {
  if (isHrTime(time)) return time;
  if (time instanceof Date) return hrTimeOfMillis(time.getTime());
  return hrTimeOfMillis(time < performance.timeOrigin / 2 ? time + performance.timeOrigin : time);
}
