import type { QueryNode } from '@threadline/query-language';
import { ThreadlineError } from '../../../errors.ts';
import type { TimeRange, TracePage, TraceSearch } from '../../storage.ts';
import { compareTraceKeys, type TraceKey } from '../../trace-key.ts';
import type { TableName } from '../layout.ts';
import { longAt } from '../parquet/decode-column.ts';
import { textOf } from './column-values.ts';
import { LatestTimes } from './latest-times.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { greatest, least, type TimeWindow, windowOfRange } from './time-window.ts';
import { visitSpansOfTraces } from './trace-rows.ts';
import { boundsReader, type SpanBounds, summariesOf, TraceSummaries } from './trace-summaries.ts';

/** Up to so many matching traces each page looks at them all; with more it goes through time instead. */
const MAX_TRACES_BY_MATCH = 200;
/** As that, of traces that fulfil several conditions: walking through time would look at all that fulfil one. */
const MAX_TRACES_BY_ALL = 1_000;
/**
 * How many spans make the first stretch of time, and a later one at most; each has twice as many as the one before: where few traces match, most of the
 * range is gone through in a few stretches, each of whose traces are looked for in all segments at once.
 */
const FIRST_STRETCH_SPANS = 500;
const MAX_STRETCH_SPANS = 128_000;
/** Of a search that has to remember every trace it met. */
const MAX_TRACES = 1_000_000;

const ALL = { type: 'all' } as const;

/**
 * A page of traces, newest key first. A trace's key comes from all of its spans, matching or not, so there are two ways, both exact:
 *
 * - Few traces match, or few fulfil one of several conditions or all of them: the keys of these are found and sorted.
 * - Many match: time is walked from the last page's key backwards, in stretches of more and more spans. Every trace with its key in a stretch
 *   has a span that starts there (its root or its earliest), so the stretch's traces are asked which of them match and what their keys are.
 *   Traces whose key lies before the range (they began earlier) come last and are found as in the first way.
 */
export function searchTraces(scope: ReadScope, search: TraceSearch): TracePage {
  const { limit, after } = search;
  const isWanted = (key: TraceKey): boolean => after === undefined || compareTraceKeys(key, after) < 0;
  const few = fewTraces(scope, search);
  // Where few spans are looked at, once is enough for both.
  const summaries = few && few.traceIds.length <= MAX_TRACES_BY_MATCH ? new TraceSummaries() : undefined;
  const keys = few
    ? keysOf(scope, few.traceIds, search, { fulfilled: few.fulfilled, summaries }).filter(isWanted)
    : walkTime(scope, search, isWanted);
  const page = keys.sort((left, right) => compareTraceKeys(right, left)).slice(0, limit);
  const found =
    summaries ??
    summariesOf(
      scope,
      page.map(({ traceId }) => traceId),
    );
  const traces = page.flatMap((key) => {
    const summary = found.summary(key.traceId);
    return summary ? [{ key, summary }] : [];
  });
  return { traces, hasMore: keys.length > limit };
}

/** Distinct trace ids of matching records by their earliest match, newest first. */
export function findTraceIds(
  scope: ReadScope,
  search: { readonly query: QueryNode; readonly target: TableName; readonly range: TimeRange; readonly limit: number },
): { readonly traceId: string; readonly firstNanos: bigint }[] {
  const first = new Map<string, bigint>();
  new Scan(scope, { table: search.target, query: search.query, window: windowOfRange(search.range) }).visit('desc', (page, rows) => {
    const times = page.longs('time_nanos');
    const traceIds = page.texts('trace_id');
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
      const traceId = textOf(traceIds, row);
      if (traceId === '') continue;
      const time = longAt(times, row);
      const known = first.get(traceId);
      if (known === undefined || time < known) first.set(traceId, time);
    }
    checkCount(first.size);
  });
  return [...first]
    .map(([traceId, firstNanos]) => ({ traceId, firstNanos }))
    .sort((left, right) => compareTraceKeys({ ...right, startNanos: right.firstNanos }, { ...left, startNanos: left.firstNanos }))
    .slice(0, search.limit);
}

type Matching = Pick<TraceSearch, 'query' | 'range'>;
export type Conditions = Matching & Pick<TraceSearch, 'with' | 'traceDuration'>;

/** All traces that can match, and maybe others, with the conditions that each of them fulfils. */
interface FewTraces {
  readonly traceIds: readonly string[];
  readonly fulfilled: number;
}

/** Those that fulfil one of the conditions that few fulfil; undefined when each is fulfilled by many. */
export function tracesByMatch(scope: ReadScope, search: Conditions, maxTraces = MAX_TRACES_BY_MATCH): FewTraces | undefined {
  for (const [number, query] of [search.query, ...(search.with ?? [])].entries()) {
    const traceIds = matchingTraces(scope, { query, range: search.range }, maxTraces);
    if (traceIds) return { traceIds, fulfilled: 1 << number };
  }
  return undefined;
}

/** As `tracesByMatch`, or those that fulfil all conditions; undefined when there are many of these too. */
function fewTraces(scope: ReadScope, search: Conditions): FewTraces | undefined {
  const queries = [search.query, ...(search.with ?? [])];
  const few = tracesByMatch(scope, search);
  if (few || queries.length === 1) return few;
  let all: readonly string[] | undefined;
  for (const query of queries) {
    const ids: readonly string[] = matchingTraces(scope, { query, range: search.range }, MAX_TRACES) ?? tooMany();
    const known: ReadonlySet<string> | undefined = all && new Set(all);
    all = known ? ids.filter((id) => known.has(id)) : ids;
  }
  return all === undefined || all.length > MAX_TRACES_BY_ALL ? undefined : { traceIds: all, fulfilled: allConditions(queries.length) };
}

/** The distinct traces of matching spans; undefined when there are more than `max`. */
function matchingTraces(scope: ReadScope, { query, range }: Matching, max: number): string[] | undefined {
  const ids = new Set<string>();
  new Scan(scope, { table: 'spans', query, window: windowOfRange(range) }).visit(
    'desc',
    (page, rows) => {
      const traceIds = page.texts('trace_id');
      for (let row = rows.indexOf(1); row !== -1 && ids.size <= max; row = rows.indexOf(1, row + 1)) ids.add(textOf(traceIds, row));
    },
    () => ids.size > max,
  );
  return ids.size > max ? undefined : [...ids];
}

/** What is known of the traces before their spans are gone through, and what else is to be found out of them. */
interface KeyOptions {
  /** Conditions that each of them fulfils: they need not be looked at once more. */
  readonly fulfilled?: number;
  /** They are given the spans of all of them. */
  readonly summaries?: TraceSummaries | undefined;
}

/** The keys of those of the traces that match. */
export function keysOf(
  scope: ReadScope,
  traceIds: readonly string[],
  search: Conditions,
  { fulfilled = 0, summaries }: KeyOptions = {},
): TraceKey[] {
  const window = windowOfRange(search.range);
  const queries = [search.query, ...(search.with ?? [])];
  const all = allConditions(queries.length);
  const scans = queries.flatMap((query, number) =>
    fulfilled & (1 << number) ? [] : [{ bit: 1 << number, scan: new Scan(scope, { table: 'spans', query, window }) }],
  );
  const isLongEnough = search.traceDuration && durationCheck(search.traceDuration);
  const found = new Map<string, TraceMatch>();
  visitSpansOfTraces(scope, traceIds, (page, rows) => {
    summaries?.add(page, rows);
    const matching = scans.map(({ bit, scan }) => ({ bit, matched: scan.rowsOf(page, rows) }));
    const times = page.longs('time_nanos');
    const ids = page.texts('trace_id');
    const isRootAt = page.reader('is_root');
    const boundsAt = isLongEnough && boundsReader(page);
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
      const traceId = textOf(ids, row);
      const time = longAt(times, row);
      const trace = found.get(traceId) ?? { earliest: time, root: undefined, fulfilled, bounds: undefined };
      found.set(traceId, trace);
      trace.earliest = least(trace.earliest, time);
      if (time <= window.max && isRootAt(row) === 1) trace.root = trace.root === undefined ? time : least(trace.root, time);
      for (const { bit, matched } of matching) if (matched[row] === 1) trace.fulfilled |= bit;
      if (boundsAt) trace.bounds = widest(trace.bounds, boundsAt(row));
    }
  });
  return [...found].flatMap(([traceId, { earliest, root, bounds, ...trace }]) =>
    trace.fulfilled === all && (!isLongEnough || (bounds !== undefined && isLongEnough(bounds)))
      ? [{ traceId, startNanos: root ?? earliest }]
      : [],
  );
}

/** One bit for each. */
export function allConditions(count: number): number {
  return (1 << count) - 1;
}

/** What is known of a trace while its spans are gone through. */
interface TraceMatch {
  earliest: bigint;
  root: bigint | undefined;
  /** One bit for each condition. */
  fulfilled: number;
  /** Only where it is asked for. */
  bounds: SpanBounds | undefined;
}

function widest(bounds: SpanBounds | undefined, { start, end }: SpanBounds): SpanBounds {
  return bounds === undefined ? { start, end } : { start: least(bounds.start, start), end: greatest(bounds.end, end) };
}

function durationCheck({ minNanos, maxNanos }: NonNullable<TraceSearch['traceDuration']>): (bounds: SpanBounds) => boolean {
  return ({ start, end }) => {
    const duration = end - start;
    return (minNanos === undefined || duration >= minNanos) && (maxNanos === undefined || duration <= maxNanos);
  };
}

function walkTime(scope: ReadScope, search: TraceSearch, isWanted: (key: TraceKey) => boolean): TraceKey[] {
  const { limit, range, after } = search;
  const { min, max } = windowOfRange(range);
  if (max < min) return [];
  const keys: TraceKey[] = [];
  const seen = new Set<string>();
  // Of traces whose key lies further back than the stretch that they were met in: a large one is in many stretches, and looked at once.
  let ahead: TraceKey[] = [];
  let upTo = least(after?.startNanos ?? max, max);
  for (let spans = FIRST_STRETCH_SPANS; upTo >= min && keys.length <= limit; spans = Math.min(spans * 2, MAX_STRETCH_SPANS)) {
    const stretch = nextStretch(scope, { min, max: upTo }, spans);
    const ids = stretch.traceIds.filter((id) => !seen.has(id));
    for (const id of ids) seen.add(id);
    checkCount(seen.size);
    const before = ahead;
    ahead = [];
    for (const key of [...before, ...keysOf(scope, ids, search)]) {
      if (!isWanted(key)) continue;
      if (key.startNanos < stretch.from) ahead.push(key);
      else keys.push(key);
    }
    upTo = stretch.from - 1n;
  }
  if (keys.length > limit) return keys;
  const left = (matchingTraces(scope, search, MAX_TRACES) ?? tooMany()).filter((id) => !seen.has(id));
  return [...keys, ...ahead, ...keysOf(scope, left, search).filter((key) => key.startNanos < min && isWanted(key))];
}

/** The traces of about as many last spans of a window, and from which time on these are all there are. */
function nextStretch(scope: ReadScope, { min, max }: TimeWindow, spans: number) {
  const latest = new LatestTimes(spans);
  new Scan(scope, { table: 'spans', query: ALL, window: { min, max } }).visit(
    'desc',
    (page, rows) => latest.add(page.longs('time_nanos'), rows),
    (time) => latest.isEnough(time),
  );
  const from = latest.first() ?? min;
  const traceIds = new Set<string>();
  new Scan(scope, { table: 'spans', query: ALL, window: { min: from, max } }).visit('desc', (page, rows) => {
    const ids = page.texts('trace_id');
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) traceIds.add(textOf(ids, row));
  });
  return { from, traceIds: [...traceIds] };
}

function checkCount(traces: number): void {
  if (traces > MAX_TRACES) tooMany();
}

function tooMany(): never {
  throw new ThreadlineError('storage_unavailable', `The search goes through more than ${MAX_TRACES} traces: narrow its time range`);
}
