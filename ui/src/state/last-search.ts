import { useSyncExternalStore } from 'react';
import { DEFAULT_RANGE } from '../logic/time-range.ts';
import type { SearchUrl } from './url-state.ts';

/** Search and range that the top bar carries between pages; pages without a search of their own (a trace, a flow) show it and leave it alone. */
export interface CurrentSearch {
  readonly query: string;
  readonly from: string;
  readonly to: string;
}

let current: CurrentSearch = { query: '', ...DEFAULT_RANGE };
const listeners = new Set<() => void>();

export function rememberSearch({ q, from, to }: SearchUrl): void {
  const next: CurrentSearch = { query: q ?? '', from: from ?? DEFAULT_RANGE.from, to: to ?? DEFAULT_RANGE.to };
  if (next.query === current.query && next.from === current.from && next.to === current.to) return;
  current = next;
  for (const listener of listeners) listener();
}

function getCurrentSearch(): CurrentSearch {
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCurrentSearch(): CurrentSearch {
  return useSyncExternalStore(subscribe, getCurrentSearch);
}

/** As an address carries it: defaults are left out. */
export function searchUrl({ query, from, to }: CurrentSearch): SearchUrl {
  return {
    ...(query === '' ? {} : { q: query }),
    ...(from === DEFAULT_RANGE.from && to === DEFAULT_RANGE.to ? {} : { from, to }),
  };
}
