import type { StoredSearch } from './search-store.ts';

/** The list that was stored as JSON. Throws where it is none: nothing of it is shown, and nothing is put in its place. */
export function parseStoredSearches(stored: unknown): readonly StoredSearch[] {
  if (!Array.isArray(stored)) throw new TypeError('a list of saved searches is not a list');
  return stored.map(parseStoredSearch);
}

function parseStoredSearch(stored: unknown): StoredSearch {
  if (!isObject(stored)) throw new TypeError('a saved search is not an object');
  const { id, name, search, savedAt } = stored;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof savedAt !== 'string' || !isTexts(search))
    throw new TypeError('a saved search lacks its id, name, time or parameters');
  return { id, name, search, savedAt };
}

/** An object of which every value is text. */
export function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
