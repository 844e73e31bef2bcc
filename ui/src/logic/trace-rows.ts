import { isErrorLevel, LEVELS, type Level } from './level.ts';
import type { Repeats } from './repeats.ts';
import { NODE, nodeOfSpan, spanKeyOf, type TraceTree } from './trace-tree.ts';

export interface RowChoice {
  /** 1 for nodes whose subtree is folded away. */
  readonly folded: Uint8Array;
  /** Records have rows of their own. */
  readonly showLogs: boolean;
  /** Repeated calls share the row of the first; 1 in `opened` for those firsts whose group is laid out all the same. */
  readonly repeats?: { readonly groups: Repeats; readonly opened: Uint8Array } | undefined;
  /** Only this node's subtree. */
  readonly focus?: number | undefined;
  /** Only nodes that are 1 here. */
  readonly only?: Uint8Array | undefined;
}

/** The nodes that have a row, top to bottom. */
export function visibleNodes(tree: TraceTree, { folded, showLogs, repeats, focus, only }: RowChoice): Int32Array {
  const rows = new Int32Array(tree.size);
  let count = 0;
  const end = focus === undefined ? tree.size : (tree.subtreeEnd[focus] ?? 0);
  for (let node = focus ?? 0; node < end; ) {
    const after = tree.subtreeEnd[node] ?? node + 1;
    const head = repeats === undefined ? -1 : (repeats.groups.headOf[node] ?? -1);
    const isGrouped = head !== -1 && repeats?.opened[head] !== 1 && node !== focus;
    if ((isGrouped && head !== node) || only?.[node] === 0) {
      node = after;
      continue;
    }
    if (showLogs || tree.type[node] !== NODE.log) {
      rows[count] = node;
      count += 1;
    }
    node = isGrouped || folded[node] === 1 ? after : node + 1;
  }
  return rows.subarray(0, count);
}

/**
 * Of each row its place among the rows below the same parent, from 1, and how many those are: of a part of the rows alone, which is all that a page has,
 * nobody could tell.
 */
export function siblingPlaces(
  parents: ArrayLike<number>,
  rows: ArrayLike<number>,
): { readonly place: Int32Array; readonly of: Int32Array } {
  const place = new Int32Array(rows.length);
  // The last one counts those without a parent.
  const counts = new Int32Array(parents.length + 1);
  const slotOf = (row: number): number => {
    const parent = parents[rows[row] ?? 0] ?? -1;
    return parent === -1 ? parents.length : parent;
  };
  for (let row = 0; row < rows.length; row += 1) {
    const slot = slotOf(row);
    counts[slot] = (counts[slot] ?? 0) + 1;
    place[row] = counts[slot] ?? 0;
  }
  return { place, of: Int32Array.from(place, (_, row) => counts[slotOf(row)] ?? 0) };
}

/** There is something below the node that a row would be for. */
export function canFold(tree: TraceTree, node: number, showLogs: boolean): boolean {
  const end = tree.subtreeEnd[node] ?? node + 1;
  if (showLogs) return end > node + 1;
  for (let below = node + 1; below < end; below += 1) if (tree.type[below] !== NODE.log) return true;
  return false;
}

/** A span with status error, or a record at `level:>=error`. */
export function isErrorNode(tree: TraceTree, node: number): boolean {
  if (tree.type[node] === NODE.log) return isErrorLevel(logLevel(tree, node));
  return tree.status[node] === 2;
}

export function logLevel(tree: TraceTree, node: number): Level {
  return LEVELS[tree.logs.levels[tree.source[node] ?? 0] ?? 0] ?? 'UNSET';
}

/** The next node after `from` for which `is` holds, from the top again after the last; -1 where there is none. */
export function nextNode(
  tree: TraceTree,
  from: number,
  { step = 1, is }: { readonly step?: 1 | -1; readonly is: (node: number) => boolean },
): number {
  for (let moved = 1; moved <= tree.size; moved += 1) {
    const node = (from + step * moved + 2 * tree.size) % tree.size;
    if (is(node)) return node;
  }
  return -1;
}

interface Shown {
  readonly folded: Uint8Array;
  /** As in `RowChoice`. */
  readonly opened: Uint8Array;
}

/**
 * The marks with which a node has a row: nothing above it is folded, and no repetition hides it. Marks that need no change stay the same arrays.
 * A chain may be a million spans deep: nothing is made of each span above.
 */
export function withRowFor(
  tree: TraceTree,
  node: number,
  { shown, headOf }: { readonly shown: Shown; readonly headOf: Int32Array },
): Shown {
  let { folded, opened } = shown;
  for (let member = node; member !== -1; member = tree.parent[member] ?? -1) {
    if (member !== node && folded[member] === 1) {
      if (folded === shown.folded) folded = folded.slice();
      folded[member] = 0;
    }
    const head = headOf[member] ?? -1;
    // The first of a group has the group's row itself.
    if (head === -1 || opened[head] === 1 || (member === node && head === node)) continue;
    if (opened === shown.opened) opened = opened.slice();
    opened[head] = 1;
  }
  return { folded, opened };
}

/** The node of a record by its id; -1 when it is not there. */
export function nodeOfLog(tree: TraceTree, logId: string): number {
  const log = tree.logs.ids.indexOf(logId);
  if (log === -1) return -1;
  for (let node = 0; node < tree.size; node += 1) if (tree.type[node] === NODE.log && tree.source[node] === log) return node;
  return -1;
}

/** The row of a node: rows are nodes in ascending order. -1 where it has none. */
export function rowOf(rows: Int32Array, node: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = rows[middle] ?? 0;
    if (there === node) return middle;
    if (there < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** What a node is known by in another tree of the same trace with more in it. */
export function nodeKey(tree: TraceTree, node: number): string {
  return tree.type[node] === NODE.log ? `log ${tree.logs.ids[tree.source[node] ?? 0] ?? ''}` : spanKeyOf(tree, node);
}

/** The node of a key; -1 where it is not there. */
export function nodeOfKey(tree: TraceTree, key: string): number {
  return key.startsWith('log ') ? nodeOfLog(tree, key.slice('log '.length)) : nodeOfSpan(tree, key);
}

/** The row of a node, or of what shows it where it has none: the first of its repetition, or the nearest above it. -1 where there is none. */
export function nearestRow(
  tree: TraceTree,
  node: number,
  { rows, headOf }: { readonly rows: Int32Array; readonly headOf: Int32Array },
): number {
  for (let shown = node; shown !== -1; shown = tree.parent[shown] ?? -1) {
    const row = rowOf(rows, shown);
    if (row !== -1) return row;
    const headRow = rowOf(rows, headOf[shown] ?? -1);
    if (headRow !== -1) return headRow;
  }
  return -1;
}

/** 1 for nodes of which `is` holds and for all that these hang under: what a filter leaves. */
export function withAncestors(tree: TraceTree, is: (node: number) => boolean): { readonly only: Uint8Array; readonly count: number } {
  const only = new Uint8Array(tree.size);
  let count = 0;
  for (let node = tree.size - 1; node >= 0; node -= 1) {
    const isMatch = is(node);
    if (isMatch) count += 1;
    if (!isMatch && only[node] === 0) continue;
    only[node] = 1;
    const parent = tree.parent[node] ?? -1;
    if (parent !== -1) only[parent] = 1;
  }
  return { only, count };
}

/** 1 for what has to be folded so that nothing deeper than `depth` has a row. */
export function foldedBelow(tree: TraceTree, depth: number): Uint8Array {
  return Uint8Array.from({ length: tree.size }, (_, node) =>
    tree.depth[node] === depth && (tree.subtreeEnd[node] ?? 0) > node + 1 ? 1 : 0,
  );
}
