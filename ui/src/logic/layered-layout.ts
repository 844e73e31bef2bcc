/** A graph of few nodes in layers: an edge leads from its layer to a later one, but for those that close a circle. */
export interface LayeredLayout {
  readonly layers: number;
  /** Of each node. */
  readonly layer: Int32Array;
  /** Of each node its row in its layer, in halves: layers with fewer nodes stand in the middle. */
  readonly row: Float64Array;
  /** The most nodes that a layer has. */
  readonly rows: number;
}

export interface GraphEdges {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}

/** Sweeps that put each node beside what it is joined to; more change little. */
const SWEEPS = 6;

/**
 * Places nodes in layers by the longest way to them, and within a layer near to the middle of their neighbours. The same graph has the same
 * layout. Source: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981.
 */
export function layeredLayout(count: number, edges: GraphEdges): LayeredLayout {
  const forward = withoutCircles(count, edges);
  const layer = longestWays(count, forward);
  return { layer, ...orderLayers(count, layer, { from: forward.map(([from]) => from), to: forward.map(([, to]) => to) }) };
}

/** Rows for nodes whose layers are known: each near to the middle of its neighbours. */
export function orderLayers(count: number, layer: Int32Array, { from, to }: GraphEdges): Omit<LayeredLayout, 'layer'> {
  const forward = Array.from({ length: from.length }, (_, edge): [from: number, to: number] => [from[edge] ?? 0, to[edge] ?? 0]).filter(
    ([source, target]) => (layer[source] ?? 0) < (layer[target] ?? 0),
  );
  const layers = layer.reduce((most, value) => Math.max(most, value + 1), 0);
  const members: number[][] = Array.from({ length: layers }, () => []);
  for (let node = 0; node < count; node += 1) members[layer[node] ?? 0]?.push(node);
  const row = new Float64Array(count);
  const place = (list: readonly number[]): void => {
    for (const [at, node] of list.entries()) row[node] = at;
  };
  for (const list of members) place(list);
  const neighbours = joined(count, forward);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (let step = 0; step < layers; step += 1) {
      const at = isDown ? step : layers - 1 - step;
      const list = members[at] ?? [];
      const middle = new Map(list.map((node) => [node, middleOf(neighbours[isDown ? 'into' : 'out'][node] ?? [], row) ?? row[node] ?? 0]));
      list.sort((left, right) => (middle.get(left) ?? 0) - (middle.get(right) ?? 0) || left - right);
      place(list);
    }
  }
  const rows = members.reduce((most, list) => Math.max(most, list.length), 0);
  for (const list of members) for (const node of list) row[node] = (row[node] ?? 0) + (rows - list.length) / 2;
  return { layers, row, rows };
}

export interface RoutedLayout extends LayeredLayout {
  /** Of each edge the places that it goes through on its way over layers between, one in each: nodes beyond the graph's own. */
  readonly routes: readonly (readonly number[])[];
}

/** As `layeredLayout`, with room in the layers between for edges that lead over several, so that they go round what stands there. */
export function routedLayout(count: number, edges: GraphEdges): RoutedLayout {
  const { layer } = layeredLayout(count, edges);
  return routedLayers(layer, edges, ([source, target]) => (layer[source] ?? 0) < (layer[target] ?? 0));
}

/** As `routedLayout`, of nodes whose layers are known, and with room for edges that `hasRoute` takes: those that lead back may have it too. */
export function routedLayers(
  known: Int32Array,
  edges: GraphEdges,
  hasRoute: (edge: readonly [from: number, to: number]) => boolean = () => true,
): RoutedLayout {
  const layer = [...known];
  const from: number[] = [];
  const to: number[] = [];
  const routes = Array.from({ length: edges.from.length }, (_, edge): number[] => {
    const [source, target] = [edges.from[edge] ?? 0, edges.to[edge] ?? 0];
    if (!hasRoute([source, target])) return [];
    const isBack = (known[target] ?? 0) < (known[source] ?? 0);
    const [first, last] = isBack ? [target, source] : [source, target];
    const route: number[] = [];
    for (let over = (known[first] ?? 0) + 1; over < (known[last] ?? 0); over += 1) route.push(layer.push(over) - 1);
    const stops = [first, ...route, last];
    for (let step = 1; step < stops.length; step += 1) {
      from.push(stops[step - 1] ?? 0);
      to.push(stops[step] ?? 0);
    }
    return isBack ? route.toReversed() : route;
  });
  const all = Int32Array.from(layer);
  return { layer: all, ...orderLayers(all.length, all, { from, to }), routes };
}

/** The edges, those that lead back into a way that is being walked left out: first from what calls more than it is called by, as a circle has no first of its own. */
export function withoutCircles(count: number, { from, to }: GraphEdges): [from: number, to: number][] {
  const out: number[][] = Array.from({ length: count }, () => []);
  for (let edge = 0; edge < from.length; edge += 1) {
    const [source, target] = [from[edge] ?? -1, to[edge] ?? -1];
    if (source >= 0 && target >= 0 && source !== target) out[source]?.push(target);
  }
  const state = new Uint8Array(count);
  const kept: [number, number][] = [];
  const surplus = out.map(({ length }) => length);
  for (const target of out.flat()) surplus[target] = (surplus[target] ?? 0) - 1;
  for (const top of Array.from(out.keys()).sort((left, right) => (surplus[right] ?? 0) - (surplus[left] ?? 0) || left - right)) {
    if (state[top] !== 0) continue;
    const path: { node: number; next: number }[] = [{ node: top, next: 0 }];
    state[top] = 1;
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const target = out[step.node]?.[step.next];
      step.next += 1;
      if (target === undefined) {
        state[step.node] = 2;
        path.pop();
      } else if (state[target] !== 1) {
        kept.push([step.node, target]);
        if (state[target] === 0) {
          state[target] = 1;
          path.push({ node: target, next: 0 });
        }
      }
    }
  }
  return kept;
}

function longestWays(count: number, edges: readonly (readonly [from: number, to: number])[]): Int32Array {
  const layer = new Int32Array(count);
  const waiting = new Int32Array(count);
  const out: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) {
    waiting[to] = (waiting[to] ?? 0) + 1;
    out[from]?.push(to);
  }
  const ready = Array.from(waiting.keys()).filter((node) => waiting[node] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const target of out[node] ?? []) {
      layer[target] = Math.max(layer[target] ?? 0, (layer[node] ?? 0) + 1);
      waiting[target] = (waiting[target] ?? 0) - 1;
      if (waiting[target] === 0) ready.push(target);
    }
  }
  return layer;
}

function joined(
  count: number,
  edges: readonly (readonly [from: number, to: number])[],
): { readonly into: number[][]; readonly out: number[][] } {
  const lists = (): number[][] => Array.from({ length: count }, () => []);
  const [into, out] = [lists(), lists()];
  for (const [from, to] of edges) {
    into[to]?.push(from);
    out[from]?.push(to);
  }
  return { into, out };
}

function middleOf(nodes: readonly number[], row: Float64Array): number | undefined {
  return nodes.length === 0 ? undefined : nodes.reduce((sum, node) => sum + (row[node] ?? 0), 0) / nodes.length;
}
