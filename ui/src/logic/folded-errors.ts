import { membersOf, type Repeats } from './repeats.ts';
import { isErrorNode } from './trace-rows.ts';
import type { TraceTree } from './trace-tree.ts';

/** Of each node how many spans and records before it are errors; one more at the end, for all of them. */
export function countErrorsBefore(tree: TraceTree): Uint32Array {
  const before = new Uint32Array(tree.size + 1);
  for (let node = 0; node < tree.size; node += 1) before[node + 1] = (before[node] ?? 0) + (isErrorNode(tree, node) ? 1 : 0);
  return before;
}

interface Counted {
  readonly tree: Pick<TraceTree, 'subtreeEnd'>;
  readonly errorsBefore: Uint32Array;
}

/** How many errors are below a node, whose row hides them where it is folded. */
export function errorsBelow({ tree, errorsBefore }: Counted, node: number): number {
  return between(errorsBefore, node + 1, tree.subtreeEnd[node] ?? node + 1);
}

/** How many errors the row of a repetition stands for: its calls and all below them. */
export function errorsOfRepeat({ tree, errorsBefore, repeats }: Counted & { readonly repeats: Repeats }, head: number): number {
  let errors = 0;
  for (const member of membersOf(repeats, head)) errors += between(errorsBefore, member, tree.subtreeEnd[member] ?? member + 1);
  return errors;
}

function between(before: Uint32Array, from: number, to: number): number {
  return (before[to] ?? 0) - (before[from] ?? 0);
}
