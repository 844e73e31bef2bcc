/** The parts of OTLP/JSON that the tests assert on, flattened: attributes are a record, times are bigints. */
export interface SpanLine {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 2 server, 3 client. */
  readonly kind: number;
  /** 2 is an error. */
  readonly statusCode: number;
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly resource: Attributes;
}

export interface LogLine {
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

export type Attributes = Readonly<Record<string, unknown>>;

export function readSpans(body: unknown): SpanLine[] {
  return records(body, 'resourceSpans', 'scopeSpans', 'spans').map(([span, resource]) => ({
    traceId: text(span, 'traceId'),
    spanId: text(span, 'spanId'),
    parentSpanId: text(span, 'parentSpanId'),
    name: text(span, 'name'),
    kind: Number(field(span, 'kind')),
    statusCode: Number(field(field(span, 'status'), 'code') ?? 0),
    attributes: attributesOf(span),
    links: list(span, 'links').map((link) => ({ traceId: text(link, 'traceId'), spanId: text(link, 'spanId') })),
    events: list(span, 'events').map((event) => ({ name: text(event, 'name'), attributes: attributesOf(event) })),
    resource,
  }));
}

export function readLogs(body: unknown): LogLine[] {
  return records(body, 'resourceLogs', 'scopeLogs', 'logRecords').map(([record, resource]) => ({
    traceId: text(record, 'traceId'),
    spanId: text(record, 'spanId'),
    timeUnixNano: BigInt(text(record, 'timeUnixNano')),
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
