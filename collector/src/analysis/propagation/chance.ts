/** From `from` to `to`, both included, in nanoseconds. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

export function contains({ from, to }: Interval, at: bigint): boolean {
  return at >= from && at <= to;
}

export function overlap(one: Interval, other: Interval): boolean {
  return one.from <= other.to && other.from <= one.to;
}

/** How long at least one of them lasts, in nanoseconds. */
export function coveredNanos(intervals: readonly Interval[]): bigint {
  let covered = 0n;
  let end: bigint | undefined;
  for (const { from, to } of intervals.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const start = end === undefined || from > end ? from : end;
    if (to > start) covered += to - start;
    if (end === undefined || to > end) end = to;
  }
  return covered;
}

/** How likely it is that of `tries` at least `hits` are hit, each with this probability: the upper tail of a binomial distribution. */
export function chanceOfAtLeast(hits: number, tries: number, probability: number): number {
  if (hits <= 0) return 1;
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  let logChoose = 0;
  let sum = 0;
  for (let count = 0; count <= tries; count += 1) {
    if (count > 0) logChoose += Math.log(tries - count + 1) - Math.log(count);
    if (count >= hits) sum += Math.exp(logChoose + count * Math.log(probability) + (tries - count) * Math.log1p(-probability));
  }
  return Math.min(1, sum);
}
