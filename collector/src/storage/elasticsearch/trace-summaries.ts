import type { Span, TraceSummary } from '../../api/index.ts';
import { indexSpan } from '../../model/indexed-record.ts';
import type { ReadContext } from '../storage.ts';
import type { TraceKey } from '../trace-key.ts';
import { ResponseTooLargeError } from './connection.ts';
import { rowSort } from './row-search.ts';
import { compositeBuckets, type Hit, keyOf, RECORD_FIELD, type Search, spanOf, TIME_FIELD, timeOf } from './search-requests.ts';
import { exactTexts } from './service-counts.ts';
import { exactEnd, exactStart } from './span-times.ts';

/** How many traces one round of searches looks at. */
export const TRACES_AT_A_TIME = 500;

/** The keys of the traces that have a span, in no order. Costs two searches for each `TRACES_AT_A_TIME`, of doc values only. */
export async function findTraceKeys(search: Search, traceIds: readonly string[], context: ReadContext): Promise<TraceKey[]> {
  const keys: TraceKey[] = [];
  const sort = rowSort('asc');
  const fields = { _source: false, docvalue_fields: [TIME_FIELD, 'traceId'] };
  for (const ids of batches(traceIds)) {
    const [earliest, roots] = await Promise.all([
      oneOfEach(search, { traceIds: ids, sort, fields, context }),
      oneOfEach(search, { traceIds: ids, sort, fields, context, rootsOnly: true }),
    ]);
    const starts = new Map([...earliest, ...roots].map((hit) => [String(hit.fields?.traceId?.[0]), timeOf(hit)]));
    for (const [traceId, startNanos] of starts) keys.push({ traceId, startNanos });
  }
  return keys;
}

/** All figures of traces, of all their spans so far. Costs four searches for each `TRACES_AT_A_TIME`. */
export async function summarizeTraces(search: Search, traceIds: readonly string[], context: ReadContext): Promise<TraceSummary[]> {
  const summaries: TraceSummary[] = [];
  for (const ids of batches(traceIds)) summaries.push(...(await summarizeBatch(search, ids, context)));
  return summaries;
}

async function summarizeBatch(search: Search, traceIds: readonly string[], context: ReadContext): Promise<TraceSummary[]> {
  const request = { traceIds, fields: RECORD_FIELD, context };
  try {
    const [earliest, roots, latest, services] = await Promise.all([
      oneOfEach(search, { ...request, sort: rowSort('asc') }),
      oneOfEach(search, { ...request, sort: rowSort('asc'), rootsOnly: true }),
      oneOfEach(search, { ...request, sort: [{ endNanos: 'desc' }, { recordId: 'asc' }] }),
      countServices(search, traceIds, context),
    ]);
    const rootOf = byTrace(roots);
    const latestOf = byTrace(latest);
    return Array.from(byTrace(earliest), ([traceId, first]) =>
      summaryOf({ first, root: rootOf.get(traceId), latest: latestOf.get(traceId) ?? first, services: services.get(traceId) ?? [] }),
    );
  } catch (error) {
    if (!(error instanceof ResponseTooLargeError) || traceIds.length === 1) throw error;
    const middle = Math.ceil(traceIds.length / 2);
    return [
      ...(await summarizeBatch(search, traceIds.slice(0, middle), context)),
      ...(await summarizeBatch(search, traceIds.slice(middle), context)),
    ];
  }
}

function summaryOf(trace: {
  readonly first: Span;
  readonly root: Span | undefined;
  readonly latest: Span;
  readonly services: TraceSummary['services'];
}): TraceSummary {
  const { first, root, latest, services } = trace;
  const shown = root ?? first;
  return {
    traceId: first.traceId,
    rootService: indexSpan(shown).service,
    rootOperation: shown.name,
    rootSpanId: shown.spanId,
    rootStartTimeUnixNano: String(exactStart(shown)),
    rootDurationNano: String(exactEnd(shown) - exactStart(shown)),
    ...(root === undefined && { rootMissing: true }),
    startTimeUnixNano: String(exactStart(first)),
    durationNano: String(exactEnd(latest) - exactStart(first)),
    spanCount: services.reduce((sum, service) => sum + service.spanCount, 0),
    errorCount: services.reduce((sum, service) => sum + service.errorCount, 0),
    services,
  };
}

function byTrace(hits: readonly Hit[]): Map<string, Span> {
  return new Map(hits.map(spanOf).map((span) => [span.traceId, span]));
}

/** The first span of each trace in the order of `sort`. */
async function oneOfEach(
  search: Search,
  request: {
    readonly traceIds: readonly string[];
    readonly sort: readonly object[];
    readonly fields: object;
    readonly rootsOnly?: boolean;
    readonly context: ReadContext;
  },
): Promise<readonly Hit[]> {
  const { traceIds, sort, fields, rootsOnly = false, context } = request;
  const filter = [{ terms: { traceId: traceIds } }, ...(rootsOnly ? [{ term: { isRoot: true } }] : [])];
  const body = { size: traceIds.length, query: { bool: { filter } }, collapse: { field: 'traceId' }, sort, ...fields };
  return (await search('spans', body, context)).hits.hits;
}

async function countServices(search: Search, traceIds: readonly string[], context: ReadContext) {
  const traces = new Map<string, Map<string, { spanCount: number; errorCount: number }>>();
  const query = { terms: { traceId: traceIds } };
  const sources = { traceId: { field: 'traceId' }, service: { field: 'service', missing_bucket: true }, isError: { field: 'isError' } };
  // A span without a service has the empty one.
  for await (const bucket of compositeBuckets(search, { target: 'spans', query, sources, context })) {
    const traceId = keyOf(bucket, 'traceId');
    const services = traces.get(traceId) ?? new Map<string, { spanCount: number; errorCount: number }>();
    traces.set(traceId, services);
    const term = keyOf(bucket, 'service');
    const counts = services.get(term) ?? { spanCount: 0, errorCount: 0 };
    services.set(term, counts);
    counts.spanCount += bucket.doc_count;
    if (keyOf(bucket, 'isError') === 'true') counts.errorCount += bucket.doc_count;
  }
  const texts = await exactTexts(search, {
    terms: [...traces.values()].flatMap((services) => [...services.keys()]),
    column: 'service',
    context,
  });
  return new Map(
    Array.from(traces, ([traceId, services]) => {
      const counts = Array.from(services, ([term, count]) => ({ name: texts.get(term) ?? term, ...count }));
      return [traceId, counts.sort((a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1))];
    }),
  );
}

function* batches(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += TRACES_AT_A_TIME) yield ids.slice(start, start + TRACES_AT_A_TIME);
}
