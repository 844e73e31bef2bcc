import { type Context, createContextKey } from '@opentelemetry/api';

/**
 * What the propagator must know about a hop and cannot see in a carrier: where an outgoing call goes, and who sent an
 * incoming one. Instrumentations put it into the context.
 */
const DESTINATION_KEY = createContextKey('threadline.destination');
const PEER_KEY = createContextKey('threadline.peer');

/** The other end of an incoming connection; `address` is undefined on a Unix socket. */
export interface Peer {
  readonly address: string | undefined;
}

/** Finds out about hops that somebody else's instrumentation follows, which puts nothing into the context. */
export interface ForeignHops {
  /** The host of the call whose span the context has; undefined for a message, empty for a call that does not say. */
  destinationOf(context: Context): string | undefined;
  /** Who sent these headers. */
  peerOf(carrier: unknown): Peer | undefined;
}

/** A context whose outgoing headers are for this host. */
export function setDestination(context: Context, host: string): Context {
  return context.setValue(DESTINATION_KEY, host);
}

/** The host that was set for this injection; undefined for a message. */
export function getDestination(context: Context): string | undefined {
  const host = context.getValue(DESTINATION_KEY);
  return typeof host === 'string' ? host : undefined;
}

/** A context whose incoming carrier was sent by this peer. */
export function setPeer(context: Context, peer: Peer): Context {
  return context.setValue(PEER_KEY, peer);
}

/** Who sent the carrier; undefined for a message. */
export function getPeer(context: Context): Peer | undefined {
  const peer = context.getValue(PEER_KEY);
  return isPeer(peer) ? peer : undefined;
}

function isPeer(value: unknown): value is Peer {
  return typeof value === 'object' && value !== null && 'address' in value;
}
