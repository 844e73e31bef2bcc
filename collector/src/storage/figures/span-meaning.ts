import { isHealthPath } from '../../model/health-path.ts';

/** What of a span's attributes its figures go by, newest name of each first; the older ones are what instrumentations in use still write. */
const NAMES = {
  route: ['http.route'],
  method: ['http.request.method', 'http.method'],
  path: ['url.path', 'http.target'],
  rpc: ['rpc.system.name', 'rpc.system'],
  messaging: ['messaging.system'],
  messagingOperation: ['messaging.operation.type', 'messaging.operation'],
  destination: ['messaging.destination.name', 'messaging.destination'],
  database: ['db.system.name', 'db.system'],
  databaseName: ['db.namespace', 'db.name'],
  host: ['server.address', 'net.peer.name', 'peer.service', 'http.host'],
} as const;
type NameOf = keyof typeof NAMES;

/** All keys, in no order. */
export const MEANING_KEYS: readonly string[] = Object.values(NAMES).flat();

/** Of requests; where a span has none, the paths below tell whether somebody only looks if the service lives. Of paths there are as many as of things. */
export const ROUTE_KEY = NAMES.route[0];
export const PATH_KEYS: readonly string[] = NAMES.path;
/** These mean nothing on a span that was served. */
export const HOST_KEYS: readonly string[] = NAMES.host;
/** What `spanPeer` goes by. */
export const PEER_KEYS: readonly string[] = MEANING_KEYS.filter((key) => key !== ROUTE_KEY && !PATH_KEYS.includes(key));

/** What does the call: what the other side of an edge is reached by. */
export const PROTOCOLS = ['http', 'grpc', 'rpc', 'messaging', 'database', 'other'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What a service talks to that sends no spans itself. */
export const PEER_TYPES = ['queue', 'database', 'external'] as const;
export type PeerType = (typeof PEER_TYPES)[number];

export interface Peer {
  readonly type: PeerType;
  /** As `kafka orders`, `postgresql shop`, `api.example.com`; empty where the span does not say. */
  readonly name: string;
  /** The service takes from it, instead of calling it. */
  readonly isSource: boolean;
}

/** What the figures make of a span, beside its service and its causes. */
export interface SpanMeaning {
  /**
   * What it is counted under: the method and the route of a request, else the span's name. A request without a route has the method alone, unless its name is a method
   * and what may be a route.
   */
  readonly operation: string;
  readonly protocol: Protocol;
  readonly peer: Peer | undefined;
  /** The service was called from outside, by what the span itself says: one of these each time it had something to do. */
  readonly isEntry: boolean;
  /** Takes a message, so that what it links to caused it. */
  readonly takesMessages: boolean;
  /** Somebody looks whether the service lives: left out of all figures. */
  readonly isHealthCheck: boolean;
}

/** OpenTelemetry's numbers of span kinds. */
export const SERVER = 2;
export const CLIENT = 3;
export const PRODUCER = 4;
const CONSUMER = 5;

/** As gRPC's own health service, which probes of Kubernetes call, is named by whoever calls or serves it. */
const GRPC_HEALTH = /^\/?grpc\.health\.v1\.Health\/(?:Check|Watch|List)$/;

const TAKING_OPERATIONS: ReadonlySet<string> = new Set(['receive', 'process', 'deliver']);

/** `textOfKey` gives the text of an attribute of the span. */
export function spanMeaning(
  { name, kind, isRoot }: { readonly name: string; readonly kind: number; readonly isRoot: boolean },
  textOfKey: (key: string) => string | undefined,
): SpanMeaning {
  const value = valueReader(textOfKey);
  const systems = systemsOf(kind, value);
  const { method, system, rpc, takesMessages } = systems;
  const isServed = kind === SERVER;
  const isRequest = method !== '' && system === '' && rpc === '';
  const route = isRequest ? value('route') : '';
  return {
    operation: isServed && isRequest ? servedOperation(method, { route, name }) : name,
    protocol: protocolOf(systems),
    peer: peerOf(kind, systems, value),
    isEntry: isRoot || isServed || takesMessages,
    takesMessages,
    isHealthCheck: isRequest ? isHealthPath(route === '' ? value('path') : route) : GRPC_HEALTH.test(name),
  };
}

/** The `peer` of a span's meaning alone. */
export function spanPeer(kind: number, textOfKey: (key: string) => string | undefined): Peer | undefined {
  const value = valueReader(textOfKey);
  return peerOf(kind, systemsOf(kind, value), value);
}

type ValueOf = (of: NameOf) => string;

/** The first text of a name's keys that is not empty, else an empty one. */
function valueReader(textOfKey: (key: string) => string | undefined): ValueOf {
  return (of) => {
    for (const key of NAMES[of]) {
      const text = textOfKey(key);
      if (text !== undefined && text !== '') return text;
    }
    return '';
  };
}

/** Of what senders that set no route call their requests: longer ones, and parts with digits, are more likely of one request than of many. `/v2` is of many. */
const MAX_ROUTE_LENGTH = 100;
const ROUTE_PARTS = /^(?:\/(?:v\d{1,2}|[^\d/?#\s]{0,40}))+$/;

function servedOperation(method: string, { route, name }: { readonly route: string; readonly name: string }): string {
  if (route !== '') return `${method} ${route}`;
  const path = name.startsWith(`${method} /`) && name.length <= MAX_ROUTE_LENGTH ? name.slice(method.length + 1) : '';
  return ROUTE_PARTS.test(path) ? name : method;
}

const [SLASH, QUERY, FRAGMENT] = [0x2f, 0x3f, 0x23];
const MAX_HEALTH_WORD = 'healthcheck'.length;
/** First letters of the words that end a health check's path. */
const HEALTH_LETTERS: ReadonlySet<number> = new Set(Buffer.from('hrlmHRLM'));

/** False for most paths that end in no word of a health check, at the cost of a look at their end: those mean the same, whatever else is in them. */
export function mayBeHealthPath(bytes: Uint8Array, start: number, end: number): boolean {
  let stop = start;
  while (stop < end && bytes[stop] !== QUERY && bytes[stop] !== FRAGMENT) stop += 1;
  if (bytes[stop - 1] === SLASH) stop -= 1;
  let at = stop;
  while (at > start && bytes[at - 1] !== SLASH && stop - at <= MAX_HEALTH_WORD) at -= 1;
  return stop - at <= MAX_HEALTH_WORD && HEALTH_LETTERS.has(bytes[at] ?? 0);
}

/** Where a span says that it calls; empty where it does not. */
export function calledHost({ peer }: SpanMeaning): string {
  return peer?.type === 'external' ? peer.name : '';
}

interface Systems {
  readonly method: string;
  readonly system: string;
  readonly rpc: string;
  readonly database: string;
  readonly takesMessages: boolean;
}

function systemsOf(kind: number, value: ValueOf): Systems {
  const system = value('messaging');
  return {
    method: value('method'),
    system,
    rpc: value('rpc'),
    database: value('database'),
    takesMessages: kind === CONSUMER || (system !== '' && TAKING_OPERATIONS.has(value('messagingOperation'))),
  };
}

function protocolOf({ method, system, rpc, database }: Systems): Protocol {
  if (system !== '') return 'messaging';
  if (database !== '') return 'database';
  if (rpc !== '') return rpc === 'grpc' ? 'grpc' : 'rpc';
  return method === '' ? 'other' : 'http';
}

/** Names that RabbitMQ makes up for a queue declared without one, or for one who asks and is answered by direct reply-to: each is met once, and all are one node. */
const MADE_UP_NAMES = /(?:(?:^|:)amq\.(?:gen-|rabbitmq\.reply-to)[^:]*)+/g;

function namedDestination(destination: string): string {
  return destination.replace(MADE_UP_NAMES, (found) => (found.startsWith(':') ? ':(anonymous)' : '(anonymous)'));
}

function peerOf(kind: number, { method, system, rpc, database, takesMessages }: Systems, value: ValueOf): Peer | undefined {
  if (kind === SERVER) return undefined;
  if (system !== '') return { type: 'queue', name: `${system} ${namedDestination(value('destination'))}`.trim(), isSource: takesMessages };
  if (takesMessages) return undefined;
  if (database !== '') return { type: 'database', name: `${database} ${value('databaseName') || value('host')}`.trim(), isSource: false };
  // A host on a span that neither says that it calls nor how is its own, as frameworks write it.
  if (kind !== CLIENT && kind !== PRODUCER && method === '' && rpc === '') return undefined;
  const host = value('host');
  return host === '' ? undefined : { type: 'external', name: host, isSource: false };
}

const THRESHOLD_DIGITS = 14;
const OT_MEMBER = /(?:^|,)\s*ot=([^,]*)/;
const THRESHOLD = /(?:^|;)th:([0-9a-f]{1,14})(?:;|$)/;

/**
 * How many spans one stands for that was kept by consistent probability sampling; 1 without a threshold in its trace state. Source:
 * OpenTelemetry's "TraceState: Probability Sampling": `ot=th:` has the rejection threshold in hexadecimal, of 56 bits, without trailing zeros.
 */
export function weightOf(traceState: string): number {
  const digits = THRESHOLD.exec(OT_MEMBER.exec(traceState)?.[1] ?? '')?.[1];
  if (digits === undefined) return 1;
  const kept = 1 - Number.parseInt(digits.padEnd(THRESHOLD_DIGITS, '0'), 16) / 16 ** THRESHOLD_DIGITS;
  return kept > 0 ? 1 / kept : 1;
}
