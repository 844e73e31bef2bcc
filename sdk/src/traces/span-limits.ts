import type { AttributeLimits } from '../attributes.ts';
import { type Environment, readCount } from '../settings.ts';

/** OpenTelemetry's own default, for attributes and for events. */
const DEFAULT_COUNT = 128;

/** What a span may hold. */
export interface SpanLimits {
  readonly attributes: AttributeLimits;
  readonly eventAttributes: AttributeLimits;
  readonly linkAttributes: AttributeLimits;
  readonly maxEvents: number;
  readonly maxLinks: number;
}

/** `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` and its likes. @throws ThreadlineError for one that is no whole number. */
export function readSpanLimits(environment: Environment, maxLinks: number): SpanLimits {
  const attributes = readAttributeLimits(environment, 'OTEL_SPAN');
  const { maxLength } = attributes;
  return {
    attributes,
    eventAttributes: { maxLength, maxCount: readCount(environment, 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 0) ?? DEFAULT_COUNT },
    linkAttributes: { maxLength, maxCount: readCount(environment, 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 0) ?? DEFAULT_COUNT },
    maxEvents: readCount(environment, 'OTEL_SPAN_EVENT_COUNT_LIMIT', 0) ?? DEFAULT_COUNT,
    maxLinks,
  };
}

/** `OTEL_SPAN_…` or `OTEL_LOGRECORD_…`, else what `OTEL_ATTRIBUTE_…` says for both. */
export function readAttributeLimits(environment: Environment, prefix: 'OTEL_SPAN' | 'OTEL_LOGRECORD'): AttributeLimits {
  const read = (name: string, minimum: number): number | undefined =>
    readCount(environment, `${prefix}_${name}`, minimum) ?? readCount(environment, `OTEL_${name}`, minimum);
  return {
    maxCount: read('ATTRIBUTE_COUNT_LIMIT', 0) ?? DEFAULT_COUNT,
    maxLength: read('ATTRIBUTE_VALUE_LENGTH_LIMIT', 1) ?? Number.POSITIVE_INFINITY,
  };
}
