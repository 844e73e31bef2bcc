import type { SavedSearch } from '@threadline/collector/api';
import type { LogsUrl } from '../state/url-state.ts';

/** Of an address what says what is searched and how it is shown, and neither what is open nor that it is live. */
export type SavedUrl = Omit<LogsUrl, 'sel' | 'at' | 'live'>;

/** The collector takes no longer ones. */
export const MAX_NAME_CHARACTERS = 100;

export function savedUrl({ sel: _sel, at: _at, live: _live, ...rest }: LogsUrl): SavedUrl {
  return rest;
}

/** As names are kept: on one line, without space around, and not without end. */
export function cleanName(name: string): string {
  const line = name.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return [...line].slice(0, MAX_NAME_CHARACTERS).join('').trim();
}

/** In the order of their names, as a person orders them; one of the same id is replaced. */
export function withSaved(list: readonly SavedSearch[], saved: SavedSearch): SavedSearch[] {
  return inOrder([...list.filter(({ id }) => id !== saved.id), saved]);
}

export function inOrder(list: readonly SavedSearch[]): SavedSearch[] {
  return list.toSorted((left, right) => left.name.localeCompare(right.name));
}

/** Those whose name or query has each of the words. */
export function findSaved(list: readonly SavedSearch[], text: string): readonly SavedSearch[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter(({ name, search }) => {
    const place = `${name}\n${search.q ?? ''}`.toLowerCase();
    return words.every((word) => place.includes(word));
  });
}

/** Of a search that is new: of characters that a path takes as they are. Not `randomUUID`, which a page has over TLS or from this machine only. */
export function createSearchId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
