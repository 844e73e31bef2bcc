import { LEVELS, type Level, type RecordField, SPAN_KINDS, SPAN_STATUSES } from '@threadline/query-language';
import type { TableName } from './layout.ts';

/** How a field of the record is kept, and so how it is searched. */
export type FieldColumn =
  /** A text column; `emptyIsAbsent`: the empty text stands for "not there". */
  | { readonly type: 'text'; readonly column: string; readonly emptyIsAbsent: boolean }
  /** Several texts, as `encodeTexts` writes them. */
  | { readonly type: 'texts'; readonly column: string }
  /** A BIGINT column; NULL is absent. */
  | { readonly type: 'number'; readonly column: string }
  /** A number that stands for one of some names; other numbers have no name. */
  | { readonly type: 'names'; readonly column: string; readonly names: readonly string[] }
  | { readonly type: 'boolean'; readonly column: string }
  /** The text column, and the attribute of that key beside it. */
  | { readonly type: 'textOrAttribute'; readonly column: string; readonly key: string };

const SHARED: Partial<Record<RecordField, FieldColumn>> = {
  service: { type: 'text', column: 'service', emptyIsAbsent: true },
  traceId: { type: 'text', column: 'trace_id', emptyIsAbsent: true },
  spanId: { type: 'text', column: 'span_id', emptyIsAbsent: true },
  correlationId: { type: 'text', column: 'correlation_id', emptyIsAbsent: false },
  scope: { type: 'text', column: 'scope', emptyIsAbsent: true },
  time: { type: 'number', column: 'time_nanos' },
};

const FIELDS: Readonly<Record<TableName, Partial<Record<RecordField, FieldColumn>>>> = {
  logs: {
    ...SHARED,
    observedTime: { type: 'number', column: 'observed_nanos' },
    eventName: { type: 'textOrAttribute', column: 'event_name', key: 'event.name' },
  },
  spans: {
    ...SHARED,
    parentSpanId: { type: 'text', column: 'parent_span_id', emptyIsAbsent: true },
    name: { type: 'text', column: 'name', emptyIsAbsent: false },
    kind: { type: 'names', column: 'kind', names: SPAN_KINDS },
    status: { type: 'names', column: 'status', names: SPAN_STATUSES },
    duration: { type: 'number', column: 'duration_nanos' },
    root: { type: 'boolean', column: 'is_root' },
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
