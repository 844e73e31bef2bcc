/** A span of OTLP/JSON, flattened: attributes are a record, times are bigints. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** 2 is an error. */
  readonly statusCode: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly resource: Attributes;
}

/** A log record of OTLP/JSON, flattened. */
export interface ReceivedLog {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  /** Empty on a record that is no event. */
  readonly eventName: string;
  readonly body: unknown;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

/** By name; maps and lists go all the way down, whole numbers are numbers. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The spans of an export request. What is not one is left out; never throws for JSON that is another. */
export function readSpans(body: unknown): ReceivedSpan[] {
  return records(body, 'resourceSpans', 'scopeSpans', 'spans').map(([span, resource]) => ({
    traceId: text(span, 'traceId'),
    spanId: text(span, 'spanId'),
    parentSpanId: text(span, 'parentSpanId'),
    name: text(span, 'name'),
    kind: Number(field(span, 'kind')),
    statusCode: Number(field(field(span, 'status'), 'code') ?? 0),
    startTimeUnixNano: nanos(span, 'startTimeUnixNano'),
    endTimeUnixNano: nanos(span, 'endTimeUnixNano'),
    attributes: attributesOf(span),
    links: list(span, 'links').map((link) => ({ traceId: text(link, 'traceId'), spanId: text(link, 'spanId') })),
    events: list(span, 'events').map((event) => ({ name: text(event, 'name'), attributes: attributesOf(event) })),
    resource,
  }));
}

/** The log records of an export request, as `readSpans`. */
export function readLogs(body: unknown): ReceivedLog[] {
  return records(body, 'resourceLogs', 'scopeLogs', 'logRecords').map(([record, resource]) => ({
    traceId: text(record, 'traceId'),
    spanId: text(record, 'spanId'),
    timeUnixNano: nanos(record, 'timeUnixNano'),
    severityNumber: Number(field(record, 'severityNumber')),
    severityText: text(record, 'severityText'),
    eventName: text(record, 'eventName'),
    body: readValue(field(record, 'body')),
    attributes: attributesOf(record),
    resource,
  }));
}

function records(body: unknown, resources: string, scopes: string, items: string): [record: unknown, resource: Attributes][] {
  return list(body, resources).flatMap((group) => {
    const resource = attributesOf(field(group, 'resource'));
    return list(group, scopes).flatMap((scope) => list(scope, items).map((record): [unknown, Attributes] => [record, resource]));
  });
}

function attributesOf(holder: unknown): Attributes {
  return Object.fromEntries(list(holder, 'attributes').map((attribute) => [text(attribute, 'key'), readValue(field(attribute, 'value'))]));
}

/** `{ intValue: 5 }` is 5; maps and lists go all the way down. */
function readValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [kind, inner] = Object.entries(value)[0] ?? [];
  if (kind === 'arrayValue') return list(inner, 'values').map(readValue);
  if (kind === 'kvlistValue')
    return Object.fromEntries(list(inner, 'values').map((entry) => [text(entry, 'key'), readValue(field(entry, 'value'))]));
  return kind === 'intValue' ? Number(inner) : inner;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return found === undefined ? '' : String(found);
}

/** 0 for what is no number. */
function nanos(holder: unknown, name: string): bigint {
  const digits = text(holder, name);
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : 0n;
}
