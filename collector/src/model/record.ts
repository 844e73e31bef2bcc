import type { Level } from '@threadline/query-language';
import type { LogRecord, Span } from '../api/index.ts';

/**
 * What every storage orders and pages by: (time, sequence, id), in that order of weight.
 * `id` is compared as a string; it is made so that one collector's later record has the greater id.
 */
export interface RowKey {
  /** Unix nanoseconds, clamped to a signed 64-bit integer (2262-04-11) for the index; the record has the exact time. */
  readonly timeNanos: bigint;
  readonly sequence: bigint;
  readonly id: string;
}

/**
 * A record on its way to storage: what it is searched by, beside the exact record that answers are made from.
 * Made in one place (`model/normalize.ts`), so that both storages search the same values.
 */
interface IndexedFields extends RowKey {
  /** `service.name` of the resource; empty when there is none. */
  readonly service: string;
  /** The attribute `correlation.id` of the record, when it is a string. */
  readonly correlationId: string | undefined;
  /** The searchable text: a log's body when it is a string, number or boolean; a span's name. */
  readonly message: string | undefined;
  /** The time was beyond what the index can hold and is clamped there. */
  readonly timeClamped: boolean;
}

export interface IndexedLog extends IndexedFields {
  readonly signal: 'logs';
  readonly level: Level;
  readonly record: LogRecord;
}

export interface IndexedSpan extends IndexedFields {
  readonly signal: 'traces';
  /** End minus start; never negative. */
  readonly durationNanos: bigint;
  /** No parent span id. */
  readonly isRoot: boolean;
  readonly isError: boolean;
  readonly record: Span;
}

export type IndexedRecord = IndexedLog | IndexedSpan;

export const isLog = (record: IndexedRecord): record is IndexedLog => record.signal === 'logs';
export const isSpan = (record: IndexedRecord): record is IndexedSpan => record.signal === 'traces';
