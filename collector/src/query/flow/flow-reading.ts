import type { QueryNode } from '@threadline/query-language';
import type { FlowSummary, MissingSpan } from '../../api/index.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { RowKey } from '../../model/record.ts';
import type { StatsRequest } from '../../storage/stats/stats.ts';
import type { Reader } from '../api-route.ts';
import { anyOf, equals, or, withoutOwnEvents } from '../query-nodes.ts';
import { type OwnEvents, readOwnEvents } from '../read-own-events.ts';
import { chunksOf } from '../read-rows.ts';
import { readGaps } from './flow-gaps.ts';
import { type FlowRequest, type FlowScope, readFlowScope } from './flow-scope.ts';
import { summarizeFlow } from './flow-summary.ts';
import { FLOW_WINDOW_SPANS, type FlowWindow, readFlowWindow } from './flow-window.ts';

/** Of a flow to which spans keep coming: the last is answered as it is. */
const MAX_READINGS = 3;

/** How many spans and records a flow is made of. Records never change, so as long as none comes and none goes these stay. */
export interface FlowCounts {
  readonly spans: number;
  readonly logs: number;
}

/** What the pages of a flow have in common, and the window that the latest of them was cut from. */
export interface FlowReading {
  readonly scope: FlowScope;
  /** The flow's records, without what senders say about themselves. */
  readonly logQuery: QueryNode;
  readonly summary: FlowSummary;
  /** Beside those of the scope and of windows. */
  readonly warnings: readonly string[];
  readonly window: FlowWindow;
  /** The own span before the window; undefined for the first. */
  readonly windowStart: RowKey | undefined;
  /** From before anything else was read. Undefined where they, or the first window, could not be had whole. */
  readonly counts: FlowCounts | undefined;
  /** As of `performance.now()`. */
  readonly begunAtMillis: number;
}

export interface NewFlowReading extends FlowReading {
  readonly events: OwnEvents;
  readonly missing: readonly MissingSpan[];
}

/**
 * Reads a flow's first window and what all of its pages say. Undefined where nothing carries the id. What came while it was read is in it where it would
 * otherwise be called complete without: a parent that arrived after the window is not missing any more, and not among its spans either.
 */
export async function beginFlowReading(request: FlowRequest, reader: Reader): Promise<NewFlowReading | undefined> {
  for (let left = MAX_READINGS; ; left--) {
    const { reading, hasGrown } = await readFlow(request, reader);
    if (!hasGrown || left === 1) return reading;
  }
}

async function readFlow(request: FlowRequest, reader: Reader): Promise<{ reading: NewFlowReading | undefined; hasGrown: boolean }> {
  const begunAtMillis = performance.now();
  const scope = await readFlowScope(request, reader);
  if (scope === undefined) return { reading: undefined, hasGrown: false };
  const counts = await countFlow(scope, reader);
  const logQuery = withoutOwnEvents(scope.query);
  const [window, events] = await Promise.all([
    readFlowWindow(scope, undefined, reader),
    readOwnEvents({ scope: scope.query, range: scope.range, traceIds: [...scope.traceIds] }, reader),
  ]);
  const contents = { own: window.own.map(recordOf), joined: window.joined.map(recordOf), unfinished: events.unfinished };
  const missing = await readGaps(contents, reader);
  const isWhole = missing.length === 0 && events.unfinished.length === 0 && events.drops.length === 0;
  const lasting = window.partial === undefined ? counts : undefined;
  const [summary, hasGrown] = await Promise.all([
    summarizeFlow({ scope, window, logQuery, missing, isWhole }, reader),
    isWhole && lasting !== undefined && hasComeInto({ scope, window, counts: lasting }, reader),
  ]);
  const warnings = [...events.warnings, ...lengthWarnings(window)];
  const reading = { scope, logQuery, summary, warnings, window, windowStart: undefined, counts: lasting, begunAtMillis, events, missing };
  return { reading, hasGrown };
}

/**
 * Whether a span has come into the window since the flow was counted. What comes after a window that others follow is theirs: a message that is tried
 * for ever has something there each time that one looks, and reading all anew would tell nothing else of it.
 */
async function hasComeInto(
  { scope, window, counts }: { readonly scope: FlowScope; readonly window: FlowWindow; readonly counts: FlowCounts },
  reader: Reader,
): Promise<boolean> {
  if (window.nextStart === undefined) {
    const now = await countFlow(scope, reader);
    return now !== undefined && now.spans !== counts.spans;
  }
  const toNanos = window.nextStart.timeNanos;
  const now = await countRecords(
    { target: 'spans', query: scope.query, range: { fromNanos: scope.range.fromNanos ?? 0n, toNanos } },
    reader,
  );
  return !Number.isNaN(now) && now !== window.own.filter(({ key }) => key.timeNanos < toNanos).length;
}

/** The reading if it is still right: undefined where something has come to the flow since, or gone. */
export async function checkFlowReading(reading: FlowReading | undefined, reader: Reader): Promise<FlowReading | undefined> {
  if (reading?.counts === undefined) return undefined;
  const counts = await countFlow(reading.scope, reader);
  return counts?.spans === reading.counts.spans && counts.logs === reading.counts.logs ? reading : undefined;
}

/** The reading with the window after this own span. */
export async function withWindow(reading: FlowReading, windowStart: RowKey | undefined, reader: Reader): Promise<FlowReading> {
  if (reading.windowStart?.id === windowStart?.id) return reading;
  return { ...reading, window: await readFlowWindow(reading.scope, windowStart, reader), windowStart };
}

/**
 * Everything that carries the id, that is in one of the flow's traces, or that names one in a link, in any range: where nothing of it is new, neither is
 * anything in the flow, but for what own spans name in links and for reports of drops.
 */
async function countFlow({ correlationId, traceIds }: FlowScope, reader: Reader): Promise<FlowCounts | undefined> {
  const byId = equals('correlationId', correlationId);
  const chunks = traceIds.size === 0 ? [[]] : chunksOf([...traceIds]);
  const range = { fromNanos: 0n, toNanos: MAX_INDEX_TIME_NANOS + 1n };
  const count = (target: 'spans' | 'logs', query: QueryNode) => countRecords({ target, query, range }, reader);
  // Sums over chunks count some more than once, and as often each time.
  const [spans, logs] = await Promise.all([
    Promise.all(chunks.map((ids) => count('spans', or(byId, anyOf('traceId', ids), anyOf('link', ids))))),
    Promise.all(chunks.map((ids) => count('logs', or(byId, anyOf('traceId', ids))))),
  ]);
  const counts = { spans: sum(spans), logs: sum(logs) };
  return Number.isNaN(counts.spans + counts.logs) ? undefined : counts;
}

/** NaN where not all of them could be looked at. */
async function countRecords(search: Pick<StatsRequest, 'target' | 'query' | 'range'>, { storage, context }: Reader): Promise<number> {
  const { total, partial } = await storage.countStats({ ...search, percentiles: [], groupBy: [], limit: 1 }, context);
  return partial === undefined ? total : Number.NaN;
}

function lengthWarnings({ nextStart }: FlowWindow): string[] {
  if (nextStart === undefined) return [];
  const size = FLOW_WINDOW_SPANS.toLocaleString('en');
  return [
    `The flow has more than ${size} spans: they are in causal order within each ${size} by start, what is missing was looked for among the first ${size}, and the counts are of all spans in its traces.`,
  ];
}

function recordOf<R>({ record }: { readonly record: R }): R {
  return record;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
