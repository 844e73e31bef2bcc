import type { FlowSummary } from '@threadline/collector/api';

type FlowTrace = FlowSummary['traces'][number];

/** So many traces that look the same are told as one; a loop of the sequence begins at as many turns. */
const MIN_FOLDED = 3;

/** Traces that look the same, by start. */
export type TraceFold = readonly [first: FlowTrace, ...others: FlowTrace[]];

/**
 * The traces with those folded that have one service and operation, fail or not, and are in the flow for one reason: a message that is delivered again and
 * again. In the order in which each look is first seen; fewer than three of a look stay apart.
 */
export function foldTraces(traces: readonly FlowTrace[]): readonly TraceFold[] {
  const counts = new Map<string, number>();
  for (const trace of traces) counts.set(lookOf(trace), (counts.get(lookOf(trace)) ?? 0) + 1);
  const folds: [FlowTrace, ...FlowTrace[]][] = [];
  const foldOf = new Map<string, FlowTrace[]>();
  for (const trace of traces) {
    const look = lookOf(trace);
    const known = foldOf.get(look);
    if (known !== undefined) {
      known.push(trace);
      continue;
    }
    const fold: [FlowTrace, ...FlowTrace[]] = [trace];
    folds.push(fold);
    if ((counts.get(look) ?? 0) >= MIN_FOLDED) foldOf.set(look, fold);
  }
  return folds;
}

function lookOf({ rootService, rootOperation, errorCount, joinedBy }: FlowTrace): string {
  return JSON.stringify([rootService, rootOperation, errorCount > 0, joinedBy]);
}
