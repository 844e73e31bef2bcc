import type { HistogramBucket } from '@threadline/collector/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketAt, bucketTotal, layoutHistogram, rangeOfBuckets, sumByLevel } from './histogram-geometry.ts';

const NONE = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0, UNSET: 0 };
const START = Date.parse('2026-11-23T14:00:00Z');

function bucket(index: number, counts: Partial<HistogramBucket['counts']>): HistogramBucket {
  const at = (offset: number) => new Date(START + (index + offset) * 10_000).toISOString();
  return { from: at(0), to: at(1), counts: { ...NONE, ...counts } };
}

describe('layoutHistogram', () => {
  it('draws heights in proportion, errors on the axis below what matters less', () => {
    const { marks, maxCount } = layoutHistogram([bucket(0, { INFO: 30, ERROR: 10 }), bucket(1, { INFO: 20 })], { width: 100, height: 80 });
    expect(maxCount).toBe(40);
    expect(marks).toEqual([
      { bucket: 0, level: 'ERROR', x: 0, y: 60, width: 49, height: 20 },
      { bucket: 0, level: 'INFO', x: 0, y: 0, width: 49, height: 60 },
      { bucket: 1, level: 'INFO', x: 50, y: 40, width: 49, height: 40 },
    ]);
  });

  it('shows one error among a million records', () => {
    const { marks } = layoutHistogram([bucket(0, { INFO: 1_000_000, ERROR: 1 })], { width: 100, height: 50 });
    expect(marks.find(({ level }) => level === 'ERROR')?.height).toBe(2);
  });

  it('places a bucket that the range cuts by its time', () => {
    const first = { ...bucket(0, { INFO: 1 }), from: new Date(START + 5_000).toISOString() };
    const { marks } = layoutHistogram([first, bucket(1, { INFO: 1 })], { width: 150, height: 50 });
    expect(marks.map(({ x }) => x)).toEqual([0, 50]);
  });

  it('keeps every mark inside of the drawing', () => {
    const counts = fc.record({ INFO: fc.nat(1_000_000), ERROR: fc.nat(50), DEBUG: fc.nat(9), WARN: fc.nat(3), FATAL: fc.nat(1) });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 60 }), fc.integer({ min: 60, max: 2_000 }), (all, width) => {
        const height = 54;
        for (const mark of layoutHistogram(
          all.map((each, index) => bucket(index, each)),
          { width, height },
        ).marks) {
          expect(mark.x).toBeGreaterThanOrEqual(0);
          expect(mark.x + mark.width).toBeLessThanOrEqual(width + 0.001);
          expect(mark.y + mark.height).toBeLessThanOrEqual(height + 0.001);
          expect(mark.y).toBeGreaterThanOrEqual(-10);
        }
      }),
    );
  });

  it('has nothing for no buckets', () => {
    expect(layoutHistogram([], { width: 10, height: 10 })).toEqual({ marks: [], maxCount: 0 });
  });
});

describe('buckets', () => {
  const buckets = [bucket(0, { INFO: 2, ERROR: 1 }), bucket(1, {}), bucket(2, { ERROR: 4 })];

  it('are found by their place on the axis', () => {
    expect([0, 0.34, 0.99, 1].map((fraction) => bucketAt(buckets, fraction))).toEqual([0, 1, 2, 2]);
    expect(bucketAt([], 0.5)).toBe(-1);
  });

  it('make a range either way round', () => {
    expect(rangeOfBuckets(buckets, 2, 1)).toEqual({ from: buckets[1]?.from, to: buckets[2]?.to });
    expect(rangeOfBuckets(buckets, 0, 9)).toBeUndefined();
  });

  it('are summed by level and in all', () => {
    expect(sumByLevel(buckets)).toEqual({ ...NONE, INFO: 2, ERROR: 5 });
    expect(buckets.map(bucketTotal)).toEqual([3, 0, 4]);
  });
});
