import { type Level, STACK_ORDER } from './level.ts';
import { logLevel } from './trace-rows.ts';
import { NODE, type TraceTree } from './trace-tree.ts';

/** A record or an event on a span's row, by its time since the start of the trace. */
export interface SpanMark {
  readonly type: 'log' | 'event';
  readonly nanos: number;
  /** Of an event: UNSET, or ERROR for an exception. */
  readonly level: Level;
}

/** More marks than this on one row cover each other. */
const PLACES = 200;
/** So many records and events of one span are looked at each time its row is drawn. */
const MAX_LOOKED_AT = 5_000;

/** A span's records and events, the gravest where several fall on one place of the axis; at most 200. */
export function spanMarks(tree: TraceTree, node: number): SpanMark[] {
  if (tree.type[node] !== NODE.span && tree.type[node] !== NODE.unfinished) return [];
  const places = new Map<number, SpanMark>();
  const add = (mark: SpanMark): void => {
    const place = Math.round((mark.nanos / Math.max(1, tree.durationNanos)) * PLACES);
    const there = places.get(place);
    if (there === undefined || STACK_ORDER.indexOf(mark.level) < STACK_ORDER.indexOf(there.level)) places.set(place, mark);
  };
  if (tree.logs.ids.length > 0) {
    const end = tree.subtreeEnd[node] ?? 0;
    let looked = 0;
    for (let below = node + 1; below < end && looked < MAX_LOOKED_AT; below = tree.subtreeEnd[below] ?? end, looked += 1) {
      if (tree.type[below] === NODE.log) add({ type: 'log', nanos: tree.start[below] ?? 0, level: logLevel(tree, below) });
    }
  }
  if (tree.type[node] !== NODE.span) return [...places.values()];
  const source = tree.source[node] ?? 0;
  const first = firstAtLeast(tree.events.spans, source);
  for (let event = first; tree.events.spans[event] === source && event < first + MAX_LOOKED_AT; event += 1) {
    add({ type: 'event', nanos: tree.events.times[event] ?? 0, level: tree.events.names[event] === 'exception' ? 'ERROR' : 'UNSET' });
  }
  return [...places.values()];
}

/** Of marks closer than that the gravest, else the first: more of them would hide the bar, and each other. In the order of time. */
export function marksApart(marks: readonly SpanMark[], leastNanos: number): SpanMark[] {
  const kept: SpanMark[] = [];
  for (const mark of marks.toSorted((one, other) => one.nanos - other.nanos)) {
    const last = kept.at(-1);
    if (last === undefined || mark.nanos - last.nanos >= leastNanos) kept.push(mark);
    else if (STACK_ORDER.indexOf(mark.level) < STACK_ORDER.indexOf(last.level)) kept[kept.length - 1] = mark;
  }
  return kept;
}

function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
