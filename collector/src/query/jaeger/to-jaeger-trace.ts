import { stringAttribute } from '../../analysis/typed-attributes.ts';
import type { Resource, Span, SpanEvent, SpanLink } from '../../api/index.ts';
import type { JaegerLog, JaegerProcess, JaegerReference, JaegerSpan, JaegerTag, JaegerTrace } from './jaeger-model.ts';
import { sortTags, stringTag, tagsOf } from './tags.ts';
import { formatJaegerTraceId } from './trace-ids.ts';

/** What Jaeger calls a process that names no service. */
const NO_SERVICE_NAME = 'missing-service-name';
/** By OTLP's number; unspecified has no tag. */
export const KIND_TAGS: readonly string[] = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const SAMPLED_FLAG = 1;
const STATUS_OK = 1;
const STATUS_ERROR = 2;
/** The attribute by which a link keeps OpenTracing's kind of reference. */
const REFERENCE_TYPE_ATTRIBUTE = 'opentracing.ref_type';
const NANOS_PER_MICRO = 1_000n;

/**
 * The spans of one trace in Jaeger's model, in the order given. What OTLP has and Jaeger's model does not (attributes of scopes and links, counts of
 * what a sender dropped) is left out, as Jaeger leaves it out; what the collector cut is a warning on the span.
 */
export function toJaegerTrace(traceId: string, spans: readonly Span[], warnings: readonly string[] = []): JaegerTrace {
  const processes = new ProcessTable();
  return {
    traceID: formatJaegerTraceId(traceId),
    spans: spans.map((span) => toJaegerSpan(span, processes.idOf(span.resource))),
    processes: Object.fromEntries(processes.byId),
    warnings: orNull(warnings),
  };
}

function toJaegerSpan(span: Span, processID: string): JaegerSpan {
  const durationNanos = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
  return {
    traceID: formatJaegerTraceId(span.traceId),
    spanID: span.spanId,
    ...(((span.flags ?? 0) & SAMPLED_FLAG) === 0 ? {} : { flags: SAMPLED_FLAG }),
    operationName: span.name,
    references: referencesOf(span),
    startTime: micros(BigInt(span.startTimeUnixNano)),
    duration: micros(durationNanos < 0n ? 0n : durationNanos),
    tags: spanTags(span),
    logs: (span.events ?? []).map(toJaegerLog),
    processID,
    warnings: orNull(warningsOf(span, durationNanos)),
  };
}

/** The parent first, since readers take the first CHILD_OF for it; a link to the parent only says what kind of reference it is. */
function referencesOf({ traceId, parentSpanId, links = [] }: Span): JaegerReference[] {
  const references = links.filter((link) => link.traceId !== '').map(referenceOf);
  if (parentSpanId === undefined) return references;
  const traceID = formatJaegerTraceId(traceId);
  const isParent = (reference: JaegerReference): boolean => reference.traceID === traceID && reference.spanID === parentSpanId;
  const refType = references.findLast(isParent)?.refType ?? 'CHILD_OF';
  return [{ refType, traceID, spanID: parentSpanId }, ...references.filter((reference) => !isParent(reference))];
}

function referenceOf({ traceId, spanId, attributes }: SpanLink): JaegerReference {
  const refType = stringAttribute(attributes, REFERENCE_TYPE_ATTRIBUTE) === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM';
  return { refType, traceID: formatJaegerTraceId(traceId), spanID: spanId };
}

function spanTags({ scope, attributes, kind = 0, status = {}, traceState = '' }: Span): JaegerTag[] {
  const kindTag = KIND_TAGS[kind] ?? '';
  return sortTags([
    ...optionalTag('otel.scope.name', scope.name),
    ...optionalTag('otel.scope.version', scope.version),
    ...tagsOf(attributes),
    ...optionalTag('span.kind', kindTag),
    ...(status.code === STATUS_OK ? [stringTag('otel.status_code', 'OK')] : []),
    ...(status.code === STATUS_ERROR
      ? [stringTag('otel.status_code', 'ERROR'), { key: 'error', type: 'bool', value: true } satisfies JaegerTag]
      : []),
    ...optionalTag('otel.status_description', status.message),
    ...optionalTag('w3c.tracestate', traceState),
  ]);
}

function toJaegerLog({ timeUnixNano, name = '', attributes }: SpanEvent): JaegerLog {
  const hasEvent = attributes.some(({ key }) => key === 'event');
  return {
    timestamp: micros(BigInt(timeUnixNano)),
    fields: sortTags([...(hasEvent ? [] : optionalTag('event', name)), ...tagsOf(attributes)]),
  };
}

function optionalTag(key: string, value: string | undefined): JaegerTag[] {
  return value === undefined || value === '' ? [] : [stringTag(key, value)];
}

function warningsOf({ truncations = [] }: Span, durationNanos: bigint): string[] {
  return [
    ...(durationNanos < 0n ? [`This span ended ${-durationNanos} ns before it started; its duration is shown as 0.`] : []),
    ...truncations.map(({ path, limit, originalSize }) => `${path} was over the limit ${limit} and is cut; it had ${originalSize}.`),
  ];
}

function micros(nanos: bigint): number {
  return Number(nanos / NANOS_PER_MICRO);
}

function orNull(warnings: readonly string[]): readonly string[] | null {
  return warnings.length === 0 ? null : warnings;
}

/** Equal resources are one process: `p1`, `p2` … in the order that they are met. */
class ProcessTable {
  readonly byId = new Map<string, JaegerProcess>();
  readonly #ids = new Map<string, string>();

  idOf({ attributes }: Resource): string {
    const key = JSON.stringify(attributes);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `p${this.#ids.size + 1}`;
    this.#ids.set(key, id);
    const serviceName = stringAttribute(attributes, 'service.name') ?? '';
    this.byId.set(id, {
      serviceName: serviceName === '' ? NO_SERVICE_NAME : serviceName,
      tags: sortTags(tagsOf(attributes.filter(({ key: name }) => name !== 'service.name'))),
    });
    return id;
  }
}
