import { isIP } from 'node:net';
import { AddressList } from './address-list.ts';

/** Loopback and private addresses: RFC 1122, RFC 1918, RFC 4193 and the link-local range of RFC 4291. */
const OWN_NETWORKS = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1', 'fc00::/7', 'fe80::/10'];

/** Names that no public resolver knows: mDNS, private zones and Kubernetes services. */
const OWN_SUFFIXES = ['.local', '.internal', '.svc', '.cluster.local', '.localhost'];

/** An app that calls whatever host it is asked to must not fill the memory. */
const MAX_REMEMBERED_HOSTS = 1000;

/** Which hosts receive baggage and the correlation id. `traceparent` is not decided here. */
export interface AllowedHosts {
  /** Decides by the name or address as the caller wrote it; no name is ever resolved. Brackets and a final dot are ignored. */
  allows(host: string): boolean;
}

/** Whether an entry of the list can be used: an address, a range, a name, or `.suffix` / `*.suffix` for all names below it. */
export function isHostPattern(entry: string): boolean {
  return new AddressList().add(entry) || /^(\*?\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(entry);
}

/** The defaults (loopback, private addresses, single-label names, private suffixes) and the entries, which pass `isHostPattern`. */
export function createAllowedHosts(entries: readonly string[]): AllowedHosts {
  let known: KnownHosts | undefined;
  return {
    allows: remembering((host) => {
      const name = host
        .toLowerCase()
        .replace(/^\[(.*)\]$/, '$1')
        .replace(/\.$/, '');
      if (name === '') return false;
      // Made at the first call, so that it costs a start nothing.
      known ??= readHosts(entries);
      const { addresses, names, suffixes } = known;
      if (isIP(name) !== 0) return addresses.has(name);
      return !name.includes('.') || names.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
    }),
  };
}

interface KnownHosts {
  readonly addresses: AddressList;
  readonly names: ReadonlySet<string>;
  readonly suffixes: readonly string[];
}

function readHosts(entries: readonly string[]): KnownHosts {
  const addresses = new AddressList();
  for (const network of OWN_NETWORKS) addresses.add(network);
  const names = new Set<string>();
  const suffixes = [...OWN_SUFFIXES];
  for (const entry of entries) {
    const name = entry.toLowerCase();
    if (addresses.add(name)) continue;
    if (name.startsWith('*.')) suffixes.push(name.slice(1));
    else if (name.startsWith('.')) suffixes.push(name);
    else names.add(name);
  }
  return { addresses, names, suffixes };
}

/** A service calls the same few hosts again and again. */
function remembering(decide: (host: string) => boolean): (host: string) => boolean {
  const known = new Map<string, boolean>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    const decided = decide(host);
    if (known.size < MAX_REMEMBERED_HOSTS) known.set(host, decided);
    return decided;
  };
}
