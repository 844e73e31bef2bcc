import {
  canonicalNumber,
  type Field,
  integerBounds,
  NO_TEMPLATE_ID,
  type PatternPart,
  type QueryNode,
  type QueryTarget,
  type RangeEnd,
} from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import { keyTerm, pairTerm, textTerm, wellFormed } from './attribute-terms.ts';
import { ANY_PLACES, KEYWORD_COLUMNS, type Place, TEMPLATE_FIELD } from './columns.ts';
import { formatNanos, NANOS_FORMAT } from './nanosecond-time.ts';
import { equalNumbers, type NumberSpan, numberSpans } from './number-spans.ts';

/** A query body of Elasticsearch. Every one is used as a filter, so none has a score. */
export type ElasticsearchQuery = Readonly<Record<string, unknown>>;

const MATCH_ALL: ElasticsearchQuery = { match_all: {} };
const MATCH_NONE: ElasticsearchQuery = { match_none: {} };
/** Record fields that are 64-bit integers in the index. */
const LONG_COLUMNS: Readonly<Record<string, string>> = { duration: 'durationNanos', observedTime: 'observedTime' };

/** A pattern node, and where the values that are hashed in the index are marked (see `resolveHashedPatterns`). */
export interface PatternPlace {
  readonly node: Extract<QueryNode, { type: 'pattern' }>;
  /** Terms of the field `hashed`. */
  readonly marks: readonly string[];
}

/**
 * What was looked up for a query's nodes before it is translated: the ids of records that a pattern matches by a value too long for a term, and the
 * templates that the id of one is about.
 */
export type NodeLookups = ReadonlyMap<QueryNode, readonly string[]>;

/**
 * The tree as a filter. Exact: each form means what docs/query-language.md says, for any key and any value. What Elasticsearch
 * could only approximate throws `unsupported_query`.
 */
export function translateQuery(node: QueryNode, target: QueryTarget, lookups: NodeLookups = new Map()): ElasticsearchQuery {
  switch (node.type) {
    case 'all':
      return MATCH_ALL;
    case 'none':
      return MATCH_NONE;
    case 'and':
      return allOf(node.children, target, lookups);
    case 'or':
      return anyOf(flatten(node, 'or').map((child) => translateQuery(child, target, lookups)));
    case 'not':
      return { bool: { must_not: [translateQuery(node.child, target, lookups)] } };
    case 'phrase':
      return translatePhrase(node.words);
    case 'wordPattern':
      return { wildcard: { message: { value: wildcardOf(node.pattern) } } };
    case 'levels':
      return target === 'logs' ? terms('level', node.levels) : MATCH_NONE;
    case 'equals':
      return isTemplateNode(node) ? translateTemplate(node, target, lookups) : translateEquals(node.field, node.value, target);
    case 'pattern':
      return translatePattern(node, target, lookups);
    case 'range':
      return translateRange(node, target);
    case 'exists':
      return translateExists(node.field, target);
    case 'regex':
      throw unsupported('regular expressions');
  }
}

/** Every pattern of the tree on a field whose long values are hashed in the index. */
export function patternPlaces(node: QueryNode, target: QueryTarget): PatternPlace[] {
  switch (node.type) {
    case 'and':
    case 'or':
      return node.children.flatMap((child) => patternPlaces(child, target));
    case 'not':
      return patternPlaces(node.child, target);
    case 'pattern': {
      const { field } = node;
      if (field.type === 'attribute') return [{ node, marks: placesOf(field, target).map((place) => `${place}.${keyTerm(field.key)}`) }];
      const marks = keywordFields(field, target).map(({ name }) => name);
      // A log's `event.name` is also an attribute.
      if (field.name === 'eventName') marks.push(`attributes.${keyTerm(EVENT_NAME_ATTRIBUTE)}`);
      return [{ node, marks }];
    }
    default:
      return [];
  }
}

function allOf(children: readonly QueryNode[], target: QueryTarget, lookups: NodeLookups): ElasticsearchQuery {
  const filter: ElasticsearchQuery[] = [];
  const excluded: ElasticsearchQuery[] = [];
  for (const child of flatten({ type: 'and', children }, 'and')) {
    if (child.type === 'not') excluded.push(translateQuery(child.child, target, lookups));
    else filter.push(translateQuery(child, target, lookups));
  }
  return { bool: { ...(filter.length > 0 && { filter }), ...(excluded.length > 0 && { must_not: excluded }) } };
}

/** The children of nested nodes of one type, in order: Elasticsearch limits how deep queries nest. */
function flatten(node: QueryNode, type: 'and' | 'or'): QueryNode[] {
  return node.type === type ? node.children.flatMap((child) => flatten(child, type)) : [node];
}

/** `or` of any number of queries: those that ask one field for whole values become one, as the number of clauses is limited too. */
function anyOf(queries: readonly ElasticsearchQuery[]): ElasticsearchQuery {
  const values = new Map<string, Set<string>>();
  const others: ElasticsearchQuery[] = [];
  for (const query of queries.flatMap(alternatives)) {
    const asked = query.terms;
    if (asked === undefined) {
      others.push(query);
      continue;
    }
    for (const [field, wanted] of Object.entries(Object(asked))) {
      const all = values.get(field) ?? new Set();
      values.set(field, all);
      for (const value of Array.isArray(wanted) ? wanted : []) all.add(String(value));
    }
  }
  const should = [...Array.from(values, ([field, all]) => terms(field, [...all])), ...others];
  return should.length === 1 && should[0] !== undefined ? should[0] : should.length === 0 ? MATCH_NONE : { bool: { should } };
}

function alternatives(query: ElasticsearchQuery): readonly ElasticsearchQuery[] {
  const bool: { readonly should?: readonly ElasticsearchQuery[]; readonly filter?: unknown; readonly must_not?: unknown } = Object(
    query.bool,
  );
  return bool.should !== undefined && bool.filter === undefined && bool.must_not === undefined ? bool.should : [query];
}

/** The words are cut already; the whitespace analyzer passes them on as they are. */
function translatePhrase(words: readonly string[]): ElasticsearchQuery {
  const [first] = words;
  if (first === undefined) return MATCH_NONE;
  if (words.length === 1) return terms('message', [first]);
  return { match_phrase: { message: { query: words.join(' '), analyzer: 'whitespace' } } };
}

function translateEquals(field: Field, value: string, target: QueryTarget): ElasticsearchQuery {
  if (field.type === 'attribute') return attributeEquals(field.key, value, placesOf(field, target));
  if (field.name === 'eventName' && target === 'logs') {
    return anyOf([terms('eventName', [textTerm(value)]), attributeEquals(EVENT_NAME_ATTRIBUTE, value, ['attributes'])]);
  }
  if (field.name === 'root') {
    const wanted = value === 'true' || value === 'false';
    return target === 'spans' && wanted ? { term: { isRoot: value === 'true' } } : MATCH_NONE;
  }
  const keywords = keywordFields(field, target);
  if (keywords.length > 0) return anyOf(keywords.map(({ name }) => terms(name, [textTerm(value)])));
  const number = isNumeric(field) ? canonicalNumber(value) : undefined;
  return number === undefined ? MATCH_NONE : translateRange({ field, min: inclusive(number), max: inclusive(number) }, target);
}

/** A condition on a log's template. */
export type TemplateNode = Extract<QueryNode, { type: 'equals' }> & {
  readonly field: { readonly type: 'record'; readonly name: 'pattern' };
};

export function isTemplateNode(node: QueryNode): node is TemplateNode {
  return node.type === 'equals' && node.field.type === 'record' && node.field.name === 'pattern';
}

function translateTemplate(node: TemplateNode, target: QueryTarget, lookups: NodeLookups): ElasticsearchQuery {
  if (target !== 'logs') return MATCH_NONE;
  if (node.value === NO_TEMPLATE_ID) return { bool: { must_not: [{ exists: { field: TEMPLATE_FIELD } }] } };
  return terms(TEMPLATE_FIELD, lookups.get(node) ?? []);
}

function attributeEquals(key: string, value: string, places: readonly Place[]): ElasticsearchQuery {
  const term = keyTerm(key);
  // The text finds strings, and numbers that are written so; the number finds those that are written otherwise.
  const numbers = equalNumbers(value).map((number) => `${term}=${number}`);
  return anyOf(
    places.flatMap((place) => [
      terms(`${place}.pairs`, [pairTerm(term, value)]),
      ...(numbers.length === 0 ? [] : [terms(`${place}.numbers`, numbers)]),
    ]),
  );
}

function translatePattern(node: Extract<QueryNode, { type: 'pattern' }>, target: QueryTarget, lookups: NodeLookups): ElasticsearchQuery {
  const { field, pattern } = node;
  const verified = lookups.get(node) ?? [];
  const queries: ElasticsearchQuery[] = verified.length === 0 ? [] : [terms('recordId', verified)];
  if (field.type === 'attribute') queries.push(...attributePatterns(field.key, pattern, placesOf(field, target)));
  else {
    if (field.name === 'eventName' && target === 'logs') queries.push(...attributePatterns(EVENT_NAME_ATTRIBUTE, pattern, ['attributes']));
    const keywords = keywordFields(field, target);
    if (keywords.length === 0) throw unsupported(`patterns on ${field.name}`);
    for (const { name } of keywords) {
      // The hash of a long value is not its text: such records are only found by `verified`.
      queries.push({ bool: { filter: [{ wildcard: { [name]: { value: wildcardOf(pattern) } } }], must_not: [terms('hashed', [name])] } });
    }
  }
  return anyOf(queries);
}

function attributePatterns(key: string, pattern: readonly PatternPart[], places: readonly Place[]): ElasticsearchQuery[] {
  const value = `${escapeWildcards(`${keyTerm(key)}=`)}${wildcardOf(pattern)}`;
  return places.map((place) => ({ wildcard: { [`${place}.pairs`]: { value } } }));
}

function translateRange(
  { field, min, max }: { readonly field: Field; readonly min?: RangeEnd; readonly max?: RangeEnd },
  target: QueryTarget,
): ElasticsearchQuery {
  const ends = { ...(min && { min }), ...(max && { max }) };
  if (field.type === 'attribute') {
    const term = keyTerm(field.key);
    return anyOf(placesOf(field, target).flatMap((place) => numberSpans(ends).map((span) => numberRange(`${place}.numbers`, term, span))));
  }
  if (field.name === 'eventName')
    return translateRange({ field: { type: 'attribute', place: 'attributes', key: EVENT_NAME_ATTRIBUTE }, ...ends }, target);
  const integers = isNumeric(field) ? integerBounds(min, max) : undefined;
  if (integers === undefined) return MATCH_NONE;
  if (field.name === 'time') {
    if (integers.max < 0n) return MATCH_NONE;
    const gte = formatNanos(integers.min < 0n ? 0n : integers.min);
    return { range: { '@timestamp': { gte, lte: formatNanos(integers.max), format: NANOS_FORMAT } } };
  }
  const column = LONG_COLUMNS[field.name] ?? '';
  return { range: { [column]: { gte: String(integers.min), lte: String(integers.max) } } };
}

function numberRange(field: string, term: string, { from, to }: NumberSpan): ElasticsearchQuery {
  return from === to ? terms(field, [`${term}=${from}`]) : { range: { [field]: { gte: `${term}=${from}`, lte: `${term}=${to}` } } };
}

function translateExists(field: Field, target: QueryTarget): ElasticsearchQuery {
  if (field.type === 'attribute') return anyOf(placesOf(field, target).map((place) => terms(`${place}.keys`, [keyTerm(field.key)])));
  switch (field.name) {
    case 'message':
      return { term: { hasMessage: true } };
    case 'time':
      return MATCH_ALL;
    case 'duration':
    case 'root':
      return target === 'spans' ? MATCH_ALL : MATCH_NONE;
    case 'observedTime':
      return { exists: { field: 'observedTime' } };
    case 'eventName':
      return anyOf([{ exists: { field: 'eventName' } }, terms('attributes.keys', [keyTerm(EVENT_NAME_ATTRIBUTE)])]);
    default:
      return anyOf(keywordFields(field, target).map(({ name }) => ({ exists: { field: name } })));
  }
}

/** The other name of a log's event name. */
const EVENT_NAME_ATTRIBUTE = 'event.name';

function placesOf(field: Extract<Field, { type: 'attribute' }>, target: QueryTarget): readonly Place[] {
  return field.place === 'any' ? ANY_PLACES[target] : [field.place];
}

function keywordFields(field: Extract<Field, { type: 'record' }>, target: QueryTarget): { readonly name: string }[] {
  if (field.name === 'eventName' && target === 'spans') return [];
  const columns: Partial<Record<string, string>> = KEYWORD_COLUMNS;
  const name = columns[field.name];
  return name === undefined ? [] : [{ name }];
}

function isNumeric(field: Extract<Field, { type: 'record' }>): boolean {
  return field.name === 'time' || LONG_COLUMNS[field.name] !== undefined;
}

function inclusive(value: string): RangeEnd {
  return { value, inclusive: true };
}

function terms(field: string, values: readonly string[]): ElasticsearchQuery {
  return { terms: { [field]: values } };
}

/** The pattern in Elasticsearch's wildcard syntax, in which `?` is one code point as well. */
function wildcardOf(pattern: readonly PatternPart[]): string {
  return pattern
    .map((part) => (part.type === 'literal' ? escapeWildcards(wellFormed(part.text)) : part.type === 'any' ? '*' : '?'))
    .join('');
}

function escapeWildcards(text: string): string {
  return text.replaceAll(/[\\*?]/g, '\\$&');
}

function unsupported(what: string): ThreadlineError {
  return new ThreadlineError('unsupported_query', `the Elasticsearch storage does not answer ${what}`, { field: 'query' });
}
