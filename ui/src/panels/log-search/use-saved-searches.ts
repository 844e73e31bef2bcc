import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SavedSearch } from '@threadline/collector/api';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { deleteSavedSearch, putSavedSearch, savedSearchesQuery } from '../../api/saved-searches.ts';
import { createSearchId, type SavedUrl, withSaved } from '../../logic/saved-searches.ts';

/** How the last change ended, where the list does not show it. */
export type SavedOutcome =
  | { readonly is: 'deleted'; readonly search: SavedSearch }
  /** Somebody else changed or deleted it meanwhile; the list is read anew. */
  | { readonly is: 'changedSince'; readonly name: string }
  | { readonly is: 'failed'; readonly name: string; readonly error: unknown };

/** The collector's saved searches and what can be done with them. Each change says whether it was made; one at a time. */
export function useSavedSearches() {
  const client = useQueryClient();
  const query = savedSearchesQuery();
  const answer = useQuery(query);
  const [outcome, setOutcome] = useState<SavedOutcome>();
  const [isBusy, setBusy] = useState(false);
  const change = async (name: string, make: () => Promise<SavedOutcome | undefined>): Promise<boolean> => {
    if (isBusy) return false;
    setBusy(true);
    setOutcome(undefined);
    try {
      setOutcome(await make());
      return true;
    } catch (error) {
      const isChanged = error instanceof ApiError && (error.code === 'changed_since' || error.code === 'not_found');
      setOutcome(isChanged ? { is: 'changedSince', name } : { is: 'failed', name, error });
      // Also where no answer came: it may have been done.
      await client.invalidateQueries({ queryKey: query.queryKey });
      return false;
    } finally {
      setBusy(false);
    }
  };
  const put = (id: string, { name, search, revision }: { name: string; search: SavedUrl; revision?: string }) =>
    change(name, async () => {
      const saved = await putSavedSearch(id, { name, search: { ...search } }, revision);
      client.setQueryData(query.queryKey, (list) => withSaved(list ?? [], saved));
      return undefined;
    });
  return {
    answer,
    outcome,
    isBusy,
    save: (name: string, search: SavedUrl) => put(createSearchId(), { name, search }),
    overwrite: ({ id, name, revision }: SavedSearch, search: SavedUrl) => put(id, { name, search, revision }),
    rename: ({ id, search, revision }: SavedSearch, name: string) => put(id, { name, search, revision }),
    remove: (saved: SavedSearch) =>
      change(saved.name, async () => {
        const deleted = await deleteSavedSearch(saved);
        client.setQueryData(query.queryKey, (list) => list?.filter(({ id }) => id !== deleted.id));
        return { is: 'deleted', search: deleted };
      }),
    /** Puts back what was deleted. */
    restore: ({ id, name, search }: SavedSearch) => put(id, { name, search }),
  };
}
