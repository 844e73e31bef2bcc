import { DIFFERENCE, type DifferenceType, type TraceComparison } from './trace-comparison.ts';
import type { TraceTree } from './trace-tree.ts';

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
export function differencesOf({ flags }: Pick<TraceComparison, 'flags'>, call: number): (keyof typeof DIFFERENCE)[] {
  const all = ['error', 'missing', 'new', 'slower', 'faster'] as const;
  return all.filter((type) => ((flags[call] ?? 0) & DIFFERENCE[type]) !== 0);
}

/**
 * A call whose own time is less, or more, than usual while it took no less, or no more, than it usually does in all: what it called took the other way what it
 * did not.
 * `tree` is that of the trace that is compared.
 */
export function isOwnTimeAlone(
  { aligned, usualLow, usualHigh }: Pick<TraceComparison, 'aligned' | 'usualLow' | 'usualHigh'>,
  tree: Pick<TraceTree, 'duration'>,
  { call, type }: { readonly call: number; readonly type: DifferenceType },
): boolean {
  if (type !== 'faster' && type !== 'slower') return false;
  const duration = tree.duration[aligned.nodes[call * aligned.traceCount] ?? -1] ?? 0;
  return type === 'faster' ? duration >= (usualLow[call] ?? 0) : duration <= (usualHigh[call] ?? 0);
}
