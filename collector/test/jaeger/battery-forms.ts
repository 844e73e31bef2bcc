import type { AnyValue, KeyValue } from '../../src/api/index.ts';
import type { JaegerSpan, JaegerTag, JaegerTrace } from '../../src/query/jaeger/jaeger-model.ts';
import { type BatteryProcess, type BatterySpan, type BatteryTrace, START_NANOS, type Tags, type TagValue } from './battery-traces.ts';

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The body of an OTLP/JSON request with the traces. */
export function toOtlp(traces: readonly BatteryTrace[]): string {
  const resourceSpans = traces.flatMap(({ traceId, processes }) =>
    processes.map(({ service, tags, scope, spans }) => ({
      resource: { attributes: keyValues({ 'service.name': service, ...tags }) },
      scopeSpans: [
        {
          scope: { name: scope?.name, version: scope?.version, attributes: keyValues(scope?.tags) },
          spans: spans.map((span) => otlpSpan(traceId, span)),
        },
      ],
    })),
  );
  return JSON.stringify({ resourceSpans });
}

function otlpSpan(
  traceId: string,
  { id, parentId, name, kind, startNanos = START_NANOS, durationNanos, tags, events, links }: BatterySpan,
) {
  return {
    traceId: traceId.padStart(32, '0'),
    spanId: id.padStart(16, '0'),
    ...(parentId !== undefined && { parentSpanId: parentId.padStart(16, '0') }),
    name,
    kind,
    startTimeUnixNano: String(startNanos),
    endTimeUnixNano: String(startNanos + durationNanos),
    attributes: keyValues(tags),
    events: events?.map((event) => ({ timeUnixNano: String(START_NANOS), attributes: keyValues(event) })),
    links: links?.map((link) => ({
      traceId: link.traceId.padStart(32, '0'),
      spanId: link.spanId.padStart(16, '0'),
      attributes: keyValues(link.tags),
    })),
    status: {},
  };
}

function keyValues(tags: Tags = {}): KeyValue[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: TagValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { bytesValue: value.toString('base64') };
}

/** A span with its process in it instead of a process's number. */
export type WholeSpan = Omit<JaegerSpan, 'processID'> & { readonly process: JaegerTrace['processes'][string] | undefined };

/** What an answer says, whatever order spans and processes have. */
export function wholeSpans({ spans, processes }: JaegerTrace): WholeSpan[] {
  return spans.map(({ processID, ...span }) => ({ ...span, process: processes[processID] })).sort((a, b) => (a.spanID < b.spanID ? -1 : 1));
}

/** How Jaeger shows the trace, written from the same description without the code under test. */
export function expectedSpans({ traceId, processes }: BatteryTrace): WholeSpan[] {
  return processes
    .flatMap((process) => process.spans.map((span) => expectedSpan(traceId.padStart(16, '0'), process, span)))
    .sort((a, b) => (a.spanID < b.spanID ? -1 : 1));
}

function expectedSpan(traceID: string, { service, tags, scope }: BatteryProcess, span: BatterySpan): WholeSpan {
  const startNanos = span.startNanos ?? START_NANOS;
  const kind = KINDS[span.kind ?? 0] ?? '';
  return {
    traceID,
    spanID: span.id.padStart(16, '0'),
    operationName: span.name,
    references: [
      ...(span.parentId === undefined ? [] : [{ refType: 'CHILD_OF' as const, traceID, spanID: span.parentId.padStart(16, '0') }]),
      ...(span.links ?? []).map((link) => ({
        refType: link.tags['opentracing.ref_type'] === 'child_of' ? ('CHILD_OF' as const) : ('FOLLOWS_FROM' as const),
        traceID: link.traceId.padStart(16, '0'),
        spanID: link.spanId.padStart(16, '0'),
      })),
    ],
    startTime: Number(startNanos / 1_000n),
    duration: Number(span.durationNanos / 1_000n),
    tags: jaegerTags({
      ...(scope && { 'otel.scope.name': scope.name, 'otel.scope.version': scope.version }),
      ...span.tags,
      ...(kind !== '' && { 'span.kind': kind }),
    }),
    logs: (span.events ?? []).map((fields) => ({ timestamp: Number(START_NANOS / 1_000n), fields: jaegerTags(fields) })),
    warnings: null,
    process: { serviceName: service, tags: jaegerTags(tags) },
  };
}

/** Jaeger answers tags by their keys. */
function jaegerTags(tags: Tags = {}): JaegerTag[] {
  return Object.keys(tags)
    .sort()
    .map((key) => ({ key, ...jaegerValue(tags[key] ?? '') }));
}

function jaegerValue(value: TagValue): Omit<JaegerTag, 'key'> {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'bigint') return { type: 'int64', value: Number(value) };
  if (typeof value === 'number') return { type: 'float64', value };
  return typeof value === 'boolean' ? { type: 'bool', value } : { type: 'binary', value: value.toString('base64') };
}
