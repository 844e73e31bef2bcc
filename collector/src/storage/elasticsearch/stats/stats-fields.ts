import type { QueryTarget } from '@threadline/query-language';
import { type GroupField, type GroupRecordField, MAX_GROUP_TEXT_LENGTH, type NumberField, type StatsAttribute } from '../../stats/stats.ts';
import { FACET_PLACES } from '../../storage.ts';
import { isHash, keyTerm, pairTerm } from '../attribute-terms.ts';
import { isFieldName } from '../field-names.ts';
import type { ElasticsearchQuery } from '../query-translation.ts';
import type { Bucket } from '../search-requests.ts';

/** A field of the index whose values are those of a field of records, or some of them. */
export interface ValueSource {
  readonly name: string;
  readonly type: 'keyword' | 'level' | 'long' | 'double' | 'boolean';
}

/** How a field of records is grouped by. */
export interface GroupSources {
  readonly sources: readonly ValueSource[];
  /** Records without the field. */
  readonly isMissing: ElasticsearchQuery;
  /** Records with a value of this text that one of the sources has. */
  readonly hasText: (text: string, filled: readonly ValueSource[]) => ElasticsearchQuery;
}

/** How the numbers of a field are measured. */
export interface NumberSources {
  readonly sources: readonly ValueSource[];
  /** Records with a number of the field that may be in no source, and the sources in which it then is not. */
  readonly unmeasured: readonly { readonly hasNumber: ElasticsearchQuery; readonly sources: readonly ValueSource[] }[];
}

const RECORD_SOURCES: Readonly<Record<GroupRecordField, ValueSource>> = {
  service: { name: 'service', type: 'keyword' },
  level: { name: 'level', type: 'level' },
  scope: { name: 'scopeName', type: 'keyword' },
  name: { name: 'name', type: 'keyword' },
  kind: { name: 'kind', type: 'keyword' },
  status: { name: 'status', type: 'keyword' },
  root: { name: 'isRoot', type: 'boolean' },
};
/** The typed fields of attributes (document.ts). */
const ATTRIBUTE_TYPES = [
  ['string', 'keyword'],
  ['long', 'long'],
  ['double', 'double'],
  ['boolean', 'boolean'],
] as const;

export function groupSources(field: GroupField): GroupSources {
  if (field.type === 'record') {
    const source = RECORD_SOURCES[field.name];
    return {
      sources: [source],
      isMissing: { bool: { must_not: [{ exists: { field: source.name } }] } },
      hasText: (text) => ({ term: { [source.name]: source.type === 'level' ? text.toUpperCase() : text } }),
    };
  }
  const places = placesOf(field);
  const term = keyTerm(field.key);
  return {
    sources: places.flatMap((place) => typedSources(place, field.key)),
    isMissing: { bool: { must_not: places.map((place) => ({ terms: { [`${place}.keys`]: [term] } })) } },
    hasText: (text, filled) =>
      someOf(
        places.flatMap((place) => {
          // The base64 of bytes, and NaN, are texts of pairs too; a value in a typed field is none of those.
          const typed = filled.filter(({ name }) => name.startsWith(`${place}.`)).map(({ name }) => ({ exists: { field: name } }));
          return typed.length === 0
            ? []
            : [{ bool: { filter: [{ terms: { [`${place}.pairs`]: [pairTerm(term, text)] } }, someOf(typed)] } }];
        }),
      ),
  };
}

export function numberSources(field: NumberField, target: QueryTarget): NumberSources {
  if (field.type === 'record') return { sources: target === 'spans' ? [{ name: 'durationNanos', type: 'long' }] : [], unmeasured: [] };
  const places = placesOf(field);
  const typed = (place: StatsAttribute['place']): ValueSource[] =>
    typedSources(place, field.key).filter(({ type }) => type === 'long' || type === 'double');
  return {
    sources: places.flatMap(typed),
    unmeasured: places.map((place) => ({
      hasNumber: { prefix: { [`${place}.numbers`]: { value: `${keyTerm(field.key)}=` } } },
      sources: typed(place),
    })),
  };
}

/** A bucket's value as facets have it; undefined for what makes no group. */
export function textOf(bucket: Bucket, type: ValueSource['type']): string | undefined {
  if (type === 'long' || type === 'boolean') return String(bucket.key_as_string);
  const text = String(bucket.key);
  if (type === 'level') return text.toLowerCase();
  return text.length > MAX_GROUP_TEXT_LENGTH || isHash(text) ? undefined : text;
}

function someOf(queries: readonly ElasticsearchQuery[]): ElasticsearchQuery {
  return queries.length === 0 ? { match_none: {} } : { bool: { should: queries, minimum_should_match: 1 } };
}

function placesOf({ place }: StatsAttribute): readonly StatsAttribute['place'][] {
  return place === 'any' ? FACET_PLACES : [place];
}

function typedSources(place: StatsAttribute['place'], key: string): ValueSource[] {
  return isFieldName(key) ? ATTRIBUTE_TYPES.map(([object, type]) => ({ name: `${place}.${object}.${key}`, type })) : [];
}
