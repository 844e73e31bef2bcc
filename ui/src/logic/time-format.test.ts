import { describe, expect, it } from 'vitest';
import {
  formatClock,
  formatDayClock,
  formatExact,
  formatInRange,
  formatMillis,
  formatYearClock,
  listTimeForm,
  zoneName,
} from './time-format.ts';

const NANOS = `${Date.parse('2026-11-23T14:03:07.512Z')}345678`;

describe('times in UTC', () => {
  it('are written to the millisecond in lists and to the nanosecond in details', () => {
    expect(formatClock(NANOS, 'utc')).toBe('14:03:07.512');
    expect(formatDayClock(NANOS, 'utc')).toBe('11-23 14:03:07.512');
    expect(formatExact(NANOS, 'utc')).toBe('2026-11-23 14:03:07.512345678 UTC');
  });

  it('are written for instants before 1970 and beyond what a Date holds', () => {
    expect(formatExact('-1', 'utc')).toContain('.999999999');
    expect(formatClock('18446744073709551615', 'utc')).toBe('23:34:33.709');
    expect(formatExact('99999999999999999999999999', 'utc')).toContain('99999999999999999999999999 ns');
  });

  it('leave milliseconds out where there are none', () => {
    expect(formatMillis(Date.parse('2026-11-23T14:03:07Z'), 'utc')).toBe('2026-11-23 14:03:07');
    expect(formatMillis(Date.parse('2026-11-23T14:03:07.050Z'), 'utc')).toBe('2026-11-23 14:03:07.050');
  });
});

describe('times of a range', () => {
  const DAY_MILLIS = 86_400_000;

  it('have a date from a day on, and a year beyond a year', () => {
    const millis = Date.parse('2026-11-23T14:03:07Z');
    expect(formatInRange(millis, DAY_MILLIS - 1, 'utc')).toBe('14:03:07');
    expect(formatInRange(millis, DAY_MILLIS, 'utc')).toBe('11-23 14:03');
    expect(formatInRange(millis, 365 * DAY_MILLIS, 'utc')).toBe('11-23 14:03');
    expect(formatInRange(millis, 366 * DAY_MILLIS, 'utc')).toBe('2026-11-23 14:03');
  });

  it('are as wide with the year in a list as without', () => {
    expect([3_600_000, 2 * DAY_MILLIS, 400 * DAY_MILLIS].map(listTimeForm)).toEqual(['clock', 'dayClock', 'yearClock']);
    expect(formatYearClock(NANOS, 'utc')).toBe('2026-11-23 14:03:07');
  });
});

describe('times in the local zone', () => {
  it('name the same instant, with the offset beside them', () => {
    const text = formatExact(NANOS, 'local');
    const [date, clock, offset] = text.split(' ');
    expect(Date.parse(`${date}T${clock?.slice(0, 12)}${offset}`)).toBe(Date.parse('2026-11-23T14:03:07.512Z'));
    expect(zoneName('local', 0)).toMatch(/^UTC([+-]\d\d:\d\d)?$/);
    expect(zoneName('utc', 0)).toBe('UTC');
  });
});
