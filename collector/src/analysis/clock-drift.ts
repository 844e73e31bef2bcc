/** What one call says of the offset of two clocks, and when it was. Nanoseconds. */
export interface OffsetPoint {
  readonly time: number;
  readonly offset: number;
}

/** Points that the slope is looked for in: some ten thousand pairs. */
const MAX_POINTS = 200;
/** Over less time a drift is lost in what single calls are off by. */
const MIN_SPAN_NANOS = 120e9;
/** Pairs nearer than this share of the whole time say nothing of a slope. */
const MIN_SHARE = 0.2;
/** No quartz is worse, and no daemon turns a clock faster (RFC 5905: 500 parts in a million). */
const MAX_DRIFT = 500e-6;

/**
 * By how much the offset grows, nanoseconds a nanosecond: the median slope of all pairs of points, which a few that are far off do not change (Theil and Sen).
 * Undefined where the points are too few or too near to each other to tell, or where the slope is none that a clock has: then it was set.
 */
export function driftOf(points: readonly OffsetPoint[]): number | undefined {
  const sorted = points.toSorted((left, right) => left.time - right.time);
  const step = Math.max(1, Math.ceil(sorted.length / MAX_POINTS));
  const used = sorted.filter((_, index) => index % step === 0);
  const span = (used.at(-1)?.time ?? 0) - (used[0]?.time ?? 0);
  if (span < MIN_SPAN_NANOS) return undefined;
  const slopes: number[] = [];
  for (const [index, from] of used.entries())
    for (const to of used.slice(index + 1))
      if (to.time - from.time >= span * MIN_SHARE) slopes.push((to.offset - from.offset) / (to.time - from.time));
  const drift = slopes.sort((left, right) => left - right)[slopes.length >> 1];
  return drift === undefined || Math.abs(drift) > MAX_DRIFT ? undefined : drift;
}
