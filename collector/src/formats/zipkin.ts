import type { KeyValue, OtlpSpan, SpanEvent, SpanStatus } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { textAttribute } from './attributes.ts';
import { isObject, type JsonObject, parseJsonBody, textForm, textOf, wholeOf } from './json-shapes.ts';

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
 * that both have, marked by `zipkin.shared`. Source: Zipkin's API, version 2, and OpenTelemetry's mapping of it.
 */
export function translateZipkin(body: Uint8Array): Buffer {
  const spans = parseJsonBody(body, EXPECTED);
  if (!Array.isArray(spans)) throw malformed();
  if (spans.length > MAX_SPANS) throw tooMany(`${MAX_SPANS} spans`);
  const converted = spans.map((span: unknown) => {
    if (!isObject(span)) throw malformed();
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
  const tags = tagsOf(sent);
  const local = endpointOf(sent, 'localEndpoint');
  const remote = endpointOf(sent, 'remoteEndpoint');
  const startNanos = (wholeOf(sent, 'timestamp') ?? 0n) * NANOS_PER_MICRO;
  const parentSpanId = textOf(sent, 'parentId');
  const kind = KINDS.get(textOf(sent, 'kind') ?? '');
  const status = statusOf(tags);
  const name = tags.get('otel.scope.name') ?? tags.get('otel.library.name');
  const version = tags.get('otel.scope.version') ?? tags.get('otel.library.version');
  return {
    service: local.service ?? '',
    scope: { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) },
    span: {
      traceId: (textOf(sent, 'traceId') ?? '').padStart(32, '0'),
      spanId: (textOf(sent, 'id') ?? '').padStart(16, '0'),
      ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentSpanId: parentSpanId.padStart(16, '0') }),
      name: textOf(sent, 'name') ?? '',
      ...(kind === undefined ? {} : { kind }),
      startTimeUnixNano: startNanos.toString(),
      endTimeUnixNano: (startNanos + (wholeOf(sent, 'duration') ?? 0n) * NANOS_PER_MICRO).toString(),
      attributes: [
        ...[...tags].flatMap(([key, value]): KeyValue[] => (FIELD_TAGS.has(key) ? [] : [{ key, value: { stringValue: value } }])),
        ...textAttribute('network.local.address', local.address),
        ...portAttribute('network.local.port', local.port),
        ...textAttribute('peer.service', remote.service),
        ...textAttribute('network.peer.address', remote.address),
        ...portAttribute('network.peer.port', remote.port),
        ...(sent.shared === true ? [{ key: 'zipkin.shared', value: { boolValue: true } }] : []),
        ...(sent.debug === true ? [{ key: 'zipkin.debug', value: { boolValue: true } }] : []),
      ],
      events: eventsOf(sent),
      ...(status === undefined ? {} : { status }),
    },
  };
}

/** Values are texts in Zipkin; what a sender made of another type is its JSON. */
function tagsOf({ tags }: JsonObject): ReadonlyMap<string, string> {
  if (!isObject(tags)) return new Map();
  return new Map(Object.entries(tags).map(([key, value]) => [key, textForm(value)]));
}

function endpointOf(sent: JsonObject, key: string): { readonly service?: string; readonly address?: string; readonly port?: bigint } {
  const endpoint = sent[key];
  if (!isObject(endpoint)) return {};
  const service = textOf(endpoint, 'serviceName');
  const address = textOf(endpoint, 'ipv4') ?? textOf(endpoint, 'ipv6');
  const port = wholeOf(endpoint, 'port');
  return {
    ...(service === undefined ? {} : { service }),
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
  };
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

function eventsOf({ annotations }: JsonObject): SpanEvent[] {
  if (!Array.isArray(annotations)) return [];
  if (annotations.length > MAX_ANNOTATIONS) throw tooMany(`${MAX_ANNOTATIONS} annotations in one span`);
  return annotations.filter(isObject).map((annotation) => ({
    timeUnixNano: ((wholeOf(annotation, 'timestamp') ?? 0n) * NANOS_PER_MICRO).toString(),
    name: textOf(annotation, 'value') ?? '',
    attributes: [],
  }));
}

function tooMany(what: string): ThreadlineError {
  return new ThreadlineError('body_too_large', `the request holds more than ${what}; send smaller batches`);
}

function malformed(): ThreadlineError {
  return new ThreadlineError('malformed_body', `the body is not ${EXPECTED}`);
}
