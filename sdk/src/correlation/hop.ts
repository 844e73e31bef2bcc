import { type Context, createContextKey } from '@opentelemetry/api';

/**
 * What the propagator must know about a hop and cannot see in a carrier: where an outgoing call goes, which is in the context,
 * and who sent an incoming one.
 */
const DESTINATION_KEY = createContextKey('threadline.destination');
/** Who sent what is being extracted. No part of the context, which everything that a request began keeps alive. */
let sender: Peer | undefined;

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

/** Calls `extract` for a carrier that this peer sent. */
export function extractFrom(peer: Peer, extract: () => Context): Context {
  const outer = sender;
  sender = peer;
  try {
    return extract();
  } finally {
    sender = outer;
  }
}

/** Who sent the carrier that is being extracted; undefined for a message. */
export function senderOfCarrier(): Peer | undefined {
  return sender;
}
