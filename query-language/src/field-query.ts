import { plainDecimal } from './decimal.ts';
import { type QueryErrorCode, QuerySyntaxError } from './errors.ts';
import { levelNode, levelRangeNode, type RangeTerm } from './level-query.ts';
import { MAX_EXPONENT, MAX_NUMBER_LENGTH } from './limits.ts';
import { parseDuration } from './parse-duration.ts';
import { parseInstant } from './parse-time.ts';
import { firstWildcard, type Term, termText } from './query-scanner.ts';
import type { ResolvedField } from './resolve-field.ts';
import type { Field, PatternPart, QueryNode, RangeEnd, TextSpan } from './syntax-tree.ts';
import { wordNode } from './word-query.ts';

/** A field that the target has. */
export type SearchedField = Exclude<ResolvedField, { kind: 'otherTarget' } | { kind: 'emptyKey' }>;

/** OTLP's span kinds and status codes, as the language writes them. */
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const;
export const BOOLEANS = ['true', 'false'] as const;

/** What `pattern` takes beside ids: records for whose messages there was no room among the patterns, and records that have none. */
export const OTHER_TEMPLATES_ID = 'other';
export const NO_TEMPLATE_ID = 'none';
const FINGERPRINT = /^[0-9a-f]{16}$/;
const TEMPLATE_ID = /^(?:[0-9a-f]{16}|other|none)$/;

/** The last instant of the index, 2262-04-11T23:47:16.854775807Z: later times are searched here. */
const MAX_INDEX_TIME_NANOS = 2n ** 63n - 1n;
const RANGE_OF_TEXT = ['a value', 'a pattern with * or ?'];

/** `field:value`, `field:pre*`, `field:*`. */
export function fieldTermNode(searched: SearchedField, term: Term, span: TextSpan): QueryNode {
  if (searched.kind === 'level') return levelNode(term, span);
  const { field, kind } = searched;
  if (term.parts.length === 1 && term.parts[0]?.type === 'any') return existsNode(searched, span);
  switch (kind) {
    case 'words':
      return wordNode(term, span);
    case 'time':
    case 'duration': {
      const value = readRangeEnd(searched, { term: plainTerm(term), inclusive: true });
      return { type: 'range', field, min: value, max: value, span };
    }
    case 'spanKind':
      return { type: 'equals', field, value: readChoice(term, SPAN_KINDS), span };
    case 'spanStatus':
      return { type: 'equals', field, value: readChoice(term, SPAN_STATUSES), span };
    case 'boolean':
      return { type: 'equals', field, value: readChoice(term, BOOLEANS), span };
    case 'template':
      return { type: 'equals', field, value: readTemplateId(term), span };
    case 'fingerprint':
      return { type: 'equals', field, value: readFingerprint(term), span };
    case 'string':
    case 'hex':
    case 'attribute': {
      const textOf = kind === 'hex' ? (text: string) => text.toLowerCase() : (text: string) => text;
      if (firstWildcard(term) === undefined) return { type: 'equals', field, value: textOf(termText(term)), span };
      const pattern = term.parts.map(
        (part): PatternPart => (part.type === 'literal' ? { type: 'literal', text: textOf(part.text) } : { type: part.type }),
      );
      return { type: 'pattern', field, pattern, span };
    }
  }
}

/** `field:>5`, `field:[1 TO 5}`. At least one end is given. */
export function fieldRangeNode(
  searched: SearchedField,
  range: { readonly min?: RangeTerm; readonly max?: RangeTerm },
  span: TextSpan,
): QueryNode {
  if (searched.kind === 'level') return levelRangeNode(range, span);
  const { field, kind } = searched;
  if (kind !== 'attribute' && kind !== 'time' && kind !== 'duration') {
    throw fieldError(field, 'not_supported_on_field', 'has no ranges', { position: span.start, expected: RANGE_OF_TEXT });
  }
  const min = range.min && readRangeEnd(searched, range.min);
  const max = range.max && readRangeEnd(searched, range.max);
  return { type: 'range', field, ...(min && { min }), ...(max && { max }), span };
}

/** Throws when the field takes no regular expression; `position` is that of its slash. */
export function requireRegexField(searched: SearchedField, position: number): Field {
  if (searched.kind === 'string' || searched.kind === 'hex' || searched.kind === 'attribute') return searched.field;
  const expected = searched.kind === 'words' ? ['quotes around text that begins with a slash', 'a word with * or ?'] : ['a value'];
  throw fieldError(searched.kind === 'level' ? undefined : searched.field, 'not_supported_on_field', 'takes no regular expression', {
    position,
    expected,
  });
}

/** What each record has is `all`; what has a value for "none" is not that value. */
function existsNode(searched: Exclude<SearchedField, { kind: 'level' }>, span: TextSpan): QueryNode {
  const { field, kind } = searched;
  if (kind === 'spanKind') return { type: 'not', child: { type: 'equals', field, value: 'unspecified', span } };
  if (kind === 'spanStatus') return { type: 'not', child: { type: 'equals', field, value: 'unset', span } };
  if (kind === 'boolean' || kind === 'duration') return { type: 'all' };
  if (kind === 'template') return { type: 'not', child: { type: 'equals', field, value: NO_TEMPLATE_ID, span } };
  if (kind === 'time' && field.type === 'record' && field.name === 'time') return { type: 'all' };
  return { type: 'exists', field, span };
}

function readChoice(term: Term, choices: readonly string[]): string {
  const value = termText(plainTerm(term)).toLowerCase();
  if (choices.includes(value)) return value;
  throw new QuerySyntaxError('invalid_value', 'This field has no such value', { position: term.start, expected: choices });
}

function readTemplateId(term: Term): string {
  const value = termText(plainTerm(term)).toLowerCase();
  if (TEMPLATE_ID.test(value)) return value;
  const expected = ['16 hex digits', OTHER_TEMPLATES_ID, NO_TEMPLATE_ID];
  throw new QuerySyntaxError('invalid_value', 'This is no id of a pattern', { position: term.start, expected });
}

function readFingerprint(term: Term): string {
  const value = termText(plainTerm(term)).toLowerCase();
  if (FINGERPRINT.test(value)) return value;
  throw new QuerySyntaxError('invalid_value', 'This is no fingerprint of an error', { position: term.start, expected: ['16 hex digits'] });
}

/** The term, which has no wildcards. */
function plainTerm(term: Term): Term {
  const wildcard = firstWildcard(term);
  if (wildcard === undefined) return term;
  const place = { position: wildcard.position, expected: ['a value without wildcards'] };
  throw new QuerySyntaxError('not_supported_on_field', 'This field has no patterns', place);
}

function readRangeEnd(searched: SearchedField, end: RangeTerm): RangeEnd {
  const { term } = end;
  const text = termText(term);
  const wildcard = firstWildcard(term);
  if (wildcard !== undefined) throw rangeError('The end of a range has no wildcards', wildcard.position);
  if (searched.kind === 'duration') return { value: String(atTerm(term, () => parseDuration(text))), inclusive: end.inclusive };
  if (searched.kind === 'time')
    return timeEnd(
      atTerm(term, () => parseInstant(text)),
      end.inclusive,
    );
  const value = plainDecimal(text);
  if (value === undefined) throw rangeError('The ends of a range are numbers', term.start);
  const exponent = Number(/e(.*)$/.exec(value)?.[1] ?? 0);
  if (value.length > MAX_NUMBER_LENGTH || Math.abs(exponent) > MAX_EXPONENT) {
    const expected = [`at most ${MAX_NUMBER_LENGTH} characters and an exponent within ${MAX_EXPONENT}`];
    throw new QuerySyntaxError('too_complex', 'The number is too long', { position: term.start, expected });
  }
  return { value, inclusive: end.inclusive };
}

/** Times past the index's last one are searched at that; no record has a time before 1970. */
function timeEnd(nanos: bigint, inclusive: boolean): RangeEnd {
  if (nanos > MAX_INDEX_TIME_NANOS) return { value: String(MAX_INDEX_TIME_NANOS), inclusive: true };
  return { value: nanos < 0n ? '-1' : String(nanos), inclusive };
}

/** Durations and times say where in the term they went wrong; with escapes in it, that is no place of the query, so the term's start is. */
function atTerm<T>(term: Term, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    const position = term.parts[0]?.type === 'literal' ? (term.parts[0].positions[error.position] ?? term.start) : term.start;
    throw new QuerySyntaxError(error.code, error.message, { position, expected: error.expected });
  }
}

function rangeError(message: string, position: number): QuerySyntaxError {
  return new QuerySyntaxError('invalid_range', message, { position, expected: ['a number: 500, -1.5, 2e6', '*'] });
}

/** An error that names the field, when it is one of the record's: an attribute's name is the user's text and stays out of it. */
function fieldError(
  field: Field | undefined,
  code: QueryErrorCode,
  message: string,
  place: { readonly position: number; readonly expected: readonly string[] },
): QuerySyntaxError {
  const name = field === undefined ? 'level' : field.type === 'record' ? field.name : 'this field';
  return new QuerySyntaxError(code, `The field ${name} ${message}`, place);
}
