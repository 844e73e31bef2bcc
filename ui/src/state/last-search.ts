import { useSyncExternalStore } from 'react';
import { DEFAULT_RANGE } from '../logic/time-range.ts';
import { createStoredValue } from './stored-value.ts';
import type { SearchUrl } from './url-state.ts';

/**
 * Search and range that the top bar carries between pages; pages without a search of their own (a trace, a flow) show it and
 * leave it alone. Kept for this tab, so that a reload of a trace still has the search around it.
 */
export interface CurrentSearch {
  readonly query: string;
  readonly from: string;
  readonly to: string;
}

const store = createStoredValue({ key: 'threadline.search', place: 'sessionStorage', parse: parseSearch });

function parseSearch(stored: unknown): CurrentSearch {
  if (typeof stored !== 'object' || stored === null || !('query' in stored) || !('from' in stored) || !('to' in stored)) {
    return { query: '', ...DEFAULT_RANGE };
  }
  return { query: String(stored.query), from: String(stored.from), to: String(stored.to) };
}

/** What a list's address says; defaults for what it leaves out. */
export function rememberSearch({ q, from, to }: SearchUrl): void {
  const next: CurrentSearch = { query: q ?? '', from: from ?? DEFAULT_RANGE.from, to: to ?? DEFAULT_RANGE.to };
  const before = store.get();
  if (next.query !== before.query || next.from !== before.from || next.to !== before.to) store.set(next);
}

/** What the address of a page says that a range is for, and no query; the query stays. */
export function rememberRange({ from, to }: Pick<SearchUrl, 'from' | 'to'>): void {
  const { query } = store.get();
  rememberSearch({ q: query, ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

export function useCurrentSearch(): CurrentSearch {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** As an address carries it: defaults are left out. */
export function searchUrl({ query, ...range }: CurrentSearch): SearchUrl {
  return { ...(query === '' ? {} : { q: query }), ...rangeUrl(range) };
}

/** The range alone, for a page that no query is for. */
export function rangeUrl({ from, to }: Pick<CurrentSearch, 'from' | 'to'>): Pick<SearchUrl, 'from' | 'to'> {
  return from === DEFAULT_RANGE.from && to === DEFAULT_RANGE.to ? {} : { from, to };
}
