import type { TableName } from './layout.ts';
import type { ColumnSpec, ColumnType } from './parquet/column-chunk.ts';

/**
 * The columns of both tables, in the order that files have them. None is ever NULL: what is absent has a value of its own, as said here.
 * Text columns of leaves are as `leaf-text.ts` writes them. On disk: never change them without a new layout version.
 */
const SHARED = {
  tenant: 'text',
  time_nanos: 'long',
  sequence: 'long',
  /** An id of 56 hex digits without its last six; any other id as a whole. */
  id_prefix: 'text',
  /** Those last six digits; -1 where the prefix is the whole id. */
  id_index: 'int',
  service: 'text',
  trace_id: 'text',
  span_id: 'text',
  scope: 'text',
  /** As `encodeWords` writes it; empty when there is no message. */
  words: 'text',
  attributes: 'text',
  resource: 'text',
  scope_attributes: 'text',
  arrival_nanos: 'long',
  /** The record's resource and scope as JSON, and the JSON of what of the record stands in no other column (see `rows/record-rest.ts`). */
  resource_json: 'text',
  scope_json: 'text',
  rest: 'text',
} as const satisfies Record<string, ColumnType>;

export const LOG_COLUMNS = {
  ...SHARED,
  level: 'code',
  /** 0 when absent. Kept as how far it lies behind the time. */
  observed_nanos: 'long',
  event_name: 'text',
  body: 'text',
  /** A body that is a string; empty for any other. */
  message: 'text',
} as const satisfies Record<string, ColumnType>;

export const SPAN_COLUMNS = {
  ...SHARED,
  parent_span_id: 'text',
  name: 'text',
  kind: 'code',
  status: 'code',
  duration_nanos: 'long',
  is_root: 'code',
  is_error: 'code',
  /** `start-end` where they are not the time and the time plus the duration, as with times beyond the index; else empty. */
  exact_bounds: 'text',
  event_names: 'text',
  link_traces: 'text',
  event_attributes: 'text',
  link_attributes: 'text',
} as const satisfies Record<string, ColumnType>;

export type ColumnName = keyof typeof LOG_COLUMNS | keyof typeof SPAN_COLUMNS;
/** A row by its columns; every one of the table's is there. */
export type LogRow = { readonly [C in keyof typeof LOG_COLUMNS]: ValueOf<(typeof LOG_COLUMNS)[C]> };
export type SpanRow = { readonly [C in keyof typeof SPAN_COLUMNS]: ValueOf<(typeof SPAN_COLUMNS)[C]> };
/** Rows column by column. */
export type LogColumns = { readonly [C in keyof LogRow]: LogRow[C][] };
export type SpanColumns = { readonly [C in keyof SpanRow]: SpanRow[C][] };
type ValueOf<T extends ColumnType> = T extends 'text' ? string : T extends 'long' ? bigint : number;

/** See `ColumnSpec`. */
const OURS: ReadonlySet<string> = new Set<ColumnName>(['observed_nanos']);

const specs = (columns: Readonly<Record<string, ColumnType>>): readonly ColumnSpec[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type, ...(OURS.has(name) && { isOurs: true }) }));

export const COLUMNS: Readonly<Record<TableName, readonly ColumnSpec[]>> = { logs: specs(LOG_COLUMNS), spans: specs(SPAN_COLUMNS) };

/** In the same order. */
export const COLUMN_NAMES: Readonly<Record<TableName, readonly ColumnName[]>> = {
  logs: Object.keys(LOG_COLUMNS) as ColumnName[],
  spans: Object.keys(SPAN_COLUMNS) as ColumnName[],
};

function emptySharedColumns() {
  return {
    tenant: [],
    time_nanos: [],
    sequence: [],
    id_prefix: [],
    id_index: [],
    service: [],
    trace_id: [],
    span_id: [],
    scope: [],
    words: [],
    attributes: [],
    resource: [],
    scope_attributes: [],
    arrival_nanos: [],
    resource_json: [],
    scope_json: [],
    rest: [],
  } satisfies Record<keyof typeof SHARED, never[]>;
}

export function emptyLogColumns(): LogColumns {
  return { ...emptySharedColumns(), level: [], observed_nanos: [], event_name: [], body: [], message: [] };
}

export function emptySpanColumns(): SpanColumns {
  return {
    ...emptySharedColumns(),
    parent_span_id: [],
    name: [],
    kind: [],
    status: [],
    duration_nanos: [],
    is_root: [],
    is_error: [],
    exact_bounds: [],
    event_names: [],
    link_traces: [],
    event_attributes: [],
    link_attributes: [],
  };
}

const NUMBERS: Readonly<Record<TableName, ReadonlyMap<string, number>>> = {
  logs: new Map(COLUMNS.logs.map(({ name }, number) => [name, number])),
  spans: new Map(COLUMNS.spans.map(({ name }, number) => [name, number])),
};

/** A column's place in the table's files; undefined for a column that the table does not have. */
export function columnNumber(table: TableName, name: string): number | undefined {
  return NUMBERS[table].get(name);
}
