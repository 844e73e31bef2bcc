export { ASCII_UNITS, asciiWordEnd, asciiWordUnits, visitAsciiWords } from './ascii-words.ts';
export { formatCallTarget, withoutPath } from './call-target.ts';
export { type Completion, completionAt } from './completion-at.ts';
export { canonicalNumber, plainDecimal } from './decimal.ts';
export { QUERY_ERROR_CODES, type QueryErrorCode, QuerySyntaxError } from './errors.ts';
export { fieldName } from './field-name.ts';
export { BOOLEANS, NO_TEMPLATE_ID, OTHER_TEMPLATES_ID, SPAN_KINDS, SPAN_STATUSES } from './field-query.ts';
export { formatDuration } from './format-duration.ts';
export { formatQuery } from './format-query.ts';
export { levelOfRecord, levelOfText } from './levels.ts';
export { type Bounds, doubleBounds, integerBounds } from './number-bounds.ts';
export { MAX_DURATION_NANOS, parseDuration } from './parse-duration.ts';
export { parseQuery } from './parse-query.ts';
export { parseRegex, regexEnd } from './parse-regex.ts';
export { parseApiTime, parseInstant } from './parse-time.ts';
export { quoteValue } from './quote-value.ts';
export { type ResolvedField, resolveField } from './resolve-field.ts';
export {
  ATTRIBUTE_PLACES,
  type AttributePlace,
  type Field,
  LEVELS,
  type Level,
  type PatternPart,
  type QueryNode,
  type QueryTarget,
  type RangeEnd,
  RECORD_FIELDS,
  type RecordField,
  type RegexNode,
  type TextSpan,
} from './syntax-tree.ts';
export { MAX_WORD_LENGTH, tokenize, type Word } from './tokenize.ts';
