import { isWaitedFor } from './span-kind.ts';
import { endOf, isSpanNode, type TraceTree } from './trace-tree.ts';

/** A time in which a span ran and none of the calls that it waits for. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The call that ended before it and the one that began after it; -1 at the span's own ends. */
  readonly after: number;
  readonly before: number;
}

/**
 * Of each span the time in which it ran and none of the calls that it waits for: its duration without what its children cover of it. 0 for all else.
 * As for the critical path and what a span costs (`criticalPath`, `durationWithout`), who takes a message covers nothing of who sent it, and a child
 * that goes on after its parent covers it up to its end. So it is less than the span's time on the critical path only where its calls run beside each other.
 */
export function selfTimes(tree: TraceTree): Float64Array {
  const self = new Float64Array(tree.size);
  /** How far each span is covered by the children so far: they come by start. */
  const covered = Float64Array.from(tree.start);
  for (let node = 0; node < tree.size; node += 1) {
    if (!isSpanNode(tree, node)) continue;
    self[node] = tree.duration[node] ?? 0;
    const parent = tree.parent[node] ?? -1;
    if (parent === -1 || !isSpanNode(tree, parent) || !isWaitedFor(tree.kind[node])) continue;
    const from = Math.max(tree.start[node] ?? 0, covered[parent] ?? 0);
    const to = Math.min(endOf(tree, node), endOf(tree, parent));
    if (to <= from) continue;
    self[parent] = (self[parent] ?? 0) - (to - from);
    covered[parent] = to;
  }
  return self;
}

/** The gaps of one span that are at least as long as `minNanos`; none for a span that called nothing. */
export function gapsOf(tree: TraceTree, node: number, minNanos: number): Gap[] {
  const gaps: Gap[] = [];
  const end = endOf(tree, node);
  let covered = tree.start[node] ?? 0;
  let last = -1;
  let hasChild = false;
  const add = (to: number, before: number): void => {
    if (to - covered >= minNanos && to > covered) gaps.push({ from: covered, to, after: last, before });
  };
  for (let child = node + 1; child < (tree.subtreeEnd[node] ?? 0); child = tree.subtreeEnd[child] ?? tree.size) {
    if (!isSpanNode(tree, child) || !isWaitedFor(tree.kind[child])) continue;
    const start = tree.start[child] ?? 0;
    if (start >= end) break;
    hasChild = true;
    add(start, child);
    if (endOf(tree, child) <= covered) continue;
    covered = Math.max(covered, endOf(tree, child));
    last = child;
  }
  if (!hasChild) return [];
  if (covered < end) add(end, -1);
  return gaps;
}

/** A finer answer than was asked for serves while the reader zooms in by so much. */
const FINER = 4;

interface KnownGaps {
  readonly minNanos: number;
  readonly gaps: readonly Gap[];
}

const known = new WeakMap<TraceTree, Map<number, KnownGaps>>();

/** As `gapsOf`, for what is asked in every frame: a span that called a hundred thousand others is gone through once for several steps of a zoom. */
export function drawnGapsOf(tree: TraceTree, node: number, minNanos: number): readonly Gap[] {
  const spans = known.get(tree) ?? new Map<number, KnownGaps>();
  known.set(tree, spans);
  let found = spans.get(node);
  if (found === undefined || found.minNanos > minNanos) {
    const finer = minNanos / FINER;
    found = { minNanos: finer, gaps: gapsOf(tree, node, finer) };
    spans.set(node, found);
  }
  return found.gaps.filter(({ from, to }) => to - from >= minNanos);
}
