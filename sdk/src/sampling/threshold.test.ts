import { describe, expect, it } from 'vitest';
import { decodeThreshold, encodeThreshold, KEEP_ALL, randomnessOf, thresholdOf } from './threshold.ts';

describe('thresholdOf', () => {
  // The table of the specification, with four digits of precision.
  it.each([
    [1, '0'],
    [2, '8'],
    [3, 'aaab'],
    [4, 'c'],
    [5, 'cccd'],
    [8, 'e'],
    [10, 'e666'],
    [16, 'f'],
    [100, 'fd70a'],
    [1000, 'ffbe77'],
    [10_000, 'fff9724'],
    [100_000, 'ffff583a'],
    [1_000_000, 'ffffef39'],
  ])('of one in %i is %s', (count, shown) => {
    expect(encodeThreshold(thresholdOf(1 / count))).toBe(shown);
    expect(decodeThreshold(shown)).toBe(thresholdOf(1 / count));
  });

  it('leaves something of the smallest probability', () => {
    expect(thresholdOf(Number.MIN_VALUE)).toBe('ffffffffffff00');
    expect(thresholdOf(1 - 2 ** -53)).toBe(KEEP_ALL);
  });
});

it.each(['', 'FD', 'x', '0123456789abcde', 'fd70a '])('%j is no threshold', (text) => {
  expect(decodeThreshold(text)).toBeUndefined();
});

it('takes the randomness of rv, else of the trace id', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  expect(randomnessOf(traceId, undefined)).toBe('48eb211c80319c');
  expect(randomnessOf(traceId, '6e6d1a75832a2f')).toBe('6e6d1a75832a2f');
  expect(randomnessOf(traceId, '6e6d')).toBe('48eb211c80319c');
});
