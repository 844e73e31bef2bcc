import { compareValues } from '../facet-order.ts';
import { FACET_PLACES, type FieldValuesRequest, type FieldValuesResult, MAX_FACET_VALUE_LENGTH, type ReadContext } from '../storage.ts';
import { isHash, keyTerm } from './attribute-terms.ts';
import type { Place } from './columns.ts';
import { isFieldName } from './field-names.ts';
import { isEmptyRange } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { type Aggregation, type Bucket, type InnerAggregation, inRange, type Search } from './search-requests.ts';

/** Values that each shard names, so that counts are exact over all of them in most cases; where they are not, the answer says so. */
const VALUES_A_SHARD = 10_000;

/** The typed fields of attributes (document.ts). */
const ATTRIBUTE_TYPES = ['string', 'long', 'double', 'boolean'] as const;

/** Names of what is counted within the records that have the field. */
const MISSING = 'inner missing';
const sourceName = (number: number): InnerAggregation => `inner source ${number}`;
const untypedName = (number: number): InnerAggregation => `inner untyped ${number}`;

/** A field of the index whose values are counted. */
interface ValueSource {
  readonly name: string;
  readonly type: (typeof ATTRIBUTE_TYPES)[number] | 'level';
}

/** Values of one type in several places, where a record may have one twice. */
interface ValuesOfType {
  readonly names: string[];
  readonly counts: Map<string, number>;
}

/** How a field of logs is found in the index. */
interface FieldSources {
  readonly exists: ElasticsearchQuery;
  readonly sources: readonly ValueSource[];
  /** Of attributes: each place's records that have the key, and the sources in which their values are, if any. */
  readonly places: readonly { readonly has: ElasticsearchQuery; readonly typed: readonly ValueSource[] }[];
}

/**
 * The most frequent values of a field. Those of attributes come from the typed fields, which an index has for some thousand keys and no others:
 * what has none is counted as other.
 */
export async function countFieldValues(search: Search, request: FieldValuesRequest, context: ReadContext): Promise<FieldValuesResult> {
  const { query, range, limit, prefix } = request;
  if (isEmptyRange(range)) return { total: 0, count: 0, values: [], otherCount: 0, isCapped: false };
  const lookups = await lookUpNodes(search, { query, target: 'logs', range, context });
  const { exists, sources, places } = sourcesOf(request.field);
  const read = async (size: number) => {
    const aggregations = Object.fromEntries([
      ...sources.map((source, number) => [sourceName(number), { terms: termsOf(source, request, size) }]),
      ...(prefix === '' ? places.map(({ has, typed }, number) => [untypedName(number), { filter: has, ...withoutAny(typed) }]) : []),
    ]);
    const body = {
      size: 0,
      track_total_hits: true,
      query: inRange(range, translateQuery(query, 'logs', lookups)),
      aggregations: { field: { filter: exists, aggregations } },
    };
    const answer = await search('logs', body, context);
    const found = answer.aggregations?.field;
    const counts = new ValueCounts(prefix);
    for (const [number, source] of sources.entries()) counts.addTerms(source, found?.[sourceName(number)]);
    for (const [number, { typed }] of places.entries()) counts.addOther(countWithoutAny(found?.[untypedName(number)], typed));
    const result = { total: answer.hits.total?.value ?? 0, count: found?.doc_count ?? 0, ...counts.result(limit) };
    return { ...result, values: await countRecords(result.values, counts.repeatable(), { search, query: body.query, context }) };
  };
  const few = await read(limit);
  // The values of several types add up, and one that is not among the first of either may be among those of both.
  return few.isCapped && limit < VALUES_A_SHARD ? read(VALUES_A_SHARD) : few;
}

/** Of values with how often they are there in each place: in how many records. */
async function countRecords(
  values: FieldValuesResult['values'],
  types: readonly ValuesOfType[],
  { search, query, context }: { readonly search: Search; readonly query: object; readonly context: ReadContext },
): Promise<FieldValuesResult['values']> {
  const filters = types.flatMap(({ names, counts }, type) =>
    values.flatMap(({ value }, number) =>
      counts.has(value) ? [[`${type} ${number}`, { bool: { should: names.map((name) => ({ term: { [name]: value } })) } }] as const] : [],
    ),
  );
  if (filters.length === 0) return values;
  const body = { size: 0, query, aggregations: { field: { filters: { keyed: false, filters: Object.fromEntries(filters) } } } };
  const buckets = (await search('logs', body, context)).aggregations?.field?.buckets ?? [];
  const records = new Map(buckets.map(({ key, doc_count }) => [String(key), doc_count]));
  const counted = values.map(({ value, count }, number) => ({
    value,
    count: types.reduce((sum, { counts }, type) => sum - (counts.get(value) ?? 0) + (records.get(`${type} ${number}`) ?? 0), count),
  }));
  return counted.sort(compareValues);
}

/** The terms of several fields of the index as the values of one. */
class ValueCounts {
  readonly #prefix: string;
  readonly #values = new Map<string, number>();
  readonly #types = new Map<ValueSource['type'], ValuesOfType>();
  #otherCount = 0;
  #filledSources = 0;
  #isCut = false;
  #isUnsure = false;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  addTerms({ name, type }: ValueSource, terms: Aggregation | undefined): void {
    const buckets = terms?.buckets ?? [];
    if (buckets.length === 0) return;
    this.#filledSources += 1;
    const ofType = this.#types.get(type) ?? { names: [], counts: new Map<string, number>() };
    this.#types.set(type, ofType);
    ofType.names.push(name);
    for (const bucket of buckets) {
      const value = textOf(bucket, type);
      if (value.length > MAX_FACET_VALUE_LENGTH || isHash(value)) this.#otherCount += this.#prefix === '' ? bucket.doc_count : 0;
      else if (value.startsWith(this.#prefix)) {
        for (const counts of [this.#values, ofType.counts]) counts.set(value, (counts.get(value) ?? 0) + bucket.doc_count);
      }
    }
    const rest = terms?.sum_other_doc_count ?? 0;
    if (rest > 0) this.#isCut = true;
    // How the other numbers start is not known.
    if (this.#prefix === '' || type === 'string') this.#otherCount += rest;
    else if (rest > 0) this.#isUnsure = true;
    if ((terms?.doc_count_error_upper_bound ?? 0) > 0) this.#isUnsure = true;
  }

  /** Those of which a record may have one twice: what has values in several places. */
  repeatable(): ValuesOfType[] {
    return [...this.#types.values()].filter(({ names }) => names.length > 1);
  }

  addOther(count: number): void {
    this.#otherCount += count;
  }

  result(limit: number): Pick<FieldValuesResult, 'values' | 'otherCount' | 'isCapped'> {
    const sorted = Array.from(this.#values, ([value, count]) => ({ value, count })).sort(compareValues);
    return {
      values: sorted.slice(0, limit),
      otherCount: this.#otherCount + sorted.slice(limit).reduce((sum, { count }) => sum + count, 0),
      // A text that two sources have may be among what one of them did not name.
      isCapped: this.#isUnsure || (this.#isCut && this.#filledSources > 1),
    };
  }
}

function sourcesOf(field: FieldValuesRequest['field']): FieldSources {
  if (field.type === 'record') {
    if (field.name === 'level') return { exists: { match_all: {} }, sources: [{ name: 'level', type: 'level' }], places: [] };
    const name = field.name === 'scope' ? 'scopeName' : field.name;
    return { exists: { exists: { field: name } }, sources: [{ name, type: 'string' }], places: [] };
  }
  const places = field.place === 'any' ? FACET_PLACES : [field.place];
  const term = keyTerm(field.key);
  const hasKey = (place: Place): ElasticsearchQuery => ({ terms: { [`${place}.keys`]: [term] } });
  const typed = (place: Place): ValueSource[] =>
    isFieldName(field.key) ? ATTRIBUTE_TYPES.map((type) => ({ name: `${place}.${type}.${field.key}`, type })) : [];
  return {
    exists: { bool: { should: places.map(hasKey) } },
    sources: places.flatMap(typed),
    places: places.map((place) => ({ has: hasKey(place), typed: typed(place) })),
  };
}

/**
 * For an aggregation: those of its records that are in none of the sources. Not by `exists`: of a field that no record has, that asks for all whose
 * names it begins.
 */
function withoutAny([first, ...others]: readonly ValueSource[]): object {
  return first === undefined ? {} : { aggregations: { [MISSING]: { missing: { field: first.name }, ...withoutAny(others) } } };
}

function countWithoutAny(aggregation: Aggregation | undefined, sources: readonly ValueSource[]): number {
  return sources.reduce((outer, _source) => outer?.[MISSING], aggregation)?.doc_count ?? 0;
}

function termsOf({ name, type }: ValueSource, { prefix }: FieldValuesRequest, size: number): object {
  const isFiltered = prefix !== '' && type === 'string';
  return {
    field: name,
    size: prefix === '' || isFiltered ? size : VALUES_A_SHARD,
    shard_size: VALUES_A_SHARD,
    // Integers beyond 2^53 as text.
    ...(type === 'long' && { format: '0' }),
    ...(isFiltered && { include: `${prefix.toWellFormed().replaceAll(/[^\p{L}\p{N}_]/gu, '\\$&')}.*` }),
  };
}

function textOf(bucket: Bucket, type: ValueSource['type']): string {
  if (type === 'long' || type === 'boolean') return String(bucket.key_as_string);
  return type === 'level' ? String(bucket.key).toLowerCase() : String(bucket.key);
}
