import { type Level, levelOf, STACK_ORDER } from './level.ts';
import { nanosBetween, parseNanos } from './nanos.ts';
import { logNodesOf } from './trace-rows.ts';
import type { TraceTree } from './trace-tree.ts';

/** A record or an event on a span's row, by its time since the start of the trace. */
export interface SpanMark {
  readonly type: 'log' | 'event';
  readonly nanos: number;
  /** Of an event: UNSET, or ERROR for an exception. */
  readonly level: Level;
}

/** More marks than this on one row cover each other. */
const PLACES = 200;

/** A span's records and events, the gravest where several fall on one place of the axis; at most 200. */
export function spanMarks(tree: TraceTree, node: number): SpanMark[] {
  const entry = tree.entries[node];
  if (entry?.type !== 'span' && entry?.type !== 'unfinished') return [];
  const marks: SpanMark[] = logNodesOf(tree, node).flatMap((logNode) => {
    const log = tree.entries[logNode];
    return log?.type === 'log' ? [{ type: 'log' as const, nanos: tree.start[logNode] ?? 0, level: levelOf(log.log) }] : [];
  });
  for (const event of entry.type === 'span' ? (entry.span.events ?? []) : []) {
    const nanos = nanosBetween(tree.startNanos, parseNanos(event.timeUnixNano));
    marks.push({ type: 'event', nanos, level: event.name === 'exception' ? 'ERROR' : 'UNSET' });
  }
  const places = new Map<number, SpanMark>();
  for (const mark of marks) {
    const place = Math.round((mark.nanos / Math.max(1, tree.durationNanos)) * PLACES);
    const there = places.get(place);
    if (there === undefined || STACK_ORDER.indexOf(mark.level) < STACK_ORDER.indexOf(there.level)) places.set(place, mark);
  }
  return [...places.values()];
}
