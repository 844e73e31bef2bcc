import type { HistogramBucket } from '@threadline/collector/api';
import { type Level, STACK_ORDER } from './level.ts';

/** One level's share of one column, in pixels from the top left. */
export interface HistogramMark {
  readonly bucket: number;
  readonly level: Level;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface HistogramLayout {
  readonly marks: readonly HistogramMark[];
  /** The height of the axis in records. */
  readonly maxCount: number;
}

/** A share that has records is never drawn lower than this: one error among a million records is seen. */
const MIN_MARK_HEIGHT = 2;
/** Between columns, where they are wide enough to have it. */
const GAP = 1;

export function bucketTotal(bucket: HistogramBucket): number {
  return STACK_ORDER.reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0);
}

/**
 * Columns placed by their time, so that the first and the last, which the range cuts, are narrower as they should be.
 * Heights are in proportion to the fullest column; shares smaller than two pixels are lifted to that at the cost of the greatest.
 */
export function layoutHistogram(
  buckets: readonly HistogramBucket[],
  size: { readonly width: number; readonly height: number },
): HistogramLayout {
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return { marks: [], maxCount: 0 };
  const fromMillis = Date.parse(first.from);
  const scale = size.width / Math.max(1, Date.parse(last.to) - fromMillis);
  const maxCount = Math.max(...buckets.map(bucketTotal));
  const marks: HistogramMark[] = [];
  buckets.forEach((bucket, index) => {
    const total = bucketTotal(bucket);
    if (total === 0) return;
    const left = (Date.parse(bucket.from) - fromMillis) * scale;
    const slot = (Date.parse(bucket.to) - fromMillis) * scale - left;
    const width = Math.max(1, slot > 3 ? slot - GAP : slot);
    const columnHeight = Math.max(MIN_MARK_HEIGHT, (total / maxCount) * size.height);
    let bottom = size.height;
    for (const share of shareHeights(bucket, columnHeight)) {
      marks.push({ bucket: index, level: share.level, x: left, y: bottom - share.height, width, height: share.height });
      bottom -= share.height;
    }
  });
  return { marks, maxCount };
}

function shareHeights(bucket: HistogramBucket, columnHeight: number): { level: Level; height: number }[] {
  const total = bucketTotal(bucket);
  const shares = STACK_ORDER.filter((level) => (bucket.counts[level] ?? 0) > 0).map((level) => ({
    level,
    height: Math.max(MIN_MARK_HEIGHT, ((bucket.counts[level] ?? 0) / total) * columnHeight),
  }));
  const excess = shares.reduce((sum, share) => sum + share.height, 0) - columnHeight;
  const greatest = shares.reduce((best, share) => (share.height > best.height ? share : best));
  greatest.height = Math.max(MIN_MARK_HEIGHT, greatest.height - excess);
  return shares;
}

/** The bucket under a place of the axis; the nearest one beyond its ends. */
export function bucketAt(buckets: readonly HistogramBucket[], fraction: number): number {
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return -1;
  const fromMillis = Date.parse(first.from);
  const at = fromMillis + fraction * (Date.parse(last.to) - fromMillis);
  const index = buckets.findIndex((bucket) => at < Date.parse(bucket.to));
  return index === -1 ? buckets.length - 1 : index;
}

/** The range of buckets between two of them, either way round, both included. */
export function rangeOfBuckets(buckets: readonly HistogramBucket[], one: number, other: number): { from: string; to: string } | undefined {
  const first = buckets[Math.min(one, other)];
  const last = buckets[Math.max(one, other)];
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to };
}

export type LevelSums = Readonly<Record<Level, number>>;

export function noLevelSums(): Record<Level, number> {
  return { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0, UNSET: 0 };
}

export function sumByLevel(buckets: readonly HistogramBucket[]): LevelSums {
  const sums = noLevelSums();
  for (const bucket of buckets) for (const level of STACK_ORDER) sums[level] += bucket.counts[level] ?? 0;
  return sums;
}
