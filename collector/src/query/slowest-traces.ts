import type { QueryNode } from '@threadline/query-language';
import { MAX_INDEX_TIME_NANOS } from '../model/indexed-record.ts';
import type { PartialRead, TracePage, TraceSearch } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';
import { MAX_LIMIT } from './parameters/paging.ts';
import { and, recordField } from './query-nodes.ts';

/** Spans that are looked at for each trace that is wanted: of a slow trace more than one is long. */
const SPANS_A_TRACE = 4;
/** How many of a hundred spans are left out as too short, most first: between two of them lie few enough traces to read. */
const SHARES = [99.999, 99.99, 99.95, 99.9, 99.5, 99, 97.5, 95, 90, 75, 50] as const;
/** So many are read to find the longest among them: where more are equally long, any of these are. */
const MAX_CANDIDATES = 5_000;

export interface SlowestTraces {
  readonly traces: TracePage['traces'];
  readonly partial?: PartialRead;
  /** More traces have spans as long as these than were looked at. */
  readonly isCapped: boolean;
}

/**
 * At most `limit` traces that match, the longest first. Looked for among those with the longest matching spans, by what part of all spans is how long: no storage has
 * to put all traces of a range in order. So a trace that is long though none of its spans is may be missing; a trace's root is nearly always as long as it.
 */
export async function findSlowestTraces(search: Omit<TraceSearch, 'after'>, reader: Reader): Promise<SlowestTraces> {
  const bounds = await leastDurations(search, reader);
  for (const bound of bounds) {
    const found = await readTraces({ ...search, query: and(search.query, ...boundOf(bound)) }, reader);
    // Fewer than that many spans may be of still fewer traces, or of traces that other conditions leave out: then shorter ones count too.
    if (bound !== undefined && found.traces.length < search.limit && !found.isCapped) continue;
    return { ...found, traces: found.traces.toSorted(byDuration).slice(0, search.limit) };
  }
  return { traces: [], isCapped: false };
}

/** Durations that at least as many spans reach as are wanted, falling; the last is none at all. */
async function leastDurations({ query, range, limit }: Omit<TraceSearch, 'after'>, { storage, context }: Reader) {
  const { total, groups } = await storage.countStats(
    {
      target: 'spans',
      query,
      range: { fromNanos: range.fromNanos ?? 0n, toNanos: range.toNanos ?? MAX_INDEX_TIME_NANOS },
      measure: { type: 'record', name: 'duration' },
      percentiles: SHARES,
      groupBy: [],
      limit: 1,
    },
    context,
  );
  const wanted = limit * SPANS_A_TRACE;
  const durations = groups[0]?.numbers?.percentiles ?? [];
  const bounds = SHARES.flatMap((share, place) => {
    const duration = durations[place];
    return duration !== undefined && total * (1 - share / 100) >= wanted ? [BigInt(Math.floor(duration))] : [];
  });
  return [...new Set(bounds), undefined];
}

function boundOf(leastNanos: bigint | undefined): QueryNode[] {
  if (leastNanos === undefined) return [];
  return [{ type: 'range', field: recordField('duration'), min: { value: leastNanos.toString(), inclusive: true } }];
}

async function readTraces(search: Omit<TraceSearch, 'after'>, { storage, context }: Reader): Promise<SlowestTraces> {
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

type Found = TracePage['traces'][number];

/** The longest first, of equally long ones the newest, then by id: the same each time. */
function byDuration(left: Found, right: Found): number {
  const longer = BigInt(right.summary.durationNano) - BigInt(left.summary.durationNano);
  const newer = right.key.startNanos - left.key.startNanos;
  if (longer !== 0n) return longer > 0n ? 1 : -1;
  if (newer !== 0n) return newer > 0n ? 1 : -1;
  return left.key.traceId < right.key.traceId ? 1 : -1;
}
