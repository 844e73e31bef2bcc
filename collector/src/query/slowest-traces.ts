import type { QueryNode } from '@threadline/query-language';
import { MAX_INDEX_TIME_NANOS } from '../model/indexed-record.ts';
import type { PartialRead, TracePage, TraceSearch } from '../storage/storage.ts';
import { compareTraceKeys, type TraceKey } from '../storage/trace-key.ts';
import type { Reader } from './api-route.ts';
import { MAX_LIMIT } from './parameters/paging.ts';
import { equals, recordField } from './query-nodes.ts';

/** How many of a hundred requests are left out as too short, most first: between two of them lie few enough traces to read. */
const SHARES = [99.999, 99.99, 99.95, 99.9, 99.5, 99, 97.5, 95, 90, 75, 50] as const;
/** So many are read to find the longest among them: where more are equally long, any of these are. */
const MAX_CANDIDATES = 5_000;

/** Where a list of the slowest stands: all that is left is shorter, or as long and further down. */
export interface SlowestPosition extends TraceKey {
  readonly durationNanos: bigint;
}

export interface SlowestSearch extends Omit<TraceSearch, 'after'> {
  /** Of the last trace of the page before. */
  readonly after?: SlowestPosition;
}

export interface SlowestTraces {
  readonly traces: TracePage['traces'];
  readonly hasMore: boolean;
  readonly partial?: PartialRead;
  /** More traces have spans as long as these than were looked at. */
  readonly isCapped: boolean;
}

/**
 * At most `limit` traces that match, the longest first. Where few match, all of them are looked at. Else the longest are looked for among the traces with a long
 * span, whether or not that one matches, by what part of the requests is how long: no storage has to put all traces of a range in order. So of very many, one that
 * is long though none of its spans is may be missing; a trace's root is nearly always as long as it.
 */
export async function findSlowestTraces(search: SlowestSearch, reader: Reader): Promise<SlowestTraces> {
  const wanted = upTo(search);
  if (search.query.type !== 'all' || wanted.with?.length) {
    const page = await reader.storage.searchTraces({ ...wanted, limit: MAX_LIMIT }, reader.context);
    if (!page.hasMore) return inOrder({ ...page, isCapped: false }, search, false);
  }
  for (const bound of await leastDurations(search, reader)) {
    const found = await readTraces(withLongSpan(wanted, bound), reader);
    const page = inOrder(found, search, bound !== undefined);
    // Fewer requests may be that long of those that the conditions leave: then shorter ones count too.
    if (bound === undefined || page.traces.length === search.limit || found.isCapped || found.partial) return page;
  }
  return { traces: [], hasMore: false, isCapped: false };
}

/** Without what is longer than the page before. */
function upTo({ after, ...search }: SlowestSearch): Omit<TraceSearch, 'after'> {
  if (after === undefined) return search;
  return { ...search, traceDuration: { ...search.traceDuration, maxNanos: after.durationNanos } };
}

/** That at least as many requests reach as are wanted, falling; the last is none at all. */
async function leastDurations({ range, limit, after }: SlowestSearch, { storage, context }: Reader): Promise<(bigint | undefined)[]> {
  const { total, groups } = await storage.countStats(
    {
      target: 'spans',
      query: {
        type: 'and',
        children: [equals('root', 'true'), ...(after ? [durationRange({ max: after.durationNanos })] : [])],
      },
      range: { fromNanos: range.fromNanos ?? 0n, toNanos: range.toNanos ?? MAX_INDEX_TIME_NANOS },
      measure: { type: 'record', name: 'duration' },
      percentiles: SHARES,
      groupBy: [],
      limit: 1,
    },
    context,
  );
  const durations = groups[0]?.numbers?.percentiles ?? [];
  const bounds = SHARES.flatMap((share, place) => {
    const duration = durations[place];
    return duration !== undefined && total * (1 - share / 100) > limit ? [BigInt(Math.floor(duration))] : [];
  });
  return [...new Set(bounds), undefined];
}

/** The condition that fewest traces fulfil comes first. */
function withLongSpan(search: Omit<TraceSearch, 'after'>, leastNanos: bigint | undefined): Omit<TraceSearch, 'after'> {
  if (leastNanos === undefined) return search;
  const others = search.query.type === 'all' ? [] : [search.query];
  return { ...search, query: durationRange({ min: leastNanos }), with: [...others, ...(search.with ?? [])] };
}

function durationRange({ min, max }: { readonly min?: bigint; readonly max?: bigint }): QueryNode {
  return {
    type: 'range',
    field: recordField('duration'),
    ...(min !== undefined && { min: { value: min.toString(), inclusive: true } }),
    ...(max !== undefined && { max: { value: max.toString(), inclusive: true } }),
  };
}

type Candidates = Pick<SlowestTraces, 'traces' | 'partial' | 'isCapped'>;

async function readTraces(search: Omit<TraceSearch, 'after'>, { storage, context }: Reader): Promise<Candidates> {
  const traces: Found[] = [];
  for (;;) {
    const after = traces.at(-1)?.key;
    const page = await storage.searchTraces({ ...search, limit: MAX_LIMIT, ...(after && { after }) }, context);
    traces.push(...page.traces);
    const isCapped = page.hasMore && traces.length >= MAX_CANDIDATES;
    if (!page.hasMore || isCapped || page.partial !== undefined)
      return { traces, isCapped, ...(page.partial && { partial: page.partial }) };
  }
}

/** The page of those that were found; `isPart`: shorter ones were not looked for. */
function inOrder({ traces, isCapped, partial }: Candidates, { after, limit }: SlowestSearch, isPart: boolean): SlowestTraces {
  const sorted = traces
    .map((trace) => ({ trace, position: slowestPosition(trace) }))
    .sort((left, right) => compare(left.position, right.position));
  const left = after === undefined ? sorted : sorted.filter(({ position }) => compare(position, after) > 0);
  return {
    traces: left.slice(0, limit).map(({ trace }) => trace),
    hasMore: isPart || isCapped || left.length > limit,
    isCapped,
    ...(partial && { partial }),
  };
}

type Found = TracePage['traces'][number];

export function slowestPosition({ key, summary }: Found): SlowestPosition {
  return { ...key, durationNanos: BigInt(summary.durationNano) };
}

/** The longest first, of equally long ones the newest, then by id: the same each time. */
function compare(left: SlowestPosition, right: SlowestPosition): number {
  if (left.durationNanos !== right.durationNanos) return left.durationNanos < right.durationNanos ? 1 : -1;
  return -compareTraceKeys(left, right);
}
