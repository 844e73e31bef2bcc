import type { StatsAnswer } from '@threadline/collector/api';
import { recordFilter } from './query-filter.ts';

/** How long the root spans of a stretch of time took, nanoseconds. */
export interface RootDurations {
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** What a search of traces asks for; durations as texts, empty where it asks for nothing. */
interface AskedOfTraces {
  readonly query: string;
  readonly service: string;
  readonly operation: string;
  readonly status: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly minTraceDuration: string;
  readonly maxTraceDuration: string;
  readonly with: readonly string[];
}

/**
 * The query of the root spans that are what a search of traces asks for: of their traces the search finds all, and how long those took is known. Undefined where
 * several spans of a trace are asked for, which no span alone fulfils.
 */
export function rootQuery(asked: AskedOfTraces): string | undefined {
  if (asked.with.length > 0) return undefined;
  const { query, service, operation, status } = asked;
  const least = [asked.minDuration, asked.minTraceDuration].filter((text) => text !== '');
  const most = [asked.maxDuration, asked.maxTraceDuration].filter((text) => text !== '');
  return [
    'root:true',
    ...(service === '' ? [] : [recordFilter('service', service)]),
    ...(operation === '' ? [] : [recordFilter('name', operation)]),
    ...(status === '' ? [] : [recordFilter('status', status)]),
    ...least.map((text) => `duration:>=${text}`),
    ...most.map((text) => `duration:<=${text}`),
    ...(query.trim() === '' ? [] : [`(${query})`]),
  ].join(' ');
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
