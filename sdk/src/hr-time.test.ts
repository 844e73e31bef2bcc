import { describe, expect, it } from 'vitest';
import { hrTimeAfter, isBefore, toHrTime } from './hr-time.ts';

describe('hrTimeAfter', () => {
  it('carries what is more than a second', () => {
    expect(hrTimeAfter([10, 999_999_999], 0.000001)).toEqual([11, 0]);
    expect(hrTimeAfter([10, 500_000_000], 1500.25)).toEqual([12, 250_000]);
    expect(hrTimeAfter([10, 999_999_999], 999.9999999)).toEqual([11, 999_999_999]);
  });

  it('is the time itself after no time', () => {
    expect(hrTimeAfter([10, 7], 0)).toEqual([10, 7]);
  });
});

describe('isBefore', () => {
  it('compares seconds, then nanoseconds', () => {
    expect(isBefore([1, 999], [2, 0])).toBe(true);
    expect(isBefore([2, 0], [2, 1])).toBe(true);
    expect(isBefore([2, 1], [2, 1])).toBe(false);
    expect(isBefore([3, 0], [2, 999])).toBe(false);
  });
});

describe('toHrTime', () => {
  it('is the time that was given in whatever form', () => {
    expect(toHrTime([10, 7])).toEqual([10, 7]);
    expect(toHrTime(new Date(1500))).toEqual([1, 500_000_000]);
    expect(toHrTime(1_700_000_000_250)).toEqual([1_700_000_000, 250_000_000]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), [Number.NaN, 0], [-1, 0], [1, 1e9], [1e300, 0], '5', 5n, null, {}])(
    'is undefined for %s, which is no time that can be sent',
    (given) => {
      expect(toHrTime(given)).toBeUndefined();
    },
  );
});
