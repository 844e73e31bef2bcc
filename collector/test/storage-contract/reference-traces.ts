import type { QueryNode } from '@threadline/query-language';
import type { TraceSummary } from '../../src/api/index.ts';
import type { IndexedSpan } from '../../src/model/record.ts';
import type { TimeRange, TraceSearch } from '../../src/storage/storage.ts';
import { compareKeys } from './order.ts';
import { matchesRecord } from './reference-evaluator.ts';

export interface ReferenceTrace {
  readonly key: { readonly startNanos: bigint; readonly traceId: string };
  readonly summary: TraceSummary;
}

/** Every trace, newest first by its root's start (of several roots the first), where it is before the end of the range, else by its earliest span. */
export function referenceTraces(spans: readonly IndexedSpan[], { toNanos = 2n ** 64n }: Pick<TimeRange, 'toNanos'> = {}): ReferenceTrace[] {
  const byTrace = Map.groupBy(spans, (span) => span.record.traceId);
  return [...byTrace]
    .map(([traceId, members]) => {
      const ordered = members.toSorted(compareKeys);
      const head = ordered.find((span) => span.isRoot) ?? ordered[0];
      if (!head) throw new Error('a trace has at least one span');
      const { timeNanos: startNanos } = ordered.find((span) => span.isRoot && span.timeNanos < toNanos) ?? ordered[0] ?? head;
      return { key: { startNanos, traceId }, summary: summaryOf(traceId, ordered, head) };
    })
    .sort(({ key: left }, { key: right }) => {
      if (left.startNanos !== right.startNanos) return left.startNanos > right.startNanos ? -1 : 1;
      return left.traceId > right.traceId ? -1 : 1;
    });
}

/** The traces that have a span for each of the queries, all of which start in the range, and that take so long as a whole. */
export function matchingTraces(
  spans: readonly IndexedSpan[],
  query: QueryNode | readonly QueryNode[],
  { fromNanos = 0n, toNanos = 2n ** 64n }: TimeRange,
  { minNanos = 0n, maxNanos = 2n ** 64n }: NonNullable<TraceSearch['traceDuration']> = {},
): ReferenceTrace[] {
  const inRange = spans.filter((span) => span.timeNanos >= fromNanos && span.timeNanos < toNanos);
  const idsOfEach = [query]
    .flat()
    .map((each) => new Set(inRange.filter((span) => matchesRecord(each, span)).map((span) => span.record.traceId)));
  return referenceTraces(spans, { toNanos }).filter(({ key, summary }) => {
    const duration = BigInt(summary.durationNano);
    return idsOfEach.every((ids) => ids.has(key.traceId)) && duration >= minNanos && duration <= maxNanos;
  });
}

function summaryOf(traceId: string, spans: readonly IndexedSpan[], head: IndexedSpan): TraceSummary {
  const starts = spans.map(({ record }) =>
    BigInt(record.startTimeUnixNano === '0' ? record.arrivalTimeUnixNano : record.startTimeUnixNano),
  );
  // An end before its start is no end: the span took no time.
  const ends = spans.map(({ record }, index) =>
    [BigInt(record.endTimeUnixNano), starts[index] ?? 0n].reduce((end, other) => (end > other ? end : other)),
  );
  const place = spans.indexOf(head);
  const start = starts.toSorted(compareTimes).at(0) ?? 0n;
  const end = ends.toSorted(compareTimes).at(-1) ?? 0n;
  const services = [...Map.groupBy(spans, (span) => span.service)].map(([name, members]) => ({
    name,
    spanCount: members.length,
    errorCount: members.filter((span) => span.isError).length,
  }));
  return {
    traceId,
    rootService: head.service,
    rootOperation: head.record.name,
    rootSpanId: head.record.spanId,
    rootStartTimeUnixNano: String(starts[place] ?? 0n),
    rootDurationNano: String((ends[place] ?? 0n) - (starts[place] ?? 0n)),
    ...(!head.isRoot && { rootMissing: true }),
    startTimeUnixNano: String(start),
    durationNano: String(end - start),
    spanCount: spans.length,
    errorCount: spans.filter((span) => span.isError).length,
    services: services.sort((left, right) => right.spanCount - left.spanCount || (left.name < right.name ? -1 : 1)),
  };
}

function compareTimes(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
