import { type AnyValue, type Attributes, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { toHrTime } from '../hr-time.ts';
import { plainValue } from '../logs/any-value.ts';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { textOf } from '../logs/thrown-value.ts';
import { plainSpanContext } from '../traces/plain-span-context.ts';
import type { ReadableSpan } from '../traces/span-types.ts';

/**
 * Copies of what could not be written, as untyped code or another SDK has it, in which each part is what its type says: what is no text becomes
 * one, what is no number or time of OTLP its default. So one odd value costs itself alone. Slow; for what an encoder threw at.
 */

/** The copy of a span. Throws only where it lets none of itself be read. */
export function plainSpan(span: ReadableSpan): ReadableSpan {
  const { parentSpanContext: parent, status, startTime, endTime } = span;
  const context = plainSpanContext(span.spanContext());
  return {
    name: textOf(span.name),
    kind: numberWithin(span.kind, SpanKind.CONSUMER) ?? SpanKind.INTERNAL,
    spanContext: () => context,
    parentSpanContext: parent === undefined ? undefined : plainSpanContext(parent),
    startTime: plainTime(startTime),
    endTime: plainTime(endTime),
    status: {
      code: numberWithin(status.code, SpanStatusCode.ERROR) ?? SpanStatusCode.UNSET,
      ...(status.message === undefined ? {} : { message: textOf(status.message) }),
    },
    attributes: plainAttributes(span.attributes),
    links: span.links.map((link) => ({
      context: plainSpanContext(link.context),
      attributes: plainAttributes(link.attributes),
      droppedAttributesCount: plainCount(link.droppedAttributesCount),
    })),
    events: span.events.map((event) => ({
      name: textOf(event.name),
      time: plainTime(event.time),
      attributes: plainAttributes(event.attributes),
      droppedAttributesCount: plainCount(event.droppedAttributesCount),
    })),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: plainCount(span.droppedAttributesCount),
    droppedEventsCount: plainCount(span.droppedEventsCount),
    droppedLinksCount: plainCount(span.droppedLinksCount),
  };
}

/** The copy of a log record, as `plainSpan`. */
export function plainRecord(record: ReadWriteLogRecord): ReadWriteLogRecord {
  const { spanContext, severityText, eventName, body } = record;
  return {
    hrTime: plainTime(record.hrTime),
    hrTimeObserved: plainTime(record.hrTimeObserved),
    spanContext: spanContext === undefined ? undefined : plainSpanContext(spanContext),
    severityText: severityText === undefined ? undefined : textOf(severityText),
    severityNumber: numberWithin(record.severityNumber, MAX_SEVERITY),
    body: plainValue(body),
    eventName: eventName === undefined ? undefined : textOf(eventName),
    resource: record.resource,
    instrumentationScope: record.instrumentationScope,
    attributes: plainAttributes(record.attributes),
    droppedAttributesCount: plainCount(record.droppedAttributesCount),
  };
}

/** FATAL4. */
const MAX_SEVERITY = 24;

function plainAttributes(given: Attributes | undefined): Attributes {
  try {
    return Object.fromEntries(Object.keys(given ?? {}).map((key) => [key, readPlain(given, key)]));
  } catch {
    // A Proxy that names none of its keys.
    return {};
  }
}

function readPlain(holder: Attributes | undefined, key: string): AnyValue | undefined {
  try {
    return plainValue(holder?.[key]);
  } catch {
    return '[Unreadable]';
  }
}

function plainTime(time: unknown): HrTime {
  return toHrTime(time) ?? [0, 0];
}

function plainCount(count: unknown): number {
  return numberWithin(count, 2 ** 32 - 1) ?? 0;
}

function numberWithin(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max ? value : undefined;
}
