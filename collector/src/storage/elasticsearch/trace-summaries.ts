import type { Span, TraceSummary } from '../../api/index.ts';
import { indexSpan, MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { ReadContext, TimeRange } from '../storage.ts';
import type { TraceKey } from '../trace-key.ts';
import { ResponseTooLargeError } from './connection.ts';
import type { ElasticsearchQuery } from './query-translation.ts';
import { rowSort } from './row-search.ts';
import {
  compositeBuckets,
  type Hit,
  inBatches,
  inRange,
  keyOf,
  RECORD_FIELD,
  type Search,
  spanOf,
  TIME_FIELD,
  timeOf,
} from './search-requests.ts';
import { exactTexts } from './service-counts.ts';
import { exactEnd, exactStart } from './span-times.ts';

/** How many traces one round of searches looks at. */
const TRACES_AT_A_TIME = 500;

/** As that, where nothing but times is read. */
const KEYS_AT_A_TIME = 2_000;
export const IS_ROOT = { term: { isRoot: true } };
const LATEST_END_FIRST = [{ endNanos: 'desc' }, { recordId: 'asc' }];

/** To be asked for with hits of which a trace's key is made. */
export const KEY_VALUES = { _source: false, docvalue_fields: [TIME_FIELD, 'traceId'] };
/** In decimal digits: a number of JSON would be rounded. */
const END_VALUES = { _source: false, docvalue_fields: ['traceId', { field: 'endNanos', format: '#' }] };

/** Of a hit that was asked for with `KEY_VALUES`. */
export function traceIdOf(hit: Hit): string {
  return String(hit.fields?.traceId?.[0]);
}

/** The keys, in a search of this range, of the traces that have a span, in no order. Costs two searches for each `KEYS_AT_A_TIME`, of doc values only. */
export async function findTraceKeys(
  search: Search,
  { traceIds, range, context }: { readonly traceIds: readonly string[]; readonly range: TimeRange; readonly context: ReadContext },
): Promise<TraceKey[]> {
  const keys: TraceKey[] = [];
  const { toNanos } = range;
  const isKey = inRange(toNanos === undefined ? {} : { toNanos }, IS_ROOT);
  for (const ids of inBatches(traceIds, KEYS_AT_A_TIME)) {
    const request = { traceIds: ids, sort: rowSort('asc'), fields: KEY_VALUES, context };
    const [earliest, roots] = await Promise.all([oneOfEach(search, request), oneOfEach(search, { ...request, only: isKey })]);
    const starts = new Map([...earliest, ...roots].map((hit) => [traceIdOf(hit), timeOf(hit)]));
    for (const [traceId, startNanos] of starts) keys.push({ traceId, startNanos });
  }
  return keys;
}

/** How long each trace is that has a span, nanoseconds, by its id. Costs two searches for each `KEYS_AT_A_TIME`, of doc values only. */
export async function findTraceDurations(search: Search, traceIds: readonly string[], context: ReadContext): Promise<Map<string, bigint>> {
  const durations = new Map<string, bigint>();
  for (const ids of inBatches(traceIds, KEYS_AT_A_TIME)) {
    const request = { traceIds: ids, fields: KEY_VALUES, context };
    const [earliest, latest] = await Promise.all([
      oneOfEach(search, { ...request, sort: rowSort('asc') }),
      oneOfEach(search, { ...request, sort: LATEST_END_FIRST, fields: END_VALUES }),
    ]);
    const ends = new Map(latest.map((hit) => [traceIdOf(hit), BigInt(String(hit.fields?.endNanos?.[0]))]));
    const clamped: string[] = [];
    for (const hit of earliest) {
      const [traceId, start] = [traceIdOf(hit), timeOf(hit)];
      const end = ends.get(traceId) ?? start;
      if (end < MAX_INDEX_TIME_NANOS) durations.set(traceId, end - start);
      else clamped.push(traceId);
    }
    // How long one is that goes beyond what the index holds is in its records alone.
    for (const { traceId, durationNano } of await summarizeTraces(search, clamped, context)) durations.set(traceId, BigInt(durationNano));
  }
  return durations;
}

/** All figures of traces, of all their spans so far. Costs four searches for each `TRACES_AT_A_TIME`. */
export async function summarizeTraces(search: Search, traceIds: readonly string[], context: ReadContext): Promise<TraceSummary[]> {
  const summaries: TraceSummary[] = [];
  for (const ids of inBatches(traceIds, TRACES_AT_A_TIME)) summaries.push(...(await summarizeBatch(search, ids, context)));
  return summaries;
}

async function summarizeBatch(search: Search, traceIds: readonly string[], context: ReadContext): Promise<TraceSummary[]> {
  const request = { traceIds, fields: RECORD_FIELD, context };
  try {
    const [earliest, roots, latest, services] = await Promise.all([
      oneOfEach(search, { ...request, sort: rowSort('asc') }),
      oneOfEach(search, { ...request, sort: rowSort('asc'), only: IS_ROOT }),
      oneOfEach(search, { ...request, sort: LATEST_END_FIRST }),
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
    readonly only?: ElasticsearchQuery;
    readonly context: ReadContext;
  },
): Promise<readonly Hit[]> {
  const { traceIds, sort, fields, only, context } = request;
  const filter = [{ terms: { traceId: traceIds } }, ...(only ? [only] : [])];
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
