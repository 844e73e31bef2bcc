import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { PatternOrder } from '@threadline/collector/api';
import { useCallback, useMemo } from 'react';
import { logsQuery } from '../../api/queries.ts';
import { moveColumn, parseLogColumns, resizeColumn, toggleColumn, writeLogColumns } from '../../logic/log-columns.ts';
import { patternFilter } from '../../logic/pattern-text.ts';
import { addFilter, toggleFilter } from '../../logic/query-edit.ts';
import type { FilterMode } from '../../logic/query-filter.ts';
import { savedUrl } from '../../logic/saved-searches.ts';
import { DEFAULT_RANGE, type TimeRange, type TimeRangeText } from '../../logic/time-range.ts';
import { recordQuery } from '../../state/query-history.ts';
import { useResolvedRange } from '../../state/search-clock.ts';
import { type LogsUrl, parseLogsUrl } from '../../state/url-state.ts';

const route = getRouteApi('/logs');
/** A range that holds nothing: stands in for one that is not valid, and is never sent. */
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 0 };

/** The address as what it means, and the ways to change it. */
export function useLogAddress() {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useMemo(() => parseLogColumns(url.cols), [url.cols]);
  const columnKeys = useMemo(() => columns.map(({ key }) => key), [columns]);
  const update = useCallback(
    (change: { readonly [Key in keyof LogsUrl]: LogsUrl[Key] | undefined }, { replace = false } = {}) => {
      void navigate({ search: (before) => ({ ...before, ...change }) as LogsUrl, replace });
    },
    [navigate],
  );
  const query = url.q ?? '';
  return {
    query,
    range: { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to } satisfies TimeRangeText,
    order: url.order ?? ('desc' as const),
    selected: url.sel,
    columns,
    columnKeys,
    /** How the list looks, as the address has it. */
    look: { cols: writeLogColumns(columns), wrap: url.wrap },
    /** Long texts go on in the next line. */
    isWrapped: url.wrap === '1',
    isLive: url.live === '1',
    // What arrives has no patterns yet.
    isPatterns: url.view === 'patterns' && url.live !== '1',
    rank: url.rank ?? ('count' as const),
    setLive: (isLive: boolean) => update({ live: isLive ? '1' : undefined, ...(isLive ? { sel: undefined, view: undefined } : {}) }),
    setPatterns: (isPatterns: boolean) => update({ view: isPatterns ? 'patterns' : undefined, live: undefined, sel: undefined }),
    setRank: (rank: PatternOrder) => update({ rank: rank === 'rare' ? 'rare' : undefined }),
    /** The records of a pattern, as a list. */
    showPattern: (id: string) => {
      const next = addFilter(query, patternFilter(id));
      recordQuery(next);
      update({ q: next, view: undefined, sel: undefined });
    },
    /** What a saved search keeps of it. */
    saved: savedUrl(url),
    /** A saved search in the place of all that there is. */
    show: (parameters: Readonly<Record<string, string>>) => {
      const saved = savedUrl(parseLogsUrl(parameters));
      if (saved.q !== undefined) recordQuery(saved.q);
      void navigate({ search: () => saved });
    },
    open: (id: string | undefined) => update({ sel: id }),
    setOrder: (order: 'asc' | 'desc') => update({ order: order === 'asc' ? 'asc' : undefined }),
    setRange: ({ from, to }: TimeRangeText) => update({ from, to }),
    setQuery: (next: string) => {
      recordQuery(next);
      update({ q: next });
    },
    filter: (filter: string, mode: FilterMode) => {
      const next = mode === 'only' ? filter : addFilter(query, mode === 'exclude' ? `-${filter}` : filter);
      recordQuery(next);
      update({ q: next });
    },
    /** Narrows the search by the filter, or takes it back. */
    toggle: (filter: string) => {
      const next = toggleFilter(query, filter);
      recordQuery(next);
      update({ q: next });
    },
    setWrapped: (isWrapped: boolean) => update({ wrap: isWrapped ? '1' : undefined }, { replace: true }),
    toggleColumn: (key: string) => update({ cols: writeLogColumns(toggleColumn(columns, key)) }),
    /** Before the column that is at this place now. Back leads past it, to another search. */
    moveColumn: (key: string, to: number) => update({ cols: writeLogColumns(moveColumn(columns, key, to)) }, { replace: true }),
    /** As `moveColumn`. Undefined: its default. */
    resizeColumn: (key: string, width: number | undefined) =>
      update({ cols: writeLogColumns(resizeColumn(columns, key, width)) }, { replace: true }),
  };
}

export type LogAddress = ReturnType<typeof useLogAddress>;

/** The records of the address, page by page. `range` is undefined where the address names none that is valid. */
export function useLogRecords(address: LogAddress) {
  const range = useResolvedRange(address.range);
  const search = useInfiniteQuery({
    ...logsQuery({ query: address.query, range: range ?? NO_RANGE, order: address.order }),
    enabled: range !== undefined && !address.isLive && !address.isPatterns,
    placeholderData: keepPreviousData,
  });
  const pages = search.data?.pages;
  const records = useMemo(() => pages?.flatMap((page) => page.records) ?? [], [pages]);
  return { range, search, records, pages: pages ?? [] };
}

export type LogRecords = ReturnType<typeof useLogRecords>;
