import { SPAN_KIND } from './span-kind.ts';
import { endOf, isSpanNode, type TraceTree } from './trace-tree.ts';

/**
 * How long a message waited between its producer and this span that took it, nanoseconds: from the end of the span that it hangs under. 0 for what
 * is no consumer's span, and where it was taken before its producer was done.
 */
export function messageWait(tree: TraceTree, node: number): number {
  const parent = tree.parent[node] ?? -1;
  if (parent === -1 || tree.kind[node] !== SPAN_KIND.consumer || tree.kind[parent] !== SPAN_KIND.producer) return 0;
  if (!isSpanNode(tree, node) || !isSpanNode(tree, parent)) return 0;
  return Math.max(0, (tree.start[node] ?? 0) - endOf(tree, parent));
}
