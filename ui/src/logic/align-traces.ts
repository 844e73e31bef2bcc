import type { SpanTree } from './trace-measures.ts';
import { NODE } from './trace-tree.ts';

/**
 * Several traces as one tree: a node of it is the same call in each of them, by service, operation, what it is under, and which of its equals it is by start.
 * Node `i`'s subtree is the nodes from `i` to `subtreeEnd[i]`, exclusive.
 */
export interface AlignedTraces {
  readonly traceCount: number;
  readonly size: number;
  /** Of node `i` and trace `t` at `i * traceCount + t` the node in that trace's tree; -1 where the trace has no such call. */
  readonly nodes: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** Places in `services` and `names`; both of what has not arrived are of an empty text. */
  readonly service: Uint32Array;
  readonly name: Uint32Array;
  readonly services: readonly string[];
  readonly names: readonly string[];
}

interface Call {
  readonly nodes: number[];
  readonly parent: number;
  readonly depth: number;
  readonly service: number;
  readonly name: number;
  /** After its parent's start, in the first trace that has it. */
  readonly offset: number;
}

/** Records are left out. Calls stand by their start in the first trace that has them; every span of every trace is in exactly one node. */
export function alignTraces(trees: readonly SpanTree[]): AlignedTraces {
  const services = dictionary(trees.map((tree) => tree.services));
  const names = dictionary(trees.map((tree) => tree.names));
  const columns = { nodes: [] as number[], parent: [] as number[], depth: [] as number[], service: [] as number[], name: [] as number[] };
  const keysOf = { services, names };
  const open = callsUnder(trees, { above: undefined, keysOf }).reverse();
  for (let call = open.pop(); call !== undefined; call = open.pop()) {
    const at = columns.parent.push(call.parent) - 1;
    for (const node of call.nodes) columns.nodes.push(node);
    columns.depth.push(call.depth);
    columns.service.push(call.service);
    columns.name.push(call.name);
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
    nodes: Int32Array.from(columns.nodes),
    parent,
    depth: Int32Array.from(columns.depth),
    subtreeEnd: subtreeEnds(parent),
    service: Uint32Array.from(columns.service),
    name: Uint32Array.from(columns.name),
    services: services.texts,
    names: names.texts,
  };
}

interface Dictionary {
  readonly texts: readonly string[];
  /** Of each tree and each of its places the place in `texts`. */
  readonly places: readonly Uint32Array[];
  /** The place of the empty text. */
  readonly none: number;
}

function dictionary(lists: readonly (readonly string[])[]): Dictionary {
  const known = new Map<string, number>();
  const placeOf = (text: string): number => {
    const place = known.get(text) ?? known.size;
    known.set(text, place);
    return place;
  };
  const none = placeOf('');
  const places = lists.map((list) => Uint32Array.from(list, placeOf));
  return { texts: [...known.keys()], places, none };
}

interface Under {
  readonly above: (Call & { readonly at: number }) | undefined;
  readonly keysOf: { readonly services: Dictionary; readonly names: Dictionary };
}

function callsUnder(trees: readonly SpanTree[], { above, keysOf: { services, names } }: Under): Call[] {
  const calls: Call[] = [];
  const byKey = new Map<number, Call[]>();
  for (const [trace, tree] of trees.entries()) {
    const parent = above === undefined ? -1 : (above.nodes[trace] ?? -1);
    if (above !== undefined && parent === -1) continue;
    const seen = new Map<number, number>();
    const end = parent === -1 ? tree.size : (tree.subtreeEnd[parent] ?? 0);
    const begin = parent === -1 ? firstStart(tree) : (tree.start[parent] ?? 0);
    for (let node = parent + 1; node < end; node = tree.subtreeEnd[node] ?? end) {
      if (tree.type[node] === NODE.log) continue;
      const service = services.places[trace]?.[tree.service[node] ?? 0] ?? services.none;
      const name = names.places[trace]?.[tree.name[node] ?? 0] ?? names.none;
      const key = service * names.texts.length + name;
      const occurrence = seen.get(key) ?? 0;
      seen.set(key, occurrence + 1);
      const equals = byKey.get(key) ?? [];
      byKey.set(key, equals);
      let call = equals[occurrence];
      if (call === undefined) {
        call = {
          nodes: new Array<number>(trees.length).fill(-1),
          parent: above?.at ?? -1,
          depth: above === undefined ? 0 : above.depth + 1,
          service,
          name,
          offset: (tree.start[node] ?? 0) - begin,
        };
        equals.push(call);
        calls.push(call);
      }
      call.nodes[trace] = node;
    }
  }
  return calls.sort((left, right) => left.offset - right.offset);
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
