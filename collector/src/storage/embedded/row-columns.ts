import { BIGINT, BOOLEAN, DuckDBDataChunk, type DuckDBType, type DuckDBValue, INTEGER, UBIGINT, UTINYINT, VARCHAR } from '@duckdb/node-api';
import { attributeLeaves, bodyLeaves } from '../../model/attribute-leaves.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { IndexedLog, IndexedRecord, IndexedSpan } from '../../model/record.ts';
import { encodeLeaves, encodeTexts } from './leaf-text.ts';
import { levelNumber } from './record-fields.ts';
import { hashNumber, type RecordHash } from './record-hash.ts';
import { encodeWords } from './words.ts';

/** A record on its way into a table. */
export interface NewRow<R extends IndexedRecord = IndexedRecord> {
  readonly tenant: string;
  readonly hash: RecordHash;
  readonly indexed: R;
}

/** DuckDB's vector size: a data chunk has at most as many rows. */
const MAX_CHUNK_ROWS = 2_048;

/** Types in the order of the tables' columns in `layout.ts`. */
const SHARED_TYPES: readonly DuckDBType[] = [VARCHAR, BIGINT, BIGINT, VARCHAR, UBIGINT, ...Array.from({ length: 10 }, () => VARCHAR)];
const LOG_TYPES: readonly DuckDBType[] = [...SHARED_TYPES, UTINYINT, BIGINT, VARCHAR, VARCHAR];
const SPAN_TYPES: readonly DuckDBType[] = [
  ...SHARED_TYPES,
  ...[VARCHAR, VARCHAR, INTEGER, INTEGER, BIGINT, BOOLEAN, BOOLEAN, UBIGINT, UBIGINT, VARCHAR, VARCHAR, VARCHAR, VARCHAR],
];

/** The rows as data chunks for an appender on `logs`. */
export function logChunks(rows: readonly NewRow<IndexedLog>[]): DuckDBDataChunk[] {
  return chunks(rows, LOG_TYPES, logValues);
}

/** The rows as data chunks for an appender on `spans`. */
export function spanChunks(rows: readonly NewRow<IndexedSpan>[]): DuckDBDataChunk[] {
  return chunks(rows, SPAN_TYPES, spanValues);
}

function chunks<R extends IndexedRecord>(
  rows: readonly NewRow<R>[],
  types: readonly DuckDBType[],
  valuesOf: (row: NewRow<R>) => DuckDBValue[],
): DuckDBDataChunk[] {
  const made: DuckDBDataChunk[] = [];
  for (let start = 0; start < rows.length; start += MAX_CHUNK_ROWS) {
    const part = rows.slice(start, start + MAX_CHUNK_ROWS).map(valuesOf);
    const chunk = DuckDBDataChunk.create(types, part.length);
    chunk.setColumns(types.map((_, column) => part.map((values) => values[column] ?? null)));
    made.push(chunk);
  }
  return made;
}

function sharedValues({ tenant, hash, indexed }: NewRow): DuckDBValue[] {
  const { record } = indexed;
  return [
    tenant,
    indexed.timeNanos,
    indexed.sequence,
    indexed.id,
    hashNumber(hash),
    indexed.service,
    record.traceId ?? '',
    record.spanId ?? '',
    indexed.correlationId ?? null,
    record.scope.name ?? '',
    encodeWords(indexed.message),
    encodeLeaves(attributeLeaves(record.attributes)),
    encodeLeaves(attributeLeaves(record.resource.attributes)),
    encodeLeaves(attributeLeaves(record.scope.attributes)),
    JSON.stringify(record),
  ];
}

function logValues(row: NewRow<IndexedLog>): DuckDBValue[] {
  const { level, record } = row.indexed;
  const observed = record.observedTimeUnixNano === '0' ? null : clamped(BigInt(record.observedTimeUnixNano));
  return [...sharedValues(row), levelNumber(level), observed, record.eventName ?? '', encodeLeaves(bodyLeaves(record.body))];
}

function spanValues(row: NewRow<IndexedSpan>): DuckDBValue[] {
  const { record, durationNanos, isRoot, isError } = row.indexed;
  const { events = [], links = [] } = record;
  const start = BigInt(record.startTimeUnixNano === '0' ? record.arrivalTimeUnixNano : record.startTimeUnixNano);
  const end = BigInt(record.endTimeUnixNano);
  return [
    ...sharedValues(row),
    record.parentSpanId ?? '',
    record.name,
    record.kind ?? 0,
    record.status?.code ?? 0,
    durationNanos,
    isRoot,
    isError,
    start,
    end > start ? end : start,
    encodeTexts(events.flatMap(({ name }) => (name ? [name] : []))),
    encodeTexts(links.flatMap(({ traceId }) => (traceId ? [traceId] : []))),
    encodeLeaves(events.flatMap((event) => attributeLeaves(event.attributes))),
    encodeLeaves(links.flatMap((link) => attributeLeaves(link.attributes))),
  ];
}

function clamped(nanos: bigint): bigint {
  return nanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : nanos;
}
