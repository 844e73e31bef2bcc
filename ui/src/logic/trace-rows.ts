import { isErrorEntry, type TraceTree } from './trace-tree.ts';

export interface RowChoice {
  /** Nodes whose subtree is folded away. */
  readonly collapsed: ReadonlySet<number>;
  /** Records have rows of their own. */
  readonly showLogs: boolean;
}

/** The nodes that have a row, top to bottom. */
export function visibleNodes(tree: TraceTree, choice: RowChoice): number[] {
  const nodes: number[] = [];
  let node = 0;
  while (node < tree.entries.length) {
    const hidden = tree.entries[node]?.type === 'log' && !choice.showLogs;
    if (!hidden) nodes.push(node);
    node = choice.collapsed.has(node) ? (tree.subtreeEnd[node] ?? node + 1) : node + 1;
  }
  return nodes;
}

/** There is something below the node that a row would be for. */
export function canCollapse(tree: TraceTree, node: number, showLogs: boolean): boolean {
  const end = tree.subtreeEnd[node] ?? node + 1;
  if (showLogs) return end > node + 1;
  for (let below = node + 1; below < end; below += 1) if (tree.entries[below]?.type !== 'log') return true;
  return false;
}

/** The records directly under a span, as nodes: its marks on the time axis. */
export function logNodesOf(tree: TraceTree, node: number): number[] {
  const logs: number[] = [];
  let below = node + 1;
  const end = tree.subtreeEnd[node] ?? below;
  while (below < end) {
    if (tree.entries[below]?.type === 'log') logs.push(below);
    below = tree.subtreeEnd[below] ?? end;
  }
  return logs;
}

/** The next node after `from` that is an error, from the top again after the last; -1 where there is none. */
export function nextError(tree: TraceTree, from: number): number {
  const size = tree.entries.length;
  for (let step = 1; step <= size; step += 1) {
    const node = (from + step + size) % size;
    const entry = tree.entries[node];
    if (entry !== undefined && isErrorEntry(entry)) return node;
  }
  return -1;
}

/** The nodes that a node hangs under, nearest first. */
export function ancestors(tree: TraceTree, node: number): number[] {
  const above: number[] = [];
  for (let parent = tree.parent[node] ?? -1; parent !== -1; parent = tree.parent[parent] ?? -1) above.push(parent);
  return above;
}

/** The node of a span, finished or not, by its id; -1 when it is not there. */
export function nodeOfSpan(tree: TraceTree, spanId: string): number {
  return tree.entries.findIndex((entry) => (entry.type === 'span' || entry.type === 'unfinished') && entry.span.spanId === spanId);
}

/** The node of a record by its id; -1 when it is not there. */
export function nodeOfLog(tree: TraceTree, logId: string): number {
  return tree.entries.findIndex((entry) => entry.type === 'log' && entry.log.id === logId);
}
