import type { QueryNode, QueryTarget } from '@threadline/query-language';
import type { ReadContext, TimeRange, TracePage, TraceSearch } from '../storage.ts';
import { compareTraceKeys, type TraceKey } from '../trace-key.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { compositeBuckets, type Hit, inBatches, inRange, keyOf, type Search, TIME_FIELD, timeOf, topHits } from './search-requests.ts';
import { findTraceDurations, findTraceKeys, IS_ROOT, KEY_VALUES, summarizeTraces, traceIdOf } from './trace-summaries.ts';

/** Up to so many matching spans, or traces where a walk through time goes on, each page looks at all that match. */
const MAX_SPANS_BY_MATCH = 10_000;
const MAX_TRACES_BY_MATCH = 5_000;
/**
 * How many spans make the first stretch of time, and a later one at most, which is as many hits as a search may have; each has as many as the page seems to
 * need, by what was found so far: it is in the first few hundred as a rule, and where nothing is, it may be far.
 */
const FIRST_STRETCH_SPANS = 500;
const MAX_STRETCH_SPANS = 10_000;
/** Where nothing was found yet. */
const STRETCH_GROWTH = 4;
/** Rather a little too much than one more stretch. */
const STRETCH_MARGIN = 1.2;
/** After so many stretches without a page it is worth a look whether many spans match but few traces. */
const STRETCHES_BEFORE_ALL = 4;
/** How many trace ids one search asks for that says only which of them match. */
const IDS_A_SEARCH = 10_000;
const ALL = { match_all: {} } as const;

/**
 * A page of traces, newest key first. A trace's key comes from all of its spans, matching or not, and no document knows it, so there
 * are two ways, both exact:
 *
 * - Few spans or traces match, or few fulfil one of several conditions: the keys of these are found and sorted.
 * - Many match: time is walked from the range's end, or from the last page's key, backwards, in stretches of more and more spans. Every trace with its key in a
 *   stretch has a span that starts there (its root or its earliest), so the stretch's traces are asked which of them match and what
 *   their keys are. A page costs some searches for each stretch, however deep it lies; traces whose key lies before the range
 *   (they began earlier) come last and are found as in the first way, from all matches: slow, but only behind the last page of the rest.
 */
export async function searchTraces(search: Search, request: TraceSearch, context: ReadContext): Promise<TracePage> {
  const { query, range, limit, after, traceDuration } = request;
  if (isEmptyRange(range)) return { traces: [], hasMore: false };
  const queries = [query, ...(request.with ?? [])];
  const conditions = await Promise.all(queries.map((each) => matchingSpans(search, { query: each, target: 'spans', range, context })));
  const traceSearch: TraceConditions = {
    search,
    context,
    range,
    conditions,
    // Whatever is found by a span of the range fulfils these.
    fulfilledByAll: conditions.filter((_, place) => queries[place]?.type === 'all'),
    ...(traceDuration && { traceDuration }),
  };
  const wanted = (key: TraceKey) => after === undefined || compareTraceKeys(key, after) < 0;

  const few = await fewTraces(traceSearch);
  const keys = few
    ? (await keysOf(traceSearch, few.traceIds, [few.fulfilled])).filter(wanted)
    : await walkTime(traceSearch, { limit, wanted, ...(after && { after }) });

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

/** A search for traces: each condition is fulfilled by a span of the trace that starts in the range, and the whole takes so long. */
interface TraceConditions {
  readonly search: Search;
  readonly context: ReadContext;
  readonly range: TimeRange;
  readonly conditions: readonly ElasticsearchQuery[];
  /** Those of the conditions that each span of the range fulfils. */
  readonly fulfilledByAll: readonly ElasticsearchQuery[];
  readonly traceDuration?: NonNullable<TraceSearch['traceDuration']>;
}

interface FewTraces {
  readonly traceIds: readonly string[];
  /** The condition that all of them fulfil. */
  readonly fulfilled: ElasticsearchQuery;
}

/** The traces that fulfil the condition that fewest spans fulfil; undefined when these are many. */
async function fewTraces({ search, context, conditions }: TraceConditions): Promise<FewTraces | undefined> {
  const counted = await Promise.all(
    conditions.map(async (condition) => {
      const body = { size: 0, track_total_hits: MAX_SPANS_BY_MATCH + 1, query: condition };
      return { condition, spans: (await search('spans', body, context)).hits.total?.value ?? 0 };
    }),
  );
  const [least] = counted.sort((a, b) => a.spans - b.spans);
  if (least === undefined || least.spans > MAX_SPANS_BY_MATCH) return undefined;
  return { traceIds: await traceIdsOf({ search, context }, least.condition), fulfilled: least.condition };
}

/** As `fewTraces`, where many spans match: they may be of few traces. Goes through all that match. */
async function fewLargeTraces(traces: TraceConditions): Promise<FewTraces | undefined> {
  for (const condition of traces.conditions) {
    const traceIds = await traceIdsOf(traces, condition, MAX_TRACES_BY_MATCH);
    if (traceIds.length <= MAX_TRACES_BY_MATCH) return { traceIds, fulfilled: condition };
  }
  return undefined;
}

/** The keys of those of the traces that match, in no order. `fulfilled`: the conditions that they fulfil for certain. */
async function keysOf(traces: TraceConditions, traceIds: readonly string[], fulfilled: readonly ElasticsearchQuery[]): Promise<TraceKey[]> {
  const { search, context, conditions, traceDuration, range } = traces;
  let ids = traceIds;
  for (const condition of conditions) if (!fulfilled.includes(condition)) ids = await thoseThatMatch(traces, ids, condition);
  if (traceDuration) {
    const { minNanos = 0n, maxNanos } = traceDuration;
    const durations = await findTraceDurations(search, ids, context);
    ids = [...durations].flatMap(([id, nanos]) => (nanos >= minNanos && (maxNanos === undefined || nanos <= maxNanos) ? [id] : []));
  }
  return await findTraceKeys(search, { traceIds: ids, range, context });
}

/** Those of the traces that have a span that matches. */
async function thoseThatMatch(
  { search, context }: Pick<TraceConditions, 'search' | 'context'>,
  traceIds: readonly string[],
  condition: ElasticsearchQuery,
): Promise<string[]> {
  const matching: string[] = [];
  for (const ids of inBatches(traceIds, IDS_A_SEARCH)) {
    matching.push(...(await traceIdsOf({ search, context }, { bool: { filter: [condition, { terms: { traceId: ids } }] } })));
  }
  return matching;
}

/** The distinct traces of the spans that match; with `max`, more than that only means that there are more. */
async function traceIdsOf(
  { search, context }: Pick<TraceConditions, 'search' | 'context'>,
  query: ElasticsearchQuery,
  max = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const ids: string[] = [];
  const request = { target: 'spans', query, sources: { traceId: { field: 'traceId' } }, pageSize: IDS_A_SEARCH, context } as const;
  for await (const bucket of compositeBuckets(search, request)) {
    ids.push(keyOf(bucket, 'traceId'));
    if (ids.length > max) break;
  }
  return ids;
}

/** At least `limit + 1` keys when there are so many, all newer than any that is left out. */
async function walkTime(
  traces: TraceConditions,
  request: { readonly limit: number; readonly wanted: (key: TraceKey) => boolean; readonly after?: TraceKey },
): Promise<TraceKey[]> {
  const { conditions, range, fulfilledByAll } = traces;
  const { limit, wanted, after } = request;
  const oldest = range.fromNanos ?? 0n;
  const found: TraceKey[] = [];
  const seen = new Set<string>();
  // Of traces that were met, those whose key lies further back.
  let ahead: TraceKey[] = [];
  // On the first page nothing that matches lies behind the walk's beginning, so that a trace's key is met with its root or with a span that matches, if not
  // before; further down it may be that of any span, as others of the trace were passed by.
  const [condition] = conditions;
  const candidates = after === undefined && condition ? { bool: { should: [condition, IS_ROOT] } } : ALL;
  // Exclusive. A trace with the same start as the last one may follow it, so that instant is looked at again.
  let end = after === undefined ? range.toNanos : endAt(range, after.startNanos + 1n);
  let spans = FIRST_STRETCH_SPANS;
  let walked = 0;
  for (let stretches = 1; end === undefined || end > oldest; stretches += 1) {
    const stretch = await nextStretch(traces, { candidates, spans, end, oldest });
    const met = stretch.traceIds.filter((id) => !seen.has(id));
    for (const id of met) seen.add(id);
    const before = ahead;
    ahead = [];
    for (const key of [...before, ...(await keysOf(traces, met, fulfilledByAll))]) {
      if (!wanted(key)) continue;
      if (key.startNanos < stretch.start) ahead.push(key);
      else found.push(key);
    }
    if (found.length > limit) return found;
    if (stretches === STRETCHES_BEFORE_ALL) {
      const few = await fewLargeTraces(traces);
      if (few) return (await keysOf(traces, few.traceIds, [few.fulfilled])).filter(wanted);
    }
    end = stretch.start;
    walked += spans;
    const seemingNeed = found.length === 0 ? spans * STRETCH_GROWTH : ((limit + 1 - found.length) / found.length) * walked * STRETCH_MARGIN;
    spans = Math.min(Math.max(Math.ceil(seemingNeed), FIRST_STRETCH_SPANS), MAX_STRETCH_SPANS);
  }
  return [...found, ...ahead, ...(await earlierKeys(traces, oldest, seen)).filter(wanted)];
}

/** The earlier of the range's end and this one. */
function endAt({ toNanos }: TimeRange, end: bigint): bigint {
  return toNanos !== undefined && toNanos < end ? toNanos : end;
}

/** The keys of traces that match and began before the range, but for those that were seen. Goes through all that match. */
async function earlierKeys(traces: TraceConditions, oldest: bigint, seen: ReadonlySet<string>): Promise<TraceKey[]> {
  const { conditions, fulfilledByAll } = traces;
  const [condition] = conditions;
  if (oldest <= 0n || condition === undefined) return [];
  const unseen = (await traceIdsOf(traces, condition)).filter((id) => !seen.has(id));
  const earlier = await thoseThatMatch(traces, unseen, inRange({ toNanos: oldest }));
  return (await keysOf(traces, earlier, [...fulfilledByAll, condition])).filter((key) => key.startNanos < oldest);
}

/**
 * The traces of about as many last candidates before `end`, and from which time on these are all there are. Of the earliest of so many, others may start at the
 * same instant: it is left to the next stretch.
 */
async function nextStretch(
  { search, context }: TraceConditions,
  request: { readonly candidates: ElasticsearchQuery; readonly spans: number; readonly end: bigint | undefined; readonly oldest: bigint },
): Promise<{ readonly start: bigint; readonly traceIds: readonly string[] }> {
  const { candidates, spans, end, oldest } = request;
  const before = (toNanos: bigint | undefined, fromNanos: bigint) =>
    inRange({ fromNanos, ...(toNanos !== undefined && { toNanos }) }, candidates);
  const body = {
    size: spans,
    query: before(end, oldest),
    sort: [{ '@timestamp': 'desc' }],
    ...KEY_VALUES,
  };
  const { hits } = (await search('spans', body, context)).hits;
  const [newest, earliest] = [hits[0], hits.at(-1)];
  if (newest === undefined || earliest === undefined || hits.length < spans) return { start: oldest, traceIds: tracesOf(hits) };
  const instant = timeOf(earliest);
  if (timeOf(newest) > instant) return { start: instant + 1n, traceIds: tracesOf(hits.filter((hit) => timeOf(hit) > instant)) };
  return { start: instant, traceIds: await traceIdsOf({ search, context }, before(instant + 1n, instant)) };
}

function tracesOf(hits: readonly Hit[]): string[] {
  return [...new Set(hits.map(traceIdOf))];
}
