import type { HistogramBucket, LevelName } from '../api/index.ts';
import type { HistogramResult } from '../storage/storage.ts';
import { formatRfc3339 } from './format-rfc3339.ts';

/** From inclusive, to exclusive, Unix nanoseconds from 1970 on. */
export interface BoundedRange {
  readonly fromNanos: bigint;
  readonly toNanos: bigint;
}

const MILLI = 1_000_000n;
const DAY = 86_400_000n * MILLI;
/** Each unit with the next one, below which its steps have to stay: 50 s is a width, 100 s is not (1 min, 2 min are). */
const UNITS: readonly { readonly nanos: bigint; readonly nextNanos: bigint }[] = [
  { nanos: MILLI, nextNanos: 1_000n * MILLI },
  { nanos: 1_000n * MILLI, nextNanos: 60_000n * MILLI },
  { nanos: 60_000n * MILLI, nextNanos: 3_600_000n * MILLI },
  { nanos: 3_600_000n * MILLI, nextNanos: DAY },
];

/**
 * The smallest width of 1, 2, 5, 10, 20, 50 … ms, s, min, h or days with which the range has at most `maxBuckets` buckets that are
 * aligned to the epoch. Days go on without an end, so there always is one: at the latest when one bucket reaches from 1970 to `to`.
 */
export function bucketWidth(range: BoundedRange, maxBuckets: number): bigint {
  for (const width of widths()) {
    if (bucketCount(range, width) <= BigInt(maxBuckets)) return width;
  }
  throw new Error('widths() does not end');
}

/** Buckets of this width that the range touches; none of an empty range. */
export function bucketCount(range: BoundedRange, widthNanos: bigint): bigint {
  if (range.fromNanos >= range.toNanos) return 0n;
  return (range.toNanos - 1n) / widthNanos - range.fromNanos / widthNanos + 1n;
}

/** Every bucket of the range, empty ones too, the first and the last cut to it, with the counts of a storage's answer. */
export function layOutBuckets(range: BoundedRange, widthNanos: bigint, counts: HistogramResult['counts']): HistogramBucket[] {
  const first = range.fromNanos / widthNanos;
  const buckets = Array.from({ length: Number(bucketCount(range, widthNanos)) }, (_, index): HistogramBucket => {
    const start = (first + BigInt(index)) * widthNanos;
    const end = start + widthNanos;
    return {
      from: formatRfc3339(start < range.fromNanos ? range.fromNanos : start),
      to: formatRfc3339(end > range.toNanos ? range.toNanos : end),
      counts: noCounts(),
    };
  });
  for (const { bucket, level, count } of counts) {
    const target = buckets[Number(bucket - first)];
    if (target !== undefined) target.counts[level] += count;
  }
  return buckets;
}

function noCounts(): Record<LevelName, number> {
  return { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0, UNSET: 0 };
}

function* widths(): Generator<bigint> {
  for (const { nanos, nextNanos } of UNITS) {
    for (const step of steps()) {
      if (step * nanos >= nextNanos) break;
      yield step * nanos;
    }
  }
  for (const step of steps()) yield step * DAY;
}

/** 1, 2, 5, 10, 20, 50, 100 … without an end. */
function* steps(): Generator<bigint> {
  for (let power = 1n; ; power *= 10n) {
    yield power;
    yield 2n * power;
    yield 5n * power;
  }
}
