import type { Grouping } from './groupings.ts';
import type { StatisticColumn } from './statistic-columns.ts';
import { groupSpans, type TraceMeasures } from './trace-measures.ts';
import { isSpanNode } from './trace-tree.ts';

/** Figures of the finished spans of each group, column by column. Durations are nanoseconds. */
export interface TraceStatistics {
  readonly size: number;
  /** Places in the tree's `services` and `names`; the latter beyond its end where spans are grouped by service. */
  readonly service: Uint32Array;
  readonly name: Uint32Array;
  readonly count: Uint32Array;
  readonly errors: Uint32Array;
  /** How long spans of the group took, those left out that run within another one of it: nothing counts twice. */
  readonly total: Float64Array;
  readonly self: Float64Array;
  readonly average: Float64Array;
  /** Exact, by nearest rank. */
  readonly p50: Float64Array;
  readonly p95: Float64Array;
  readonly max: Float64Array;
  /** On the critical path; those of all groups add up to `whole`. */
  readonly critical: Float64Array;
  /** How long the request took that the critical path is of. */
  readonly whole: number;
}

/** Groups with no finished span are left out. */
export function traceStatistics({ tree, self, critical }: TraceMeasures, by: Grouping): TraceStatistics {
  const groups = groupSpans(tree, by);
  const count = new Uint32Array(groups.count);
  const errors = new Uint32Array(groups.count);
  const [sum, total, selfSum, criticalSum] = [0, 1, 2, 3].map(() => new Float64Array(groups.count));
  /** The end of the outermost span of each group that the walk is in. */
  const openUntil = new Int32Array(groups.count);
  let whole = 0;
  for (let node = 0; node < tree.size; node += 1) {
    const group = groups.of[node] ?? -1;
    whole += critical[node] ?? 0;
    if (group === -1 || !isSpanNode(tree, node)) continue;
    const duration = tree.duration[node] ?? 0;
    add(count, group, 1);
    if (tree.status[node] === 2) add(errors, group, 1);
    add(sum, group, duration);
    add(selfSum, group, self[node] ?? 0);
    add(criticalSum, group, critical[node] ?? 0);
    if (node < (openUntil[group] ?? 0)) continue;
    openUntil[group] = tree.subtreeEnd[node] ?? 0;
    add(total, group, duration);
  }
  const kept = Array.from(count.keys()).filter((group) => (count[group] ?? 0) > 0);
  const sorted = durationsByGroup({ groups: groups.of, count, tree });
  const pick = (column: Float64Array | undefined): Float64Array => Float64Array.from(kept, (group) => column?.[group] ?? 0);
  const whole32 = (column: Uint32Array): Uint32Array => Uint32Array.from(kept, (group) => column[group] ?? 0);
  const rank = (share: number): Float64Array =>
    Float64Array.from(kept, (group) => {
      const durations = sorted(group);
      return durations[Math.max(0, Math.ceil(durations.length * share) - 1)] ?? 0;
    });
  return {
    size: kept.length,
    service: whole32(groups.service),
    name: whole32(groups.name),
    count: whole32(count),
    errors: whole32(errors),
    total: pick(total),
    self: pick(selfSum),
    average: Float64Array.from(kept, (group) => (sum?.[group] ?? 0) / (count[group] ?? 1)),
    p50: rank(0.5),
    p95: rank(0.95),
    max: rank(1),
    critical: pick(criticalSum),
    whole,
  };
}

function add(column: Float64Array | Uint32Array | undefined, group: number, value: number): void {
  if (column !== undefined) column[group] = (column[group] ?? 0) + value;
}

/** All durations in one column, those of a group side by side and rising. */
function durationsByGroup({
  groups,
  count,
  tree,
}: {
  readonly groups: Int32Array;
  readonly count: Uint32Array;
  readonly tree: TraceMeasures['tree'];
}): (group: number) => Float64Array {
  const first = new Uint32Array(count.length + 1);
  for (let group = 0; group < count.length; group += 1) first[group + 1] = (first[group] ?? 0) + (count[group] ?? 0);
  const durations = new Float64Array(first[count.length] ?? 0);
  const next = first.slice();
  for (let node = 0; node < tree.size; node += 1) {
    const group = groups[node] ?? -1;
    if (group === -1 || !isSpanNode(tree, node)) continue;
    durations[next[group] ?? 0] = tree.duration[node] ?? 0;
    next[group] = (next[group] ?? 0) + 1;
  }
  for (let group = 0; group < count.length; group += 1) durations.subarray(first[group], first[group + 1]).sort();
  return (group) => durations.subarray(first[group], first[group + 1]);
}

/** The places of the groups in the order of a column, the same order for equal values each time. */
export function sortStatistics(
  statistics: TraceStatistics,
  { by, descending, nameOf }: { readonly by: StatisticColumn; readonly descending: boolean; readonly nameOf: (place: number) => string },
): Uint32Array {
  const places = Uint32Array.from({ length: statistics.size }, (_, place) => place);
  const sign = descending ? -1 : 1;
  if (by === 'name') {
    const texts = Array.from(places, nameOf);
    return places.sort((left, right) => sign * compareTexts(texts[left] ?? '', texts[right] ?? '') || left - right);
  }
  const column = statistics[by];
  return places.sort((left, right) => sign * ((column[left] ?? 0) - (column[right] ?? 0)) || left - right);
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
