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

/** A part of a span's time in which all else waits for it or for what it called. */
interface Wait {
  readonly since: number;
  readonly until: number;
}

/**
 * From the root's end backwards: what ended last is what was waited for, then what had ended last before that one began. A child that goes on
 * after its parent counts up to the parent's end, one that takes a message (a consumer) is waited for by nobody.
 * Source: Zhang et al., "CRISP: Critical Path Analysis of Large-Scale Microservice Architectures", USENIX ATC 2022. Unlike there, no span is on the
 * path while a call runs that it waits for, also where that one ends too late to be what the next one waited for: what is on the path of a span
 * is its own time (see `selfTimes`), never more. Each span is gone through once, however many parts of it are on the path.
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
  const open: { readonly node: number; readonly waits: readonly Wait[] }[] = [];
  if (root !== -1) open.push({ node: root, waits: [{ since: tree.start[root] ?? 0, until: endOf(tree, root) }] });
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const { node, waits } = current;
    const given = shareWaits(tree, { node, waits, own: (from, to) => add(node, from, to) });
    for (const [child, parts] of given) open.push({ node: child, waits: parts });
  }
  return { root, nanos, ...byNode(tree.size, pieces) };
}

interface Waited {
  readonly node: number;
  /** The latest first. */
  readonly waits: readonly Wait[];
  /** Told what of them is the span's own. */
  readonly own: (from: number, to: number) => void;
}

/** What of the waits for a span is waited for in which of its children, the latest first. */
function shareWaits(tree: TraceTree, { node, waits, own }: Waited): ReadonlyMap<number, Wait[]> {
  const given = new Map<number, Wait[]>();
  const give = (child: number, since: number, until: number): void => {
    if (until <= since) return;
    const parts = given.get(child);
    if (parts === undefined) given.set(child, [{ since, until }]);
    else parts.push({ since, until });
  };
  const latest = waits[0]?.until ?? 0;
  const startOf = (child: number): number => tree.start[child] ?? 0;
  const endIn = (child: number): number => Math.min(endOf(tree, child), latest);
  const children = waitedFor(tree, { node, start: waits.at(-1)?.since ?? 0, until: latest });
  let next = 0;
  /** Of the children that end after the place that the walk is at, the one that began first. */
  let running = -1;
  const pass = (child: number): void => {
    if (running === -1 || startOf(child) < startOf(running)) running = child;
    next += 1;
  };
  for (const { since, until } of waits) {
    for (let cursor = until; cursor > since; ) {
      let child = children[next];
      for (; child !== undefined && endIn(child) > cursor; child = children[next]) pass(child);
      const end = child === undefined ? since : Math.max(since, endIn(child));
      // No child ended in here, and what ended before has its end at the left: whatever else runs in here is what is waited for.
      const begun = running === -1 ? cursor : Math.min(cursor, Math.max(end, startOf(running)));
      give(running, begun, cursor);
      own(end, begun);
      if (child === undefined || end === since) break;
      pass(child);
      cursor = Math.max(since, startOf(child));
      give(child, cursor, end);
    }
  }
  return given;
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
