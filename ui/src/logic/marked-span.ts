import { nextNode } from './trace-rows.ts';
import { NODE, type TraceTree } from './trace-tree.ts';

/** Spans that a trace's head counts because something is wrong with them. */
export type MarkedSpan = 'error' | 'missing' | 'unfinished';

/** The next such span after a node in the order of the rows, from the top again after the last; -1 where there is none. */
export function nextMarked(tree: TraceTree, from: number, kind: MarkedSpan): number {
  const is: Readonly<Record<MarkedSpan, (node: number) => boolean>> = {
    error: (node) => tree.type[node] === NODE.span && tree.status[node] === 2,
    missing: (node) => tree.type[node] === NODE.missing,
    unfinished: (node) => tree.type[node] === NODE.unfinished,
  };
  return nextNode(tree, from, { is: is[kind] });
}
