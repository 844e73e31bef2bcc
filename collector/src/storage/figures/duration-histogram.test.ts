import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, DurationHistogram, quantile } from './duration-histogram.ts';

function histogramOf(durations: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const nanos of durations) histogram.add(bucketOf(nanos), 1);
  return histogram;
}

const duration = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));

describe('DurationHistogram', () => {
  it('gives percentiles within 3.2 % of the duration of that rank', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), fc.constantFrom(0.5, 0.95, 0.99), (durations, part) => {
        const exact = durations.toSorted((left, right) => left - right)[Math.ceil(durations.length * part) - 1] ?? 0;
        const found = quantile(histogramOf(durations), part) ?? 0;
        expect(Math.abs(found / exact - 1)).toBeLessThanOrEqual(0.032);
      }),
    );
  });

  it('is the same merged from parts as counted whole', () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration), (left, right) => {
        const merged = histogramOf(left);
        merged.merge(histogramOf(right));
        expect(merged).toEqual(histogramOf([...left, ...right]));
      }),
    );
  });

  it('keeps nothing, and what takes no time, apart from all else', () => {
    expect(quantile(new DurationHistogram(), 0.5)).toBeUndefined();
    expect(quantile(histogramOf([0, 0, 5]), 0.5)).toBe(0);
    expect(bucketOf(-1)).toBe(0);
    expect(bucketOf(Number.NaN)).toBe(0);
    expect(bucketOf(2 ** 63)).toBeLessThan(1_024);
  });
});
