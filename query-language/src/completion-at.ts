import { BOOLEANS, SPAN_KINDS, SPAN_STATUSES } from './field-query.ts';
import { EXPECTED_LEVELS } from './level-query.ts';
import { regexEnd } from './parse-regex.ts';
import { fieldPrefixes, type ResolvedField, resolveField, shortNames } from './resolve-field.ts';
import type { Field, QueryTarget } from './syntax-tree.ts';

/** What may be written at a place of a query. */
export interface Completion {
  /** A field's name (or a word of the message), a value of `field`, an operator; empty where only free text goes on, as in a phrase. */
  readonly expected: readonly ('field' | 'value' | 'operator')[];
  /** The field whose value is expected, as it is written; with `field` when the target has it as a record's field or an attribute. */
  readonly fieldName?: string;
  readonly field?: Field;
  /** The value is an end of a range: of an attribute, a number. */
  readonly isRangeEnd?: true;
  /** What stands before the cursor of the piece that a candidate replaces, without an opening quote. */
  readonly typed: string;
  /** The last character of what is typed is the closing quote. */
  readonly isQuoted?: true;
  /** The piece that a candidate replaces, in UTF-16 units, `end` exclusive: a field's colon and a value's quotes are part of it. */
  readonly start: number;
  readonly end: number;
  /** Those that the language itself knows and that begin with what is typed: `service:`, `resource.`, `error`, `AND`. */
  readonly candidates: readonly string[];
}

const OPERATORS: readonly string[] = ['AND', 'OR', 'NOT'];
/** What has ranges. */
const RANGED_KINDS: readonly ResolvedField['kind'][] = ['level', 'time', 'duration', 'attribute'];
const TERM_END = /[\s()"]/;

/** Where the scan is: the fields of the open groups, the field whose colon was the last thing, and whether a term is complete. */
interface Place {
  readonly groups: (string | undefined)[];
  pending: string | undefined;
  /** Behind `<` or `>`, or in brackets. */
  isRangeEnd: boolean;
  isAfterTerm: boolean;
}

/** A stretch of the text in which the cursor is, and where what is typed in it begins. */
interface Piece {
  readonly start: number;
  readonly typedFrom: number;
  readonly end: number;
  readonly isFreeText?: true;
  /** The cursor is right behind the closing delimiter: what is written next goes on with this piece. */
  readonly isClosed?: true;
}

/** What is expected at the cursor, 0 to the text's length. It never throws: of a text that is no query, it is what the readable part says. */
export function completionAt(text: string, cursor: number, target: QueryTarget): Completion {
  const place: Place = { groups: [], pending: undefined, isRangeEnd: false, isAfterTerm: false };
  const piece = findPiece(text, cursor, place);
  const fieldName = place.pending ?? place.groups.at(-1);
  const typed = text.slice(piece.typedFrom, cursor);
  const { start, end } = piece;
  if (fieldName === undefined) {
    if (piece.isFreeText || piece.isClosed) return { expected: [], typed, start, end, candidates: [] };
    const operators = place.isAfterTerm ? OPERATORS : ['NOT'];
    const names = [...shortNames(target).map((name) => `${name}:`), ...fieldPrefixes(target)];
    return { expected: ['field', 'operator'], typed, start, end, candidates: matching([...names, ...operators], typed) };
  }
  const resolved = resolveField(fieldName, target);
  const field = 'field' in resolved ? { field: resolved.field } : {};
  if (piece.isFreeText && text.charAt(start) === '/') return { expected: [], fieldName, ...field, typed, start, end, candidates: [] };
  if (place.isRangeEnd && !RANGED_KINDS.includes(resolved.kind))
    return { expected: [], fieldName, ...field, typed, start, end, candidates: [] };
  const operators = place.pending === undefined && place.isAfterTerm ? OPERATORS : [];
  const values = resolved.kind === 'otherTarget' || resolved.kind === 'emptyKey' ? [] : valuesOf(resolved.kind);
  const isQuoted = piece.isClosed === true && text.charAt(start) === '"';
  const expected: Completion['expected'] = operators.length === 0 ? ['value'] : ['value', 'operator'];
  return {
    expected,
    fieldName,
    ...field,
    ...(place.isRangeEnd && { isRangeEnd: true }),
    typed,
    ...(isQuoted && { isQuoted }),
    start,
    end,
    candidates: matching([...values, ...operators], isQuoted ? typed.slice(0, -1) : typed),
  };
}

/** Reads from the start to the cursor; leaves in `place` what was open there. */
function findPiece(text: string, cursor: number, place: Place): Piece {
  let index = 0;
  while (index < cursor) {
    const character = text.charAt(index);
    const field = place.pending ?? place.groups.at(-1);
    if (/\s/.test(character)) {
      endValue(place);
      index += 1;
    } else if (character === '(') {
      place.groups.push(field);
      endValue(place);
      place.isAfterTerm = false;
      index += 1;
    } else if (character === ')') {
      place.groups.pop();
      endTerm(place);
      index += 1;
    } else if (character === '"' || (field !== undefined && character === '/' && regexEnd(text, index) !== undefined)) {
      const end = endOfDelimited(text, index, character);
      if (cursor < end || end > text.length)
        return { start: index, typedFrom: index + 1, end: Math.min(end, text.length), isFreeText: true };
      // A path that is not finished, `/api/`, is a regular expression as well.
      if (cursor === end) return { start: index, typedFrom: character === '"' ? index + 1 : index, end, isClosed: true };
      endTerm(place);
      index = end;
    } else if (field !== undefined && (character === '[' || character === '{')) {
      const end = endOfRange(text, index);
      if (cursor < end || end > text.length) {
        place.isRangeEnd = true;
        return pieceInRange(text, index, cursor);
      }
      endTerm(place);
      index = end;
    } else if ((field === undefined && character === '-') || (field !== undefined && /[<>=]/.test(character))) {
      place.isRangeEnd ||= character === '<' || character === '>';
      index += 1;
    } else {
      const end = endOfTerm(text, index, field === undefined ? ':' : '');
      const isName = field === undefined && text.charAt(end) === ':';
      if (cursor <= end) return { start: index, typedFrom: index, end: isName ? end + 1 : end };
      if (isName) {
        place.pending = text.slice(index, end).replace(/\\(.)/g, '$1');
        place.isAfterTerm = false;
        index = end + 1;
      } else {
        const isOperator = OPERATORS.includes(text.slice(index, end));
        endTerm(place);
        place.isAfterTerm = !isOperator;
        // A colon in a group's value is an error of the query; it must not hold up the scan.
        index = Math.max(end, index + 1);
      }
    }
  }
  const end = endOfTerm(text, cursor, place.pending === undefined && place.groups.at(-1) === undefined ? ':' : '');
  return { start: cursor, typedFrom: cursor, end: end > cursor && text.charAt(end) === ':' ? end + 1 : end };
}

function endTerm(place: Place): void {
  endValue(place);
  place.isAfterTerm = true;
}

function endValue(place: Place): void {
  place.pending = undefined;
  place.isRangeEnd = false;
}

function endOfTerm(text: string, start: number, alsoEnds: string): number {
  let index = start;
  while (index < text.length && !TERM_END.test(text.charAt(index)) && text.charAt(index) !== alsoEnds) {
    index += text.charAt(index) === '\\' ? 2 : 1;
  }
  return Math.min(index, text.length);
}

/** Behind the closing delimiter; beyond the text's end when there is none. */
function endOfDelimited(text: string, start: number, delimiter: string): number {
  let index = start + 1;
  while (index < text.length && text.charAt(index) !== delimiter) index += text.charAt(index) === '\\' ? 2 : 1;
  return Math.max(index, start + 1) + 1;
}

function endOfRange(text: string, start: number): number {
  const length = text.slice(start).search(/[\]}]/);
  return length < 0 ? text.length + 1 : start + length + 1;
}

/** One end of a range: from its bracket or the white space before the cursor. */
function pieceInRange(text: string, open: number, cursor: number): Piece {
  let start = cursor;
  while (start > open + 1 && !/\s/.test(text.charAt(start - 1))) start -= 1;
  const rest = /^[^\s\]}]*/.exec(text.slice(cursor))?.[0].length ?? 0;
  return { start, typedFrom: start, end: cursor + rest };
}

function valuesOf(kind: string): readonly string[] {
  if (kind === 'level') return EXPECTED_LEVELS;
  if (kind === 'spanKind') return SPAN_KINDS;
  if (kind === 'spanStatus') return SPAN_STATUSES;
  return kind === 'boolean' ? BOOLEANS : [];
}

function matching(candidates: readonly string[], typed: string): string[] {
  const start = typed.toLowerCase();
  return candidates.filter((candidate) => candidate.toLowerCase().startsWith(start));
}
