import type { LogsUrl } from '../state/url-state.ts';

/** A search in logs that the reader gave a name to. */
export interface SavedSearch {
  /** No two have the same. */
  readonly name: string;
  /** Query, range, order, columns and view. */
  readonly search: SavedUrl;
}

/** Of an address what says what is searched and how it is shown, and neither what is open nor that it is live. */
export type SavedUrl = Omit<LogsUrl, 'sel' | 'live'>;

export const MAX_SAVED = 200;
export const MAX_NAME_CHARACTERS = 100;

export function savedUrl({ sel: _sel, live: _live, ...rest }: LogsUrl): SavedUrl {
  return rest;
}

/** As names are kept: without space around, and not without end. */
export function cleanName(name: string): string {
  return [...name.trim().replace(/\s+/g, ' ')].slice(0, MAX_NAME_CHARACTERS).join('');
}

/** In the order of their names. One of the same name is replaced; beyond the limit nothing is added. */
export function withSaved(list: readonly SavedSearch[], { name, search }: SavedSearch): readonly SavedSearch[] {
  const cleaned = cleanName(name);
  const others = list.filter((saved) => saved.name !== cleaned);
  if (cleaned === '' || others.length >= MAX_SAVED) return list;
  return inOrder([...others, { name: cleaned, search }]);
}

export function withoutSaved(list: readonly SavedSearch[], name: string): readonly SavedSearch[] {
  return list.filter((saved) => saved.name !== name);
}

/** The same list where the new name is empty or another one's. */
export function withRenamed(list: readonly SavedSearch[], from: string, to: string): readonly SavedSearch[] {
  const cleaned = cleanName(to);
  if (cleaned === '' || list.some(({ name }) => name === cleaned)) return list;
  return inOrder(list.map((saved) => (saved.name === from ? { ...saved, name: cleaned } : saved)));
}

/** Those whose name or query has each of the words. */
export function findSaved(list: readonly SavedSearch[], text: string): readonly SavedSearch[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter(({ name, search }) => {
    const place = `${name}\n${search.q ?? ''}`.toLowerCase();
    return words.every((word) => place.includes(word));
  });
}

function inOrder(list: readonly SavedSearch[]): readonly SavedSearch[] {
  return list.toSorted((left, right) => left.name.localeCompare(right.name));
}
