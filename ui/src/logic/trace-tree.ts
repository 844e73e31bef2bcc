import type { AnyValue } from '@threadline/collector/api';
import { addId, createIdIndex, findId, type IdIndex } from './id-index.ts';
import { parseSpanKey, writeSpanKey } from './span-key.ts';
import { SPAN_KIND } from './span-kind.ts';
import { halfOf, idOf, type TraceStore, unfinishedStart } from './trace-store.ts';

/** What a node stands for. `missing`: a parent that is named and has not arrived. */
export const NODE = { span: 0, unfinished: 1, missing: 2, log: 3 } as const;

const NONE = 0xffffffff;

/**
 * A trace's spans and records as one tree, flat: node `i`'s subtree is the nodes from `i` to `subtreeEnd[i]` (exclusive),
 * children by start. Columns alone, so that it goes from a worker to the page without a copy.
 */
export interface TraceTree {
  readonly size: number;
  readonly type: Uint8Array;
  /** Of a span its place in the store, of a record its place among the records, of an unfinished span among those. */
  readonly source: Uint32Array;
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  /** Finds the first node of an id, as the store has them. */
  readonly index: IdIndex;
  /** Nodes whose id another span has that stands before them in the store, each with its place among those of the id, from 2. */
  readonly twins: ReadonlyMap<number, number>;
  readonly depth: Int32Array;
  /** -1 at the top level. */
  readonly parent: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** From the start of the trace, nanoseconds. */
  readonly start: Float64Array;
  /** Nanoseconds; 0 for records, and to the end of the trace for spans that have not ended. */
  readonly duration: Float64Array;
  /** Places in `names`, `services` and `targets`; beyond their ends for nodes that have none. */
  readonly name: Uint32Array;
  readonly service: Uint32Array;
  readonly target: Uint32Array;
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  readonly names: readonly string[];
  readonly services: readonly string[];
  readonly targets: readonly string[];
  readonly logs: LogTexts;
  /** By the place of their span in the store, times as the nodes' are. */
  readonly events: { readonly spans: readonly number[]; readonly times: Float64Array; readonly names: readonly string[] };
  readonly links: TraceStore['links'];
  readonly early: ReadonlyMap<number, number>;
  /** How many spans of other traces link to a node's span. */
  readonly linkedFrom: ReadonlyMap<number, number>;
  readonly startNanos: bigint;
  readonly durationNanos: number;
  readonly missingCount: number;
  /** Spans that began and of which no end has arrived. */
  readonly unfinishedCount: number;
}

/** What is shown of the records, by their place. */
export interface LogTexts {
  readonly ids: readonly string[];
  readonly levels: readonly number[];
  readonly services: readonly number[];
  readonly times: readonly number[];
  readonly bodies: readonly AnyValue[];
}

interface Nodes {
  count: number;
  readonly type: Uint8Array;
  readonly source: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly parentHigh: Uint32Array;
  readonly parentLow: Uint32Array;
  readonly start: Float64Array;
}

export interface BuildOptions {
  /** False while lines are still to come: then an absent parent is not called missing yet. */
  readonly isComplete: boolean;
  /** Nanoseconds that are added to the times of each service, by its place. */
  readonly offsets?: Float64Array;
}

/**
 * Builds the tree. Holds for any input: a span id that stands twice keeps both spans (the server's half of a call hangs under the client's, as
 * Zipkin's tracers mean it; else children go to the first), parents that form a ring are cut at the earliest of them, records of a span that is
 * not there stand at the top level.
 */
export function buildTraceTree(store: TraceStore, options: BuildOptions): TraceTree {
  const nodes = gather(store, options);
  const ids = { high: nodes.high, low: nodes.low };
  const index = createIdIndex(nodes.count);
  const calls = new Map<number, SharedCall>();
  for (let node = 0; node < nodes.count; node += 1) {
    if (nodes.type[node] === NODE.log) continue;
    const first = addId(index, node, ids);
    const call = first === -1 || calls.has(first) ? undefined : sharedCall(store, nodes, [first, node]);
    if (call !== undefined) calls.set(first, call);
  }
  const known = nodes.count;
  const parentOf = new Int32Array(nodes.type.length).fill(-1);
  for (let node = 0; node < known; node += 1) {
    const high = nodes.parentHigh[node] ?? 0;
    const low = nodes.parentLow[node] ?? 0;
    if (high === 0 && low === 0) continue;
    let parent = findId(index, ids, { high, low });
    if (parent === -1 && options.isComplete && nodes.type[node] !== NODE.log) parent = addMissing(nodes, index, { high, low, child: node });
    const call = calls.get(parent);
    if (call !== undefined) parent = halfOver(store, nodes, { call, node });
    if (parent !== node) parentOf[node] = parent;
  }
  for (const { client, server } of calls.values()) parentOf[server] = client;
  const order = byStart(nodes, known);
  return flatten(store, { nodes, parentOf, order, options });
}

/** The two spans of one call that have one id. */
interface SharedCall {
  readonly client: number;
  readonly server: number;
}

function sharedCall({ spans }: TraceStore, { type, source }: Nodes, halves: readonly [number, number]): SharedCall | undefined {
  const kindOf = (node: number): number => (type[node] === NODE.span ? (spans.kind[source[node] ?? 0] ?? 0) : 0);
  const [client, server] = kindOf(halves[0]) === SPAN_KIND.client ? halves : [halves[1], halves[0]];
  return kindOf(client) === SPAN_KIND.client && kindOf(server) === SPAN_KIND.server ? { client, server } : undefined;
}

/** Under which half of a call that both have the id of stands what names it: the client's where it is of its service alone. */
function halfOver(store: TraceStore, nodes: Nodes, { call, node }: { readonly call: SharedCall; readonly node: number }): number {
  const serviceOf = (member: number): number | undefined => {
    const source = nodes.source[member] ?? 0;
    if (nodes.type[member] === NODE.span) return store.spans.service[source];
    return nodes.type[member] === NODE.log ? store.logs.services[source] : undefined;
  };
  const service = serviceOf(node);
  return service === serviceOf(call.client) && service !== serviceOf(call.server) ? call.client : call.server;
}

/** By how much a span ends before it starts, 0 where no end was sent; undefined of all others. */
export function earlyNanosOf(tree: TraceTree, node: number): number | undefined {
  return tree.early.size > 0 && tree.type[node] === NODE.span ? tree.early.get(tree.source[node] ?? 0) : undefined;
}

/** The node of a span, finished or not, by its id or its key; -1 where it is not there. */
export function nodeOfSpan(tree: TraceTree, key: string): number {
  const { spanId, place } = parseSpanKey(key);
  const first = findId(tree.index, { high: tree.idHigh, low: tree.idLow }, { high: halfOf(spanId, 0), low: halfOf(spanId, 1) });
  if (first === -1 || place === 1) return first;
  for (const [node, itsPlace] of tree.twins) {
    if (itsPlace === place && tree.idHigh[node] === tree.idHigh[first] && tree.idLow[node] === tree.idLow[first]) return node;
  }
  return -1;
}

/** What tells a span from all others of its trace: see `span-key.ts`. */
export function spanKeyOf(tree: TraceTree, node: number): string {
  return writeSpanKey({ spanId: spanIdOf(tree, node), place: tree.twins.get(node) ?? 1 });
}

export function spanIdOf(tree: TraceTree, node: number): string {
  return idOf(tree.idHigh[node] ?? 0, tree.idLow[node] ?? 0);
}

export function nameOf(tree: Pick<TraceTree, 'name' | 'names'>, node: number): string {
  return tree.names[tree.name[node] ?? NONE] ?? '';
}

export function serviceNameOf(tree: Pick<TraceTree, 'service' | 'services'>, node: number): string {
  return tree.services[tree.service[node] ?? NONE] ?? '';
}

/** What the span calls or sends to, as far as its name does not say it; `''` where nothing is known of that. */
export function targetOf(tree: Pick<TraceTree, 'target' | 'targets'>, node: number): string {
  return tree.targets[tree.target[node] ?? NONE] ?? '';
}

export function endOf(tree: Pick<TraceTree, 'start' | 'duration'>, node: number): number {
  return (tree.start[node] ?? 0) + (tree.duration[node] ?? 0);
}

/** From the first start of a finished span to the last end of one, nanoseconds; records before and after are not in it. */
export function durationOfSpans(tree: Pick<TraceTree, 'size' | 'type' | 'start' | 'duration'>): number {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (let node = 0; node < tree.size; node += 1) {
    if (!isSpanNode(tree, node)) continue;
    first = Math.min(first, tree.start[node] ?? 0);
    last = Math.max(last, endOf(tree, node));
  }
  return Math.max(0, last - first);
}

/** Finished spans: what durations are known of. */
export function isSpanNode(tree: Pick<TraceTree, 'type'>, node: number): boolean {
  return tree.type[node] === NODE.span;
}

function gather(store: TraceStore, { offsets }: BuildOptions): Nodes {
  const { spans, logs } = store;
  const finished = createIdIndex(spans.count);
  const spanIds = { high: spans.idHigh, low: spans.idLow };
  for (let span = 0; span < spans.count; span += 1) addId(finished, span, spanIds);
  const unfinished = store.unfinished.filter(
    ({ spanId }) => findId(finished, spanIds, { high: halfOf(spanId, 0), low: halfOf(spanId, 1) }) === -1,
  );
  const count = spans.count + unfinished.length + logs.ids.length;
  // Each may name a parent that is not there.
  const room = count + spans.count + unfinished.length;
  const nodes: Nodes = {
    count,
    type: new Uint8Array(room),
    source: new Uint32Array(room),
    high: new Uint32Array(room),
    low: new Uint32Array(room),
    parentHigh: new Uint32Array(room),
    parentLow: new Uint32Array(room),
    start: new Float64Array(room),
  };
  nodes.high.set(spans.idHigh.subarray(0, spans.count));
  nodes.low.set(spans.idLow.subarray(0, spans.count));
  nodes.parentHigh.set(spans.parentHigh.subarray(0, spans.count));
  nodes.parentLow.set(spans.parentLow.subarray(0, spans.count));
  for (let span = 0; span < spans.count; span += 1) {
    nodes.source[span] = span;
    nodes.start[span] = (spans.start[span] ?? 0) + (offsets?.[spans.service[span] ?? NONE] ?? 0);
  }
  unfinished.forEach((span, place) => {
    const node = spans.count + place;
    nodes.type[node] = NODE.unfinished;
    nodes.source[node] = store.unfinished.indexOf(span);
    nodes.high[node] = halfOf(span.spanId, 0);
    nodes.low[node] = halfOf(span.spanId, 1);
    nodes.parentHigh[node] = halfOf(span.parentSpanId ?? '', 0);
    nodes.parentLow[node] = halfOf(span.parentSpanId ?? '', 1);
    nodes.start[node] = unfinishedStart(store, span);
  });
  const firstLog = spans.count + unfinished.length;
  for (let log = 0; log < logs.ids.length; log += 1) {
    const node = firstLog + log;
    nodes.type[node] = NODE.log;
    nodes.source[node] = log;
    nodes.parentHigh[node] = logs.spanHigh[log] ?? 0;
    nodes.parentLow[node] = logs.spanLow[log] ?? 0;
    nodes.start[node] = (logs.times[log] ?? 0) + (offsets?.[logs.services[log] ?? NONE] ?? 0);
  }
  return nodes;
}

/** A node for the parent that a span names and that is not there, where the earliest of its children starts. */
function addMissing(nodes: Nodes, index: IdIndex, { high, low, child }: { high: number; low: number; child: number }): number {
  const node = nodes.count;
  nodes.count += 1;
  nodes.type[node] = NODE.missing;
  nodes.high[node] = high;
  nodes.low[node] = low;
  nodes.start[node] = nodes.start[child] ?? 0;
  addId(index, node, { high: nodes.high, low: nodes.low });
  return node;
}

/** Spans come by start, and so do records: as a rule nothing has to be sorted, only merged; a corrected clock changes that. */
function byStart(nodes: Nodes, known: number): Uint32Array {
  const { start, count } = nodes;
  const order = Uint32Array.from({ length: count }, (_, node) => node);
  let isSorted = known === count;
  for (let node = 1; node < count && isSorted; node += 1) isSorted = (start[node] ?? 0) >= (start[node - 1] ?? 0);
  return isSorted ? order : order.sort((left, right) => (start[left] ?? 0) - (start[right] ?? 0) || left - right);
}

interface Shape {
  readonly nodes: Nodes;
  readonly parentOf: Int32Array;
  readonly order: Uint32Array;
  readonly options: BuildOptions;
}

/** Depth first without recursion: a chain of 100,000 spans is deeper than the stack. */
function flatten(store: TraceStore, { nodes, parentOf, order, options }: Shape): TraceTree {
  const size = nodes.count;
  const firstChild = new Int32Array(size).fill(-1);
  const nextSibling = new Int32Array(size).fill(-1);
  for (let place = size - 1; place >= 0; place -= 1) {
    const node = order[place] ?? 0;
    const parent = parentOf[node] ?? -1;
    if (parent === -1) continue;
    nextSibling[node] = firstChild[parent] ?? -1;
    firstChild[parent] = node;
  }
  const placed = new Int32Array(size).fill(-1);
  const sequence = new Uint32Array(size);
  const parent = new Int32Array(size);
  const depth = new Int32Array(size);
  const subtreeEnd = new Int32Array(size);
  let next = 0;
  const place = (node: number, under: number): void => {
    placed[node] = next;
    sequence[next] = node;
    parent[next] = under;
    depth[next] = under === -1 ? 0 : (depth[under] ?? 0) + 1;
    next += 1;
  };
  const walk = (top: number): void => {
    let node = top;
    place(node, -1);
    for (;;) {
      let child = firstChild[node] ?? -1;
      // What stands already is the beginning of a ring.
      while (child !== -1 && (placed[child] ?? -1) !== -1) child = nextSibling[child] ?? -1;
      if (child !== -1) {
        place(child, placed[node] ?? -1);
        node = child;
        continue;
      }
      for (;;) {
        subtreeEnd[placed[node] ?? 0] = next;
        if (node === top) return;
        let sibling = nextSibling[node] ?? -1;
        while (sibling !== -1 && (placed[sibling] ?? -1) !== -1) sibling = nextSibling[sibling] ?? -1;
        const above = sequence[parent[placed[node] ?? 0] ?? 0] ?? top;
        if (sibling !== -1) {
          place(sibling, placed[above] ?? -1);
          node = sibling;
          break;
        }
        node = above;
      }
    }
  };
  for (const node of order) if (parentOf[node] === -1) walk(node);
  // What no top leads to hangs in a ring of parents: it is cut before its earliest span.
  if (next < size) for (const node of order) if (placed[node] === -1) walk(node);
  return columns(store, { nodes, sequence, parent, depth, subtreeEnd, options });
}

interface Placed {
  readonly nodes: Nodes;
  readonly sequence: Uint32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly subtreeEnd: Int32Array;
  readonly options: BuildOptions;
}

/** In the order of the store, which clocks that are corrected do not change. `places`: of its nodes in the tree. */
function indexIds(tree: Pick<TraceTree, 'type' | 'idHigh' | 'idLow' | 'index'>, places: Uint32Array): Map<number, number> {
  const ids = { high: tree.idHigh, low: tree.idLow };
  const twins = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const node of places) {
    if (tree.type[node] === NODE.log) continue;
    const first = addId(tree.index, node, ids);
    if (first === -1) continue;
    const count = (counts.get(first) ?? 1) + 1;
    counts.set(first, count);
    twins.set(node, count);
  }
  return twins;
}

function columns(store: TraceStore, { nodes, sequence, parent, depth, subtreeEnd, options }: Placed): TraceTree {
  const size = sequence.length;
  const { spans, logs } = store;
  const names = [...store.names];
  const services = [...store.services];
  const tree = {
    size,
    type: new Uint8Array(size),
    source: new Uint32Array(size),
    idHigh: new Uint32Array(size),
    idLow: new Uint32Array(size),
    index: createIdIndex(size),
    depth,
    parent,
    subtreeEnd,
    start: new Float64Array(size),
    duration: new Float64Array(size),
    name: new Uint32Array(size).fill(NONE),
    service: new Uint32Array(size).fill(NONE),
    target: new Uint32Array(size).fill(NONE),
    kind: new Uint8Array(size),
    status: new Uint8Array(size),
  };
  const placeOfNode = new Uint32Array(size);
  let missingCount = 0;
  let unfinishedCount = 0;
  // Where clocks are corrected, the trace's own start and duration are of times that are not drawn: the axis goes from the earliest to the latest.
  const isCorrected = options.offsets !== undefined && size > 0;
  let end = isCorrected ? Number.NEGATIVE_INFINITY : store.durationNanos;
  let begin = isCorrected ? Number.POSITIVE_INFINITY : 0;
  for (let node = 0; node < size; node += 1) {
    const from = sequence[node] ?? 0;
    const type = nodes.type[from] ?? 0;
    const source = nodes.source[from] ?? 0;
    const start = nodes.start[from] ?? 0;
    tree.type[node] = type;
    tree.source[node] = source;
    tree.idHigh[node] = nodes.high[from] ?? 0;
    tree.idLow[node] = nodes.low[from] ?? 0;
    tree.start[node] = start;
    placeOfNode[from] = node;
    if (type === NODE.span) {
      tree.duration[node] = spans.duration[source] ?? 0;
      tree.name[node] = spans.name[source] ?? 0;
      tree.service[node] = spans.service[source] ?? 0;
      tree.target[node] = spans.target[source] ?? 0;
      tree.kind[node] = spans.kind[source] ?? 0;
      tree.status[node] = spans.status[source] ?? 0;
    } else if (type === NODE.unfinished) {
      unfinishedCount += 1;
      const span = store.unfinished[source];
      tree.name[node] = placeOf(names, span?.name ?? '');
      tree.service[node] = placeOf(services, span?.service ?? '');
      tree.kind[node] = span?.kind ?? 0;
    } else if (type === NODE.log) tree.service[node] = logs.services[source] ?? 0;
    else missingCount += 1;
    end = Math.max(end, start + (tree.duration[node] ?? 0));
    begin = Math.min(begin, start);
  }
  for (let node = 0; node < size; node += 1) {
    // Records may have been written before the trace's first span.
    if (begin !== 0) tree.start[node] = (tree.start[node] ?? 0) - begin;
    if (tree.type[node] === NODE.unfinished) tree.duration[node] = end - begin - (tree.start[node] ?? 0);
  }
  const twins = indexIds(tree, placeOfNode);
  const { events } = store;
  const eventTimes = Float64Array.from(events.times, (time, event) => {
    const service = spans.service[events.spans[event] ?? NONE] ?? NONE;
    return time + (options.offsets?.[service] ?? 0) - begin;
  });
  return {
    ...tree,
    twins,
    names,
    services,
    targets: [...store.targets],
    logs: { ids: logs.ids, levels: logs.levels, services: logs.services, times: logs.times, bodies: logs.bodies },
    events: { spans: events.spans, times: eventTimes, names: events.names },
    links: store.links,
    early: store.early,
    linkedFrom: linkedNodes(store, tree),
    startNanos: store.startNanos + BigInt(Math.round(begin)),
    durationNanos: end - begin,
    missingCount,
    unfinishedCount,
  };
}

function linkedNodes({ linkedFrom }: TraceStore, tree: Pick<TraceTree, 'index' | 'idHigh' | 'idLow'>): Map<number, number> {
  const nodes = new Map<number, number>();
  const ids = { high: tree.idHigh, low: tree.idLow };
  for (const [spanId, count] of linkedFrom) {
    const node = findId(tree.index, ids, { high: halfOf(spanId, 0), low: halfOf(spanId, 1) });
    if (node !== -1) nodes.set(node, count);
  }
  return nodes;
}

function placeOf(list: string[], text: string): number {
  const place = list.indexOf(text);
  return place === -1 ? list.push(text) - 1 : place;
}
