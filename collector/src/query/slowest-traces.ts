import type { QueryNode } from '@threadline/query-language';
import { MAX_INDEX_TIME_NANOS } from '../model/indexed-record.ts';
import { compareSlowest, type SlowestPage, type SlowestPosition, type SlowestSearch } from '../storage/slowest-traces.ts';
import type { TracePage, TraceSearch } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';
import { MAX_LIMIT } from './parameters/paging.ts';
import { equals, recordField } from './query-nodes.ts';

/** How many of a hundred requests are left out as too short, most first: between two of them lie few enough traces to read. */
const SHARES = [99.999, 99.99, 99.95, 99.9, 99.5, 99, 97.5, 95, 90, 75, 50] as const;
/** So many are read to find the longest among them: where more are equally long, any of these are. */
const MAX_CANDIDATES = 5_000;

export interface SlowestTraces extends SlowestPage {
  /** More traces have spans as long as these than were looked at. */
  readonly isCapped?: boolean;
  /** Only traces with a span of at least this time were looked at. */
  readonly leastSpanNanos?: bigint;
}

/**
 * At most `limit` traces that match, the longest first. A storage that can compare all of them does. For another, where few match, all of them are looked at;
 * else the longest are looked for among the traces with a long span, whether or not that one matches, by what part of the requests is how long: so of very many,
 * one that is long though none of its spans is may be missing, and the answer says so. A trace's root is nearly always as long as it.
 */
export async function findSlowestTraces(search: SlowestSearch, reader: Reader): Promise<SlowestTraces> {
  const { storage, context } = reader;
  if (storage.slowestTraces) return await storage.slowestTraces(search, context);
  const wanted = upTo(search);
  if (search.query.type !== 'all' || wanted.with?.length) {
    const page = await storage.searchTraces({ ...wanted, limit: MAX_LIMIT }, context);
    if (!page.hasMore) return inOrder({ ...page, isCapped: false }, search, undefined);
  }
  for (const bound of await leastDurations(search, reader)) {
    const found = await readTraces(withLongSpan(wanted, bound), reader);
    const page = inOrder(found, search, bound);
    // Fewer requests may be that long of those that the conditions leave: then shorter ones count too.
    if (bound === undefined || page.traces.length === search.limit || found.isCapped || found.partial) return page;
  }
  return { traces: [], hasMore: false };
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
    return duration !== undefined && total * (1 - share / 100) > limit ? [threeDigits(duration)] : [];
  });
  return [...new Set(bounds), undefined];
}

/** No more than the duration, and said in three digits: a percentile is an estimate, and the answer names it to a person. */
function threeDigits(nanos: number): bigint {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, nanos))) - 2);
  return BigInt(Math.floor(nanos / step) * step);
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

type Candidates = Pick<SlowestTraces, 'traces' | 'partial'> & { readonly isCapped: boolean };

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

/** The page of those that were found; `leastSpanNanos`: those without a span of this time were not looked for. */
function inOrder(
  { traces, isCapped, partial }: Candidates,
  { after, limit }: SlowestSearch,
  leastSpanNanos: bigint | undefined,
): SlowestTraces {
  const sorted = traces
    .map((trace) => ({ trace, position: slowestPosition(trace) }))
    .sort((left, right) => compareSlowest(left.position, right.position));
  const left = after === undefined ? sorted : sorted.filter(({ position }) => compareSlowest(position, after) > 0);
  return {
    traces: left.slice(0, limit).map(({ trace }) => trace),
    hasMore: leastSpanNanos !== undefined || isCapped || left.length > limit,
    ...(isCapped && { isCapped }),
    ...(leastSpanNanos !== undefined && { leastSpanNanos }),
    ...(partial && { partial }),
  };
}

type Found = TracePage['traces'][number];

export function slowestPosition({ key, summary }: Found): SlowestPosition {
  return { ...key, durationNanos: BigInt(summary.durationNano) };
}
