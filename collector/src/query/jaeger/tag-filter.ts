import type { QueryNode, RecordField } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import { invalidValue, type Parameters } from '../parameters/parameters.ts';
import { equals, not, or } from '../query-nodes.ts';
import { KIND_TAGS } from './to-jaeger-trace.ts';

/** Beyond it a search is a mistake, and its query tree would grow without a bound. */
const MAX_TAGS = 100;
const STATUS_CODES: ReadonlyMap<string, string> = new Map([
  ['OK', 'ok'],
  ['ERROR', 'error'],
  ['UNSET', 'unset'],
]);
/** Tags that are made of fields which no storage searches; to look for an attribute of that name instead would find nothing, wrongly. */
const UNSEARCHABLE_TAGS: readonly string[] = ['otel.scope.version', 'otel.status_description', 'w3c.tracestate'];

/**
 * What the parameters `tag` (`key:value`) and `jsonName` (a JSON object) ask for: all of them have to be on one span, its process, events, scope or links
 * together. A value matches whatever its type, as text; of one key that stands there twice the later counts, and JSON's before `tag`'s.
 */
export function parseTagFilters(parameters: Parameters, jsonName: string): QueryNode[] {
  const tags = new Map([
    ...parameters.all('tag').filter(isGiven).map(parseSimpleTag),
    ...parameters
      .all(jsonName)
      .filter(isGiven)
      .flatMap((text) => parseJsonTags(text, jsonName)),
  ]);
  if (tags.size > MAX_TAGS) throw invalidValue(jsonName, `at most ${MAX_TAGS} tags`);
  return [...tags].map(([key, value]) => tagFilter(key, value, jsonName));
}

function isGiven(text: string): boolean {
  return text !== '';
}

/** Split at the first colon; the value may have more. */
function parseSimpleTag(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw invalidValue('tag', 'key:value, as in http.method:GET');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function parseJsonTags(text: string, field: string): [string, string][] {
  const parsed = parseJson(text, field);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalidTags(field);
  return Object.entries(parsed).map(([key, value]: [string, unknown]) => {
    if (key === '') throw invalidValue(field, 'a JSON object whose keys have at least one character');
    return [key, tagValue(value, field)];
  });
}

function parseJson(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidTags(field, cause);
  }
}

function tagValue(value: unknown, field: string): string {
  if (typeof value === 'number') {
    // JSON.parse has rounded it already: what was asked for is not known any more.
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw invalidValue(field, 'exact: a number beyond 2^53 has to be a string');
    return String(value);
  }
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  throw invalidTags(field);
}

function invalidTags(field: string, cause?: unknown): ThreadlineError {
  const expected = 'a JSON object of strings, numbers and booleans';
  return new ThreadlineError('invalid_argument', `The parameter "${field}" is not ${expected}.`, {
    ...(cause === undefined ? {} : { cause }),
    field,
    position: 0,
    expected: [expected],
  });
}

/** A tag is an attribute of that key wherever it may be, or the field of the record that is shown as this tag. */
function tagFilter(key: string, value: string, field: string): QueryNode {
  const attribute = attributeEquals(key, value);
  switch (key) {
    case 'error':
      return errorFilter(value);
    case 'span.kind':
      return KIND_TAGS.includes(value) && value !== '' ? or(attribute, equals('kind', value)) : attribute;
    case 'otel.status_code':
      return orField(attribute, 'status', STATUS_CODES.get(value.toUpperCase()));
    case 'otel.scope.name':
      return orField(attribute, 'scope', value);
    case 'event':
      return orField(attribute, 'event', value);
    default:
      if (!UNSEARCHABLE_TAGS.includes(key)) return attribute;
      throw new ThreadlineError('unsupported_query', `The tag "${key}" is shown with spans and cannot be searched.`, {
        field,
        position: 0,
      });
  }
}

/** `true`: the status is error, or a sender said so by the attribute. `false` is every other span, not only those that say so. */
function errorFilter(value: string): QueryNode {
  const isError = or(attributeEquals('error', 'true'), equals('status', 'error'));
  if (value === 'true') return isError;
  return value === 'false' ? not(isError) : attributeEquals('error', value);
}

function orField(attribute: QueryNode, field: RecordField, value: string | undefined): QueryNode {
  return value === undefined ? attribute : or(attribute, equals(field, value));
}

function attributeEquals(key: string, value: string): QueryNode {
  return equals({ type: 'attribute', place: 'any', key }, value);
}
