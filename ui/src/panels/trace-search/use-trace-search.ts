import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { tracesQuery } from '../../api/queries.ts';
import { DEFAULT_RANGE, type TimeRange, type TimeRangeText } from '../../logic/time-range.ts';
import { restartClock, useResolvedRange } from '../../state/search-clock.ts';
import type { TracesUrl } from '../../state/url-state.ts';

const route = getRouteApi('/traces');
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 0 };

/** What the form asks for; empty where it asks for nothing. */
export interface TraceFilters {
  readonly service: string;
  readonly operation: string;
  readonly min: string;
  readonly max: string;
  readonly status: string;
}

export const NO_FILTERS: TraceFilters = { service: '', operation: '', min: '', max: '', status: '' };

/** The address as what it means, and the ways to change it. */
export function useTraceAddress() {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const update = useCallback(
    (change: { readonly [Key in keyof TracesUrl]: TracesUrl[Key] | undefined }) => {
      restartClock();
      void navigate({ search: (before) => ({ ...before, ...change }) as TracesUrl });
    },
    [navigate],
  );
  const filters: TraceFilters = {
    service: url.service ?? '',
    operation: url.operation ?? '',
    min: url.min ?? '',
    max: url.max ?? '',
    status: url.status ?? '',
  };
  return {
    query: url.q ?? '',
    range: { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to } satisfies TimeRangeText,
    filters,
    setFilters: (next: TraceFilters) => update(next),
    setRange: (range: TimeRangeText) => update(range),
    clear: () => update({ ...NO_FILTERS, q: undefined }),
  };
}

export type TraceAddress = ReturnType<typeof useTraceAddress>;

/** The traces of the address, page by page. */
export function useTraces(address: TraceAddress) {
  const range = useResolvedRange(address.range);
  const { filters } = address;
  const search = useInfiniteQuery({
    ...tracesQuery({
      query: address.query,
      range: range ?? NO_RANGE,
      service: filters.service,
      operation: filters.operation,
      minDuration: filters.min,
      maxDuration: filters.max,
      status: filters.status,
    }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  const pages = search.data?.pages;
  const traces = useMemo(() => pages?.flatMap((page) => page.traces) ?? [], [pages]);
  return { range, search, traces, pages: pages ?? [] };
}

export type Traces = ReturnType<typeof useTraces>;
