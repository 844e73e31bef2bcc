import { levelOfRecord } from '@threadline/query-language';
import type { AnyValue, KeyValue, LogRecord, Resource, Span } from '../api/index.ts';
import { leafText, scalarLeaf } from './attribute-leaves.ts';
import type { IndexedLog, IndexedSpan } from './record.ts';

/** The last instant that a signed 64-bit count of nanoseconds holds: 2262-04-11T23:47:16.854775807Z. */
export const MAX_INDEX_TIME_NANOS = 2n ** 63n - 1n;

/** The attribute that carries a record's place in its process's output; 0 without it. */
export const SEQUENCE_ATTRIBUTE = 'threadline.sequence';
export const CORRELATION_ID_ATTRIBUTE = 'correlation.id';

/** What a log is searched, ordered and paged by. Its time is `timeUnixNano`, else the observed time, else the arrival. */
export function indexLog(record: LogRecord): IndexedLog {
  const exact = firstTime(record.timeUnixNano, record.observedTimeUnixNano, record.arrivalTimeUnixNano);
  return {
    signal: 'logs',
    ...rowKey(record, exact),
    ...searchFields(record),
    level: levelOfRecord(record.severityNumber ?? 0, record.severityText ?? ''),
    message: record.body === undefined ? undefined : messageOf(record.body),
    record,
  };
}

/** What a span is searched, ordered and paged by. Its time is its start, else the arrival. */
export function indexSpan(record: Span): IndexedSpan {
  const exact = firstTime(record.startTimeUnixNano, record.arrivalTimeUnixNano);
  const duration = BigInt(record.endTimeUnixNano) - BigInt(record.startTimeUnixNano);
  return {
    signal: 'traces',
    ...rowKey(record, exact),
    ...searchFields(record),
    durationNanos: duration < 0n ? 0n : duration > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : duration,
    isRoot: record.parentSpanId === undefined,
    isError: record.status?.code === 2,
    message: record.name,
    record,
  };
}

function firstTime(...times: readonly string[]): bigint {
  return BigInt(times.find((time) => time !== '0') ?? '0');
}

function rowKey(record: LogRecord | Span, exactNanos: bigint) {
  const timeClamped = exactNanos > MAX_INDEX_TIME_NANOS;
  return {
    timeNanos: timeClamped ? MAX_INDEX_TIME_NANOS : exactNanos,
    timeClamped,
    sequence: sequenceOf(record.attributes),
    id: record.id,
  };
}

function searchFields(record: LogRecord | Span) {
  return {
    service: serviceOf(record.resource),
    correlationId: find(record.attributes, CORRELATION_ID_ATTRIBUTE)?.stringValue,
  };
}

/** `service.name` of a resource, as UTF-8 has it: half a surrogate pair is U+FFFD in it. Empty when there is none that is a text. */
export function serviceOf({ attributes }: Resource): string {
  return find(attributes, 'service.name')?.stringValue?.toWellFormed() ?? '';
}

/** A record's place in its process's output; 0 where its attributes do not say. */
export function sequenceOf(attributes: readonly KeyValue[]): bigint {
  return BigInt(find(attributes, SEQUENCE_ATTRIBUTE)?.intValue ?? '0');
}

function find(attributes: readonly KeyValue[], key: string): AnyValue | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value;
}

/** The text that a log is searched by. Only what is one value is text to search; a map is searched by `body.key`. */
export function messageOf(body: AnyValue): string | undefined {
  const leaf = scalarLeaf(body);
  return leaf && leaf.type !== 'bytes' ? leafText(leaf) : undefined;
}
