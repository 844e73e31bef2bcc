export { QUERY_ERROR_CODES, type QueryErrorCode, QuerySyntaxError } from './errors.ts';
export { levelOfRecord, levelOfText } from './levels.ts';
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
