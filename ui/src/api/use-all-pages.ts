import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { AnswerNotes, BlindSpot, DropReport, FlowBreak, LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { useEffect, useMemo, useRef } from 'react';

interface Page<Summary> extends AnswerNotes {
  readonly summary: Summary;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly breaks: readonly FlowBreak[];
  readonly unseen: readonly BlindSpot[];
}

/** A flow as far as it has been loaded. */
export interface Loaded<Summary> {
  /** The first page's; undefined until it is there. */
  readonly summary: Summary | undefined;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  /** Where its thread is lost. */
  readonly breaks: readonly FlowBreak[];
  /** What its services do not follow without losing it. */
  readonly unseen: readonly BlindSpot[];
  readonly pages: readonly AnswerNotes[];
  /** Spans that have arrived; those of `spans` may be fewer for a moment. */
  readonly spanCount: number;
  readonly isComplete: boolean;
  /** Why the next page did not come. */
  readonly nextError: Error | undefined;
  /** The reader has stopped it before all was here. */
  readonly isStopped: boolean;
  /** Asks for the next page again, and for those after it. */
  readonly goOn: () => void;
}

/** Fetches page after page until there is no more, the reader leaves or stops it, or a page fails. */
export function useAllPages<Summary>(query: UseInfiniteQueryResult<InfiniteData<Page<Summary>>>): Loaded<Summary> {
  const { data, error, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const pages = data?.pages ?? NO_PAGES;
  const count = pages.length;
  const last = pages[count - 1];
  /** The page whose successor was asked for last: where that is neither here nor on its way nor failed, it was stopped. */
  const askedAfter = useRef<unknown>(undefined);
  const canGoOn = last !== undefined && hasNextPage && !isFetching && !isFetchNextPageError;
  const isStopped = canGoOn && askedAfter.current === last;
  useEffect(() => {
    if (!canGoOn || isStopped) return;
    askedAfter.current = last;
    void fetchNextPage();
  }, [canGoOn, isStopped, last, fetchNextPage]);
  const isComplete = count > 0 && !hasNextPage;
  // What is derived from all spans is made anew each time their number has doubled, not for each page.
  const shown = isComplete || isFetchNextPageError ? count : 2 ** Math.floor(Math.log2(Math.max(1, count)));
  const loaded = useMemo(() => {
    const taken = pages.slice(0, shown);
    return {
      summary: pages[0]?.summary as Summary | undefined,
      spans: taken.flatMap((page) => page.spans),
      logs: uniqueBy(
        taken.flatMap((page) => page.logs),
        (log) => log.id,
      ),
      unfinished: uniqueBy(
        taken.flatMap((page) => page.unfinished),
        (span) => `${span.traceId}/${span.spanId}`,
      ),
      drops: uniqueBy(
        taken.flatMap((page) => page.drops),
        (drop) => JSON.stringify(drop),
      ),
      breaks: taken.flatMap((page) => page.breaks),
      unseen: taken.flatMap((page) => page.unseen),
      pages,
      spanCount: pages.reduce((sum, page) => sum + page.spans.length, 0),
      isComplete,
    };
  }, [pages, shown, isComplete]);
  return { ...loaded, nextError: isFetchNextPageError ? (error ?? undefined) : undefined, isStopped, goOn: () => void fetchNextPage() };
}

const NO_PAGES: readonly never[] = [];

/** Pages may repeat what belongs to no page in particular. */
function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
