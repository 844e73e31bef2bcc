import { ThreadlineError } from '../../errors.ts';
import { indexSpan, MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { RowKey } from '../../model/record.ts';
import { countableSpan } from '../figures/countable-span.ts';
import { CountedSpans, FigureCounter } from '../figures/figure-counter.ts';
import { FigureLimits } from '../figures/figure-limits.ts';
import { FigureSum } from '../figures/figure-set.ts';
import type { FiguresRequest, FiguresResult } from '../figures/figures.ts';
import type { ReadContext, RowSearch, TimeRange } from '../storage.ts';
import { searchRows } from './row-search.ts';
import { type Search, spanOf } from './search-requests.ts';

/** Figures are not waited for longer. */
const MAX_MILLIS = 10_000;
/** Who calls whom is found among so many. */
const MAX_SPANS = 250_000;
/** Spans of one search: few enough to stop in time, many enough that asking is not most of the work. */
const PAGE_SPANS = 5_000;
const NANOS_A_MINUTE = 60_000_000_000n;

/**
 * Counted from the spans of the range when it is asked for, whichever collectors wrote them: newest first, as far as ten seconds and 250,000 spans
 * reach, and saying how far that was where they do not reach all.
 */
export async function countFigures(search: Search, request: FiguresRequest, context: ReadContext): Promise<FiguresResult> {
  const limits = new FigureLimits();
  const counter = new FigureCounter({ limits, heldSpans: MAX_SPANS, heldWaiting: MAX_SPANS });
  const counted = new CountedSpans();
  const deadline = Math.min(context.deadline, performance.now() + MAX_MILLIS);
  let after: RowKey | undefined;
  let isWhole = false;
  for (let count = 0; !isWhole; ) {
    const rows: RowSearch = {
      query: { type: 'all' },
      range: upTo(after, wholeMinutes(request.range)),
      order: 'desc',
      limit: PAGE_SPANS,
      ...(after && { after }),
    };
    const reading = searchRows(search, { target: 'spans', rows, context: { ...context, deadline }, recordOf: spanOf, indexed: indexSpan });
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
  const sum = new FigureSum(request);
  sum.add(counted.set, context.tenant, (key) => key);
  return {
    figures: sum.figures(),
    ...(!isWhole &&
      after && {
        partial: {
          searchedFromNanos: after.timeNanos,
          reason: `figures are counted from at most ${MAX_SPANS} spans, newest first, within ${MAX_MILLIS / 1_000} s: narrow the time range`,
        },
      }),
  };
}

/** What is newer was read already: it need not be looked at again. */
function upTo(after: RowKey | undefined, range: TimeRange): TimeRange {
  return after && after.timeNanos < MAX_INDEX_TIME_NANOS ? { ...range, toNanos: after.timeNanos + 1n } : range;
}

/** Buckets count as a whole. */
function wholeMinutes({ fromNanos, toNanos }: TimeRange): TimeRange {
  return {
    ...(fromNanos !== undefined && { fromNanos: fromNanos - (fromNanos % NANOS_A_MINUTE) }),
    ...(toNanos !== undefined && { toNanos: ((toNanos + NANOS_A_MINUTE - 1n) / NANOS_A_MINUTE) * NANOS_A_MINUTE }),
  };
}
