import type { QueryNode, QueryTarget } from '@threadline/query-language';
import type { ReadContext, TimeRange, TracePage, TraceSearch } from '../storage.ts';
import { compareTraceKeys, type TraceKey } from '../trace-key.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { compositeBuckets, inRange, keyOf, type Search, TIME_FIELD, timeOf, topHits } from './search-requests.ts';
import { findTraceKeys, summarizeTraces, TRACES_AT_A_TIME } from './trace-summaries.ts';

/** Up to so many matching traces each page looks at them all; with more it goes through time instead. */
const MAX_TRACES_BY_MATCH = 5_000;
/** How many spans' starts make the next stretch of time. */
const SPANS_A_STRETCH = 5_000;

/**
 * A page of traces, newest key first. A trace's key comes from all of its spans, matching or not, and no document knows it, so there
 * are two ways, both exact:
 *
 * - Few traces match, or few fulfil one of several conditions: the keys of these are found and sorted. A page costs 2 searches for each 500 that match.
 * - Many match: time is walked from the last page's key backwards, in stretches of some thousand spans. Every trace with its key in a
 *   stretch has a span that starts there (its root or its earliest), so the stretch's traces are asked which of them match and what
 *   their keys are. A page costs some searches for each stretch, however deep it lies; traces whose key lies before the range
 *   (they began earlier) come last and are found as in the first way, from all matches: slow, but only behind the last page of the rest.
 */
export async function searchTraces(search: Search, request: TraceSearch, context: ReadContext): Promise<TracePage> {
  const { query, range, limit, after, traceDuration } = request;
  if (isEmptyRange(range)) return { traces: [], hasMore: false };
  const conditions: ElasticsearchQuery[] = [];
  for (const each of [query, ...(request.with ?? [])]) {
    conditions.push(await matchingSpans(search, { query: each, target: 'spans', range, context }));
  }
  const matching: TraceConditions = { conditions, ...(traceDuration && { traceDuration }) };
  const wanted = (key: TraceKey) => after === undefined || compareTraceKeys(key, after) < 0;

  const few = await fewTraces(search, matching, context);
  const keys =
    few !== undefined
      ? (await keysOf(search, few, matching, context)).filter(wanted)
      : await walkTime(search, { matching, range, limit, wanted, context, ...(after && { after }) });

  const page = keys.sort((a, b) => compareTraceKeys(b, a)).slice(0, limit);
  const summaries = new Map(
    (
      await summarizeTraces(
        search,
        page.map((key) => key.traceId),
        context,
      )
    ).map((summary) => [summary.traceId, summary]),
  );
  const traces = page.flatMap((key) => {
    const summary = summaries.get(key.traceId);
    return summary ? [{ key, summary }] : [];
  });
  return { traces, hasMore: keys.length > limit };
}

/** Distinct trace ids of matching records by their earliest match, newest first. Goes through all that match. */
export async function findTraceIds(
  search: Search,
  request: { readonly query: QueryNode; readonly target: QueryTarget; readonly range: TimeRange; readonly limit: number },
  context: ReadContext,
): Promise<{ readonly traceId: string; readonly firstNanos: bigint }[]> {
  const { target, limit } = request;
  if (isEmptyRange(request.range)) return [];
  const query = await matchingSpans(search, { ...request, context });
  const first = { top_hits: { size: 1, sort: [{ '@timestamp': 'asc' }], _source: false, docvalue_fields: [TIME_FIELD] } };
  let found: TraceKey[] = [];
  const newestFirst = (a: TraceKey, b: TraceKey) => compareTraceKeys(b, a);
  for await (const bucket of compositeBuckets(search, {
    target,
    query,
    sources: { traceId: { field: 'traceId' } },
    aggregations: { first },
    pageSize: 1_000,
    context,
  })) {
    for (const hit of topHits(bucket, 'first')) found.push({ traceId: keyOf(bucket, 'traceId'), startNanos: timeOf(hit) });
    if (found.length >= limit + 10_000) found = found.sort(newestFirst).slice(0, limit);
  }
  return found
    .sort(newestFirst)
    .slice(0, limit)
    .map(({ traceId, startNanos }) => ({ traceId, firstNanos: startNanos }));
}

async function matchingSpans(
  search: Search,
  request: { readonly query: QueryNode; readonly target: QueryTarget; readonly range: TimeRange; readonly context: ReadContext },
): Promise<ElasticsearchQuery> {
  const lookups = await lookUpNodes(search, request);
  return inRange(request.range, translateQuery(request.query, request.target, lookups));
}

/** Each is fulfilled by a span of the trace, and the whole takes so long. */
interface TraceConditions {
  readonly conditions: readonly ElasticsearchQuery[];
  readonly traceDuration?: NonNullable<TraceSearch['traceDuration']>;
}

/** The traces that fulfil one of the conditions that few fulfil; undefined when each is fulfilled by many. */
async function fewTraces(search: Search, { conditions }: TraceConditions, context: ReadContext): Promise<string[] | undefined> {
  for (const condition of conditions) {
    const ids = await traceIdsOf(search, condition, { context, max: MAX_TRACES_BY_MATCH });
    if (ids.length <= MAX_TRACES_BY_MATCH) return ids;
  }
  return undefined;
}

/** The keys of those of the traces that match, in no order. */
async function keysOf(
  search: Search,
  traceIds: readonly string[],
  { conditions, traceDuration }: TraceConditions,
  context: ReadContext,
): Promise<TraceKey[]> {
  const keys: TraceKey[] = [];
  for (const batch of batches(traceIds)) {
    let ids: readonly string[] = batch;
    for (const condition of conditions) {
      if (ids.length > 0) ids = await traceIdsOf(search, { bool: { filter: [condition, { terms: { traceId: ids } }] } }, { context });
    }
    if (traceDuration && ids.length > 0) {
      const { minNanos, maxNanos } = traceDuration;
      ids = (await summarizeTraces(search, ids, context))
        .filter(({ durationNano }) => {
          const duration = BigInt(durationNano);
          return (minNanos === undefined || duration >= minNanos) && (maxNanos === undefined || duration <= maxNanos);
        })
        .map(({ traceId }) => traceId);
    }
    if (ids.length > 0) keys.push(...(await findTraceKeys(search, ids, context)));
  }
  return keys;
}

/** The distinct traces of the spans that match; with `max`, more than that only means that there are more. */
async function traceIdsOf(
  search: Search,
  query: ElasticsearchQuery,
  { context, max = Number.POSITIVE_INFINITY }: { readonly context: ReadContext; readonly max?: number },
): Promise<string[]> {
  const ids: string[] = [];
  for await (const bucket of compositeBuckets(search, { target: 'spans', query, sources: { traceId: { field: 'traceId' } }, context })) {
    ids.push(keyOf(bucket, 'traceId'));
    if (ids.length > max) break;
  }
  return ids;
}

/** At least `limit + 1` keys when there are so many, all newer than any that is left out. */
async function walkTime(
  search: Search,
  request: {
    readonly matching: TraceConditions;
    readonly range: TimeRange;
    readonly limit: number;
    readonly wanted: (key: TraceKey) => boolean;
    readonly after?: TraceKey;
    readonly context: ReadContext;
  },
): Promise<TraceKey[]> {
  const { matching, limit, wanted, after, context } = request;
  const oldest = request.range.fromNanos ?? 0n;
  const found: TraceKey[] = [];
  // Exclusive. A trace with the same start as the last one may follow it, so that instant is looked at again.
  let end = after === undefined ? undefined : after.startNanos + 1n;
  while (end === undefined || end > oldest) {
    const start = await stretchStart(search, { end, oldest, context });
    const stretch = inRange({ fromNanos: start, ...(end !== undefined && { toNanos: end }) });
    const keys = await keysOf(search, await traceIdsOf(search, stretch, { context }), matching, context);
    found.push(...keys.filter((key) => key.startNanos >= start && (end === undefined || key.startNanos < end) && wanted(key)));
    if (found.length > limit) return found;
    end = start;
  }
  const [first] = matching.conditions;
  const earlier = first === undefined ? [] : await keysOf(search, await traceIdsOf(search, first, { context }), matching, context);
  return [...found, ...earlier.filter((key) => key.startNanos < oldest && wanted(key))];
}

/** Where the stretch begins that ends at `end`: at the start of the span that is so many before it, or at `oldest`. */
async function stretchStart(
  search: Search,
  { end, oldest, context }: { readonly end: bigint | undefined; readonly oldest: bigint; readonly context: ReadContext },
): Promise<bigint> {
  const query = inRange({ fromNanos: oldest, ...(end !== undefined && { toNanos: end }) });
  const body = { size: 1, from: SPANS_A_STRETCH, query, sort: [{ '@timestamp': 'desc' }], _source: false, docvalue_fields: [TIME_FIELD] };
  const [hit] = (await search('spans', body, context)).hits.hits;
  return hit === undefined ? oldest : timeOf(hit);
}

function* batches(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += TRACES_AT_A_TIME) yield ids.slice(start, start + TRACES_AT_A_TIME);
}
