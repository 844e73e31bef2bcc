import type { KeyValue, OtlpSpan, SpanEvent, SpanStatus } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { textAttribute } from './attributes.ts';
import { JsonFields } from './json-fields.ts';
import { isObject, type JsonObject, parseJsonBody, textForm, textOf } from './json-shapes.ts';

const EXPECTED = 'a JSON list of spans, as Zipkin v2 has it';
/** By OTLP's number. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ['SERVER', 2],
  ['CLIENT', 3],
  ['PRODUCER', 4],
  ['CONSUMER', 5],
]);
const STATUS_CODES: ReadonlyMap<string, number> = new Map([
  ['OK', 1],
  ['ERROR', 2],
]);
const STATUS_ERROR = 2;
/** Tags that OpenTelemetry's exporters make of fields of the span, and `error`: they become these fields again. */
const FIELD_TAGS: ReadonlySet<string> = new Set([
  'error',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
]);
const NANOS_PER_MICRO = 1_000n;
/** More than a body has room for of real ones; each takes far more as objects. */
const MAX_SPANS = 50_000;
/** And of those in one span, which are cut to a record's size only after they have been made. */
const MAX_ANNOTATIONS = 50_000;

interface ZipkinSpan {
  readonly service: string;
  readonly scope: { readonly name?: string; readonly version?: string };
  readonly span: OtlpSpan;
}

/**
 * The body of `POST /api/v2/spans` as the JSON of an ExportTraceServiceRequest. Throws `malformed_body` for what is no list of spans; a span with ids
 * that are none is left for whoever checks OTLP's. Ids of 64 bits get zeros before them. A span that a server shares with its client keeps the id
 * that both have, marked by `zipkin.shared`. A field that is not of its type costs neither the span nor itself (`JsonFields`). Source: Zipkin's API, version 2, and OpenTelemetry's mapping of it.
 */
export function translateZipkin(body: Uint8Array): Buffer {
  const spans = parseJsonBody(body, EXPECTED);
  if (!Array.isArray(spans)) throw malformed();
  if (spans.length > MAX_SPANS) throw tooMany(`${MAX_SPANS} spans`);
  const converted = spans.map((span: unknown, place) => {
    if (!isObject(span)) throw malformed(`: [${place}] is no object`);
    return convert(span);
  });
  const byService = Map.groupBy(converted, ({ service }) => service);
  const resourceSpans = [...byService].map(([service, members]) => {
    const byScope = Map.groupBy(members, ({ scope }) => JSON.stringify(scope));
    return {
      resource: { attributes: textAttribute('service.name', service) },
      scopeSpans: [...byScope.values()].map((group) => ({ scope: group[0]?.scope ?? {}, spans: group.map(({ span }) => span) })),
    };
  });
  return Buffer.from(JSON.stringify({ resourceSpans }));
}

function convert(sent: JsonObject): ZipkinSpan {
  const odd: KeyValue[] = [];
  const fields = new JsonFields(sent, { place: 'zipkin', odd });
  const tags = tagsOf(fields);
  const local = endpointOf(fields, 'localEndpoint');
  const remote = endpointOf(fields, 'remoteEndpoint');
  const startNanos = (fields.whole('timestamp') ?? 0n) * NANOS_PER_MICRO;
  const durationNanos = (fields.whole('duration') ?? 0n) * NANOS_PER_MICRO;
  const parentSpanId = fields.text('parentId');
  const kind = kindOf(fields);
  const status = statusOf(tags);
  const name = tags.get('otel.scope.name') ?? tags.get('otel.library.name');
  const version = tags.get('otel.scope.version') ?? tags.get('otel.library.version');
  const attributes = [
    ...[...tags].flatMap(([key, value]): KeyValue[] => (FIELD_TAGS.has(key) ? [] : [{ key, value: { stringValue: value } }])),
    ...textAttribute('network.local.address', local.address),
    ...portAttribute('network.local.port', local.port),
    ...textAttribute('peer.service', remote.service),
    ...textAttribute('network.peer.address', remote.address),
    ...portAttribute('network.peer.port', remote.port),
    ...['shared', 'debug'].flatMap((flag) => (fields.flag(flag) ? [{ key: `zipkin.${flag}`, value: { boolValue: true } }] : [])),
  ];
  const span = {
    traceId: (textOf(sent, 'traceId') ?? '').padStart(32, '0'),
    spanId: (textOf(sent, 'id') ?? '').padStart(16, '0'),
    ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentSpanId: parentSpanId.padStart(16, '0') }),
    name: fields.text('name') ?? '',
    ...(kind === undefined ? {} : { kind }),
    startTimeUnixNano: startNanos.toString(),
    endTimeUnixNano: (startNanos + durationNanos).toString(),
    events: eventsOf(fields),
    ...(status === undefined ? {} : { status }),
  };
  return {
    service: local.service ?? '',
    scope: { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) },
    span: { ...span, attributes: [...attributes, ...odd] },
  };
}

function kindOf(fields: JsonFields): number | undefined {
  const text = fields.text('kind') ?? '';
  const kind = KINDS.get(text);
  if (kind === undefined && text !== '') fields.keep('kind');
  return kind;
}

/** Values are texts in Zipkin; what a sender made of another type is its JSON. */
function tagsOf(fields: JsonFields): ReadonlyMap<string, string> {
  return new Map(Object.entries(fields.object('tags') ?? {}).map(([key, value]) => [key, textForm(value)]));
}

function endpointOf(
  fields: JsonFields,
  key: string,
): { readonly service?: string | undefined; readonly address?: string | undefined; readonly port?: bigint | undefined } {
  const endpoint = fields.fields(key);
  if (endpoint === undefined) return {};
  const [ipv4, ipv6] = [endpoint.text('ipv4'), endpoint.text('ipv6')];
  return { service: endpoint.text('serviceName'), address: ipv4 ?? ipv6, port: endpoint.whole('port') };
}

function portAttribute(key: string, port: bigint | undefined): KeyValue[] {
  return port === undefined || port === 0n ? [] : [{ key, value: { intValue: port.toString() } }];
}

/** Any `error` tag is an error in Zipkin; a text other than `true` says which. */
function statusOf(tags: ReadonlyMap<string, string>): SpanStatus | undefined {
  const error = tags.get('error');
  const code = STATUS_CODES.get(tags.get('otel.status_code') ?? '') ?? (error === undefined ? undefined : STATUS_ERROR);
  if (code === undefined) return undefined;
  const message = tags.get('otel.status_description') ?? (error === 'true' ? undefined : error);
  return message === undefined || message === '' ? { code } : { code, message };
}

/** One that is no object is an event too, named by what it is. */
function eventsOf(fields: JsonFields): SpanEvent[] {
  const annotations = fields.list('annotations') ?? [];
  if (annotations.length > MAX_ANNOTATIONS) throw tooMany(`${MAX_ANNOTATIONS} annotations in one span`);
  return annotations.map((sent) => {
    if (!isObject(sent)) return { timeUnixNano: '0', name: textForm(sent), attributes: [] };
    const odd: KeyValue[] = [];
    const annotation = new JsonFields(sent, { place: 'zipkin', odd });
    const timeNanos = (annotation.whole('timestamp') ?? 0n) * NANOS_PER_MICRO;
    return { timeUnixNano: timeNanos.toString(), name: annotation.text('value') ?? '', attributes: odd };
  });
}

function tooMany(what: string): ThreadlineError {
  return new ThreadlineError('body_too_large', `the request holds more than ${what}; send smaller batches`);
}

function malformed(place = ''): ThreadlineError {
  return new ThreadlineError('malformed_body', `the body is not ${EXPECTED}${place}`);
}
