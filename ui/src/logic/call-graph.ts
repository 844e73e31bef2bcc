import type { Grouping } from './groupings.ts';
import { groupSpans, type SpanGroups, type TraceMeasures } from './trace-measures.ts';
import { type TraceStatistics, traceStatistics } from './trace-statistics.ts';
import { isSpanNode } from './trace-tree.ts';

/** Who calls whom in a trace, by service or by operation. */
export interface CallGraph {
  /** The nodes: each group with its figures. */
  readonly statistics: TraceStatistics;
  readonly edges: CallEdges;
}

/** Calls from one group to another, most time first; calls within a group are none. */
export interface CallEdges {
  readonly size: number;
  /** Places in the statistics; `from` is -1 where the caller is not there: roots, and spans whose parent has not arrived. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly count: Uint32Array;
  readonly errors: Uint32Array;
  /** Of the called spans, nanoseconds; those left out that run within another one of the same calls: nothing counts twice. */
  readonly total: Float64Array;
  readonly max: Float64Array;
}

export function callGraph(measures: TraceMeasures, by: Grouping): CallGraph {
  const groups = groupSpans(measures.tree, by);
  const statistics = traceStatistics(measures, by);
  return { statistics, edges: callEdges(measures, { groups, placeOf: placesIn(statistics, groups) }) };
}

/** Of each group its place in the statistics, which leave groups out; -1 where there is none. */
function placesIn(statistics: TraceStatistics, groups: SpanGroups): Int32Array {
  const places = new Int32Array(groups.count).fill(-1);
  for (let group = 0, place = 0; group < groups.count && place < statistics.size; group += 1) {
    if (groups.service[group] !== statistics.service[place] || groups.name[group] !== statistics.name[place]) continue;
    places[group] = place;
    place += 1;
  }
  return places;
}

interface EdgeColumn {
  readonly from: number;
  readonly to: number;
  count: number;
  errors: number;
  total: number;
  max: number;
  /** The end of the outermost of its spans that the walk is in. */
  openUntil: number;
}

function callEdges({ tree }: TraceMeasures, { groups, placeOf }: { groups: SpanGroups; placeOf: Int32Array }): CallEdges {
  const known = new Map<number, number>();
  const columns: EdgeColumn[] = [];
  for (let node = 0; node < tree.size; node += 1) {
    const to = placeOf[groups.of[node] ?? -1] ?? -1;
    if (to === -1 || !isSpanNode(tree, node)) continue;
    const from = placeOf[groups.of[tree.parent[node] ?? -1] ?? -1] ?? -1;
    if (from === to) continue;
    const key = (from + 1) * groups.count + to;
    let place = known.get(key);
    if (place === undefined) {
      place = columns.push({ from, to, count: 0, errors: 0, total: 0, max: 0, openUntil: 0 }) - 1;
      known.set(key, place);
    }
    const edge = columns[place];
    if (edge === undefined) continue;
    const duration = tree.duration[node] ?? 0;
    edge.count += 1;
    if (node >= edge.openUntil) {
      edge.openUntil = tree.subtreeEnd[node] ?? 0;
      edge.total += duration;
    }
    edge.max = Math.max(edge.max, duration);
    if (tree.status[node] === 2) edge.errors += 1;
  }
  const edges = columns.sort((left, right) => right.total - left.total || left.from - right.from || left.to - right.to);
  return {
    size: edges.length,
    from: Int32Array.from(edges, (edge) => edge.from),
    to: Int32Array.from(edges, (edge) => edge.to),
    count: Uint32Array.from(edges, (edge) => edge.count),
    errors: Uint32Array.from(edges, (edge) => edge.errors),
    total: Float64Array.from(edges, (edge) => edge.total),
    max: Float64Array.from(edges, (edge) => edge.max),
  };
}
