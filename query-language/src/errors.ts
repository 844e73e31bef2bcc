export const QUERY_ERROR_CODES = [
  'unexpected_end',
  'unexpected_character',
  'unterminated_string',
  'invalid_regex',
  'invalid_escape',
  'invalid_range',
  'invalid_level',
  'invalid_duration',
  'invalid_time',
  'invalid_value',
  'not_supported_on_field',
  'too_complex',
] as const;
export type QueryErrorCode = (typeof QUERY_ERROR_CODES)[number];

/**
 * Why a query's text is not a query. `position` is where, in UTF-16 units of the text; `expected` what would have
 * been right there, for a person to read. Nothing of the text but the place is in the message.
 */
export class QuerySyntaxError extends Error {
  readonly code: QueryErrorCode;
  readonly position: number;
  readonly expected: readonly string[];

  constructor(code: QueryErrorCode, message: string, place: { readonly position: number; readonly expected?: readonly string[] }) {
    super(message);
    this.name = 'QuerySyntaxError';
    this.code = code;
    this.position = place.position;
    this.expected = place.expected ?? [];
  }
}
