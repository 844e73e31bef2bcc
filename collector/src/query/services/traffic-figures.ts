import type { TrafficFigures, TrafficPoint } from '../../api/index.ts';
import { quantile } from '../../storage/figures/duration-histogram.ts';
import type { Figure, FigureCounts } from '../../storage/figures/figures.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import type { Edge } from './service-edges.ts';

const NANOS_A_MINUTE = 60_000_000_000n;
const NANOS_A_MILLI = 1_000_000;
const THREE_DIGITS = 3;

/** Of calls, with what failed for the caller. */
export function edgeFigures({ counts, callerErrors }: Pick<Edge, 'counts' | 'callerErrors'>, seconds: number): TrafficFigures {
  return { ...trafficFigures(counts, seconds), ...(callerErrors !== undefined && { callerErrors: rounded(callerErrors) }) };
}

/** `seconds`: how long was counted. */
export function trafficFigures(counts: FigureCounts, seconds: number): TrafficFigures {
  const { count, errors, spans, durations } = counts;
  const percentile = (part: number): number | undefined => millis(quantile(durations, part));
  const [p50Millis, p95Millis, p99Millis] = [percentile(0.5), percentile(0.95), percentile(0.99)];
  return {
    count: rounded(count),
    errors: rounded(errors),
    perSecond: seconds > 0 ? Number((count / seconds).toPrecision(THREE_DIGITS)) : 0,
    ...(p50Millis !== undefined && { p50Millis }),
    ...(p95Millis !== undefined && { p95Millis }),
    ...(p99Millis !== undefined && { p99Millis }),
    // Sums of weights of one are exact.
    ...(count !== spans && { isWeighted: true as const }),
  };
}

export function trafficPoints({ points }: Pick<Figure, 'points'>): TrafficPoint[] {
  return points.map(({ minute, counts }) => ({
    from: formatMinute(minute),
    count: rounded(counts.count),
    errors: rounded(counts.errors),
    p50Millis: millis(quantile(counts.durations, 0.5)) ?? 0,
    p95Millis: millis(quantile(counts.durations, 0.95)) ?? 0,
    p99Millis: millis(quantile(counts.durations, 0.99)) ?? 0,
  }));
}

export function formatMinute(minute: number): string {
  return formatRfc3339(BigInt(minute) * NANOS_A_MINUTE);
}

/** Percentiles of buckets have three digits to tell. */
export function millis(nanos: number | undefined): number | undefined {
  return nanos === undefined ? undefined : Number((nanos / NANOS_A_MILLI).toPrecision(THREE_DIGITS));
}

function rounded(count: number): number {
  return Math.round(count);
}
