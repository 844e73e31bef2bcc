import { nodesOf } from './align-traces.ts';
import { DIFFERENCE, type DifferenceType, OWN_TIME_ALONE, type TraceComparison } from './trace-comparison.ts';
import type { SpanTree } from './trace-measures.ts';

/** The calls that have a row: all but what is folded away, or only those that differ and what they hang under. */
export function comparisonRows(
  { aligned, flags }: TraceComparison,
  { onlyChanged, folded }: { readonly onlyChanged: boolean; readonly folded: ReadonlySet<number> },
): Int32Array {
  const shown = onlyChanged ? changedWithParents({ aligned, flags }) : undefined;
  const rows = new Int32Array(aligned.size);
  let count = 0;
  for (let call = 0; call < aligned.size; ) {
    const after = aligned.subtreeEnd[call] ?? call + 1;
    if (shown !== undefined && shown[call] !== 1) {
      call = after;
      continue;
    }
    rows[count] = call;
    count += 1;
    call = folded.has(call) ? after : call + 1;
  }
  return rows.subarray(0, count);
}

function changedWithParents({ aligned, flags }: Pick<TraceComparison, 'aligned' | 'flags'>): Uint8Array {
  const shown = new Uint8Array(aligned.size);
  for (let call = aligned.size - 1; call >= 0; call -= 1) {
    if (flags[call] === 0 && shown[call] === 0) continue;
    shown[call] = 1;
    const above = aligned.parent[call] ?? -1;
    if (above !== -1) shown[above] = 1;
  }
  return shown;
}

/** The calls that a call hangs under. */
export function callsAbove({ aligned }: Pick<TraceComparison, 'aligned'>, call: number): number[] {
  const above: number[] = [];
  for (let parent = aligned.parent[call] ?? -1; parent !== -1; parent = aligned.parent[parent] ?? -1) above.push(parent);
  return above;
}

/** What differs of a call, the gravest first. */
export function differencesOf({ flags }: Pick<TraceComparison, 'flags'>, call: number): DifferenceType[] {
  const all = ['error', 'missing', 'new', 'more', 'slower', 'fewer', 'faster'] as const;
  return all.filter((type) => ((flags[call] ?? 0) & DIFFERENCE[type]) !== 0);
}

/**
 * A call whose own time is less, or more, than usual while it took no less, or no more, than it usually does in all: what it called took the other way what it
 * did not.
 */
export function isOwnTimeAlone(
  { flags }: Pick<TraceComparison, 'flags'>,
  { call, type }: { readonly call: number; readonly type: DifferenceType },
): boolean {
  return (type === 'faster' || type === 'slower') && ((flags[call] ?? 0) & OWN_TIME_ALONE) !== 0;
}

/** The span that stands for all of a call in the trace that is compared: the first that failed, or the one that took the longest; -1 for none. */
export function mainNode({ aligned }: Pick<TraceComparison, 'aligned'>, tree: Pick<SpanTree, 'status' | 'duration'>, call: number): number {
  let main = -1;
  for (const node of nodesOf(aligned, call)) {
    if (tree.status[node] === 2) return node;
    if (main === -1 || (tree.duration[node] ?? 0) > (tree.duration[main] ?? 0)) main = node;
  }
  return main;
}

/** A call that is made several times, here or elsewhere: how often is said of it. */
export function isRepeated({ aligned, usualCountHigh }: Pick<TraceComparison, 'aligned' | 'usualCountHigh'>, call: number): boolean {
  return nodesOf(aligned, call).length > 1 || (usualCountHigh[call] ?? 0) > 1;
}
