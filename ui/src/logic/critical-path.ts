import { isWaitedFor } from './span-kind.ts';
import { endOf, isSpanNode, type TraceTree } from './trace-tree.ts';

/**
 * What decides how long the request takes: at each instant of it the one span that everything else waits for. The times of all nodes
 * add up to the duration of the root.
 */
export interface CriticalPath {
  /** The top span that was taken for the request; -1 where there is none. */
  readonly root: number;
  /** Of each node how long it is the one that is waited for. */
  readonly nanos: Float64Array;
  /** Of node `i` the pieces from `first[i]` to `first[i + 1]`, each from `from` to `to`. */
  readonly first: Int32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/**
 * From the root's end backwards: what ended last is what was waited for, then what had ended last before that one began. A child that goes on
 * after its parent counts up to the parent's end, one that takes a message (a consumer) is waited for by nobody.
 * Source: Zhang et al., "CRISP: Critical Path Analysis of Large-Scale Microservice Architectures", USENIX ATC 2022.
 */
export function criticalPath(tree: TraceTree): CriticalPath {
  const root = rootOf(tree);
  const nanos = new Float64Array(tree.size);
  const pieces: { nodes: number[]; from: number[]; to: number[] } = { nodes: [], from: [], to: [] };
  const add = (node: number, from: number, to: number): void => {
    if (to <= from) return;
    nanos[node] = (nanos[node] ?? 0) + to - from;
    pieces.nodes.push(node);
    pieces.from.push(from);
    pieces.to.push(to);
  };
  const open: { readonly node: number; readonly since: number; readonly until: number }[] = [];
  if (root !== -1) open.push({ node: root, since: tree.start[root] ?? 0, until: endOf(tree, root) });
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const { node, since, until } = current;
    const start = Math.max(since, tree.start[node] ?? 0);
    let cursor = until;
    for (const child of waitedFor(tree, { node, start, until })) {
      const end = Math.min(endOf(tree, child), until);
      if (end > cursor) continue;
      add(node, end, cursor);
      open.push({ node: child, since: start, until: end });
      cursor = Math.max(start, tree.start[child] ?? 0);
    }
    add(node, start, cursor);
  }
  return { root, nanos, ...byNode(tree.size, pieces) };
}

/** The top span that lasts longest. */
function rootOf(tree: TraceTree): number {
  let root = -1;
  for (let node = 0; node < tree.size; node = tree.subtreeEnd[node] ?? tree.size) {
    const candidates = isSpanNode(tree, node) ? [node] : childSpans(tree, node);
    for (const candidate of candidates) if (root === -1 || (tree.duration[candidate] ?? 0) > (tree.duration[root] ?? 0)) root = candidate;
  }
  return root;
}

function childSpans(tree: TraceTree, node: number): number[] {
  const children: number[] = [];
  for (let child = node + 1; child < (tree.subtreeEnd[node] ?? 0); child = tree.subtreeEnd[child] ?? tree.size)
    if (isSpanNode(tree, child)) children.push(child);
  return children;
}

/** The children that end last first; those that begin before their parent, by a clock that is wrong, count from its start. */
function waitedFor(tree: TraceTree, { node, start, until }: { node: number; start: number; until: number }): number[] {
  const end = (child: number): number => Math.min(endOf(tree, child), until);
  return childSpans(tree, node)
    .filter((child) => isWaitedFor(tree.kind[child]) && (tree.start[child] ?? 0) < until && endOf(tree, child) > start)
    .sort((left, right) => end(right) - end(left) || (tree.start[right] ?? 0) - (tree.start[left] ?? 0));
}

function byNode(
  size: number,
  pieces: { readonly nodes: readonly number[]; readonly from: readonly number[]; readonly to: readonly number[] },
) {
  const first = new Int32Array(size + 1);
  for (const node of pieces.nodes) first[node + 1] = (first[node + 1] ?? 0) + 1;
  for (let node = 0; node < size; node += 1) first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0);
  const next = first.slice();
  const from = new Float64Array(pieces.nodes.length);
  const to = new Float64Array(pieces.nodes.length);
  pieces.nodes.forEach((node, piece) => {
    const place = next[node] ?? 0;
    next[node] = place + 1;
    from[place] = pieces.from[piece] ?? 0;
    to[place] = pieces.to[piece] ?? 0;
  });
  return { first, from, to };
}
