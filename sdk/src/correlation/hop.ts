import { type Context, createContextKey } from '@opentelemetry/api';

/**
 * What the propagator must know about a hop and cannot see in a carrier: where an outgoing call goes, and who sent an
 * incoming one. Instrumentations of ours put it into the context; the HTTP one, which passes only headers, beside them.
 */
const DESTINATION_KEY = createContextKey('threadline.destination');
const PEER_KEY = createContextKey('threadline.peer');

/** A key that no HTTP library sends: a symbol survives `Object.assign` and is not a header. */
const DESTINATION_OF_HEADERS = Symbol('threadline.destination');
const peerOfHeaders = new WeakMap<object, Peer>();

/** The other end of an incoming connection; `address` is undefined on a Unix socket. */
export interface Peer {
  readonly address: string | undefined;
}

/** A context whose outgoing headers are for this host. */
export function setDestination(context: Context, host: string): Context {
  return context.setValue(DESTINATION_KEY, host);
}

/** Headers for this host. Returns a copy: the caller's own object is left as it was. */
export function withDestination<T extends object>(headers: T, host: string): T {
  return { ...headers, [DESTINATION_OF_HEADERS]: host };
}

/** The host that was set for this injection, and forgets it on the carrier; undefined for a message. */
export function takeDestination(context: Context, carrier: unknown): string | undefined {
  const host = context.getValue(DESTINATION_KEY);
  if (typeof host === 'string') return host;
  if (typeof carrier !== 'object' || carrier === null) return undefined;
  const marked = Reflect.get(carrier, DESTINATION_OF_HEADERS);
  if (typeof marked !== 'string') return undefined;
  Reflect.deleteProperty(carrier, DESTINATION_OF_HEADERS);
  return marked;
}

/** A context whose incoming carrier was sent by this peer. */
export function setPeer(context: Context, peer: Peer): Context {
  return context.setValue(PEER_KEY, peer);
}

/** Remembers who sent these headers for as long as they live. */
export function rememberPeer(headers: object, peer: Peer): void {
  peerOfHeaders.set(headers, peer);
}

/** Who sent the carrier; undefined for a message. */
export function getPeer(context: Context, carrier: unknown): Peer | undefined {
  const peer = context.getValue(PEER_KEY);
  if (isPeer(peer)) return peer;
  return typeof carrier === 'object' && carrier !== null ? peerOfHeaders.get(carrier) : undefined;
}

function isPeer(value: unknown): value is Peer {
  return typeof value === 'object' && value !== null && 'address' in value;
}
