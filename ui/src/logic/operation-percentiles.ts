import type { ServiceFiguresAnswer } from '@threadline/collector/api';

/** How long an operation takes, nanoseconds, and of how many spans that is known. */
export interface OperationPercentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const NANOS_A_MILLI = 1e6;
/** Percentiles come of buckets within 3.2 % of a duration that was: what is over one by less may be that duration itself. */
const CLEARLY_OVER = 1.05;

/** By name; of several kinds of span with one name, of the most frequent. */
export function percentilesByName({ operations }: Pick<ServiceFiguresAnswer, 'operations'>): ReadonlyMap<string, OperationPercentiles> {
  const found = new Map<string, OperationPercentiles>();
  for (const { name, figures } of operations) {
    const { count, p50Millis, p95Millis, p99Millis } = figures;
    if (found.has(name) || p50Millis === undefined || p95Millis === undefined || p99Millis === undefined) continue;
    found.set(name, { count, p50: p50Millis * NANOS_A_MILLI, p95: p95Millis * NANOS_A_MILLI, p99: p99Millis * NANOS_A_MILLI });
  }
  return found;
}

/** Whether so long is longer than all but one in a hundred. */
export function isOverP99(durationNanos: number, percentiles: OperationPercentiles | undefined): boolean {
  return percentiles !== undefined && durationNanos > percentiles.p99 * CLEARLY_OVER;
}
