import { useSyncExternalStore } from 'react';
import { createStoredValue } from './stored-value.ts';

/** As many as a menu shows without a search of its own. */
export const MAX_HISTORY = 30;

const store = createStoredValue({ key: 'threadline.queryHistory', place: 'localStorage', parse: parseHistory });

function parseHistory(stored: unknown): readonly string[] {
  return Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string').slice(0, MAX_HISTORY) : [];
}

/** Latest first, each query once. */
export function useQueryHistory(): readonly string[] {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** The history with the query at its head. An empty query is not worth remembering. */
export function withQuery(history: readonly string[], query: string): readonly string[] {
  const trimmed = query.trim();
  return trimmed === '' ? history : [trimmed, ...history.filter((entry) => entry !== trimmed)].slice(0, MAX_HISTORY);
}

export function recordQuery(query: string): void {
  store.set(withQuery(store.get(), query));
}
