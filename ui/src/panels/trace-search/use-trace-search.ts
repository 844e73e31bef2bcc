import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { type TraceOrder, tracesQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { absoluteRange, DEFAULT_RANGE, type TimeRange, type TimeRangeText } from '../../logic/time-range.ts';
import { parseTracePlace } from '../../logic/trace-place.ts';
import type { ScatterChoice } from '../../logic/trace-scatter.ts';
import { useListBeginning } from '../../state/kept-place.ts';
import { restartClock, useResolvedRange } from '../../state/search-clock.ts';
import { parseList, type TracesUrl, writeList } from '../../state/url-state.ts';

const route = getRouteApi('/traces');
/** Of a link to a trace that others have come before, or that is gone, so many are read to find it. */
const MAX_SOUGHT_PAGES = 5;
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 0 };

/** What the form asks for; empty where it asks for nothing. */
export interface TraceFilters {
  readonly service: string;
  readonly operation: string;
  readonly min: string;
  readonly max: string;
  readonly status: string;
  /** Of the whole trace. */
  readonly tmin: string;
  readonly tmax: string;
}

export const NO_FILTERS: TraceFilters = { service: '', operation: '', min: '', max: '', status: '', tmin: '', tmax: '' };

/** The address as what it means, and the ways to change it. */
export function useTraceAddress() {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const update = useCallback(
    (change: { readonly [Key in keyof TracesUrl]: TracesUrl[Key] | undefined }) => {
      restartClock();
      void navigate({ search: (before) => ({ ...before, at: undefined, ...change }) as TracesUrl });
    },
    [navigate],
  );
  const filters: TraceFilters = {
    service: url.service ?? '',
    operation: url.operation ?? '',
    min: url.min ?? '',
    max: url.max ?? '',
    status: url.status ?? '',
    tmin: url.tmin ?? '',
    tmax: url.tmax ?? '',
  };
  const others = useMemo(() => parseList(url.with), [url.with]);
  const order: TraceOrder = url.sort ?? 'newest';
  return {
    query: url.q ?? '',
    range: { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to } satisfies TimeRangeText,
    filters,
    /** Queries that other spans of the trace have to fulfil. */
    others,
    isFiltered: others.length > 0 || Object.values(filters).some((value) => value !== ''),
    order,
    /** The trace that the list begins at: see `logic/trace-place.ts`; undefined: at its beginning. */
    at: url.at,
    /** The list from its beginning. */
    showFirst: () => update({}),
    setOrder: (order: TraceOrder) => update({ sort: order === 'newest' ? undefined : order }),
    setForm: (next: TraceFilters, nextOthers: readonly string[]) => update({ ...next, with: writeList(nextOthers) }),
    setRange: (range: TimeRangeText) => update(range),
    /** A part of the scatter: what it says nothing about stays. */
    choose: ({ range, min, max }: ScatterChoice) =>
      update({
        ...(range && absoluteRange(range)),
        ...(min !== undefined && { tmin: min }),
        ...(max !== undefined && { tmax: max }),
      }),
    clear: () => update({ ...NO_FILTERS, with: undefined, q: undefined }),
  };
}

export type TraceAddress = ReturnType<typeof useTraceAddress>;

/** The traces of the address, page by page. */
export function useTraces(address: TraceAddress) {
  const { filters } = address;
  const client = useQueryClient();
  const resolved = useResolvedRange(address.range);
  const filter = {
    query: address.query,
    service: filters.service,
    operation: filters.operation,
    minDuration: filters.min,
    maxDuration: filters.max,
    status: filters.status,
    minTraceDuration: filters.tmin,
    maxTraceDuration: filters.tmax,
    with: address.others,
    order: address.order,
  };
  const beginning = useListBeginning({
    path: '/traces',
    list: JSON.stringify([filter, address.range, address.at]),
    at: address.at,
    isHere: ({ begin, row }) => {
      if (resolved === undefined) return false;
      const { queryKey } = tracesQuery({ ...filter, range: resolved, start: parseTracePlace(begin)?.cursor ?? '' });
      return client.getQueryData(queryKey)?.pages.some((page) => page.traces.some(({ traceId }) => traceId === row)) === true;
    },
  });
  const { at } = beginning.begin;
  const place = useMemo(() => parseTracePlace(at), [at]);
  // A collector of another version, or another search, may have no use for the cursor of a link: then the list begins at its beginning.
  const [refused, setRefused] = useState('');
  // Of a link to the first page, once its trace is no longer there.
  const [moved, setMoved] = useState('');
  const linked = moved !== '' && moved === place?.movedCursor ? moved : (place?.cursor ?? '');
  const cursor = linked === refused ? '' : linked;
  const asked = { ...filter, start: cursor };
  const range = useKeptRange(resolved, {
    question: JSON.stringify([asked, address.range]),
    keysOf: (part) => [tracesQuery({ ...asked, range: part }).queryKey],
    name: 'traces.list',
  });
  const search = useInfiniteQuery({
    ...tracesQuery({ ...asked, range: range ?? NO_RANGE }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  if (cursor !== '' && search.error instanceof ApiError && search.error.field === 'cursor') setRefused(cursor);
  const pages = search.data?.pages;
  const traces = useMemo(() => pages?.flatMap((page) => page.traces) ?? [], [pages]);
  const leadCount = useMemo(
    () =>
      Math.max(
        0,
        traces.findIndex(({ traceId }) => traceId === place?.traceId),
      ),
    [traces, place],
  );
  const isMissing = place !== undefined && traces[leadCount]?.traceId !== place.traceId;
  const isMoved = isMissing && cursor === '' && pages !== undefined && !search.isPlaceholderData;
  if (isMoved && place.movedCursor !== undefined && place.movedCursor !== refused) setMoved(place.movedCursor);
  const isSought = isMissing && search.hasNextPage && !search.isFetching && !search.isError && (pages?.length ?? 0) < MAX_SOUGHT_PAGES;
  const { fetchNextPage } = search;
  useEffect(() => {
    if (isSought) void fetchNextPage();
  }, [isSought, fetchNextPage]);
  /** `range`: that of the list, which is an earlier one where it could not be read again. */
  return {
    range,
    rangeText: address.range,
    asked,
    search,
    traces,
    pages: pages ?? [],
    order: address.order,
    /** Where the list begins, and what keeps it for when the reader comes back. */
    beginning,
    /** The list from its beginning. */
    showFirst: () => {
      beginning.forget();
      address.showFirst();
    },
    /** The cursor that the list begins with; empty: there is nothing before it. */
    start: cursor,
    /** How many traces stand before the one that the list begins at. */
    leadCount,
  };
}

export type Traces = ReturnType<typeof useTraces>;
