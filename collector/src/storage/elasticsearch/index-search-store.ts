import { parseStoredSearches } from '../searches/parse-searches.ts';
import type { SearchStore } from '../searches/search-store.ts';
import { type Connection, unavailable } from './connection.ts';

const SEARCHES_PREFIX = 'threadline-searches-';
/** The one document of each index. */
const DOCUMENT_ID = 'searches';
const CONFLICT = 409;
/** That an index is there already. */
const REFUSED = 400;
/** Nothing of it is searched; a copy where there is a second node. */
const INDEX = {
  settings: { number_of_shards: 1, auto_expand_replicas: '0-1' },
  mappings: { dynamic: false },
};

/**
 * Saved searches as one document in `threadline-searches-<tenant>`, shared by all collectors of the cluster. The version is the document's sequence
 * number and primary term, so that of two collectors that replace the same version one is told so. `tenant` is the name in the cluster.
 */
export function createIndexSearchStore(connection: Connection): SearchStore {
  return {
    async read({ tenant, deadline, signal }) {
      const { status, body } = await connection.request({
        method: 'GET',
        path: documentPath(tenant),
        acceptedStatuses: [404],
        deadline,
        signal,
      });
      if (status === 404) return { searches: [], version: undefined };
      const found: { readonly _source?: { readonly searches?: unknown }; readonly _seq_no?: unknown; readonly _primary_term?: unknown } =
        Object(body);
      return { searches: parseStoredSearches(found._source?.searches), version: `${found._seq_no}:${found._primary_term}` };
    },
    async replace({ searches, version }, { tenant, deadline, signal }) {
      // A cluster that makes no indices by itself makes this one all the same, and not with a field for each parameter.
      if (version === undefined) {
        const path = `/${SEARCHES_PREFIX}${tenant}`;
        const { status, body } = await connection.request({
          method: 'PUT',
          path,
          body: INDEX,
          acceptedStatuses: [REFUSED],
          deadline,
          signal,
        });
        if (status === REFUSED && !isThereAlready(body)) throw unavailable(`Elasticsearch made no index ${SEARCHES_PREFIX}${tenant}`);
      }
      const { status } = await connection.request({
        method: 'PUT',
        path: documentPath(tenant),
        parameters: placeOf(version),
        body: { searches },
        // The second time it would conflict with itself.
        isOnceOnly: true,
        acceptedStatuses: [CONFLICT],
        deadline,
        signal,
      });
      return status !== CONFLICT;
    },
  };
}

function documentPath(tenant: string): string {
  return `/${SEARCHES_PREFIX}${tenant}/_doc/${DOCUMENT_ID}`;
}

function placeOf(version: string | undefined): Record<string, string> {
  if (version === undefined) return { op_type: 'create' };
  const [sequence = '', term = ''] = version.split(':');
  return { if_seq_no: sequence, if_primary_term: term };
}

function isThereAlready(body: unknown): boolean {
  const { error }: { readonly error?: { readonly type?: unknown } } = Object(body);
  return error?.type === 'resource_already_exists_exception';
}
