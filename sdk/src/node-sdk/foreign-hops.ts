import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Attributes, type Context, SpanKind, trace } from '@opentelemetry/api';
import type { ForeignHops, Peer } from '../correlation/hop.ts';
import { isObject } from '../instrument/wrap-method.ts';

/** Published by Node before a server's listeners hear of a request, and so before any instrumentation reads its headers. */
const REQUEST_START = 'http.server.request.start';
/** Where instrumentations say which host they call: the stable conventions, and those before. */
const HOST_NAMES = ['server.address', 'net.peer.name'];
const URL_NAMES = ['url.full', 'http.url'];
/** What only calls have. */
const CALL_PREFIXES = ['http.', 'url.', 'rpc.', 'net.'];

/** Hops as OpenTelemetry's instrumentations leave them: a call says in its span's attributes where it goes. */
export interface FollowedForeignHops extends ForeignHops {
  /** Lets go of the channel. */
  stop(): void;
}

export function followForeignHops(): FollowedForeignHops {
  const peers = new WeakMap<object, Peer>();
  const onRequest = (message: unknown): void => {
    const request: unknown = isObject(message) ? Reflect.get(message, 'request') : undefined;
    const headers: unknown = isObject(request) ? Reflect.get(request, 'headers') : undefined;
    const socket: unknown = isObject(request) ? Reflect.get(request, 'socket') : undefined;
    const address: unknown = isObject(socket) ? Reflect.get(socket, 'remoteAddress') : undefined;
    if (isObject(headers)) peers.set(headers, { address: typeof address === 'string' ? address : undefined });
  };
  subscribe(REQUEST_START, onRequest);
  return {
    destinationOf,
    peerOf: (carrier) => (isObject(carrier) ? peers.get(carrier) : undefined),
    stop: () => void unsubscribe(REQUEST_START, onRequest),
  };
}

/** Of a span that is not recorded nothing is known: `RecordingSampler` sees to it that a call's is. */
function destinationOf(context: Context): string | undefined {
  const span = trace.getSpan(context);
  if (span === undefined || Reflect.get(span, 'kind') !== SpanKind.CLIENT) return undefined;
  const attributes: unknown = Reflect.get(span, 'attributes');
  return isAttributes(attributes) ? hostIn(attributes) : undefined;
}

function hostIn(attributes: Attributes): string | undefined {
  if (attributes['messaging.system'] !== undefined) return undefined;
  for (const name of HOST_NAMES) {
    const host = attributes[name];
    if (typeof host === 'string' && host !== '') return host;
  }
  for (const name of URL_NAMES) {
    const url = attributes[name];
    if (typeof url === 'string' && URL.canParse(url)) return new URL(url).hostname;
  }
  return Object.keys(attributes).some((key) => CALL_PREFIXES.some((prefix) => key.startsWith(prefix))) ? '' : undefined;
}

function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null;
}
