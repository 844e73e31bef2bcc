/**
 * OTLP/JSON's shapes, as records have them in answers and in storage: lowerCamelCase names, ids in lower-case hex,
 * 64-bit integers as decimal strings, bytes as base64, enums as integers.
 * Source: opentelemetry-proto, `common/v1`, `resource/v1`, `logs/v1`, `trace/v1`.
 *
 * A field at its protobuf default is absent, except where it is declared without `?`. An `AnyValue` of no kind is `{}`,
 * which is not the same as an absent one. Doubles that JSON has no number for are the strings `NaN`, `Infinity`,
 * `-Infinity` and `-0`.
 */

export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** Decimal, of a signed 64-bit integer. */
  intValue?: string;
  doubleValue?: number | 'NaN' | 'Infinity' | '-Infinity' | '-0';
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
  /** Base64, standard alphabet, padded. */
  bytesValue?: string;
}

export interface KeyValue {
  key: string;
  value?: AnyValue;
}

export interface EntityRef {
  schemaUrl?: string;
  type?: string;
  idKeys?: string[];
  descriptionKeys?: string[];
}

/** With the `schemaUrl` of the message around it (ResourceLogs, ResourceSpans). */
export interface Resource {
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  entityRefs?: EntityRef[];
  schemaUrl?: string;
}

/** With the `schemaUrl` of the message around it (ScopeLogs, ScopeSpans). */
export interface Scope {
  name?: string;
  version?: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  schemaUrl?: string;
}

/** The fields of OTLP's LogRecord. */
export interface OtlpLogRecord {
  /** Unix nanoseconds, decimal; `0` when the sender gave none. */
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber?: number;
  severityText?: string;
  body?: AnyValue;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  /** All 32 bits as received; the lower 8 are the W3C trace flags. */
  flags?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}

export interface SpanEvent {
  timeUnixNano: string;
  name?: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState?: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  flags?: number;
}

export interface SpanStatus {
  message?: string;
  /** 0 unset, 1 ok, 2 error. */
  code?: number;
}

/** The fields of OTLP's Span. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  traceState?: string;
  parentSpanId?: string;
  flags?: number;
  name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  events?: SpanEvent[];
  droppedEventsCount?: number;
  links?: SpanLink[];
  droppedLinksCount?: number;
  status?: SpanStatus;
}
