import { LEVELS, type Level, type RecordField, SPAN_KINDS, SPAN_STATUSES } from '@threadline/query-language';
import { CORRELATION_ID_ATTRIBUTE } from '../../model/indexed-record.ts';
import type { ColumnName } from './columns.ts';
import type { TableName } from './layout.ts';

/** How a field of the record is kept, and so how it is searched. */
export type FieldColumn =
  /** A text column; `emptyIsAbsent`: the empty text stands for "not there". */
  | { readonly type: 'text'; readonly column: ColumnName; readonly emptyIsAbsent: boolean }
  /** Several texts, as `encodeTexts` writes them. */
  | { readonly type: 'texts'; readonly column: ColumnName }
  /** A column of 64-bit numbers; `zeroIsAbsent`: 0 stands for "not there". */
  | { readonly type: 'number'; readonly column: ColumnName; readonly zeroIsAbsent: boolean }
  /** A column of few numbers, each of which stands for a name; others have none. */
  | { readonly type: 'names'; readonly column: ColumnName; readonly names: readonly string[] }
  /** The text column, and the attribute of that key beside it. */
  | { readonly type: 'textOrAttribute'; readonly column: ColumnName; readonly key: string }
  /** The record's own attribute of that key, when it is a string. */
  | { readonly type: 'ownText'; readonly key: string };

const BOOLEANS = ['false', 'true'];

const SHARED: Partial<Record<RecordField, FieldColumn>> = {
  service: { type: 'text', column: 'service', emptyIsAbsent: true },
  traceId: { type: 'text', column: 'trace_id', emptyIsAbsent: true },
  spanId: { type: 'text', column: 'span_id', emptyIsAbsent: true },
  correlationId: { type: 'ownText', key: CORRELATION_ID_ATTRIBUTE },
  scope: { type: 'text', column: 'scope', emptyIsAbsent: true },
  time: { type: 'number', column: 'time_nanos', zeroIsAbsent: false },
};

const FIELDS: Readonly<Record<TableName, Partial<Record<RecordField, FieldColumn>>>> = {
  logs: {
    ...SHARED,
    observedTime: { type: 'number', column: 'observed_nanos', zeroIsAbsent: true },
    eventName: { type: 'textOrAttribute', column: 'event_name', key: 'event.name' },
  },
  spans: {
    ...SHARED,
    parentSpanId: { type: 'text', column: 'parent_span_id', emptyIsAbsent: true },
    name: { type: 'text', column: 'name', emptyIsAbsent: false },
    kind: { type: 'names', column: 'kind', names: SPAN_KINDS },
    status: { type: 'names', column: 'status', names: SPAN_STATUSES },
    duration: { type: 'number', column: 'duration_nanos', zeroIsAbsent: false },
    root: { type: 'names', column: 'is_root', names: BOOLEANS },
    event: { type: 'texts', column: 'event_names' },
    link: { type: 'texts', column: 'link_traces' },
  },
};

/** Where a field of the record is kept; undefined for one that the table's records do not have. `message` is the words column. */
export function fieldColumn(table: TableName, field: RecordField): FieldColumn | undefined {
  return FIELDS[table][field];
}

const LEVEL_NUMBERS: ReadonlyMap<Level, number> = new Map(LEVELS.map((level, index) => [level, index]));

/** The number of a level in the column `level`. */
export function levelNumber(level: Level): number {
  return LEVEL_NUMBERS.get(level) ?? LEVELS.length - 1;
}

/** The level of a number of the column `level`. */
export function levelOfNumber(number: number): Level {
  return LEVELS[number] ?? 'UNSET';
}
