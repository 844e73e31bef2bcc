import { compareFields } from '../facet-order.ts';
import { FACET_PLACES, type FacetField, type FieldsRequest, type FieldsResult, type ReadContext } from '../storage.ts';
import { isHash, keyOfTerm } from './attribute-terms.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { translateQuery } from './query-translation.ts';
import { type Aggregation, inRange, type Search } from './search-requests.ts';

/** Keys that each shard names: so many more than are asked for that counts are exact over all of them. */
const KEYS_A_SHARD = 10_000;

/** Fields of matching logs: the attributes' by the terms that stand for their keys. */
export async function countFields(search: Search, request: FieldsRequest, context: ReadContext): Promise<FieldsResult> {
  const { query, range, limit } = request;
  if (isEmptyRange(range)) return { total: 0, fields: [], hasMore: false };
  const lookups = await lookUpNodes(search, { query, target: 'logs', range, context });
  const places = FACET_PLACES.map((place) => [
    place,
    { terms: { field: `${place}.keys`, size: Math.min(limit + 1, KEYS_A_SHARD), shard_size: KEYS_A_SHARD } },
  ]);
  const body = {
    size: 0,
    track_total_hits: true,
    query: inRange(range, translateQuery(query, 'logs', lookups)),
    aggregations: {
      ...Object.fromEntries(places),
      serviceField: { filter: { exists: { field: 'service' } } },
      scopeField: { filter: { exists: { field: 'scopeName' } } },
    },
  };
  const { hits, aggregations } = await search('logs', body, context);
  const total = hits.total?.value ?? 0;
  const own: { readonly field: FacetField; readonly count: number }[] = [
    { field: { type: 'record', name: 'level' }, count: total },
    { field: { type: 'record', name: 'service' }, count: aggregations?.serviceField?.doc_count ?? 0 },
    { field: { type: 'record', name: 'scope' }, count: aggregations?.scopeField?.doc_count ?? 0 },
  ];
  const attributes = FACET_PLACES.flatMap((place) => keysOf(place, aggregations?.[place]));
  const named = attributes.filter(({ field: { key } }) => key !== '' && !isHash(key));
  const fields = [...own.filter(({ count }) => count > 0), ...named].sort(compareFields);
  const isCut = FACET_PLACES.some((place) => (aggregations?.[place]?.sum_other_doc_count ?? 0) > 0);
  return { total, fields: fields.slice(0, limit), hasMore: fields.length > limit || named.length < attributes.length || isCut };
}

function keysOf(place: (typeof FACET_PLACES)[number], aggregation: Aggregation | undefined) {
  return (aggregation?.buckets ?? []).map(({ key, doc_count }) => ({
    field: { type: 'attribute', place, key: keyOfTerm(String(key)) } as const,
    count: doc_count,
  }));
}
