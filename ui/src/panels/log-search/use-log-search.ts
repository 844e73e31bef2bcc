import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { LogRecord, PatternOrder } from '@threadline/collector/api';
import { useCallback, useEffect, useMemo } from 'react';
import { logsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { cutAtAnchor, parseAnchor, recordsBeforeAnchor, writeAnchor } from '../../logic/list-anchor.ts';
import { moveColumn, parseLogColumns, resizeColumn, toggleColumn, writeLogColumns } from '../../logic/log-columns.ts';
import type { StatFigure } from '../../logic/log-stats.ts';
import { nanosToMillis, parseNanos } from '../../logic/nanos.ts';
import { patternFilter } from '../../logic/pattern-text.ts';
import { addFilter, toggleFilter } from '../../logic/query-edit.ts';
import type { FilterMode } from '../../logic/query-filter.ts';
import { recordTime } from '../../logic/record-time.ts';
import { savedUrl } from '../../logic/saved-searches.ts';
import { DEFAULT_RANGE, rangeAround, type TimeRange, type TimeRangeText } from '../../logic/time-range.ts';
import { type KeptPlace, useListBeginning } from '../../state/kept-place.ts';
import { recordQuery } from '../../state/query-history.ts';
import { useResolvedRange } from '../../state/search-clock.ts';
import { type LogsUrl, parseLogsUrl } from '../../state/url-state.ts';

const route = getRouteApi('/logs');
/** On each side of a record that is shown in a range of its own. */
const AROUND_MILLIS = 15 * 60_000;
/** A range that holds nothing: stands in for one that is not valid, and is never sent. */
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 0 };
const DEFAULT_GROUPING = 'service';
const NO_GROUPING = '-';

/** What the figures are of: `field` and `by` are empty for none. */
function statsOf({ of: field = '', by = DEFAULT_GROUPING, fig }: LogsUrl) {
  const isOfNumbers = field !== '';
  const figure: StatFigure = isOfNumbers ? (fig ?? 'p95') : 'count';
  return { field, by: by === NO_GROUPING ? '' : by, figure };
}

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
    /** The record that the list begins at: see `logic/list-anchor.ts`; undefined: at its beginning. */
    at: url.at,
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
    isStats: url.view === 'stats' && url.live !== '1',
    stats: statsOf(url),
    setLive: (isLive: boolean) =>
      update({ live: isLive ? '1' : undefined, ...(isLive ? { sel: undefined, at: undefined, view: undefined } : {}) }),
    setPatterns: (isPatterns: boolean) => update({ view: isPatterns ? 'patterns' : undefined, live: undefined, sel: undefined }),
    setStats: (isStats: boolean) => update({ view: isStats ? 'stats' : undefined, live: undefined, sel: undefined }),
    /** Another measure has its own figure to begin with. */
    setMeasure: (field: string) => update({ of: field === '' ? undefined : field, fig: undefined }),
    setGrouping: (by: string) => update({ by: by === DEFAULT_GROUPING ? undefined : by === '' ? NO_GROUPING : by }),
    setFigure: (figure: StatFigure) => update({ fig: figure }, { replace: true }),
    /** The records that a filter finds, as a list. */
    showRecords: (filter: string) => {
      const next = addFilter(query, filter);
      recordQuery(next);
      update({ q: next, view: undefined, sel: undefined });
    },
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
    /** The list, of this search or another, from this record on, with what is before and behind it; in a range of its own where it is in none that is shown. */
    showInList: (
      record: LogRecord,
      { range, query: next = query }: { readonly range: TimeRange | undefined; readonly query?: string | undefined },
    ) => {
      const at = recordTime(record);
      const millis = nanosToMillis(parseNanos(at));
      const isIn = range !== undefined && millis >= range.fromMillis && millis < range.toMillis;
      const around = rangeAround({ fromMillis: millis, toMillis: millis }, AROUND_MILLIS);
      recordQuery(next);
      update({ ...(isIn ? {} : around), q: next, at: writeAnchor(at, record.id), sel: record.id, view: undefined, live: undefined });
    },
    /** The list from its beginning. */
    showFirst: () => update({ at: undefined }),
    setOrder: (order: 'asc' | 'desc') => update({ order: order === 'asc' ? 'asc' : undefined }),
    setRange: ({ from, to }: TimeRangeText) => update({ from, to, at: undefined }),
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
  const { query, order } = address;
  const client = useQueryClient();
  const isList = !address.isLive && !address.isPatterns && !address.isStats;
  const isWanted = range !== undefined && isList;
  const isHere = (place: KeptPlace): boolean => {
    if (range === undefined) return false;
    const begun = parseAnchor(place.begin);
    const parts = begun && cutAtAnchor(range, begun.nanos, order);
    return [
      logsQuery({ query, range, order, bounds: parts?.onward }),
      ...(parts ? [logsQuery({ query, range, order: opposite(order), bounds: parts.back })] : []),
    ].some(({ queryKey }) => client.getQueryData(queryKey)?.pages.some(({ records }) => records.some(({ id }) => id === place.row)));
  };
  const beginning = useListBeginning({
    path: '/logs',
    list: JSON.stringify([isList, query, order, address.range, address.at]),
    at: address.at,
    isHere,
  });
  const { at } = beginning.begin;
  const anchor = useMemo(() => parseAnchor(at), [at]);
  const sidesOf = (part: TimeRange) => (anchor === undefined ? undefined : cutAtAnchor(part, anchor.nanos, order));
  const listed = useKeptRange(range, {
    question: JSON.stringify([query, order, address.range, String(anchor?.nanos)]),
    keysOf: (part) => [logsQuery({ query, range: part, order, bounds: sidesOf(part)?.onward }).queryKey],
    name: 'logs.list',
  });
  const sides = listed && sidesOf(listed);
  const search = useInfiniteQuery({
    ...logsQuery({ query, range: listed ?? NO_RANGE, order, bounds: sides?.onward }),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  const back = useInfiniteQuery({
    ...logsQuery({ query, range: listed ?? NO_RANGE, order: opposite(order), bounds: sides?.back }),
    // What the reader came for is first.
    enabled: isWanted && sides !== undefined && search.isSuccess && !search.isPlaceholderData,
    placeholderData: keepPreviousData,
  });
  // Rows of an earlier search stand only before rows of the same one.
  const isBackShown = sides !== undefined && (search.isPlaceholderData || !back.isPlaceholderData);
  const pages = search.data?.pages;
  const backPages = isBackShown ? back.data?.pages : undefined;
  const leading = useMemo(() => backPages?.flatMap((page) => page.records).reverse() ?? [], [backPages]);
  const following = useMemo(() => pages?.flatMap((page) => page.records) ?? [], [pages]);
  const isMiddle = sides !== undefined && !search.isPlaceholderData;
  const passed = useMemo(
    () => (isMiddle && anchor !== undefined ? recordsBeforeAnchor(following, anchor) : { count: 0, mayCome: false }),
    [isMiddle, anchor, following],
  );
  const { fetchNextPage } = search;
  const isSought = passed.mayCome && search.hasNextPage && !search.isFetching && !search.isError;
  useEffect(() => {
    if (isSought) void fetchNextPage();
  }, [isSought, fetchNextPage]);
  const records = useMemo(() => (leading.length === 0 ? following : [...leading, ...following]), [leading, following]);
  const { forget } = beginning;
  const { showFirst } = address;
  return {
    range,
    search,
    records,
    /** Where the list begins, and what keeps it for when the reader comes back. */
    beginning,
    /** The list from its beginning. */
    showFirst: () => {
      forget();
      showFirst();
    },
    pages: [...(backPages ?? []), ...(pages ?? [])],
    /** Where the list begins in its middle: what comes before. `leadCount` records that are here stand before the one that it begins at. */
    back: sides === undefined ? undefined : back,
    leadCount: leading.length + passed.count,
  };
}

function opposite(order: 'asc' | 'desc'): 'asc' | 'desc' {
  return order === 'asc' ? 'desc' : 'asc';
}

export type LogRecords = ReturnType<typeof useLogRecords>;
