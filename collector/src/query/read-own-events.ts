import type { QueryNode } from '@threadline/query-language';
import { readDropReport, readSpanStart } from '../analysis/own-events.ts';
import { spanName } from '../analysis/span-causes.ts';
import { DROP_ATTRIBUTES, DROP_EVENT, type DropReport, SPAN_START_EVENT, type UnfinishedSpan } from '../api/index.ts';
import type { TimeRange } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';
import { and, anyOf, equals } from './query-nodes.ts';
import { chunksOf, readLogs, readSpans } from './read-rows.ts';

/** Starts and drop reports of one trace or flow that are looked at: more no reader goes through one by one. */
const MAX_OWN_EVENTS = 1_000;

export interface OwnEvents {
  readonly unfinished: UnfinishedSpan[];
  readonly drops: DropReport[];
  readonly warnings: readonly string[];
}

export interface OwnEventsRequest {
  /** Finds the starts, as it finds the logs of the trace or the flow. */
  readonly scope: QueryNode;
  readonly range: TimeRange;
  readonly traceIds: readonly string[];
}

/**
 * The spans of which the scope has a start in the range and the storage no end, by start; and what was dropped of these traces, from all time,
 * since a sender reports when it can send again.
 */
export async function readOwnEvents({ scope, range, traceIds }: OwnEventsRequest, reader: Reader): Promise<OwnEvents> {
  const query = and(equals('eventName', SPAN_START_EVENT), scope);
  const [starts, drops] = await Promise.all([readLogs({ query, range, maxRows: MAX_OWN_EVENTS }, reader), readDrops(traceIds, reader)]);
  const started = new Map<string, UnfinishedSpan>();
  for (const { record } of starts.rows) {
    const span = readSpanStart(record);
    if (span !== undefined) started.set(spanName(span), span);
  }
  return {
    unfinished: await withoutEnded(started, reader),
    drops: drops.reports,
    warnings:
      starts.hasMore || drops.hasMore ? [`Only the first ${MAX_OWN_EVENTS} unfinished spans and reports of drops were looked at.`] : [],
  };
}

async function withoutEnded(started: Map<string, UnfinishedSpan>, reader: Reader): Promise<UnfinishedSpan[]> {
  for (const chunk of chunksOf([...started.values()])) {
    const traceIds = [...new Set(chunk.map(({ traceId }) => traceId))];
    const spanIds = chunk.map(({ spanId }) => spanId);
    const ended = await readSpans({ query: and(anyOf('traceId', traceIds), anyOf('spanId', spanIds)), maxRows: MAX_OWN_EVENTS }, reader);
    for (const { record } of ended.rows) started.delete(spanName(record));
  }
  return [...started.values()];
}

async function readDrops(traceIds: readonly string[], reader: Reader): Promise<{ reports: DropReport[]; hasMore: boolean }> {
  const field = { type: 'attribute', place: 'attributes', key: DROP_ATTRIBUTES.traceIds } as const;
  const reports = new Map<string, DropReport>();
  let hasMore = false;
  for (const chunk of chunksOf(traceIds)) {
    const page = await readLogs({ query: and(equals('eventName', DROP_EVENT), anyOf(field, chunk)), maxRows: MAX_OWN_EVENTS }, reader);
    for (const { record } of page.rows) reports.set(record.id, readDropReport(record));
    hasMore ||= page.hasMore;
  }
  return { reports: [...reports.values()], hasMore };
}
