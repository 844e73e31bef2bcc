import { AddressList } from './address-list.ts';

/** Whom to believe: traceparent, tracestate, baggage and the id header together. */
export interface Trust {
  /** Decides by the address of the direct peer. What has no address (a Unix socket, a message) is inside the edge unless nobody is trusted. */
  trusts(peerAddress: string | undefined): boolean;
}

/** Reads `all`, `none` or a comma-separated list of addresses and ranges; undefined for anything else. */
export function parseTrust(text: string): Trust | undefined {
  if (text === 'all') return { trusts: () => true };
  if (text === 'none') return { trusts: () => false };
  const addresses = new AddressList();
  const entries = text.split(',').map((entry) => entry.trim());
  if (!entries.every((entry) => addresses.add(entry))) return undefined;
  return { trusts: (peerAddress) => peerAddress === undefined || addresses.has(peerAddress) };
}
