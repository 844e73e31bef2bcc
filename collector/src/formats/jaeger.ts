import type { AnyValue, KeyValue, OtlpSpan, SpanEvent, SpanLink, SpanStatus } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { textAttribute } from './attributes.ts';
import { isObject, type JsonObject, textForm, textOf, wholeOf } from './json-shapes.ts';

/** By OTLP's number. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ['internal', 1],
  ['server', 2],
  ['client', 3],
  ['producer', 4],
  ['consumer', 5],
]);
const STATUS_OK = 1;
const STATUS_ERROR = 2;
/** Tags that stand for fields of OTLP's span: they become these fields again. */
const FIELD_TAGS: ReadonlySet<string> = new Set([
  'span.kind',
  'error',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'w3c.tracestate',
]);
const NANOS_PER_MICRO = 1_000n;

/**
 * One trace as Jaeger UI downloads it, `{ traceID, spans, processes }`, as an ExportTraceServiceRequest. Ids of 64 bits get zeros before them; the first
 * CHILD_OF of the same trace is the parent, every other reference a link. Throws `malformed_body` for what is no such trace; a span with ids that are none is
 * left for whoever checks OTLP's. Source: Jaeger's `internal/uimodel`.
 */
export function translateJaegerTrace(trace: unknown): { readonly resourceSpans: object[]; readonly spanCount: number } {
  if (!isObject(trace) || !Array.isArray(trace.spans) || !isObject(trace.processes)) throw malformed();
  const { spans, processes } = trace;
  if (!spans.every(isObject)) throw malformed();
  const byProcess = Map.groupBy(spans, (span) => textOf(span, 'processID') ?? '');
  const resourceSpans = [...byProcess].map(([id, members]) => {
    const byScope = Map.groupBy(members, (span) => JSON.stringify(scopeOf(tagsOf(span.tags))));
    return {
      resource: { attributes: resourceAttributes(processes[id]) },
      scopeSpans: [...byScope].map(([scope, group]) => ({ scope: JSON.parse(scope), spans: group.map(toOtlpSpan) })),
    };
  });
  return { resourceSpans, spanCount: spans.length };
}

function toOtlpSpan(sent: JsonObject): OtlpSpan {
  const tags = tagsOf(sent.tags);
  const traceId = idOf(sent, 'traceID', 32);
  const startNanos = (wholeOf(sent, 'startTime') ?? 0n) * NANOS_PER_MICRO;
  const references = (Array.isArray(sent.references) ? sent.references : []).filter(isObject);
  const parent = references.find((reference) => textOf(reference, 'refType') === 'CHILD_OF' && idOf(reference, 'traceID', 32) === traceId);
  const kind = KINDS.get(textTag(tags, 'span.kind') ?? '');
  const traceState = textTag(tags, 'w3c.tracestate');
  const status = statusOf(tags);
  const flags = wholeOf(sent, 'flags') ?? 0n;
  return {
    traceId,
    spanId: idOf(sent, 'spanID', 16),
    ...(traceState !== undefined && { traceState }),
    ...(parent && { parentSpanId: idOf(parent, 'spanID', 16) }),
    ...(flags > 0n && { flags: Number(flags & 0xffn) }),
    name: textOf(sent, 'operationName') ?? '',
    ...(kind !== undefined && { kind }),
    startTimeUnixNano: String(startNanos),
    endTimeUnixNano: String(startNanos + (wholeOf(sent, 'duration') ?? 0n) * NANOS_PER_MICRO),
    attributes: attributesOf(tags.filter((tag) => !isFieldTag(tag))),
    events: (Array.isArray(sent.logs) ? sent.logs : []).filter(isObject).map(toEvent),
    links: references.filter((reference) => reference !== parent).map(toLink),
    ...(status && { status }),
  };
}

/** `error` is a field where it says yes or no; a text is an attribute like any other. */
function isFieldTag(tag: JsonObject): boolean {
  const key = textOf(tag, 'key') ?? '';
  if (key === 'error') return typeof tag.value === 'boolean' || tag.value === 'true' || tag.value === 'false';
  return FIELD_TAGS.has(key) && typeof tag.value === 'string';
}

function toEvent(log: JsonObject): SpanEvent {
  const fields = tagsOf(log.fields);
  const name = textTag(fields, 'event');
  return {
    timeUnixNano: String((wholeOf(log, 'timestamp') ?? 0n) * NANOS_PER_MICRO),
    ...(name !== undefined && { name }),
    attributes: attributesOf(name === undefined ? fields : fields.filter((field) => textOf(field, 'key') !== 'event')),
  };
}

function toLink(reference: JsonObject): SpanLink {
  const isChild = textOf(reference, 'refType') === 'CHILD_OF';
  return {
    traceId: idOf(reference, 'traceID', 32),
    spanId: idOf(reference, 'spanID', 16),
    attributes: isChild ? textAttribute('opentracing.ref_type', 'child_of') : [],
  };
}

function statusOf(tags: readonly JsonObject[]): SpanStatus | undefined {
  const said = textTag(tags, 'otel.status_code');
  const error = tags.find((tag) => textOf(tag, 'key') === 'error')?.value;
  const message = textTag(tags, 'otel.status_description');
  const isError = said === 'ERROR' || (said === undefined && (error === true || error === 'true'));
  const code = isError ? STATUS_ERROR : said === 'OK' ? STATUS_OK : undefined;
  if (code === undefined && message === undefined) return undefined;
  return { ...(message !== undefined && { message }), ...(code !== undefined && { code }) };
}

function scopeOf(tags: readonly JsonObject[]): { readonly name?: string; readonly version?: string } {
  const name = textTag(tags, 'otel.scope.name') ?? textTag(tags, 'otel.library.name');
  const version = textTag(tags, 'otel.scope.version') ?? textTag(tags, 'otel.library.version');
  return { ...(name !== undefined && { name }), ...(version !== undefined && { version }) };
}

function resourceAttributes(process: unknown): KeyValue[] {
  if (!isObject(process)) return [];
  return [...textAttribute('service.name', textOf(process, 'serviceName')), ...attributesOf(tagsOf(process.tags))];
}

function tagsOf(tags: unknown): JsonObject[] {
  return Array.isArray(tags) ? tags.filter(isObject) : [];
}

function textTag(tags: readonly JsonObject[], key: string): string | undefined {
  const tag = tags.find((candidate) => textOf(candidate, 'key') === key);
  const text = tag && textOf(tag, 'value');
  return text === '' ? undefined : text;
}

function attributesOf(tags: readonly JsonObject[]): KeyValue[] {
  return tags.map((tag) => ({ key: textOf(tag, 'key') ?? '', value: typedValue(textOf(tag, 'type'), tag.value) }));
}

/** By the tag's own type; a value that is not of it is a text. */
function typedValue(type: string | undefined, value: unknown): AnyValue {
  const text = textForm(value ?? '');
  if (typeof value === 'boolean') return { boolValue: value };
  if (type === 'bool' && (value === 'true' || value === 'false')) return { boolValue: value === 'true' };
  if (type === 'int64' && /^-?\d{1,19}$/.test(text)) return { intValue: text };
  if (type === 'float64' && value !== '' && Number.isFinite(Number(value))) return { doubleValue: Number(value) };
  if (type === 'binary' && typeof value === 'string') return { bytesValue: Buffer.from(value, 'base64').toString('base64') };
  return { stringValue: text };
}

/** Hex digits with zeros before them. */
function idOf(object: JsonObject, key: string, digits: number): string {
  return (textOf(object, key) ?? '').toLowerCase().padStart(digits, '0');
}

function malformed(): ThreadlineError {
  return new ThreadlineError('malformed_body', 'not a trace as Jaeger downloads it: { traceID, spans, processes }');
}
