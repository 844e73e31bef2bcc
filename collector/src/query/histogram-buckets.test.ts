import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketCount, bucketWidth, layOutBuckets } from './histogram-buckets.ts';

const MILLI = 1_000_000n;
const SECOND = 1_000n * MILLI;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** Every width there may be, written out by hand, days up to the end of the index. */
const WIDTHS = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((step) => step * MILLI),
  ...[1n, 2n, 5n, 10n, 20n, 50n].map((step) => step * SECOND),
  ...[1n, 2n, 5n, 10n, 20n, 50n].map((step) => step * MINUTE),
  ...[1n, 2n, 5n, 10n, 20n].map((step) => step * HOUR),
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n, 1_000n, 2_000n, 5_000n, 10_000n, 20_000n, 50_000n, 100_000n, 200_000n].map(
    (step) => step * DAY,
  ),
];

const MAX_NANOS = 2n ** 63n;
const anyRange = fc
  .tuple(fc.bigInt({ min: 0n, max: MAX_NANOS }), fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: 0n, max: 2n ** 63n }))
  .map(([fromNanos, shift, length]) => {
    const toNanos = fromNanos + (length >> BigInt(shift));
    return { fromNanos, toNanos: toNanos > MAX_NANOS ? MAX_NANOS : toNanos };
  });
const anyMaximum = fc.integer({ min: 1, max: 500 });

describe('bucketWidth', () => {
  it('is the smallest width there may be with which there are few enough buckets', () => {
    fc.assert(
      fc.property(anyRange, anyMaximum, (range, maximum) => {
        const expected = WIDTHS.find((width) => bucketCount(range, width) <= BigInt(maximum));
        expect(bucketWidth(range, maximum)).toBe(expected);
      }),
    );
  });

  it.each([
    ['15 minutes in 60', 15n * MINUTE, 60, 20n * SECOND],
    ['an hour in 60', HOUR, 60, MINUTE],
    ['a day in 60', DAY, 60, 50n * MINUTE],
    ['a week in 60', 7n * DAY, 60, 5n * HOUR],
    ['2 seconds in 500', 2n * SECOND, 500, 5n * MILLI],
    ['100 s in 1', 100n * SECOND, 1, 2n * MINUTE],
    ['a nanosecond in 60', 1n, 60, MILLI],
  ])('is right for %s', (_caption, length, maximum, width) => {
    expect(bucketWidth({ fromNanos: 0n, toNanos: length }, maximum)).toBe(width);
  });
});

describe('layOutBuckets', () => {
  it('covers the range without gap or overlap, aligned to the epoch but for its ends', () => {
    fc.assert(
      fc.property(anyRange, anyMaximum, (range, maximum) => {
        const width = bucketWidth(range, maximum);
        const buckets = layOutBuckets(range, width, []);
        expect(buckets.length).toBeLessThanOrEqual(maximum);
        for (const [index, bucket] of buckets.slice(1).entries()) expect(bucket.from).toBe(buckets[index]?.to);
        for (const bucket of buckets.slice(1)) expect(nanosOf(bucket.from) % width).toBe(0n);
        if (range.fromNanos < range.toNanos) {
          expect(nanosOf(buckets[0]?.from ?? '')).toBe(range.fromNanos);
          expect(nanosOf(buckets.at(-1)?.to ?? '')).toBe(range.toNanos);
        } else {
          expect(buckets).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('puts each count where its bucket is and lists the empty ones', () => {
    const buckets = layOutBuckets({ fromNanos: 15n * SECOND, toNanos: 41n * SECOND }, 10n * SECOND, [
      { bucket: 1n, level: 'ERROR', count: 2 },
      { bucket: 4n, level: 'UNSET', count: 3 },
    ]);
    expect(buckets.map(({ from, to, counts }) => [from.slice(17, -1), to.slice(17, -1), counts.ERROR, counts.UNSET, counts.INFO])).toEqual([
      ['15', '20', 2, 0, 0],
      ['20', '30', 0, 0, 0],
      ['30', '40', 0, 0, 0],
      ['40', '41', 0, 3, 0],
    ]);
  });
});

function nanosOf(text: string): bigint {
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * MILLI + BigInt(fraction.padEnd(9, '0'));
}
