import { types } from 'node:util';
import type { HrTime } from '@opentelemetry/api';

const NANOS_PER_SECOND = 1_000_000_000;
/** OTLP has nanoseconds since the epoch in 64 bits without a sign. */
const MAX_SECONDS = Math.floor(2 ** 64 / NANOS_PER_SECOND) - 1;

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

function isHrTime(value: unknown): value is HrTime {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number';
}

/** Whether OTLP can say it: what is before 1970, or no number, it cannot. */
export function isSendableTime([seconds, nanos]: HrTime): boolean {
  return seconds >= 0 && seconds <= MAX_SECONDS && nanos >= 0 && nanos < NANOS_PER_SECOND;
}

/** Whether it is of a kind that OpenTelemetry's API takes as a time. Never throws. */
export function isTimeInput(value: unknown): boolean {
  try {
    return typeof value === 'number' || types.isDate(value) || isHrTime(value);
  } catch {
    return false;
  }
}

/**
 * A time as OpenTelemetry's API takes it: since the epoch, or, when it is smaller than any of those, as `performance.now()` has it.
 * Undefined for what is no time, or none that can be sent. Never throws.
 */
export function toHrTime(given: unknown): HrTime | undefined {
  try {
    const time = isHrTime(given) ? given : hrTimeOfMillis(millisOf(given));
    return isSendableTime(time) ? time : undefined;
  } catch {
    return undefined;
  }
}

function millisOf(time: unknown): number {
  if (typeof time === 'number') return time < performance.timeOrigin / 2 ? time + performance.timeOrigin : time;
  return types.isDate(time) ? Date.prototype.getTime.call(time) : Number.NaN;
}
