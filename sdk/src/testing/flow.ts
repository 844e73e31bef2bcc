import type { ReceivedLog, ReceivedSpan } from './received-records.ts';

/** Everything that one correlation id is on, and what is causally between. */
export interface Flow {
  readonly id: string;
  readonly spans: readonly ReceivedSpan[];
  readonly logs: readonly ReceivedLog[];
}

/** A flow with its edges: a parent comes before its child, a message's creation before its processing. */
export interface FlowGraph extends Flow {
  /** Spans that nothing in the flow comes before, in the order of their starts. */
  readonly roots: readonly ReceivedSpan[];
  after(span: ReceivedSpan): readonly ReceivedSpan[];
}

/**
 * The spans and records with the id, and those of the same traces that carry no other one, so that services without this
 * SDK are in it.
 */
export function findFlow(id: string, received: Omit<Flow, 'id'>): FlowGraph {
  const own = received.spans.filter((span) => idOf(span) === id);
  const traces = new Set(own.map((span) => span.traceId));
  const belongs = (record: ReceivedSpan | ReceivedLog): boolean =>
    idOf(record) === id || (idOf(record) === undefined && traces.has(record.traceId));
  const spans = received.spans.filter(belongs).sort(byStart);
  const logs = received.logs.filter((log) => belongs(log) && !log.eventName.startsWith('threadline.'));
  const known = new Map(spans.map((span) => [keyOf(span), span]));
  const next = new Map<ReceivedSpan, ReceivedSpan[]>();
  const roots: ReceivedSpan[] = [];
  for (const span of spans) {
    const before = [{ traceId: span.traceId, spanId: span.parentSpanId }, ...span.links]
      .map((reference) => known.get(keyOf(reference)))
      .filter((found) => found !== undefined && found !== span);
    if (before.length === 0) roots.push(span);
    for (const found of new Set(before)) if (found !== undefined) next.set(found, [...(next.get(found) ?? []), span]);
  }
  return { id, spans, logs, roots, after: (span) => next.get(span) ?? [] };
}

/** `service.name` of who sent it. */
export function serviceOf(record: ReceivedSpan | ReceivedLog): string {
  return String(record.resource['service.name'] ?? 'unknown');
}

/** The id on a record; undefined where there is none. */
export function idOf(record: ReceivedSpan | ReceivedLog): string | undefined {
  const id = record.attributes['correlation.id'];
  return typeof id === 'string' ? id : undefined;
}

/** What a span goes over: `kafka`, `aws_sqs`, `grpc`, `postgresql`, `http`; undefined for what stays in its process. */
export function systemOf({ attributes }: ReceivedSpan): string | undefined {
  const names = ['messaging.system', 'messaging.system.name', 'rpc.system', 'rpc.system.name', 'db.system.name', 'db.system'];
  const system = names.map((name) => attributes[name]).find((value) => typeof value === 'string');
  if (typeof system === 'string') return system;
  return 'http.request.method' in attributes ? 'http' : undefined;
}

function keyOf({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): string {
  return `${traceId}-${spanId}`;
}

function byStart(one: ReceivedSpan, other: ReceivedSpan): number {
  return one.startTimeUnixNano < other.startTimeUnixNano ? -1 : Number(one.startTimeUnixNano > other.startTimeUnixNano);
}
