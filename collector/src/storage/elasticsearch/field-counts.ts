import { compareFields } from '../facet-order.ts';
import { FACET_PLACES, type FacetField, type FieldsRequest, type FieldsResult, type ReadContext } from '../storage.ts';
import { isHash, keyOfTerm, keyTerm } from './attribute-terms.ts';
import { isFieldName } from './field-names.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { translateQuery } from './query-translation.ts';
import { type Aggregation, inRange, type Search } from './search-requests.ts';

/** Keys that each shard names: so many more than are asked for that counts are exact over all of them. */
const KEYS_A_SHARD = 10_000;

/** Fields of matching logs: the attributes' by the terms that stand for their keys; which of them have numbers by further searches. */
export async function countFields(search: Search, request: FieldsRequest, context: ReadContext): Promise<FieldsResult> {
  const { query, range, limit } = request;
  if (isEmptyRange(range)) return { total: 0, fields: [], hasMore: false };
  const lookups = await lookUpNodes(search, { query, target: 'logs', range, context });
  const places = FACET_PLACES.map((place) => [
    place,
    { terms: { field: `${place}.keys`, size: Math.min(limit + 1, KEYS_A_SHARD), shard_size: KEYS_A_SHARD } },
  ]);
  const matching = inRange(range, translateQuery(query, 'logs', lookups));
  const body = {
    size: 0,
    track_total_hits: true,
    query: matching,
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
  const listed = fields.slice(0, limit);
  const numeric = await numericFields(
    listed.map(({ field }) => field),
    (aggregations) => search('logs', { size: 0, query: matching, aggregations }, context),
  );
  const isCut = FACET_PLACES.some((place) => (aggregations?.[place]?.sum_other_doc_count ?? 0) > 0);
  return {
    total,
    fields: listed.map((counted) => ({ ...counted, ...(numeric.has(counted.field) && { hasNumbers: true }) })),
    hasMore: fields.length > limit || named.length < attributes.length || isCut,
  };
}

type Attribute = FacetField & { readonly type: 'attribute' };

const NUMBER_TYPES = ['long', 'double'] as const;

/**
 * Those of the attributes that have a number in some record. Typed fields know of nearly all and cost least; the terms know of the rest: odd keys, more keys than
 * there are typed fields, and records that have none. Of those few have numbers: the terms of one that has would all be gone through.
 */
async function numericFields(
  fields: readonly FacetField[],
  ask: (aggregations: object) => ReturnType<Search>,
): Promise<ReadonlySet<FacetField>> {
  const attributes = fields.filter((field): field is Attribute => field.type === 'attribute');
  const found = new Set<FacetField>();
  for (const aggregationsOf of [typedNumbers, numberTerms]) {
    const asked = attributes.filter((field) => !found.has(field)).map((field) => ({ field, aggregations: aggregationsOf(field) }));
    const named = asked.flatMap(({ field, aggregations }, number) =>
      aggregations.map((aggregation, part) => ({ field, name: `${number} ${part}`, aggregation })),
    );
    if (named.length === 0) continue;
    const answer = await ask(Object.fromEntries(named.map(({ name, aggregation }) => [name, aggregation])));
    for (const { field, name } of named) {
      const { value, doc_count: count }: { readonly value?: number; readonly doc_count?: number } = Object(answer.aggregations?.[name]);
      if ((value ?? count ?? 0) > 0) found.add(field);
    }
  }
  return found;
}

/** Not whether the field exists: of a name that no field has, Elasticsearch takes that for all fields whose names go on behind it with a dot. */
function typedNumbers({ place, key }: Attribute): object[] {
  return isFieldName(key) ? NUMBER_TYPES.map((type) => ({ value_count: { field: `${place}.${type}.${key}` } })) : [];
}

function numberTerms({ place, key }: Attribute): object[] {
  return [{ filter: { prefix: { [`${place}.numbers`]: { value: `${keyTerm(key)}=` } } } }];
}

function keysOf(place: (typeof FACET_PLACES)[number], aggregation: Aggregation | undefined) {
  return (aggregation?.buckets ?? []).map(({ key, doc_count }) => ({
    field: { type: 'attribute', place, key: keyOfTerm(String(key)) } as const,
    count: doc_count,
  }));
}
