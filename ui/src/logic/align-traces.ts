import { targetHost } from './call-target.ts';
import type { SpanTree } from './trace-measures.ts';
import { NODE } from './trace-tree.ts';

/**
 * Several traces as one tree: a node of it is a call, the same in each of them by service, operation, the host or system that is called, and what it is under. One that
 * names no host is told by the service that answers it: to an address, the same as those to a name where that service answers. One of which neither is known, as one that has
 * not ended, is one that its trace has not made else, if there is such a one. Calls that are made again and again
 * are one, with all of their spans. Node `i`'s subtree is the nodes from `i` to `subtreeEnd[i]`, exclusive.
 */
export interface AlignedTraces {
  readonly traceCount: number;
  readonly size: number;
  /** Of call `i` in trace `t` at `i * traceCount + t` the place in `nodes` where its nodes begin; they end where the next ones begin. */
  readonly firstNode: Uint32Array;
  /** Nodes of the trace's tree. */
  readonly nodes: Uint32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** Places in `services`, `names` and `hosts`; of what has not arrived all are of an empty text, `host` also of what does not say whom it calls. */
  readonly service: Uint32Array;
  readonly name: Uint32Array;
  readonly host: Uint32Array;
  readonly services: readonly string[];
  readonly names: readonly string[];
  readonly hosts: readonly string[];
}

/** The nodes of a call in one of the traces, as they stand in its tree; none where the trace has no such call. */
export function nodesOf({ traceCount, firstNode, nodes }: AlignedTraces, call: number, trace = 0): Uint32Array {
  const place = call * traceCount + trace;
  return nodes.subarray(firstNode[place] ?? 0, firstNode[place + 1] ?? 0);
}

interface Call {
  /** By trace; undefined where the trace does not have it. */
  readonly nodes: (number[] | undefined)[];
  readonly parent: number;
  readonly depth: number;
  readonly service: number;
  readonly name: number;
  readonly host: number;
  /** After its parent's start, in the first trace that has it. */
  readonly offset: number;
}

/** Records are left out. Calls stand by their start in the first trace that has them; every span of every trace is in exactly one call. */
export function alignTraces(trees: readonly SpanTree[]): AlignedTraces {
  const services = dictionary(trees.map((tree) => tree.services));
  const names = dictionary(trees.map((tree) => tree.names));
  const hosts = dictionary(
    trees.map((tree) => tree.targets.map(targetHost)),
    withoutNumbers,
  );
  const columns = emptyColumns();
  const firstNode: number[] = [0];
  const keysOf = { services, names, hosts };
  const open = callsUnder(trees, { above: undefined, keysOf }).reverse();
  for (let call = open.pop(); call !== undefined; call = open.pop()) {
    const at = columns.parent.push(call.parent) - 1;
    for (let trace = 0; trace < trees.length; trace += 1) {
      for (const node of call.nodes[trace] ?? []) columns.nodes.push(node);
      firstNode.push(columns.nodes.length);
    }
    columns.depth.push(call.depth);
    columns.service.push(call.service);
    columns.name.push(call.name);
    columns.host.push(call.host);
    const below = callsUnder(trees, { above: { ...call, at }, keysOf });
    for (let place = below.length - 1; place >= 0; place -= 1) {
      const next = below[place];
      if (next !== undefined) open.push(next);
    }
  }
  const parent = Int32Array.from(columns.parent);
  return {
    traceCount: trees.length,
    size: parent.length,
    firstNode: Uint32Array.from(firstNode),
    nodes: Uint32Array.from(columns.nodes),
    parent,
    depth: Int32Array.from(columns.depth),
    subtreeEnd: subtreeEnds(parent),
    service: Uint32Array.from(columns.service),
    name: Uint32Array.from(columns.name),
    host: Uint32Array.from(columns.host),
    services: services.texts,
    names: names.texts,
    hosts: hosts.texts,
  };
}

function emptyColumns() {
  const numbers = (): number[] => [];
  return { nodes: numbers(), parent: numbers(), depth: numbers(), service: numbers(), name: numbers(), host: numbers() };
}

/** Without what tells one of several alike hosts: a request goes to whichever of them is free. */
function withoutNumbers(host: string): string {
  return host.replace(/\d+/g, '#');
}

interface Dictionary {
  readonly texts: readonly string[];
  /** Of each tree and each of its places the place in `texts`. */
  readonly places: readonly Uint32Array[];
  /** The place of the empty text. */
  readonly none: number;
}

/** `keyOf`: texts of one key have one place, which is the first one's. */
function dictionary(lists: readonly (readonly string[])[], keyOf = (text: string) => text): Dictionary {
  const known = new Map<string, number>();
  const texts: string[] = [];
  const placeOf = (text: string): number => {
    const key = keyOf(text);
    const place = known.get(key) ?? texts.push(text) - 1;
    known.set(key, place);
    return place;
  };
  const none = placeOf('');
  const places = lists.map((list) => Uint32Array.from(list, placeOf));
  return { texts, places, none };
}

interface Under {
  readonly above: (Call & { readonly at: number }) | undefined;
  readonly keysOf: { readonly services: Dictionary; readonly names: Dictionary; readonly hosts: Dictionary };
}

const ROOTS = [-1];

function callsUnder(trees: readonly SpanTree[], { above, keysOf: { services, names, hosts } }: Under): Call[] {
  /** Those of one service and operation, by host. */
  const alike = new Map<number, Map<number, Call>>();
  const ofNoHost: HostlessNode[] = [];
  const answererOf = (trace: number, node: number) => answeringService(trees[trace], node, services.places[trace]);
  for (const [trace, tree] of trees.entries()) {
    for (const parent of above === undefined ? ROOTS : (above.nodes[trace] ?? [])) {
      const end = parent === -1 ? tree.size : (tree.subtreeEnd[parent] ?? 0);
      const begin = parent === -1 ? firstStart(tree) : (tree.start[parent] ?? 0);
      for (let node = parent + 1; node < end; node = tree.subtreeEnd[node] ?? end) {
        if (tree.type[node] === NODE.log) continue;
        const service = services.places[trace]?.[tree.service[node] ?? 0] ?? services.none;
        const name = names.places[trace]?.[tree.name[node] ?? 0] ?? names.none;
        const host = hosts.places[trace]?.[tree.target[node] ?? 0] ?? hosts.none;
        const key = service * names.texts.length + name;
        const calls = alike.get(key) ?? new Map<number, Call>();
        alike.set(key, calls);
        const offset = (tree.start[node] ?? 0) - begin;
        const call = { parent: above?.at ?? -1, depth: above === undefined ? 0 : above.depth + 1, service, name, host, offset };
        if (host === hosts.none) {
          // Work that calls nobody names no address either: whoever is asked under it is not what tells it apart.
          const isAddressed = (tree.targets[tree.target[node] ?? 0] ?? '') !== '';
          ofNoHost.push({ trace, node, calls, call, answerer: isAddressed ? answererOf(trace, node) : undefined });
        } else addNode(calls, call, { trace, node });
      }
    }
  }
  if (ofNoHost.length > 0) addHostless(ofNoHost, { alike, answererOf });
  const all = [...alike.values()].flatMap((calls) => [...calls.values()]);
  if (ofNoHost.length > 0) for (const { nodes } of all) for (const ofTrace of nodes) ofTrace?.sort((left, right) => left - right);
  return all.sort((left, right) => left.offset - right.offset);
}

type MadeCall = Omit<Call, 'nodes'>;

/** A call that names no host, and the service that answers it, where that is known. */
interface HostlessNode {
  readonly trace: number;
  readonly node: number;
  readonly calls: Map<number, Call>;
  readonly call: MadeCall;
  readonly answerer: number | undefined;
}

interface Known {
  readonly alike: ReadonlyMap<number, ReadonlyMap<number, Call>>;
  readonly answererOf: (trace: number, node: number) => number | undefined;
}

/** Those with a service that answers go first: what is left is for the others. */
function addHostless(nodes: readonly HostlessNode[], { alike, answererOf }: Known): void {
  const byAnswerer = new Map<ReadonlyMap<number, Call>, Map<number, Call>>();
  for (const calls of alike.values()) {
    const known = new Map<number, Call>();
    byAnswerer.set(calls, known);
    for (const call of calls.values()) {
      const answerer = firstOf(call, answererOf);
      if (answerer !== undefined && !known.has(answerer)) known.set(answerer, call);
    }
  }
  for (const { trace, node, calls, call, answerer } of nodes) {
    if (answerer === undefined) continue;
    const known = byAnswerer.get(calls);
    const same = known?.get(answerer) ?? { ...call, nodes: [] };
    known?.set(answerer, same);
    // Beside the places of hosts, which begin at 0.
    if (same.host === call.host) calls.set(-1 - answerer, same);
    addTo(same, { trace, node });
  }
  for (const { trace, node, calls, call, answerer } of nodes)
    if (answerer === undefined) addNode(calls, notMadeBy(trace, calls) ?? call, { trace, node });
}

/** The service that answers a call, of the first of its spans of which that is known. */
function firstOf({ nodes }: Call, answererOf: Known['answererOf']): number | undefined {
  for (const [trace, ofTrace] of nodes.entries()) {
    for (const node of ofTrace ?? []) {
      const answerer = answererOf(trace, node);
      if (answerer !== undefined) return answerer;
    }
  }
  return undefined;
}

/** The place of the service of the first span under a node that is of another service than the node. */
function answeringService(tree: SpanTree | undefined, node: number, places: Uint32Array | undefined): number | undefined {
  const end = tree?.subtreeEnd[node] ?? 0;
  for (let below = node + 1; tree !== undefined && below < end; below = tree.subtreeEnd[below] ?? end) {
    const service = tree.service[below];
    if (tree.type[below] !== NODE.log && service !== tree.service[node]) return places?.[service ?? 0];
  }
  return undefined;
}

function notMadeBy(trace: number, calls: ReadonlyMap<number, Call>): Call | undefined {
  for (const call of calls.values()) if (call.nodes[trace] === undefined) return call;
  return undefined;
}

function addNode(calls: Map<number, Call>, made: MadeCall, place: NodePlace): void {
  const call = calls.get(made.host) ?? { ...made, nodes: [] };
  calls.set(made.host, call);
  addTo(call, place);
}

interface NodePlace {
  readonly trace: number;
  readonly node: number;
}

function addTo({ nodes }: Call, { trace, node }: NodePlace): void {
  const ofTrace = nodes[trace];
  if (ofTrace === undefined) nodes[trace] = [node];
  else ofTrace.push(node);
}

/** Top-level records may come before the first span. */
function firstStart(tree: SpanTree): number {
  for (let node = 0; node < tree.size; node = tree.subtreeEnd[node] ?? tree.size)
    if (tree.type[node] !== NODE.log) return tree.start[node] ?? 0;
  return 0;
}

function subtreeEnds(parent: Int32Array): Int32Array {
  const ends = Int32Array.from(parent, (_, node) => node + 1);
  for (let node = parent.length - 1; node >= 0; node -= 1) {
    const above = parent[node] ?? -1;
    if (above !== -1) ends[above] = Math.max(ends[above] ?? 0, ends[node] ?? 0);
  }
  return ends;
}
