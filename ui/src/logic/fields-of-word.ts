import type { KeyValue, LogRecord } from '@threadline/collector/api';
import { scalarText, serviceOf } from './any-value.ts';
import { attributeRows } from './attribute-rows.ts';
import { type CountedField, facetSections, valueFilter } from './facets.ts';
import type { QueryClause } from './query-edit.ts';
import { recordFilter } from './query-filter.ts';
import { tokenizeQuery } from './query-tokens.ts';

/** What a clause looks for in messages alone; undefined where it names a field, is a pattern, or is more than one word or phrase. */
export function wordOf({ text }: QueryClause): string | undefined {
  const [token, ...others] = tokenizeQuery(text);
  if (token === undefined || others.length > 0) return undefined;
  const isPhrase = token.type === 'string';
  if (!isPhrase && (token.type !== 'word' || /[*?]/.test(text))) return undefined;
  const word = (isPhrase ? text.slice(1, -1) : text).replace(/\\(.)/g, '$1');
  return word === '' ? undefined : word;
}

/** How records are found that have a word as the whole value of a field. */
interface FieldsWithWord {
  /** Finds those of all fields at once; empty where no field may have it. */
  readonly query: string;
  /** Of records that it finds, the filter of each field that has the word. */
  filtersOf(records: readonly LogRecord[]): string[];
}

/** Which of the fields may have the word as their value. A level has words of its own, and a trace's and a span's id no place among the fields. */
export function fieldsWithWord(word: string, fields: readonly CountedField[]): FieldsWithWord {
  const filters = new Map<string, string>();
  if (/^[\da-f]{32}$/i.test(word)) filters.set('traceId', recordFilter('traceId', word));
  if (/^[\da-f]{16}$/i.test(word)) filters.set('spanId', recordFilter('spanId', word));
  for (const facet of facetSections(fields).flatMap(({ facets }) => facets)) {
    if (facet.field !== 'level') filters.set(facet.field, valueFilter(facet, word));
  }
  return {
    query: filters.size === 0 ? '' : `(${[...filters.values()].join(' OR ')})`,
    filtersOf(records) {
      const having = new Set(records.flatMap((record) => fieldsHaving(record, word)));
      return [...filters].filter(([field]) => having.has(field)).map(([, filter]) => filter);
    },
  };
}

/** As the collector names them. */
function fieldsHaving(record: LogRecord, word: string): string[] {
  const { attributes, resource, scope, traceId, spanId } = record;
  const own: readonly (readonly [string, string | undefined])[] = [
    ['traceId', traceId],
    ['spanId', spanId],
  ];
  return [
    ...own.filter(([, id]) => id === word.toLowerCase()).map(([field]) => field),
    ...(serviceOf(record) === word ? ['service'] : []),
    ...(scope.name === word ? ['scope'] : []),
    ...keysHaving(attributes, word).map((key) => `attributes.${key}`),
    ...keysHaving(resource.attributes, word).map((key) => `resource.${key}`),
    ...keysHaving(scope.attributes, word).map((key) => `scope.${key}`),
  ];
}

function keysHaving(attributes: readonly KeyValue[], word: string): string[] {
  return attributeRows(attributes)
    .filter(({ values }) => values.some((value) => scalarText(value) === word))
    .map(({ key }) => key);
}
