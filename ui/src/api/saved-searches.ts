import { queryOptions } from '@tanstack/react-query';
import type { DeletedSearchAnswer, SavedSearch, SavedSearchBody, SavedSearchesAnswer } from '@threadline/collector/api';
import { inOrder } from '../logic/saved-searches.ts';
import { requestJson, sendJson } from './request-json.ts';

const PATH = '/saved-searches';

/** All saved searches, in the order of their names. Read anew whenever somebody looks: others save too. */
export function savedSearchesQuery() {
  return queryOptions({
    queryKey: ['savedSearches'],
    queryFn: async ({ signal }) => inOrder((await requestJson<SavedSearchesAnswer>(PATH, {}, signal)).searches),
    staleTime: 0,
  });
}

/** Saves a search that is new, or, with the revision that was read, in the place of that one. Rejects with `changed_since` where it is not that any more. */
export function putSavedSearch(id: string, body: SavedSearchBody, revision?: string): Promise<SavedSearch> {
  const headers = revision === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` };
  return sendJson<SavedSearch>(`${PATH}/${id}`, { method: 'PUT', headers, body });
}

/** Deletes it as it was read; `changed_since` where it is not that any more. */
export async function deleteSavedSearch({ id, revision }: SavedSearch): Promise<SavedSearch> {
  const headers = { 'if-match': `"${revision}"` };
  return (await sendJson<DeletedSearchAnswer>(`${PATH}/${id}`, { method: 'DELETE', headers })).deleted;
}
