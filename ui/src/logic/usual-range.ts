import type { ServiceFiguresAnswer, TraceSummary, TrafficFigures } from '@threadline/collector/api';
import type { SpanTree } from './trace-measures.ts';
import { isSpanNode } from './trace-tree.ts';

/** How long an operation usually takes, nanoseconds. */
export interface UsualRange {
  /** Spans that it is known of. */
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the time around the trace, as nothing is known of before it: the trace itself is among them. */
  readonly isAround?: true;
}

/** Of fewer spans a ninety-ninth percentile says nothing. */
const MIN_SPANS = 20;
/** Percentiles are of buckets within 3.2 % of a duration that was: what is over one by little may be that duration itself. */
const CLEARLY_OVER = 1.05;
const NANOS_A_MILLI = 1e6;

/** The usual ranges of services' operations, by service, then by kind and name. */
export type UsualRanges = ReadonlyMap<string, ReadonlyMap<string, UsualRange>>;

/** The operations of one service that are known well enough. */
export function rangesOfService(
  { operations }: Pick<ServiceFiguresAnswer, 'operations'>,
  { isAround = false } = {},
): ReadonlyMap<string, UsualRange> {
  return new Map(
    operations.flatMap(({ name, kind, figures }) => {
      const range = rangeOfFigures(figures);
      return range === undefined ? [] : [[operationKey(kind, name), { ...range, ...(isAround && { isAround }) }] as const];
    }),
  );
}

/** As `rangesOfService`, by name alone: of several kinds of span with one name, of the most frequent. */
export function rangesByName({ operations }: Pick<ServiceFiguresAnswer, 'operations'>): ReadonlyMap<string, UsualRange> {
  const ranges = new Map<string, UsualRange>();
  for (const { name, figures } of operations) {
    const range = rangeOfFigures(figures);
    if (range !== undefined && !ranges.has(name)) ranges.set(name, range);
  }
  return ranges;
}

function rangeOfFigures({ count, p50Millis, p95Millis, p99Millis }: TrafficFigures): UsualRange | undefined {
  if (count < MIN_SPANS || p50Millis === undefined || p95Millis === undefined || p99Millis === undefined) return undefined;
  return { count, p50: p50Millis * NANOS_A_MILLI, p95: p95Millis * NANOS_A_MILLI, p99: p99Millis * NANOS_A_MILLI };
}

/** The services of a trace that have a name: the root's, which says how long the request usually takes, then those with the most spans. */
export function servicesByWeight({ rootService, services }: Pick<TraceSummary, 'rootService' | 'services'>): string[] {
  const bySpans = services.toSorted((left, right) => right.spanCount - left.spanCount).map(({ name }) => name);
  return [...new Set([rootService, ...bySpans])].filter((name) => name !== '');
}

/** The usual range of a finished span's operation, looked up at once however often it is asked; undefined where too little is known of it. */
export function usualRangeOf(
  tree: Pick<SpanTree, 'type' | 'name' | 'service' | 'kind' | 'names' | 'services'>,
  ranges: UsualRanges,
): (node: number) => UsualRange | undefined {
  const byService = tree.services.map((service) => ranges.get(service));
  const known = new Map<number, UsualRange | undefined>();
  return (node) => {
    if (!isSpanNode(tree, node)) return undefined;
    const service = tree.service[node] ?? 0;
    const operations = byService[service];
    if (operations === undefined) return undefined;
    const [name, kind] = [tree.name[node] ?? 0, tree.kind[node] ?? 0];
    const key = (service * tree.names.length + name) * 10 + kind;
    if (!known.has(key)) known.set(key, operations.get(operationKey(kind, tree.names[name] ?? '')));
    return known.get(key);
  };
}

/** What is over the ninety-ninth percentile takes longer than this, nanoseconds. */
export function leastOverP99({ p99 }: UsualRange): number {
  return p99 * CLEARLY_OVER;
}

/** How many times the ninety-ninth percentile a duration is; undefined where it is not over it. */
export function timesOverP99(duration: number, range: UsualRange | undefined): number | undefined {
  return range === undefined || range.p99 === 0 || duration <= leastOverP99(range) ? undefined : duration / range.p99;
}

function operationKey(kind: number, name: string): string {
  return `${kind} ${name}`;
}
