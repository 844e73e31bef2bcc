import type { DeletedSearchAnswer, SavedSearch, SavedSearchesAnswer } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { ascending } from '../../model/ascending.ts';
import type { SearchStore, StoredSearch } from '../../storage/searches/search-store.ts';
import type { ReadContext } from '../../storage/storage.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import type { WriteRoute } from '../writes/write-route.ts';
import { withoutSearch, withRevision, withSearch } from './change-searches.ts';
import { parseExpected, parseSavedSearchBody, parseSearchId } from './parse-saved-search.ts';

const listPath = '/api/v1/saved-searches';
const onePath = `${listPath}/:id`;
/** A search of the greatest size with its name, however it is escaped. */
const MAX_BODY_BYTES = 64 * 1024;
/** Each time somebody else was faster: so many people do not save within the time of one request. */
const MAX_ATTEMPTS = 10;

/** All saved searches, in the order of their names. */
export function createSavedSearchesRoute(store: SearchStore): ApiRoute {
  return defineRoute({
    path: listPath,
    names: { single: [] },
    isImmediate: true,
    parse: () => ({}),
    async answer(_request, { context }): Promise<SavedSearchesAnswer> {
      const { searches } = await store.read(context);
      return { searches: searches.toSorted(byName).map(withRevision) };
    },
  });
}

/** What saves and deletes: a change of one search is made on the latest list, whoever changes others meanwhile. */
export function savedSearchWrites(store: SearchStore): readonly WriteRoute[] {
  return [
    {
      path: onePath,
      method: 'put',
      maxBodyBytes: MAX_BODY_BYTES,
      prepare({ path, body, nowNanos, ...headers }) {
        const put = { id: parseSearchId(path.id), ...parseSavedSearchBody(body), savedAt: formatRfc3339(nowNanos) };
        const expected = parseExpected(headers);
        return async (context): Promise<SavedSearch> => {
          const list = await change(store, context, (searches) => withSearch(searches, put, expected));
          return withRevision(list.find(({ id }) => id === put.id) ?? put);
        };
      },
    },
    {
      path: onePath,
      method: 'delete',
      maxBodyBytes: 0,
      prepare({ path, ...headers }) {
        const wanted = { id: parseSearchId(path.id), expected: parseExpected(headers) };
        return async (context): Promise<DeletedSearchAnswer> => {
          let deleted: StoredSearch | undefined;
          await change(store, context, (searches) => {
            const without = withoutSearch(searches, wanted);
            deleted = without.deleted;
            return without.list;
          });
          if (deleted === undefined) throw new Error('a search was deleted and is not known');
          return { deleted: withRevision(deleted) };
        };
      },
    },
  ];
}

/** Resolves with the list as it is stored then. What `make` throws is the outcome; the same list is not stored again. */
async function change(
  store: SearchStore,
  context: ReadContext,
  make: (searches: readonly StoredSearch[]) => readonly StoredSearch[],
): Promise<readonly StoredSearch[]> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { searches, version } = await store.read(context);
    const changed = make(searches);
    if (changed === searches || (await store.replace({ searches: changed, version }, context))) return changed;
  }
  throw new ThreadlineError('storage_unavailable', 'Others save searches at the same moment: try again.', { retryAfterMillis: 1_000 });
}

function byName(left: StoredSearch, right: StoredSearch): number {
  return ascending(left.name, right.name);
}
