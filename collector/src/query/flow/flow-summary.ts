import type { QueryNode } from '@threadline/query-language';
import type { Episode } from '../../analysis/episodes.ts';
import { serviceOf } from '../../analysis/typed-attributes.ts';
import type { FlowSummary, MissingSpan, Span, TraceSummary } from '../../api/index.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { chunksOf } from '../read-rows.ts';
import type { FlowScope } from './flow-scope.ts';
import type { FlowWindow } from './flow-window.ts';

/** Traces of one `summarizeTraces`. */
const MAX_SUMMARIZED_TRACES = 1_000;
/** Of those that only log: more make no head. */
const MAX_LOG_SERVICES = 100;

export interface FlowTotals {
  readonly scope: FlowScope;
  /** The flow's first window. */
  readonly window: FlowWindow;
  /** The flow's logs, without what senders say about themselves. */
  readonly logQuery: QueryNode;
  readonly missing: readonly MissingSpan[];
  readonly isWhole: boolean;
}

/**
 * The head of a flow. Its figures are of its own and joined spans; of a flow of more than one window they are the sums of its traces,
 * which count spans of other flows in these traces too.
 */
export async function summarizeFlow(totals: FlowTotals, reader: Reader): Promise<FlowSummary> {
  const { scope, window, missing, isWhole } = totals;
  const [traces, logs] = await Promise.all([summarizeTraces(scope, window, reader), readLogTotals(totals, reader)]);
  const own = traces.filter(({ joinedBy }) => joinedBy === 'correlationId');
  const isLong = window.nextStart !== undefined;
  const counts = isLong ? own.flatMap(({ services }) => services) : window.ordered.map(({ record }) => countOf(record));
  const services = sumByName([...counts, ...logs.services.map((name) => ({ name, spanCount: 0, errorCount: 0 }))]);
  const times = isLong ? own.map(timesOfTrace) : window.own.map(({ record }) => timesOfSpan(record));
  const bounds = boundsOf([...times, ...logs.times]);
  return {
    correlationId: scope.correlationId,
    startTimeUnixNano: bounds.startNanos.toString(),
    durationNano: (bounds.endNanos - bounds.startNanos).toString(),
    spanCount: sum(counts.map(({ spanCount }) => spanCount)),
    logCount: logs.count + window.messageLogs.length,
    errorCount: sum(counts.map(({ errorCount }) => errorCount)),
    services,
    traces,
    ...(scope.episode === undefined
      ? {}
      : { reused: true, episodes: scope.episodes.map((episode) => describeEpisode(episode, bounds.endNanos)) }),
    missing: [...missing],
    complete: isWhole,
  };
}

type FlowTrace = FlowSummary['traces'][number];
type ServiceCount = FlowSummary['services'][number];

interface Bounds {
  readonly startNanos: bigint;
  readonly endNanos: bigint;
}

async function summarizeTraces(scope: FlowScope, window: FlowWindow, { storage, context }: Reader): Promise<FlowTrace[]> {
  const traceIds = new Set([...scope.traceIds, ...window.joined.map(({ record }) => record.traceId)]);
  const summaries: TraceSummary[] = [];
  for (const chunk of chunksOf([...traceIds], MAX_SUMMARIZED_TRACES)) summaries.push(...(await storage.summarizeTraces(chunk, context)));
  return summaries
    .map((summary): FlowTrace => ({ ...summary, joinedBy: scope.traceIds.has(summary.traceId) ? 'correlationId' : 'link' }))
    .sort((a, b) => compareStarts(a, b));
}

function compareStarts(a: TraceSummary, b: TraceSummary): number {
  const difference = BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.traceId < b.traceId ? -1 : 1;
}

interface LogTotals {
  readonly count: number;
  readonly services: readonly string[];
  readonly times: readonly Bounds[];
}

async function readLogTotals({ scope, logQuery }: FlowTotals, { storage, context }: Reader): Promise<LogTotals> {
  const { fromNanos = 0n, toNanos = MAX_INDEX_TIME_NANOS } = scope.range;
  const search = { query: logQuery, range: scope.range, limit: 1 };
  const counting = { groupBy: [{ type: 'record', name: 'service' }], percentiles: [], limit: MAX_LOG_SERVICES } as const;
  const [counts, first, last] = await Promise.all([
    storage.countStats({ target: 'logs', query: logQuery, range: { fromNanos, toNanos }, ...counting }, context),
    storage.searchLogs({ ...search, order: 'asc' }, context),
    storage.searchLogs({ ...search, order: 'desc' }, context),
  ]);
  const times = [...first.rows, ...last.rows].map(({ key }) => ({ startNanos: key.timeNanos, endNanos: key.timeNanos }));
  return { count: counts.total, services: counts.groups.map(({ key: [service = ''] }) => service), times };
}

function countOf(span: Span): ServiceCount {
  return { name: serviceOf(span), spanCount: 1, errorCount: span.status?.code === 2 ? 1 : 0 };
}

/** By number of spans, most first, then by name. */
function sumByName(counts: readonly ServiceCount[]): ServiceCount[] {
  return [...Map.groupBy(counts, ({ name }) => name)]
    .map(([name, parts]) => ({
      name,
      spanCount: sum(parts.map((part) => part.spanCount)),
      errorCount: sum(parts.map((part) => part.errorCount)),
    }))
    .sort((a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1));
}

function timesOfSpan(span: Span): Bounds {
  const [startNanos, endNanos] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
  return { startNanos, endNanos: endNanos < startNanos ? startNanos : endNanos };
}

function timesOfTrace(trace: TraceSummary): Bounds {
  const startNanos = BigInt(trace.startTimeUnixNano);
  return { startNanos, endNanos: startNanos + BigInt(trace.durationNano) };
}

function boundsOf(times: readonly Bounds[]): Bounds {
  const [first] = times;
  let { startNanos, endNanos } = first ?? { startNanos: 0n, endNanos: 0n };
  for (const time of times) {
    if (time.startNanos < startNanos) startNanos = time.startNanos;
    if (time.endNanos > endNanos) endNanos = time.endNanos;
  }
  return { startNanos, endNanos };
}

function describeEpisode({ fromNanos, toNanos, traceIds }: Episode, lastNanos: bigint) {
  return { from: formatRfc3339(fromNanos), to: formatRfc3339(toNanos ?? lastNanos + 1n), traceCount: traceIds.length };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
