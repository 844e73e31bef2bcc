import { describe, expect, it } from 'vitest';
import { hrTimeAfter, isBefore } from './hr-time.ts';

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
