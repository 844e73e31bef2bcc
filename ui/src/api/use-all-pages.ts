import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { AnswerNotes, DropReport, FlowBreak, LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { useEffect, useMemo } from 'react';

interface Page<Summary> extends AnswerNotes {
  readonly summary: Summary;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly breaks: readonly FlowBreak[];
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
  readonly pages: readonly AnswerNotes[];
  /** Spans that have arrived; those of `spans` may be fewer for a moment. */
  readonly spanCount: number;
  readonly isComplete: boolean;
}

/** Fetches page after page until there is no more, the reader leaves or a page fails. */
export function useAllPages<Summary>(query: UseInfiniteQueryResult<InfiniteData<Page<Summary>>>): Loaded<Summary> {
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const pages = data?.pages ?? NO_PAGES;
  const canGoOn = hasNextPage && !isFetching && !isFetchNextPageError;
  const count = pages.length;
  useEffect(() => {
    if (canGoOn && count > 0) void fetchNextPage();
  }, [canGoOn, count, fetchNextPage]);
  const isComplete = count > 0 && !hasNextPage;
  // What is derived from all spans is made anew each time their number has doubled, not for each page.
  const shown = isComplete || isFetchNextPageError ? count : 2 ** Math.floor(Math.log2(Math.max(1, count)));
  return useMemo(() => {
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
      pages,
      spanCount: pages.reduce((sum, page) => sum + page.spans.length, 0),
      isComplete,
    };
  }, [pages, shown, isComplete]);
}

const NO_PAGES: readonly never[] = [];

/** Pages may repeat what belongs to no page in particular. */
function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
