import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuerySyntaxError } from './errors.ts';
import { parseApiTime, parseInstant } from './parse-time.ts';

const NOW = 1_795_428_000_000_000_000n;
const MINUTE = 60_000_000_000n;

function fault(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof QuerySyntaxError) return `${error.code}@${error.position}`;
    throw error;
  }
  return 'no error';
}

describe('parseInstant', () => {
  it('reads RFC 3339 to the nanosecond, in any offset and case', () => {
    expect(parseInstant('2026-11-23T10:00:00Z')).toBe(NOW);
    expect(parseInstant('2026-11-23t19:00:00.5+09:00')).toBe(NOW + 500_000_000n);
    expect(parseInstant('2026-11-23T00:30:00.000000001-09:30')).toBe(NOW + 1n);
    expect(parseInstant('1969-12-31T23:59:59.999999999z')).toBe(-1n);
    expect(parseInstant('0000-01-01T00:00:00Z')).toBe(-62_167_219_200_000_000_000n);
    expect(parseInstant('2016-12-31T23:59:60Z')).toBe(parseInstant('2017-01-01T00:00:00Z'));
    expect(parseInstant('2024-02-29T00:00:00Z')).toBe(1_709_164_800_000_000_000n);
  });

  it('reads epoch nanoseconds', () => {
    expect(parseInstant('1795428000000000001')).toBe(NOW + 1n);
  });

  it('refuses what is no time, or no day of the calendar', () => {
    const texts = ['', 'now', '2026-11-23', '2026-11-23T10:00:00', '2026-11-23 10:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z'];
    const more = ['2023-02-29T00:00:00Z', '2026-11-31T00:00:00Z', '2026-11-23T24:00:00Z', '2026-11-23T10:60:00Z', '2026-11-23T10:00:61Z'];
    const last = ['2026-11-23T10:00:00.0000000001Z', '2026-11-23T10:00:00+24:00', '-5', '1.5', '1e9', '123456789012345678901'];
    for (const text of [...texts, ...more, ...last])
      expect({ [text]: fault(() => parseInstant(text, 7)) }).toEqual({ [text]: 'invalid_time@7' });
  });

  it('agrees with Date on every millisecond', () => {
    const date = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (value) => {
        expect(parseInstant(value.toISOString())).toBe(BigInt(value.getTime()) * 1_000_000n);
      }),
    );
  });
});

describe('parseApiTime', () => {
  it('reads RFC 3339, epoch milliseconds and times relative to now', () => {
    expect(parseApiTime('2026-11-23T10:00:00Z', 0n)).toBe(NOW);
    expect(parseApiTime('1795428000000', 0n)).toBe(NOW);
    expect(parseApiTime('now', NOW)).toBe(NOW);
    expect(parseApiTime('now-15m', NOW)).toBe(NOW - 15n * MINUTE);
    expect(parseApiTime('now-1h30m', NOW)).toBe(NOW - 90n * MINUTE);
    expect(parseApiTime('now+5m', NOW)).toBe(NOW + 5n * MINUTE);
  });

  it('says where it is wrong', () => {
    expect(fault(() => parseApiTime('now-15', NOW))).toBe('invalid_duration@4');
    expect(fault(() => parseApiTime('now-1h5x', NOW))).toBe('invalid_duration@6');
    expect(fault(() => parseApiTime('now-', NOW))).toBe('invalid_time@0');
    expect(fault(() => parseApiTime('now 15m', NOW))).toBe('invalid_time@0');
    expect(fault(() => parseApiTime('', NOW))).toBe('invalid_time@0');
    expect(fault(() => parseApiTime('yesterday', NOW))).toBe('invalid_time@0');
  });
});
