import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteRange, fromLocalField, presetOf, resolveRange, resolveTime, shiftRange, toLocalField, widenRange } from './time-range.ts';

const NOW = Date.parse('2026-11-23T14:00:00Z');

describe('resolveTime', () => {
  it('reads now, a time before now, RFC 3339 and epoch milliseconds', () => {
    expect(resolveTime('now', NOW)).toBe(NOW);
    expect(resolveTime('now-15m', NOW)).toBe(NOW - 900_000);
    expect(resolveTime('now-2w', NOW)).toBe(NOW - 1_209_600_000);
    expect(resolveTime('2026-11-23T15:00:00+01:00', NOW)).toBe(NOW);
    expect(resolveTime(`${NOW}`, 0)).toBe(NOW);
  });

  it('takes what is before 1970, of which nothing is kept, for its beginning', () => {
    expect(resolveTime('now-99999d', NOW)).toBe(0);
    expect(resolveTime('1969-07-20T20:17:00Z', NOW)).toBe(0);
    expect(resolveRange({ from: 'now-99999d', to: 'now' }, NOW)).toEqual({ fromMillis: 0, toMillis: NOW });
  });

  it('takes nothing else for a time', () => {
    for (const text of ['', 'now+5m', 'now-5', 'yesterday', '2026-11-23', '2026-13-01T00:00:00Z', '12.5'])
      expect(resolveTime(text, NOW)).toBeUndefined();
  });
});

describe('ranges', () => {
  it('are none when an end is no time or the ends are turned round', () => {
    expect(resolveRange({ from: 'now', to: 'now' }, NOW)).toBeUndefined();
    expect(resolveRange({ from: 'x', to: 'now' }, NOW)).toBeUndefined();
    expect(resolveRange({ from: 'now-1h', to: 'now' }, NOW)).toEqual({ fromMillis: NOW - 3_600_000, toMillis: NOW });
  });

  it('are known by their preset while they end now', () => {
    expect(presetOf({ from: 'now-15m', to: 'now' })).toBe('15m');
    expect(presetOf({ from: 'now-15m', to: 'now-5m' })).toBeUndefined();
  });

  it('are the same range when written as an address and read again', () => {
    const range = { fromMillis: NOW - 1, toMillis: NOW };
    expect(resolveRange(absoluteRange(range), 0)).toEqual(range);
  });

  it('keep their width when moved, and come back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (width) => {
        const range = { fromMillis: NOW, toMillis: NOW + width };
        const moved = shiftRange(range, 1);
        expect(moved.toMillis - moved.fromMillis).toBe(width);
        expect(shiftRange(moved, -1)).toEqual(range);
      }),
    );
  });

  it('are moved no further than to 1970', () => {
    expect(shiftRange({ fromMillis: 10, toMillis: 110 }, -1)).toEqual({ fromMillis: 0, toMillis: 100 });
    expect(shiftRange({ fromMillis: 0, toMillis: 100 }, -1)).toEqual({ fromMillis: 0, toMillis: 100 });
  });

  it('grow to both sides, but not into what has not happened', () => {
    expect(widenRange({ fromMillis: NOW - 100, toMillis: NOW }, NOW)).toEqual({ fromMillis: NOW - 150, toMillis: NOW });
    expect(widenRange({ fromMillis: NOW - 300, toMillis: NOW - 200 }, NOW)).toEqual({ fromMillis: NOW - 350, toMillis: NOW - 150 });
  });
});

describe('fields for date and clock', () => {
  it.each(['local', 'utc'] as const)('hold the same second in the zone %s', (zone) => {
    expect(fromLocalField(toLocalField(NOW, zone), zone)).toBe(NOW);
    expect(fromLocalField('', zone)).toBeUndefined();
  });
});
