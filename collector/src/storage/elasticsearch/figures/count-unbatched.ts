import type { QueryTarget } from '@threadline/query-language';
import { ThreadlineError } from '../../../errors.ts';
import { indexSpan, MAX_INDEX_TIME_NANOS } from '../../../model/indexed-record.ts';
import type { RowKey } from '../../../model/record.ts';
import { countableSpan } from '../../figures/countable-span.ts';
import { CountedSpans, FigureCounter } from '../../figures/figure-counter.ts';
import { FigureLimits } from '../../figures/figure-limits.ts';
import type { FigureSet } from '../../figures/figure-set.ts';
import type { FiguresRequest, FiguresResult } from '../../figures/figures.ts';
import type { ReadContext, RowSearch, TimeRange } from '../../storage.ts';
import { FIGURE_BATCH_FIELD } from '../columns.ts';
import { isEmptyRange } from '../nanosecond-time.ts';
import { searchRows } from '../row-search.ts';
import { inRange, type Search, spanOf } from '../search-requests.ts';

/** Figures are not waited for longer. */
const MAX_MILLIS = 10_000;
/** Who calls whom is found among so many. */
const MAX_SPANS = 250_000;
/** Spans of one search: few enough to stop in time, many enough that asking is not most of the work. */
const PAGE_SPANS = 5_000;
const NANOS_A_MINUTE = 60_000_000_000n;

/**
 * Spans that a version before the batches wrote are counted when it is asked for: newest first, as far as ten seconds and 250,000 spans reach. Gives
 * how far that was where it does not reach all. Where there are none, which each index knows at once, that costs one search.
 */
export async function countUnbatched(
  search: Search,
  { request, add }: { readonly request: FiguresRequest; readonly add: (set: FigureSet) => void },
  context: ReadContext,
): Promise<FiguresResult['partial']> {
  const range = wholeMinutes(request.range);
  if (isEmptyRange(range)) return undefined;
  const unbatched = unbatchedOnly(search);
  if (!(await hasAny(unbatched, { target: 'spans', query: inRange(range) }, context))) return undefined;
  const counter = new FigureCounter({ limits: new FigureLimits(), heldSpans: MAX_SPANS, heldWaiting: MAX_SPANS });
  const counted = new CountedSpans();
  const deadline = Math.min(context.deadline, performance.now() + MAX_MILLIS);
  let after: RowKey | undefined;
  let isWhole = false;
  for (let count = 0; !isWhole; ) {
    const rows: RowSearch = {
      query: { type: 'all' },
      range: upTo(after, range),
      order: 'desc',
      limit: PAGE_SPANS,
      ...(after && { after }),
    };
    const reading = searchRows(unbatched, {
      target: 'spans',
      rows,
      context: { ...context, deadline },
      recordOf: spanOf,
      indexed: indexSpan,
    });
    const page = await reading.catch((error: unknown) => {
      // What was counted until then is an answer.
      if (error instanceof ThreadlineError && error.code === 'deadline_exceeded' && after !== undefined) return undefined;
      throw error;
    });
    for (const { record } of page?.rows ?? []) counter.add(countableSpan(context.tenant, indexSpan(record)), counted);
    count += page?.rows.length ?? 0;
    after = page?.rows.at(-1)?.key ?? after;
    isWhole = page?.hasMore === false;
    if (!isWhole && (page === undefined || count >= MAX_SPANS || performance.now() >= deadline)) break;
  }
  counted.close();
  add(counted.set);
  if (isWhole || !after) return undefined;
  return {
    searchedFromNanos: after.timeNanos,
    reason:
      `spans that an earlier version of the collector wrote are counted up to ${MAX_SPANS}, newest first, within ${MAX_MILLIS / 1_000} s: ` +
      'narrow the time range',
  };
}

/** Searches of records that name no batch. */
export function unbatchedOnly(search: Search): Search {
  return (target, body, context) =>
    search(target, { ...body, query: { bool: { filter: [body.query], must_not: [{ exists: { field: FIGURE_BATCH_FIELD } }] } } }, context);
}

export async function hasAny(
  search: Search,
  { target, query }: { readonly target: QueryTarget; readonly query: object },
  context: ReadContext,
): Promise<boolean> {
  const { hits } = await search(target, { size: 0, query, track_total_hits: 1, terminate_after: 1 }, context);
  return (hits.total?.value ?? 0) > 0;
}

/** What is newer was read already: it need not be looked at again. */
function upTo(after: RowKey | undefined, range: TimeRange): TimeRange {
  return after && after.timeNanos < MAX_INDEX_TIME_NANOS ? { ...range, toNanos: after.timeNanos + 1n } : range;
}

/** Buckets count as a whole. */
export function wholeMinutes({ fromNanos, toNanos }: TimeRange): TimeRange {
  return {
    ...(fromNanos !== undefined && { fromNanos: fromNanos - (fromNanos % NANOS_A_MINUTE) }),
    ...(toNanos !== undefined && { toNanos: ((toNanos + NANOS_A_MINUTE - 1n) / NANOS_A_MINUTE) * NANOS_A_MINUTE }),
  };
}
