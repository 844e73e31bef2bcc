import protobuf from 'protobufjs';
import type { AnyValue, OtlpLogRecord, OtlpSpan } from '../../api/index.ts';
import type { DecodedRequest, Encoding, ResourceGroup } from '../decode-request.ts';

/**
 * OTLP's messages once more, for an encoder that is not ours (protobufjs): the reader's own table proves nothing about itself.
 * Source: opentelemetry-proto 1.9.
 */
const REFERENCE = protobuf.parse(
  `syntax = "proto3";
  message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4;
    ArrayValue arrayValue = 5; KeyValueList kvlistValue = 6; bytes bytesValue = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 droppedAttributesCount = 4; }
  message EntityRef { string schemaUrl = 1; string type = 2; repeated string idKeys = 3; repeated string descriptionKeys = 4; }
  message Resource { repeated KeyValue attributes = 1; uint32 droppedAttributesCount = 2; repeated EntityRef entityRefs = 3; }
  message LogRecord { fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5;
    repeated KeyValue attributes = 6; uint32 droppedAttributesCount = 7; fixed32 flags = 8; bytes traceId = 9; bytes spanId = 10;
    fixed64 observedTimeUnixNano = 11; string eventName = 12; }
  message Status { string message = 2; int32 code = 3; }
  message Event { fixed64 timeUnixNano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 droppedAttributesCount = 4; }
  message Link { bytes traceId = 1; bytes spanId = 2; string traceState = 3; repeated KeyValue attributes = 4;
    uint32 droppedAttributesCount = 5; fixed32 flags = 6; }
  message Span { bytes traceId = 1; bytes spanId = 2; string traceState = 3; bytes parentSpanId = 4; string name = 5; int32 kind = 6;
    fixed64 startTimeUnixNano = 7; fixed64 endTimeUnixNano = 8; repeated KeyValue attributes = 9; uint32 droppedAttributesCount = 10;
    repeated Event events = 11; uint32 droppedEventsCount = 12; repeated Link links = 13; uint32 droppedLinksCount = 14;
    Status status = 15; fixed32 flags = 16; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; string schemaUrl = 3; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; string schemaUrl = 3; }
  message LogsRequest { repeated ResourceLogs resourceLogs = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schemaUrl = 3; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; string schemaUrl = 3; }
  message TraceRequest { repeated ResourceSpans resourceSpans = 1; }
  message Exemplar { repeated KeyValue filteredAttributes = 7; fixed64 timeUnixNano = 2; double asDouble = 3; sfixed64 asInt = 6;
    bytes spanId = 4; bytes traceId = 5; }
  message NumberDataPoint { repeated KeyValue attributes = 7; fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
    double asDouble = 4; sfixed64 asInt = 6; repeated Exemplar exemplars = 5; uint32 flags = 8; }
  message HistogramDataPoint { repeated KeyValue attributes = 9; fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
    fixed64 count = 4; double sum = 5; repeated fixed64 bucketCounts = 6; repeated double explicitBounds = 7;
    repeated Exemplar exemplars = 8; uint32 flags = 10; double min = 11; double max = 12; }
  message Buckets { sint32 offset = 1; repeated uint64 bucketCounts = 2; }
  message ExponentialHistogramDataPoint { repeated KeyValue attributes = 1; fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
    fixed64 count = 4; double sum = 5; sint32 scale = 6; fixed64 zeroCount = 7; Buckets positive = 8; Buckets negative = 9;
    uint32 flags = 10; repeated Exemplar exemplars = 11; double min = 12; double max = 13; double zeroThreshold = 14; }
  message ValueAtQuantile { double quantile = 1; double value = 2; }
  message SummaryDataPoint { repeated KeyValue attributes = 7; fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
    fixed64 count = 4; double sum = 5; repeated ValueAtQuantile quantileValues = 6; uint32 flags = 8; }
  message Gauge { repeated NumberDataPoint dataPoints = 1; }
  message Sum { repeated NumberDataPoint dataPoints = 1; int32 aggregationTemporality = 2; bool isMonotonic = 3; }
  message Histogram { repeated HistogramDataPoint dataPoints = 1; int32 aggregationTemporality = 2; }
  message ExponentialHistogram { repeated ExponentialHistogramDataPoint dataPoints = 1; int32 aggregationTemporality = 2; }
  message Summary { repeated SummaryDataPoint dataPoints = 1; }
  message Metric { string name = 1; string description = 2; string unit = 3; Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9;
    ExponentialHistogram exponentialHistogram = 10; Summary summary = 11; repeated KeyValue metadata = 12; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; string schemaUrl = 3; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; string schemaUrl = 3; }
  message MetricsRequest { repeated ResourceMetrics resourceMetrics = 1; }
  message PartialSuccess { int64 rejectedCount = 1; string errorMessage = 2; }
  message ExportResponse { PartialSuccess partialSuccess = 1; }
  message Any { string typeUrl = 1; bytes value = 2; }
  message RpcStatus { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retryDelay = 1; }`,
  { keepCase: true },
).root;

const ID_FIELDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Encodes a message given in OTLP/JSON's shape. */
export function encodeReference(type: string, message: object): Buffer {
  const lookedUp = REFERENCE.lookupType(type);
  return Buffer.from(lookedUp.encode(lookedUp.fromObject(forProtobufjs(message))).finish());
}

/** Decodes a message to plain objects: 64-bit integers decimal, bytes as base64. */
export function decodeReference(type: string, bytes: Uint8Array): Record<string, unknown> {
  const lookedUp = REFERENCE.lookupType(type);
  return lookedUp.toObject(lookedUp.decode(bytes), { longs: String, bytes: String });
}

/** The request around groups of log records, as a sender would write it. */
export function encodeLogs(groups: readonly ResourceGroup<OtlpLogRecord>[], encoding: Encoding): Buffer {
  return encode(
    'LogsRequest',
    { resourceLogs: groups.map((group) => ({ ...around(group), scopeLogs: scopesOf(group, 'logRecords') })) },
    encoding,
  );
}

/** The request around groups of spans, as a sender would write it. */
export function encodeTraces(groups: readonly ResourceGroup<OtlpSpan>[], encoding: Encoding): Buffer {
  return encode(
    'TraceRequest',
    { resourceSpans: groups.map((group) => ({ ...around(group), scopeSpans: scopesOf(group, 'spans') })) },
    encoding,
  );
}

/** An ExportMetricsServiceRequest given in OTLP/JSON's shape, as a sender would write it. */
export function encodeMetrics(message: { readonly resourceMetrics: readonly object[] }, encoding: Encoding): Buffer {
  return encode('MetricsRequest', message, encoding);
}

/** What decoding the groups comes to. */
export function decoded<R>(groups: readonly ResourceGroup<R>[]): DecodedRequest<R> {
  return { groups, cutValues: new Map<AnyValue, number>() };
}

function encode(type: string, message: object, encoding: Encoding): Buffer {
  return encoding === 'json' ? Buffer.from(JSON.stringify(message)) : encodeReference(type, message);
}

/** The schema URL of a resource stands in the message around it. */
function around<R>({ resource: { schemaUrl, ...resource } }: ResourceGroup<R>): object {
  return { resource, ...(schemaUrl !== undefined && { schemaUrl }) };
}

function scopesOf<R>(group: ResourceGroup<R>, recordsName: string): object[] {
  return group.scopes.map(({ scope: { schemaUrl, ...scope }, records }) => ({
    scope,
    [recordsName]: records,
    ...(schemaUrl !== undefined && { schemaUrl }),
  }));
}

/** protobufjs takes ids as bytes and doubles as numbers. */
function forProtobufjs(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]): [string, unknown] => [name, forField(name, member)]));
}

function forField(name: string, value: unknown): unknown {
  if (name === 'doubleValue') return Number(value);
  if (ID_FIELDS.has(name) && typeof value === 'string') return Buffer.from(value, 'hex');
  if (Array.isArray(value)) return value.map((element: unknown) => (isObject(element) ? forProtobufjs(element) : element));
  return isObject(value) ? forProtobufjs(value) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
