import type { KeyValue, LogRecord, Resource, Scope, Span, SpanStatus } from '../../../api/index.ts';
import { MAX_INDEX_TIME_NANOS } from '../../../model/indexed-record.ts';
import type { IndexedLog, IndexedSpan } from '../../../model/record.ts';
import type { ColumnName, LogRow, SpanRow } from '../columns.ts';
import type { Leaf } from '../leaf-text.ts';
import { type Composite, decodeAttributes } from './attributes.ts';
import { joinId } from './record-id.ts';

/**
 * The exact record from its row. Most of it stands in columns; the column `rest` is the JSON of the fields that do not, or that the columns
 * would give back otherwise. A field that is in `rest` counts.
 */
type LogColumns = Pick<
  LogRow,
  | 'id_prefix'
  | 'id_index'
  | 'time_nanos'
  | 'observed_nanos'
  | 'arrival_nanos'
  | 'trace_id'
  | 'span_id'
  | 'event_name'
  | 'message'
  | 'resource_json'
  | 'scope_json'
>;
type SpanColumns = Pick<
  SpanRow,
  | 'id_prefix'
  | 'id_index'
  | 'time_nanos'
  | 'duration_nanos'
  | 'arrival_nanos'
  | 'trace_id'
  | 'span_id'
  | 'parent_span_id'
  | 'name'
  | 'kind'
  | 'status'
  | 'resource_json'
  | 'scope_json'
>;
/** The leaves of the record's attributes, with the values that stand in columns. */
interface StoredAttributes {
  readonly attributes: readonly Leaf[];
}
export type StoredLog = LogColumns & Pick<LogRow, 'rest'> & StoredAttributes;
export type StoredSpan = SpanColumns & Pick<SpanRow, 'rest'> & StoredAttributes;

/** The columns that `restoreLog` and `restoreSpan` need, beside the attributes. */
export const STORED_LOG_COLUMNS = [
  'id_prefix',
  'id_index',
  'time_nanos',
  'observed_nanos',
  'arrival_nanos',
  'trace_id',
  'span_id',
  'event_name',
  'message',
  'resource_json',
  'scope_json',
  'rest',
] as const satisfies readonly (ColumnName & keyof StoredLog)[];
export const STORED_SPAN_COLUMNS = [
  'id_prefix',
  'id_index',
  'time_nanos',
  'duration_nanos',
  'arrival_nanos',
  'trace_id',
  'span_id',
  'parent_span_id',
  'name',
  'kind',
  'status',
  'resource_json',
  'scope_json',
  'rest',
] as const satisfies readonly (ColumnName & keyof StoredSpan)[];

/** Fields that stand in columns, wherever those give them back. */
const LOG_FIELDS: ReadonlySet<string> = new Set<keyof LogRecord>([
  'id',
  'resource',
  'scope',
  'attributes',
  'body',
  'timeUnixNano',
  'observedTimeUnixNano',
  'arrivalTimeUnixNano',
  'traceId',
  'spanId',
  'eventName',
]);
const SPAN_FIELDS: ReadonlySet<string> = new Set<keyof Span>([
  'id',
  'resource',
  'scope',
  'attributes',
  'arrivalTimeUnixNano',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'status',
]);

type Rest = Partial<Record<string, unknown>>;

export function logRest(
  { record, timeNanos }: IndexedLog,
  columns: { readonly hasMessage: boolean; readonly composites: readonly Composite[] | undefined },
): string {
  const rest = fieldsBeside(record, LOG_FIELDS);
  const { body, timeUnixNano, observedTimeUnixNano } = record;
  Object.assign(rest, attributeMembers(record.attributes, columns.composites));
  if (body !== undefined && !columns.hasMessage) rest.body = body;
  if (timeUnixNano === '0' ? timeNanos !== 0n : !isIndexTime(timeUnixNano)) rest.timeUnixNano = timeUnixNano;
  if (observedTimeUnixNano !== '0' && !isIndexTime(observedTimeUnixNano)) rest.observedTimeUnixNano = observedTimeUnixNano;
  addCommon(rest, record);
  addUnlike(rest, 'eventName', record.eventName);
  return JSON.stringify(rest);
}

export function spanRest({ record, timeNanos, durationNanos }: IndexedSpan, composites: readonly Composite[] | undefined): string {
  const rest = fieldsBeside(record, SPAN_FIELDS);
  const { startTimeUnixNano, endTimeUnixNano, kind, status, name } = record;
  Object.assign(rest, attributeMembers(record.attributes, composites));
  if (startTimeUnixNano === '0' ? timeNanos !== 0n : !isIndexTime(startTimeUnixNano)) rest.startTimeUnixNano = startTimeUnixNano;
  if (endTimeUnixNano !== String(timeNanos + durationNanos)) rest.endTimeUnixNano = endTimeUnixNano;
  if (kind === 0) rest.kind = kind;
  if (status !== undefined && !isPlainStatus(status)) rest.status = status;
  addCommon(rest, record);
  addUnlike(rest, 'parentSpanId', record.parentSpanId);
  // Half a pair does not survive a column.
  if (!name.isWellFormed()) rest.name = name;
  return JSON.stringify(rest);
}

export interface AttributeMembers {
  readonly attributes?: KeyValue[];
  readonly composites?: readonly Composite[];
}

/** Makes resources and scopes of their JSON. */
export interface SharedJson {
  resource(json: string): Resource;
  scope(json: string): Scope;
}

/** What `rest` has of the attributes: all of them where `composites` is undefined. */
export function attributeMembers(attributes: KeyValue[], composites: readonly Composite[] | undefined): AttributeMembers {
  if (composites === undefined) return { attributes };
  return composites.length > 0 ? { composites } : {};
}

export function restoreLog(row: StoredLog, shared: SharedJson): LogRecord {
  return {
    ...common(row, shared),
    timeUnixNano: String(row.time_nanos),
    observedTimeUnixNano: String(row.observed_nanos),
    ...(row.message !== '' && { body: { stringValue: row.message } }),
    ...(row.trace_id !== '' && { traceId: row.trace_id }),
    ...(row.span_id !== '' && { spanId: row.span_id }),
    ...(row.event_name !== '' && { eventName: row.event_name }),
    ...withAttributes(row),
  };
}

export function restoreSpan(row: StoredSpan, shared: SharedJson): Span {
  return {
    ...common(row, shared),
    traceId: row.trace_id,
    spanId: row.span_id,
    name: row.name,
    startTimeUnixNano: String(row.time_nanos),
    endTimeUnixNano: String(row.time_nanos + row.duration_nanos),
    ...(row.parent_span_id !== '' && { parentSpanId: row.parent_span_id }),
    ...(row.kind !== 0 && { kind: row.kind }),
    ...(row.status !== 0 && { status: { code: row.status } }),
    ...withAttributes(row),
  };
}

type CommonColumns = Pick<LogColumns, 'id_prefix' | 'id_index' | 'arrival_nanos' | 'resource_json' | 'scope_json'>;

function common(row: CommonColumns, shared: SharedJson) {
  return {
    id: joinId(row.id_prefix, row.id_index),
    arrivalTimeUnixNano: String(row.arrival_nanos),
    resource: shared.resource(row.resource_json),
    scope: shared.scope(row.scope_json),
  };
}

/** The fields of `rest`, and the attributes wherever they are. */
function withAttributes({ rest, attributes }: StoredAttributes & { readonly rest: string }): Pick<LogRecord, 'attributes'> {
  const { composites, ...parsed }: AttributeMembers = JSON.parse(rest);
  return { ...parsed, attributes: parsed.attributes ?? decodeAttributes(attributes, composites) };
}

function fieldsBeside(record: LogRecord | Span, inColumns: ReadonlySet<string>): Rest {
  const rest: Rest = {};
  for (const [field, value] of Object.entries(record)) if (!inColumns.has(field)) rest[field] = value;
  return rest;
}

function addCommon(rest: Rest, { id, arrivalTimeUnixNano, traceId, spanId }: LogRecord | Span): void {
  if (!isIndexTime(arrivalTimeUnixNano)) rest.arrivalTimeUnixNano = arrivalTimeUnixNano;
  if (!id.isWellFormed()) rest.id = id;
  addUnlike(rest, 'traceId', traceId);
  addUnlike(rest, 'spanId', spanId);
}

/** A text that its column gives back as another: the empty one, which stands for none there, or one with half a pair. */
function addUnlike(rest: Rest, field: string, text: string | undefined): void {
  if (text !== undefined && (text === '' || !text.isWellFormed())) rest[field] = text;
}

/** The decimal text that the column of the number gives back. */
function isIndexTime(text: string): boolean {
  return (
    (text === '0' || !text.startsWith('0')) &&
    (text.length < MAX_INDEX_TIME.length || (text.length === MAX_INDEX_TIME.length && text <= MAX_INDEX_TIME))
  );
}

const MAX_INDEX_TIME = String(MAX_INDEX_TIME_NANOS);

/** The column of the code gives it back. */
export function isPlainStatus(status: SpanStatus): boolean {
  return status.code !== undefined && status.code !== 0 && Object.keys(status).length === 1;
}
