import type { KeyValue, LogRecord, Span } from '../../api/index.ts';
import { serviceOf, stringAttribute, wholeAttribute } from '../typed-attributes.ts';

/** OTLP's numbers of span kinds. */
const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;

/** What of a span tells where it came from or went to; each text is empty where the span does not say. */
export interface SpanFacts {
  readonly service: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly host: string;
  readonly port: string;
  readonly status: string;
  readonly destination: string;
  readonly messageId: string;
  readonly correlationId: string;
}

/** Current names first, then those that instrumentations in use still write. */
const NAMES = {
  method: ['http.request.method', 'http.method'],
  path: ['url.path', 'http.target', 'url.full', 'http.url'],
  host: ['server.address', 'net.peer.name'],
  port: ['server.port', 'net.peer.port'],
  status: ['http.response.status_code', 'http.status_code', 'rpc.response.status_code', 'rpc.grpc.status_code'],
  rpc: ['rpc.system.name', 'rpc.system'],
  database: ['db.system.name', 'db.system'],
  operation: ['messaging.operation.type', 'messaging.operation'],
  destination: ['messaging.destination.name', 'messaging.destination'],
  client: ['client.address', 'http.client_ip'],
  peer: ['network.peer.address', 'net.sock.peer.addr'],
  agent: ['user_agent.original', 'http.user_agent'],
} as const;

/** The attributes that may say it, to search by. */
export function keysOf(name: keyof typeof NAMES): readonly string[] {
  return NAMES[name];
}

export function factsOf(span: Span): SpanFacts {
  const startNanos = BigInt(span.startTimeUnixNano);
  const endNanos = BigInt(span.endTimeUnixNano);
  const url = parseUrl(textOf(span, 'path'));
  return {
    service: serviceOf(span),
    startNanos,
    endNanos: endNanos < startNanos ? startNanos : endNanos,
    method: textOf(span, 'method'),
    path: url.path,
    host: textOf(span, 'host') || url.host,
    port: textOf(span, 'port') || url.port,
    status: textOf(span, 'status'),
    destination: textOf(span, 'destination'),
    messageId: stringAttribute(span.attributes, 'messaging.message.id') ?? '',
    correlationId: correlationIdOf(span),
  };
}

/** The first of the names that has a value, as text. */
export function textOf({ attributes }: { readonly attributes: readonly KeyValue[] }, name: keyof typeof NAMES): string {
  for (const key of NAMES[name]) {
    const text = stringAttribute(attributes, key) ?? wholeAttribute(attributes, key)?.toString() ?? '';
    if (text !== '') return text;
  }
  return '';
}

export function correlationIdOf({ attributes }: { readonly attributes: readonly KeyValue[] }): string {
  return stringAttribute(attributes, 'correlation.id') ?? '';
}

/** The process that made it, as far as its resource says; empty where it does not. */
export function instanceOf(record: Span | LogRecord): string {
  return stringAttribute(record.resource.attributes, 'service.instance.id') ?? '';
}

/** Serves a request or handles a message: what a call or a message goes on in. */
export function isEntry(span: Span): boolean {
  if (span.kind === SERVER || span.kind === CONSUMER) return true;
  return span.kind !== CLIENT && takesMessage(span);
}

export function isServer(span: Span): boolean {
  return span.kind === SERVER;
}

/** A receive, process, deliver or settle, of any kind, or of kind CONSUMER. */
export function takesMessage(span: Span): boolean {
  return span.kind === CONSUMER || ['receive', 'process', 'deliver', 'settle'].includes(textOf(span, 'operation'));
}

/** A request to something that could go on with the trace: over HTTP or RPC, not to a database or a broker. */
export function isCall(span: Span): boolean {
  if (span.kind !== CLIENT || textOf(span, 'database') !== '' || stringAttribute(span.attributes, 'messaging.system') !== undefined)
    return false;
  return textOf(span, 'rpc') !== '' || textOf(span, 'method') !== '';
}

/** A call that was answered by whoever was asked. One that failed on its way, and what a proxy answers by itself, reached nobody. */
export function isAnsweredCall(span: Span): boolean {
  if (!isCall(span)) return false;
  const rpc = textOf(span, 'rpc');
  const status = textOf(span, 'status');
  if (rpc !== '')
    return (
      !['14', 'UNAVAILABLE', '4', 'DEADLINE_EXCEEDED', '1', 'CANCELLED'].includes(status) && (status !== '' || span.status?.code !== 2)
    );
  return /^[1-5]\d\d$/.test(status) && !['407', '429', '502', '503', '504'].includes(status);
}

/**
 * Where only one's own services answer, as far as a name tells: loopback, private addresses, names without a dot, and `.local`, `.internal`, `.svc` and
 * `.cluster.local`. The SDK's allowed hosts are these, docs/sdk.md.
 */
export function isInternalHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (name === '') return false;
  if (name.includes(':')) return name === '::1' || /^f[cd]|^fe80/.test(name);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(name);
  return !name.includes('.') || /\.(?:local|internal|svc|localhost)$/.test(name);
}

/** `host:port`, `host`, else what the span is called. */
export function targetOf(span: Span): string {
  const { host, port } = factsOf(span);
  return host === '' ? span.name : port === '' ? host : `${host}:${port}`;
}

/**
 * What the destination of whoever takes a message begins with where it may name more than the message does; undefined where both name the same. RabbitMQ's
 * messages go to `exchange:key`, and are taken from `exchange:key:queue`.
 */
export function routedFrom(message: Span): string | undefined {
  const destination = textOf(message, 'destination');
  const isRouted = stringAttribute(message.attributes, 'messaging.system') === 'rabbitmq' && destination !== '';
  return isRouted ? `${destination}:` : undefined;
}

/** Takes messages from where this one was sent to. */
export function takesFrom(span: Span, message: Span): boolean {
  const [from, to, routed] = [textOf(span, 'destination'), textOf(message, 'destination'), routedFrom(message)];
  return takesMessage(span) && (from === to || (routed !== undefined && from.startsWith(routed)));
}

/** What stands for a queue or topic. */
export function queueOf(span: Span): string {
  const system = stringAttribute(span.attributes, 'messaging.system') ?? '';
  return `${system} ${textOf(span, 'destination')}`.trim();
}

function parseUrl(text: string): { readonly path: string; readonly host: string; readonly port: string } {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?)?([^?#]*)/i.exec(text);
  return { host: match?.[1] ?? '', port: match?.[2] ?? '', path: match?.[3] ?? '' };
}
