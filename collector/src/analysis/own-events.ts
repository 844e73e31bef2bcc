import {
  DROP_ATTRIBUTES,
  type DropReport,
  type LogRecord,
  SPAN_START_ATTRIBUTES,
  UNSEEN_ATTRIBUTES,
  UNSEEN_REASONS,
  type UnfinishedSpan,
} from '../api/index.ts';
import type { UnseenLibraries } from './propagation/flow-evidence.ts';
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

/** The libraries that a `threadline.libraries.unseen` record names; undefined for one without names or with a reason that is none. */
export function readUnseenLibraries(record: LogRecord): UnseenLibraries | undefined {
  const reason = UNSEEN_REASONS.find((known) => known === stringAttribute(record.attributes, UNSEEN_ATTRIBUTES.reason));
  const names = record.attributes.find(({ key }) => key === UNSEEN_ATTRIBUTES.libraries)?.value?.arrayValue?.values ?? [];
  const libraries = names.flatMap(({ stringValue }) => stringValue ?? []);
  if (reason === undefined || libraries.length === 0) return undefined;
  return {
    service: serviceOf(record),
    instance: stringAttribute(record.resource.attributes, 'service.instance.id') ?? '',
    libraries,
    reason,
  };
}

/** The attribute's time, else the record's. */
function timeOf(record: LogRecord, key: string): string {
  const time = wholeAttribute(record.attributes, key);
  if (time !== undefined) return time.toString();
  return [record.timeUnixNano, record.observedTimeUnixNano].find((text) => text !== '0') ?? record.arrivalTimeUnixNano;
}
