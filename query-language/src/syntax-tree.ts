/**
 * The syntax tree that the parser makes and every storage translates. It is plain JSON data, so that it
 * can be hashed for a cursor, sent to a worker and composed by hand (a flow's search is built this way).
 *
 * The parser has done all that does not depend on a storage: words are tokenized and lower-cased, field
 * names are resolved, level names and durations are numbers. An adapter never looks at the query's text.
 */

/** Position in the query's text, in UTF-16 units, `end` exclusive. Absent on nodes that no text stands behind. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'UNSET'] as const;
export type Level = (typeof LEVELS)[number];

/** Where an attribute is looked for. `any` is the record's own, its scope's or its resource's (on spans an event's or a link's too). */
export const ATTRIBUTE_PLACES = ['any', 'attributes', 'resource', 'scope', 'event', 'link', 'body'] as const;
export type AttributePlace = (typeof ATTRIBUTE_PLACES)[number];

/**
 * A field of the record itself. `service` and `correlationId` are here too, since every storage keeps them as columns:
 * `service` is the resource's `service.name`, `correlationId` the attribute `correlation.id`.
 * `event` and `link` on spans: an event's name; a link's trace id.
 * `eventName` is a log's `event.name`: the record's eventName or the attribute `event.name` of the record.
 * `errorGroup` is the fingerprint of an error that the record says; it has no form but `equals` and `exists`.
 * `pattern` is the id of the template that a log's message is of, `other` or `none`; it has no form but `equals`.
 */
export const RECORD_FIELDS = [
  'service',
  'message',
  'traceId',
  'spanId',
  'parentSpanId',
  'correlationId',
  'scope',
  'time',
  'observedTime',
  'eventName',
  'pattern',
  'errorGroup',
  'name',
  'kind',
  'status',
  'duration',
  'root',
  'event',
  'link',
] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];

export type Field =
  | { readonly type: 'record'; readonly name: RecordField }
  | { readonly type: 'attribute'; readonly place: AttributePlace; readonly key: string };

/**
 * A pattern as literal runs and wildcards. `any` is `*` (any run, empty too), `one` is `?` (exactly one
 * Unicode code point). Adapters escape the literals for their own syntax.
 */
export type PatternPart = { readonly type: 'literal'; readonly text: string } | { readonly type: 'any' } | { readonly type: 'one' };

/**
 * One end of a range. `value` is a decimal number as text (`-12.5e3`, any number of digits), so that an int64 stays exact;
 * on `duration`, `time` and `observedTime` it is whole nanoseconds.
 */
export interface RangeEnd {
  readonly value: string;
  readonly inclusive: boolean;
}

/** The regular expression of the query language as a tree; only the forms that `docs/query-language.md` lists exist. */
export type RegexNode =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'anyCharacter' }
  | { readonly type: 'set'; readonly negated: boolean; readonly ranges: readonly { readonly from: string; readonly to: string }[] }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly options: readonly RegexNode[] }
  /** `max` absent: no upper bound. */
  | { readonly type: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max?: number };

export type QueryNode =
  /** Every record: the empty query, `*`. */
  | { readonly type: 'all' }
  /** No record: words of which the tokenizer leaves nothing, as in `"!!!"`. */
  | { readonly type: 'none'; readonly span?: TextSpan }
  | { readonly type: 'and'; readonly children: readonly QueryNode[] }
  | { readonly type: 'or'; readonly children: readonly QueryNode[] }
  | { readonly type: 'not'; readonly child: QueryNode }
  /** The message has these words (already tokenized), one right after the other. */
  | { readonly type: 'phrase'; readonly words: readonly string[]; readonly span?: TextSpan }
  /** One word of the message matches as a whole; literals are lower-cased code point by code point. */
  | { readonly type: 'wordPattern'; readonly pattern: readonly PatternPart[]; readonly span?: TextSpan }
  /** The record's level is one of these, by the table of levels. */
  | { readonly type: 'levels'; readonly levels: readonly Level[]; readonly span?: TextSpan }
  /** A value of the field equals: `5` equals the int 5, the double 5.0 and the string "5"; `true` the boolean and the string. */
  | { readonly type: 'equals'; readonly field: Field; readonly value: string; readonly span?: TextSpan }
  /** The whole value (its text form: see `valueText`) matches, case-sensitive. */
  | { readonly type: 'pattern'; readonly field: Field; readonly pattern: readonly PatternPart[]; readonly span?: TextSpan }
  | { readonly type: 'regex'; readonly field: Field; readonly regex: RegexNode; readonly span?: TextSpan }
  /** A number of the field lies in the range; strings never do. At least one end is given. */
  | { readonly type: 'range'; readonly field: Field; readonly min?: RangeEnd; readonly max?: RangeEnd; readonly span?: TextSpan }
  /** The field is there, with any value (an empty string is a value; an empty array or map and an absent value are not). */
  | { readonly type: 'exists'; readonly field: Field; readonly span?: TextSpan };

/** What records a query searches. Fields that only spans have are an error on logs, by name. */
export type QueryTarget = 'logs' | 'spans';
