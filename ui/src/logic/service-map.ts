import type { MapEdge, MapNode, ServiceMapAnswer } from '@threadline/collector/api';

/** More boxes are not read by anybody; the rest is found by name or from its neighbours. */
const SHOWN_NODES = 60;

export interface MapWish {
  /** The id of the node that the map is about; only it and what it is joined to in so many steps. */
  readonly focus?: string | undefined;
  readonly steps: number;
  /** Text of names: those nodes and their direct neighbours, where there is no focus. */
  readonly find: string;
}

export interface ShownMap {
  readonly nodes: readonly MapNode[];
  /** Among those nodes. */
  readonly edges: readonly MapEdge[];
  /** Nodes that were wished for and found no room. */
  readonly left: number;
}

/** The part of a map that is drawn: what was wished for first, then what is in trouble, then what is called most. In the map's own order. */
export function shownMap({ nodes, edges }: Pick<ServiceMapAnswer, 'nodes' | 'edges'>, wish: MapWish, room = SHOWN_NODES): ShownMap {
  const wanted = wantedNodes(nodes, edges, wish);
  const calls = callsOf(edges);
  const ranked = nodes
    .filter(({ id }) => wanted.has(id))
    .sort(
      (left, right) =>
        (wanted.get(left.id) ?? 0) - (wanted.get(right.id) ?? 0) ||
        trouble(right) - trouble(left) ||
        (calls.get(right.id) ?? 0) - (calls.get(left.id) ?? 0) ||
        (left.id < right.id ? -1 : 1),
    );
  const kept = new Set(ranked.slice(0, room).map(({ id }) => id));
  return {
    nodes: nodes.filter(({ id }) => kept.has(id)),
    edges: edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
    left: Math.max(0, ranked.length - room),
  };
}

/** Each with how far it is from what was wished for. */
function wantedNodes(nodes: readonly MapNode[], edges: readonly MapEdge[], { focus, steps, find }: MapWish): Map<string, number> {
  const text = find.trim().toLowerCase();
  if (focus === undefined && text === '') return new Map(nodes.map(({ id }) => [id, 0]));
  const starts = nodes.filter(({ id, name }) => (focus === undefined ? name.toLowerCase().includes(text) : id === focus));
  const distances = new Map(starts.map(({ id }) => [id, 0]));
  for (let step = 1; step <= (focus === undefined ? 1 : steps); step += 1) {
    const before = new Set(distances.keys());
    for (const { from, to } of edges) {
      if (before.has(from) && !distances.has(to)) distances.set(to, step);
      if (before.has(to) && !distances.has(from)) distances.set(from, step);
    }
  }
  return distances;
}

function callsOf(edges: readonly MapEdge[]): Map<string, number> {
  const calls = new Map<string, number>();
  for (const { from, to, figures } of edges) for (const id of [from, to]) calls.set(id, (calls.get(id) ?? 0) + figures.count);
  return calls;
}

function trouble({ state }: MapNode): number {
  return state === 'down' ? 2 : state === 'degraded' ? 1 : 0;
}
