import { isIP } from 'node:net';
import type { MapNodeType } from '../../api/index.ts';
import { Cell } from '../../storage/figures/figure-set.ts';
import type { Figure, FigureCounts } from '../../storage/figures/figures.ts';
import { figuresOf } from './processes.ts';

interface EdgeEnd {
  readonly type: MapNodeType;
  readonly name: string;
}

/** An edge before its figures are worked out. */
export interface Edge {
  readonly from: EdgeEnd;
  readonly to: EdgeEnd;
  readonly protocol: string;
  readonly counts: FigureCounts;
  /** Of those the ones of the last minutes. */
  readonly recent: FigureCounts;
  /** How many failed for the caller, where they are more than those that failed where they arrived. */
  readonly callerErrors?: number;
}

export function nodeId({ type, name }: EdgeEnd): string {
  return `${type}:${name}`;
}

/** Calls of a service to a host that arrived nowhere. */
interface LostCalls extends Edge {
  /** How many failed in the last minutes. */
  readonly recentCount: number;
}

/**
 * Who talks to whom; `services` are known by name. A host that was found to be a service's, since calls that name it arrived there, is no node of its own: such
 * calls are counted where they arrived. Those that failed and arrived nowhere are counted where they were to arrive, without durations. What failed for the caller alone, since
 * it waited no longer or was told 404, is told beside.
 */
export function edgesOf(figures: readonly Figure[], services: ReadonlySet<string>): Edge[] {
  const edges = new Map<string, { edge: Omit<Edge, 'counts' | 'recent'>; counts: Cell; recent: Cell }>();
  const add = ({ from, to, protocol, counts, recent }: Edge): void => {
    const edge = { from, to, protocol };
    const id = edgeId(edge);
    const known = edges.get(id) ?? { edge, counts: new Cell(), recent: new Cell() };
    edges.set(id, known);
    known.counts.merge(counts);
    known.recent.merge(recent);
  };
  for (const { key, figure } of figuresOf('call', figures))
    add({ from: serviceEnd(key.caller), to: serviceEnd(key.service), protocol: key.protocol, ...countsOf(figure) });
  for (const { key, figure } of figuresOf('peer', figures)) {
    if (key.peerType === 'external') continue;
    const peer = { type: key.peerType, name: key.peer };
    const service = serviceEnd(key.service);
    const ends = key.isSource ? { from: peer, to: service } : { from: service, to: peer };
    add({ ...ends, protocol: key.protocol, ...countsOf(figure) });
  }
  for (const lost of callsToHosts(figures, services)) add(lost);
  const failedForCaller = callerErrorsOf(figures);
  return Array.from(edges, ([id, { edge, counts, recent }]) => {
    const callerErrors = Math.min(counts.count, failedForCaller.get(id) ?? 0);
    return { ...edge, counts, recent, ...(callerErrors > counts.errors && { callerErrors }) };
  });
}

function edgeId({ from, to, protocol }: Omit<Edge, 'counts' | 'recent'>): string {
  return JSON.stringify({ from, to, protocol });
}

/** How many calls of each edge failed for their caller: of hosts at which all that arrived is one service's, by one protocol. */
function callerErrorsOf(figures: readonly Figure[]): Map<string, number> {
  const failed = new Map<string, number>();
  for (const { caller, called, arrived } of hostCallsOf(figures)) {
    const [to] = arrived;
    if (to === undefined || arrived.some(({ service, protocol }) => service !== to.service || protocol !== to.protocol)) continue;
    const id = edgeId({ from: serviceEnd(caller), to: serviceEnd(to.service), protocol: to.protocol });
    failed.set(id, (failed.get(id) ?? 0) + sumOf(called, 'counts').errors);
  }
  return failed;
}

function countsOf({ counts, recent }: Figure): Pick<Edge, 'counts' | 'recent'> {
  return { counts, recent };
}

/** How many calls to each service failed in the last minutes without having arrived there. */
export function unansweredOf(figures: readonly Figure[], services: ReadonlySet<string>): Map<string, number> {
  const unanswered = new Map<string, number>();
  for (const { to, recentCount } of callsToHosts(figures, services)) {
    if (to.type === 'service' && recentCount > 0) unanswered.set(to.name, (unanswered.get(to.name) ?? 0) + recentCount);
  }
  return unanswered;
}

function serviceEnd(name: string): EdgeEnd {
  return { type: 'service', name };
}

/** Calls of one service to one host, by whoever says so. */
interface HostCalls {
  readonly caller: string;
  readonly host: string;
  /** As the caller has them, of each protocol. */
  readonly called: { readonly protocol: string; readonly figure: Figure }[];
  /** What arrived of them, wherever that was. */
  readonly arrived: { readonly service: string; readonly protocol: string; readonly figure: Figure }[];
}

function hostCallsOf(figures: readonly Figure[]): HostCalls[] {
  const calls = new Map<string, HostCalls>();
  const of = (caller: string, host: string): HostCalls => {
    const id = JSON.stringify([caller, host]);
    const known = calls.get(id) ?? { caller, host, called: [], arrived: [] };
    calls.set(id, known);
    return known;
  };
  for (const { key, figure } of figuresOf('call', figures)) {
    if (key.host !== '') of(key.caller, key.host).arrived.push({ service: key.service, protocol: key.protocol, figure });
  }
  for (const { key, figure } of figuresOf('peer', figures)) {
    if (key.peerType === 'external') of(key.service, key.peer).called.push({ protocol: key.protocol, figure });
  }
  return [...calls.values()];
}

/** All calls to hosts that no call arrived at; of those to others the ones that failed and did not arrive. */
function callsToHosts(figures: readonly Figure[], services: ReadonlySet<string>): LostCalls[] {
  const calls = hostCallsOf(figures);
  const servicesAt = new Map<string, Set<string>>();
  for (const { host, arrived } of calls) {
    const known = servicesAt.get(host) ?? new Set();
    for (const { service } of arrived) servicesAt.set(host, known.add(service));
  }
  return calls.flatMap(({ caller, host, called, arrived }) => {
    const from = serviceEnd(caller);
    const at = servicesAt.get(host);
    if (at === undefined) {
      const to = endAt(host, { caller, services });
      return called.map(({ protocol, figure }) => ({ from, to, protocol, ...countsOf(figure), recentCount: figure.recent.errors }));
    }
    const all = lostOf(sumOf(called, 'counts'), sumOf(arrived, 'counts'));
    const [most] = called.toSorted((left, right) => right.figure.counts.errors - left.figure.counts.errors);
    if (all.count === 0 || most === undefined) return [];
    const own = new Set(arrived.map(({ service }) => service));
    const to = endAt(host, { caller, services, found: own.size > 0 ? own : at });
    const recent = lostOf(sumOf(called, 'recent'), sumOf(arrived, 'recent'));
    return [{ from, to, protocol: most.protocol, counts: all, recent, recentCount: recent.count }];
  });
}

function sumOf(calls: readonly { readonly figure: Figure }[], part: 'counts' | 'recent'): Cell {
  const sum = new Cell();
  for (const { figure } of calls) sum.merge(figure[part]);
  return sum;
}

/**
 * A caller also calls failed what was answered with 404, or too late for it: only what did not arrive either is lost. How long it took says nothing of who was
 * called.
 */
function lostOf(called: FigureCounts, arrived: FigureCounts): FigureCounts {
  const count = Math.max(0, Math.min(called.count - arrived.count, called.errors - arrived.errors));
  const spans = called.count > 0 ? Math.round((count * called.spans) / called.count) : 0;
  return { spans, count, errors: count, durations: { buckets: [], counts: [] } };
}

/** `found`: services that calls to the host arrived at. */
interface HostMeaning {
  readonly caller: string;
  readonly services: ReadonlySet<string>;
  readonly found?: ReadonlySet<string>;
}

/**
 * Who is at a host: the service that it has the name of, as DNS of Compose and Kubernetes has it, or the only one that calls to it arrived at. At an address may be
 * others that no call arrived at.
 */
function endAt(host: string, { caller, services, found = new Set() }: HostMeaning): EdgeEnd {
  const [first = '', , zone] = host.split('.');
  const name = zone === 'svc' ? first : host;
  if (services.has(name) && name !== caller) return serviceEnd(name);
  const [only] = found;
  const isAddress = isIP(host) !== 0 || host === 'localhost';
  return only !== undefined && found.size === 1 && !isAddress ? serviceEnd(only) : { type: 'external', name: host };
}
