import type { KeyValue, LogRecord, Span } from '../../api/index.ts';
import { findAbsentParents, findUnconsumedProducers } from '../completeness.ts';
import { spanName } from '../span-causes.ts';
import type { FlowEvidence } from './flow-evidence.ts';

/** Flows in milliseconds and short names, with only what a test is about; for tests alone. */
export interface SpanDraft {
  readonly id: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly service: string;
  readonly kind: 'server' | 'client' | 'internal' | 'producer' | 'consumer';
  readonly from: number;
  readonly to: number;
  readonly name?: string;
  readonly correlationId?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly links?: readonly string[];
  readonly scope?: string;
  readonly failed?: boolean;
}

export interface LogDraft {
  readonly service: string;
  readonly at: number;
  readonly span?: string;
  readonly trace?: string;
  readonly isSampled?: boolean;
  readonly correlationId?: string;
  readonly isOfSdk?: boolean;
}

const FLOW_ID = 'order-1';
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
const START = 1_795_000_000_000n;

export function span(draft: SpanDraft): Span {
  const { id, trace = 't', correlationId = FLOW_ID } = draft;
  return {
    id: `${trace}/${id}`,
    traceId: trace,
    spanId: id,
    ...(draft.parent === undefined ? {} : { parentSpanId: draft.parent }),
    name: draft.name ?? id,
    kind: KINDS[draft.kind],
    startTimeUnixNano: nanos(draft.from),
    endTimeUnixNano: nanos(draft.to),
    arrivalTimeUnixNano: nanos(draft.to),
    attributes: keyValues({ ...draft.attributes, ...(correlationId === '' ? {} : { 'correlation.id': correlationId }) }),
    ...(draft.links === undefined
      ? {}
      : { links: draft.links.map((link) => ({ traceId: link.split('/')[0] ?? '', spanId: link.split('/')[1] ?? '', attributes: [] })) }),
    ...(draft.failed === true ? { status: { code: 2 } } : {}),
    resource: { attributes: keyValues({ 'service.name': draft.service }) },
    scope: { ...(draft.scope === undefined ? {} : { name: draft.scope }), attributes: [] },
  };
}

export function log({
  service,
  at,
  span: spanId,
  trace = 't',
  isSampled = true,
  isOfSdk = true,
  correlationId = FLOW_ID,
}: LogDraft): LogRecord {
  return {
    id: `${service} ${at}`,
    timeUnixNano: nanos(at),
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: nanos(at),
    attributes: [
      ...keyValues({ 'correlation.id': correlationId }),
      ...(isOfSdk ? [{ key: 'threadline.sequence', value: { intValue: '1' } }] : []),
    ],
    ...(spanId === undefined ? {} : { traceId: trace, spanId, ...(isSampled ? { flags: 1 } : {}) }),
    resource: { attributes: keyValues({ 'service.name': service }) },
    scope: { attributes: [] },
  };
}

/** What the collector would know of these, an hour later; what is missing is worked out as it does it. */
export function evidenceOf(fields: Partial<FlowEvidence>): FlowEvidence {
  const { own = [], joined = [], children = [], unfinished = [] } = fields;
  const there = new Set([...own, ...joined, ...children, ...unfinished].map(spanName));
  return {
    correlationId: FLOW_ID,
    own,
    joined,
    logs: [],
    unfinished,
    drops: [],
    missing: [
      ...findAbsentParents(own, (name) => there.has(name)).map((parent) => ({ ...parent, reason: 'parent_missing' as const })),
      ...findUnconsumedProducers(own, [...own, ...joined, ...children]).map(({ traceId, spanId }) => ({
        traceId,
        spanId,
        reason: 'consumer_missing' as const,
      })),
    ],
    children,
    candidates: [],
    knownSpans: new Set(),
    addresses: new Map(),
    libraries: [],
    sends: [],
    nowNanos: BigInt(nanos(3_600_000)),
    ...fields,
  };
}

/** A GET of a path at an address, as the calling side has it. */
export function call(
  id: string,
  draft: Omit<SpanDraft, 'id' | 'kind'> & { readonly target: string; readonly path?: string; readonly status?: number },
): Span {
  const [host = '', port = '80'] = draft.target.split(':');
  const { path = '/charge', status = 200 } = draft;
  const attributes = {
    'http.request.method': 'GET',
    'url.full': `http://${draft.target}${path}`,
    'server.address': host,
    'server.port': Number(port),
    'http.response.status_code': status,
    ...draft.attributes,
  };
  return span({ ...draft, id, kind: 'client', attributes });
}

/** The same as the called side has it. */
export function served(id: string, draft: Omit<SpanDraft, 'id' | 'kind'> & { readonly path?: string; readonly status?: number }): Span {
  const { path = '/charge', status = 200 } = draft;
  const attributes = { 'http.request.method': 'GET', 'url.path': path, 'http.response.status_code': status, ...draft.attributes };
  return span({ ...draft, id, kind: 'server', attributes });
}

function nanos(millis: number): string {
  return ((START + BigInt(millis)) * 1_000_000n).toString();
}

function keyValues(attributes: Readonly<Record<string, string | number>>): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}
