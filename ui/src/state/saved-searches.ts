import { useSyncExternalStore } from 'react';
import { cleanName, MAX_SAVED, type SavedSearch, savedUrl, withoutSaved, withRenamed, withSaved } from '../logic/saved-searches.ts';
import { createStoredValue } from './stored-value.ts';
import { parseLogsUrl } from './url-state.ts';

const store = createStoredValue({ key: 'threadline.savedSearches', place: 'localStorage', parse: parseSaved });

/** Whatever was stored, what comes of it are searches. */
export function parseSaved(stored: unknown): readonly SavedSearch[] {
  if (!Array.isArray(stored)) return [];
  let list: readonly SavedSearch[] = [];
  for (const entry of stored.slice(0, MAX_SAVED)) {
    if (!isObject(entry) || typeof entry.name !== 'string' || !isObject(entry.search)) continue;
    list = withSaved(list, { name: cleanName(entry.name), search: savedUrl(parseLogsUrl(entry.search)) });
  }
  return list;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kept in this browser, and the same in all of its tabs. */
export function useSavedSearches() {
  const list = useSyncExternalStore(store.subscribe, store.get);
  return {
    list,
    save: (saved: SavedSearch) => store.set(withSaved(store.get(), saved)),
    rename: (from: string, to: string) => store.set(withRenamed(store.get(), from, to)),
    remove: (name: string) => store.set(withoutSaved(store.get(), name)),
  };
}
