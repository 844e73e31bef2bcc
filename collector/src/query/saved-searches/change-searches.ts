import { createHash } from 'node:crypto';
import { MAX_SAVED_SEARCHES, type SavedSearch } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { StoredSearch } from '../../storage/searches/search-store.ts';

/** What has to be there for a change to be made: nothing of this id, this revision, or whatever is there. */
export type Expected = { readonly is: 'absent' } | { readonly is: 'revision'; readonly revision: string } | { readonly is: 'any' };

export interface SearchChange {
  readonly id: string;
  readonly expected: Expected;
}

/** Of the revision; long enough that two searches do not share one. */
const REVISION_CHARACTERS = 16;

/** With its revision, which says whether name or parameters are others, whatever happened in between. */
export function withRevision(stored: StoredSearch): SavedSearch {
  const { id, name, search, savedAt } = stored;
  const parameters = Object.entries(search).sort(([left], [right]) => (left < right ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify([name, parameters]));
  return { id, name, search, revision: hash.digest('base64url').slice(0, REVISION_CHARACTERS), savedAt };
}

/**
 * The list with the search put into it; the same list where just that is there already, so that a request whose answer got lost can be repeated.
 * Throws `changed_since` where what is there is not what was expected, `name_taken`, `limit_reached`.
 */
export function withSearch(list: readonly StoredSearch[], put: StoredSearch, expected: Expected): readonly StoredSearch[] {
  const there = list.find(({ id }) => id === put.id);
  if (there && withRevision(there).revision === withRevision(put).revision) return list;
  checkExpected(there, expected);
  const others = list.filter(({ id }) => id !== put.id);
  if (others.some(({ name }) => name === put.name))
    throw new ThreadlineError('name_taken', 'Another saved search has this name.', { field: 'name' });
  if (others.length >= MAX_SAVED_SEARCHES)
    throw new ThreadlineError('limit_reached', `There are ${MAX_SAVED_SEARCHES} saved searches already: delete one first.`);
  return [...others, put];
}

/** The list without the search, and that search. Throws `not_found`, and `changed_since` where it is not as expected. */
export function withoutSearch(
  list: readonly StoredSearch[],
  { id: wanted, expected }: SearchChange,
): { readonly list: readonly StoredSearch[]; readonly deleted: StoredSearch } {
  const deleted = list.find(({ id }) => id === wanted);
  if (deleted === undefined) throw new ThreadlineError('not_found', 'There is no saved search with this id.', { field: 'id' });
  checkExpected(deleted, expected);
  return { list: list.filter((stored) => stored !== deleted), deleted };
}

function checkExpected(there: StoredSearch | undefined, expected: Expected): void {
  const holds =
    expected.is === 'any' ||
    (expected.is === 'absent' ? there === undefined : there !== undefined && withRevision(there).revision === expected.revision);
  if (holds) return;
  throw new ThreadlineError(
    'changed_since',
    there === undefined
      ? 'The saved search is not there any more: somebody deleted it. Read the list again.'
      : 'The saved search is not as it was when you read it: somebody changed it. Read the list again.',
    { field: expected.is === 'absent' ? 'if-none-match' : 'if-match' },
  );
}
