import { DROP_ATTRIBUTES, type DropReport, type LogRecord, SPAN_START_ATTRIBUTES, type UnfinishedSpan } from '../api/index.ts';
import { serviceOf, stringAttribute, wholeAttribute } from './typed-attributes.ts';

/** The span whose start a `threadline.span.start` record tells of; undefined for one that names no span. What else is missing has a default. */
export function readSpanStart(record: LogRecord): UnfinishedSpan | undefined {
  const { traceId, spanId, attributes } = record;
  if (traceId === undefined || spanId === undefined) return undefined;
  const parentSpanId = stringAttribute(attributes, SPAN_START_ATTRIBUTES.parentId)?.toLowerCase();
  const kind = wholeAttribute(attributes, SPAN_START_ATTRIBUTES.kind) ?? 0n;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined || !/[1-9a-f]/.test(parentSpanId) ? {} : { parentSpanId }),
    name: stringAttribute(attributes, SPAN_START_ATTRIBUTES.name) ?? '',
    kind: kind <= 5n ? Number(kind) : 0,
    startTimeUnixNano: timeOf(record, SPAN_START_ATTRIBUTES.startTimeUnixNano),
    service: serviceOf(record),
  };
}

/** What a `threadline.drop` record reports. A count that is missing or beyond 2^53 is told as 0 or that bound. */
export function readDropReport(record: LogRecord): DropReport {
  const count = wholeAttribute(record.attributes, DROP_ATTRIBUTES.count) ?? 0n;
  const greatest = BigInt(Number.MAX_SAFE_INTEGER);
  return {
    service: serviceOf(record),
    signal: stringAttribute(record.attributes, DROP_ATTRIBUTES.signal) ?? '',
    reason: stringAttribute(record.attributes, DROP_ATTRIBUTES.reason) ?? '',
    count: Number(count > greatest ? greatest : count),
    firstTimeUnixNano: timeOf(record, DROP_ATTRIBUTES.firstTimeUnixNano),
    lastTimeUnixNano: timeOf(record, DROP_ATTRIBUTES.lastTimeUnixNano),
  };
}

/** The attribute's time, else the record's. */
function timeOf(record: LogRecord, key: string): string {
  const time = wholeAttribute(record.attributes, key);
  if (time !== undefined) return time.toString();
  return [record.timeUnixNano, record.observedTimeUnixNano].find((text) => text !== '0') ?? record.arrivalTimeUnixNano;
}
