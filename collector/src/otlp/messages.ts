/** How a scalar is on the wire and in an object. `id` is bytes that OTLP/JSON writes as hex; `enum` an int32. */
export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'id'
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'sfixed64'
  | 'fixed32'
  | 'uint32'
  | 'sint32'
  | 'enum'
  | 'bool'
  | 'double';

/**
 * What an object shows of a field at its protobuf default. `implicit`: nothing. `always`: the default itself, also when it was
 * never sent. `oneof`: it is shown when it was sent, and takes the place of its siblings.
 */
export type Presence = 'implicit' | 'always' | 'oneof';

interface RowBase {
  readonly number: number;
  readonly name: string;
  readonly isList?: true;
  readonly presence?: Presence;
}

/** One field of a message: its number in protobuf, its name in OTLP/JSON, what it holds. */
export type FieldRow = (RowBase & { readonly kind: ScalarKind }) | (RowBase & { readonly message: MessageName });

export const MESSAGE_NAMES = [
  'AnyValue',
  'ArrayValue',
  'KeyValueList',
  'KeyValue',
  'EntityRef',
  'Resource',
  'InstrumentationScope',
  'LogRecord',
  'ScopeLogs',
  'ResourceLogs',
  'ExportLogsServiceRequest',
  'Event',
  'Link',
  'Status',
  'Span',
  'ScopeSpans',
  'ResourceSpans',
  'ExportTraceServiceRequest',
  'Exemplar',
  'NumberDataPoint',
  'HistogramDataPoint',
  'Buckets',
  'ExponentialHistogramDataPoint',
  'ValueAtQuantile',
  'SummaryDataPoint',
  'Gauge',
  'Sum',
  'Histogram',
  'ExponentialHistogram',
  'Summary',
  'Metric',
  'ScopeMetrics',
  'ResourceMetrics',
  'ExportMetricsServiceRequest',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

const ATTRIBUTES = { name: 'attributes', message: 'KeyValue', isList: true } as const;
const DROPPED_ATTRIBUTES = { name: 'droppedAttributesCount', kind: 'uint32' } as const;
const START_TIME = { name: 'startTimeUnixNano', kind: 'fixed64', presence: 'always' } as const;
const TIME = { name: 'timeUnixNano', kind: 'fixed64', presence: 'always' } as const;
const EXEMPLARS = { name: 'exemplars', message: 'Exemplar', isList: true } as const;
const POINTS = { number: 1, name: 'dataPoints', isList: true, presence: 'always' } as const;
const TEMPORALITY = { number: 2, name: 'aggregationTemporality', kind: 'enum' } as const;

/**
 * Every field that is read. Source: opentelemetry-proto 1.9, `common`, `resource`, `logs`, `trace`, `metrics` and their collector services.
 * Left out on purpose, so skipped like any unknown field: the string-table references of profiles (`string_value_strindex`,
 * `key_strindex`), which the protocol says to treat as absent in all other signals.
 */
export const MESSAGES: Readonly<Record<MessageName, readonly FieldRow[]>> = {
  AnyValue: [
    { number: 1, name: 'stringValue', kind: 'string', presence: 'oneof' },
    { number: 2, name: 'boolValue', kind: 'bool', presence: 'oneof' },
    { number: 3, name: 'intValue', kind: 'int64', presence: 'oneof' },
    { number: 4, name: 'doubleValue', kind: 'double', presence: 'oneof' },
    { number: 5, name: 'arrayValue', message: 'ArrayValue', presence: 'oneof' },
    { number: 6, name: 'kvlistValue', message: 'KeyValueList', presence: 'oneof' },
    { number: 7, name: 'bytesValue', kind: 'bytes', presence: 'oneof' },
  ],
  ArrayValue: [{ number: 1, name: 'values', message: 'AnyValue', isList: true, presence: 'always' }],
  KeyValueList: [{ number: 1, name: 'values', message: 'KeyValue', isList: true, presence: 'always' }],
  KeyValue: [
    { number: 1, name: 'key', kind: 'string', presence: 'always' },
    { number: 2, name: 'value', message: 'AnyValue' },
  ],
  EntityRef: [
    { number: 1, name: 'schemaUrl', kind: 'string' },
    { number: 2, name: 'type', kind: 'string' },
    { number: 3, name: 'idKeys', kind: 'string', isList: true },
    { number: 4, name: 'descriptionKeys', kind: 'string', isList: true },
  ],
  Resource: [
    { number: 1, ...ATTRIBUTES, presence: 'always' },
    { number: 2, ...DROPPED_ATTRIBUTES },
    { number: 3, name: 'entityRefs', message: 'EntityRef', isList: true },
  ],
  InstrumentationScope: [
    { number: 1, name: 'name', kind: 'string' },
    { number: 2, name: 'version', kind: 'string' },
    { number: 3, ...ATTRIBUTES, presence: 'always' },
    { number: 4, ...DROPPED_ATTRIBUTES },
  ],
  LogRecord: [
    { number: 1, name: 'timeUnixNano', kind: 'fixed64', presence: 'always' },
    { number: 11, name: 'observedTimeUnixNano', kind: 'fixed64', presence: 'always' },
    { number: 2, name: 'severityNumber', kind: 'enum' },
    { number: 3, name: 'severityText', kind: 'string' },
    { number: 5, name: 'body', message: 'AnyValue' },
    { number: 6, ...ATTRIBUTES, presence: 'always' },
    { number: 7, ...DROPPED_ATTRIBUTES },
    { number: 8, name: 'flags', kind: 'fixed32' },
    { number: 9, name: 'traceId', kind: 'id' },
    { number: 10, name: 'spanId', kind: 'id' },
    { number: 12, name: 'eventName', kind: 'string' },
  ],
  ScopeLogs: [
    { number: 1, name: 'scope', message: 'InstrumentationScope', presence: 'always' },
    { number: 2, name: 'logRecords', message: 'LogRecord', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ResourceLogs: [
    { number: 1, name: 'resource', message: 'Resource', presence: 'always' },
    { number: 2, name: 'scopeLogs', message: 'ScopeLogs', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ExportLogsServiceRequest: [{ number: 1, name: 'resourceLogs', message: 'ResourceLogs', isList: true, presence: 'always' }],
  Event: [
    { number: 1, name: 'timeUnixNano', kind: 'fixed64', presence: 'always' },
    { number: 2, name: 'name', kind: 'string' },
    { number: 3, ...ATTRIBUTES, presence: 'always' },
    { number: 4, ...DROPPED_ATTRIBUTES },
  ],
  Link: [
    { number: 1, name: 'traceId', kind: 'id', presence: 'always' },
    { number: 2, name: 'spanId', kind: 'id', presence: 'always' },
    { number: 3, name: 'traceState', kind: 'string' },
    { number: 4, ...ATTRIBUTES, presence: 'always' },
    { number: 5, ...DROPPED_ATTRIBUTES },
    { number: 6, name: 'flags', kind: 'fixed32' },
  ],
  Status: [
    { number: 2, name: 'message', kind: 'string' },
    { number: 3, name: 'code', kind: 'enum' },
  ],
  Span: [
    { number: 1, name: 'traceId', kind: 'id', presence: 'always' },
    { number: 2, name: 'spanId', kind: 'id', presence: 'always' },
    { number: 3, name: 'traceState', kind: 'string' },
    { number: 4, name: 'parentSpanId', kind: 'id' },
    { number: 16, name: 'flags', kind: 'fixed32' },
    { number: 5, name: 'name', kind: 'string', presence: 'always' },
    { number: 6, name: 'kind', kind: 'enum' },
    { number: 7, name: 'startTimeUnixNano', kind: 'fixed64', presence: 'always' },
    { number: 8, name: 'endTimeUnixNano', kind: 'fixed64', presence: 'always' },
    { number: 9, ...ATTRIBUTES, presence: 'always' },
    { number: 10, ...DROPPED_ATTRIBUTES },
    { number: 11, name: 'events', message: 'Event', isList: true },
    { number: 12, name: 'droppedEventsCount', kind: 'uint32' },
    { number: 13, name: 'links', message: 'Link', isList: true },
    { number: 14, name: 'droppedLinksCount', kind: 'uint32' },
    { number: 15, name: 'status', message: 'Status' },
  ],
  ScopeSpans: [
    { number: 1, name: 'scope', message: 'InstrumentationScope', presence: 'always' },
    { number: 2, name: 'spans', message: 'Span', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ResourceSpans: [
    { number: 1, name: 'resource', message: 'Resource', presence: 'always' },
    { number: 2, name: 'scopeSpans', message: 'ScopeSpans', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ExportTraceServiceRequest: [{ number: 1, name: 'resourceSpans', message: 'ResourceSpans', isList: true, presence: 'always' }],
  Exemplar: [
    { number: 7, name: 'filteredAttributes', message: 'KeyValue', isList: true },
    { number: 2, ...TIME },
    { number: 3, name: 'asDouble', kind: 'double' },
    { number: 6, name: 'asInt', kind: 'sfixed64' },
    { number: 4, name: 'spanId', kind: 'id' },
    { number: 5, name: 'traceId', kind: 'id' },
  ],
  NumberDataPoint: [
    { number: 7, ...ATTRIBUTES, presence: 'always' },
    { number: 2, ...START_TIME },
    { number: 3, ...TIME },
    { number: 4, name: 'asDouble', kind: 'double' },
    { number: 6, name: 'asInt', kind: 'sfixed64' },
    { number: 5, ...EXEMPLARS },
    { number: 8, name: 'flags', kind: 'uint32' },
  ],
  HistogramDataPoint: [
    { number: 9, ...ATTRIBUTES, presence: 'always' },
    { number: 2, ...START_TIME },
    { number: 3, ...TIME },
    { number: 4, name: 'count', kind: 'fixed64' },
    { number: 5, name: 'sum', kind: 'double' },
    { number: 6, name: 'bucketCounts', kind: 'fixed64', isList: true },
    { number: 7, name: 'explicitBounds', kind: 'double', isList: true },
    { number: 8, ...EXEMPLARS },
    { number: 10, name: 'flags', kind: 'uint32' },
    { number: 11, name: 'min', kind: 'double' },
    { number: 12, name: 'max', kind: 'double' },
  ],
  Buckets: [
    { number: 1, name: 'offset', kind: 'sint32' },
    { number: 2, name: 'bucketCounts', kind: 'uint64', isList: true },
  ],
  ExponentialHistogramDataPoint: [
    { number: 1, ...ATTRIBUTES, presence: 'always' },
    { number: 2, ...START_TIME },
    { number: 3, ...TIME },
    { number: 4, name: 'count', kind: 'fixed64' },
    { number: 5, name: 'sum', kind: 'double' },
    { number: 6, name: 'scale', kind: 'sint32' },
    { number: 7, name: 'zeroCount', kind: 'fixed64' },
    { number: 8, name: 'positive', message: 'Buckets' },
    { number: 9, name: 'negative', message: 'Buckets' },
    { number: 10, name: 'flags', kind: 'uint32' },
    { number: 11, ...EXEMPLARS },
    { number: 12, name: 'min', kind: 'double' },
    { number: 13, name: 'max', kind: 'double' },
    { number: 14, name: 'zeroThreshold', kind: 'double' },
  ],
  ValueAtQuantile: [
    { number: 1, name: 'quantile', kind: 'double' },
    { number: 2, name: 'value', kind: 'double' },
  ],
  SummaryDataPoint: [
    { number: 7, ...ATTRIBUTES, presence: 'always' },
    { number: 2, ...START_TIME },
    { number: 3, ...TIME },
    { number: 4, name: 'count', kind: 'fixed64' },
    { number: 5, name: 'sum', kind: 'double' },
    { number: 6, name: 'quantileValues', message: 'ValueAtQuantile', isList: true },
    { number: 8, name: 'flags', kind: 'uint32' },
  ],
  Gauge: [{ ...POINTS, message: 'NumberDataPoint' }],
  Sum: [{ ...POINTS, message: 'NumberDataPoint' }, TEMPORALITY, { number: 3, name: 'isMonotonic', kind: 'bool' }],
  Histogram: [{ ...POINTS, message: 'HistogramDataPoint' }, TEMPORALITY],
  ExponentialHistogram: [{ ...POINTS, message: 'ExponentialHistogramDataPoint' }, TEMPORALITY],
  Summary: [{ ...POINTS, message: 'SummaryDataPoint' }],
  Metric: [
    { number: 1, name: 'name', kind: 'string', presence: 'always' },
    { number: 2, name: 'description', kind: 'string' },
    { number: 3, name: 'unit', kind: 'string' },
    { number: 5, name: 'gauge', message: 'Gauge' },
    { number: 7, name: 'sum', message: 'Sum' },
    { number: 9, name: 'histogram', message: 'Histogram' },
    { number: 10, name: 'exponentialHistogram', message: 'ExponentialHistogram' },
    { number: 11, name: 'summary', message: 'Summary' },
    { number: 12, name: 'metadata', message: 'KeyValue', isList: true },
  ],
  ScopeMetrics: [
    { number: 1, name: 'scope', message: 'InstrumentationScope', presence: 'always' },
    { number: 2, name: 'metrics', message: 'Metric', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ResourceMetrics: [
    { number: 1, name: 'resource', message: 'Resource', presence: 'always' },
    { number: 2, name: 'scopeMetrics', message: 'ScopeMetrics', isList: true, presence: 'always' },
    { number: 3, name: 'schemaUrl', kind: 'string' },
  ],
  ExportMetricsServiceRequest: [{ number: 1, name: 'resourceMetrics', message: 'ResourceMetrics', isList: true, presence: 'always' }],
};
