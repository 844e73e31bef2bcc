/** A weighted edge between two of the numbered nodes; its direction does not matter. */
export interface WeightedEdge {
  readonly from: number;
  readonly to: number;
  /** Above 0. */
  readonly weight: number;
}

/** Moves of all nodes; more change little. */
const MAX_ROUNDS = 20;

/**
 * The community of each node: those that have more to do with each other than with others. The same graph has the same communities.
 * Source: Blondel, Guillaume, Lambiotte and Lefebvre, "Fast unfolding of communities in large networks", 2008.
 */
export function communities(count: number, edges: readonly WeightedEdge[]): Int32Array {
  let members = Int32Array.from({ length: count }, (_, node) => node);
  let graph = { count, edges };
  for (;;) {
    const moved = moveNodes(graph.count, graph.edges);
    const size = moved.reduce((most, value) => Math.max(most, value + 1), 0);
    members = members.map((node) => moved[node] ?? 0);
    if (size === graph.count) return members;
    graph = { count: size, edges: joinedEdges(graph.edges, moved) };
  }
}

/** Each node goes to the neighbouring community that gains most by it, until none does. Numbers of communities have no gaps. */
function moveNodes(count: number, edges: readonly WeightedEdge[]): Int32Array {
  const neighbours: { readonly node: number; readonly weight: number }[][] = Array.from({ length: count }, () => []);
  const degree = new Float64Array(count);
  let total = 0;
  for (const { from, to, weight } of edges) {
    degree[from] = (degree[from] ?? 0) + weight;
    degree[to] = (degree[to] ?? 0) + weight;
    total += weight * 2;
    if (from === to) continue;
    neighbours[from]?.push({ node: to, weight });
    neighbours[to]?.push({ node: from, weight });
  }
  const community = Int32Array.from({ length: count }, (_, node) => node);
  const weightOf = Float64Array.from(degree);
  for (let round = 0, hasMoved = true; hasMoved && round < MAX_ROUNDS; round += 1) {
    hasMoved = false;
    for (let node = 0; node < count; node += 1) {
      const own = community[node] ?? 0;
      const joined = new Map<number, number>([[own, 0]]);
      for (const { node: other, weight } of neighbours[node] ?? []) {
        const of = community[other] ?? 0;
        joined.set(of, (joined.get(of) ?? 0) + weight);
      }
      weightOf[own] = (weightOf[own] ?? 0) - (degree[node] ?? 0);
      const gainOf = (of: number): number => (joined.get(of) ?? 0) - ((weightOf[of] ?? 0) * (degree[node] ?? 0)) / total;
      let best = own;
      for (const of of joined.keys()) if (gainOf(of) > gainOf(best) + 1e-9) best = of;
      weightOf[best] = (weightOf[best] ?? 0) + (degree[node] ?? 0);
      community[node] = best;
      if (best !== own) hasMoved = true;
    }
  }
  const numbers = new Map<number, number>();
  return community.map((of) => {
    const number = numbers.get(of) ?? numbers.size;
    numbers.set(of, number);
    return number;
  });
}

/** Edges between communities, and from each to itself. */
function joinedEdges(edges: readonly WeightedEdge[], community: Int32Array): WeightedEdge[] {
  const weights = new Map<string, { from: number; to: number; weight: number }>();
  for (const { from, to, weight } of edges) {
    const [left, right] = [community[from] ?? 0, community[to] ?? 0].sort((a, b) => a - b);
    const [low = 0, high = 0] = [left, right];
    const id = `${low} ${high}`;
    const known = weights.get(id) ?? { from: low, to: high, weight: 0 };
    known.weight += weight;
    weights.set(id, known);
  }
  return [...weights.values()];
}
