import type { StatsAnswer } from '@threadline/collector/api';

/** How long the root spans of a stretch of time took, nanoseconds. */
export interface RootDurations {
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** What is asked for of each stretch: `p50` and `p99`, in this order. */
export const ROOT_PERCENTILES = [50, 99] as const;

/** The stretches of an answer with `ROOT_PERCENTILES` in which requests began, by time. */
export function rootDurations({ groups, buckets = [] }: Pick<StatsAnswer, 'groups' | 'buckets'>): RootDurations[] {
  return (groups[0]?.points ?? []).flatMap(({ bucket, count, numbers }) => {
    const stretch = buckets[bucket];
    const [p50, p99] = numbers?.percentiles ?? [];
    if (stretch === undefined || numbers === undefined || p50 === undefined || p99 === undefined) return [];
    return [{ fromMillis: Date.parse(stretch.from), toMillis: Date.parse(stretch.to), count, p50, p99, longest: numbers.max }];
  });
}
