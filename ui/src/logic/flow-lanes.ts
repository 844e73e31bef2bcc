import { serviceOf } from './any-value.ts';
import type { FlowItem } from './causal-order.ts';
import { logNanos } from './causal-order.ts';
import { earlier, later, nanosBetween, parseNanos } from './nanos.ts';

/** One service's lane: the items in it stand in rows, so that spans of one time do not cover each other. */
export interface FlowLane {
  readonly service: string;
  readonly rowCount: number;
}

/** A span's bar or a record's mark, by the item's index in the flow's order. */
export interface FlowMark {
  readonly item: number;
  readonly isLog: boolean;
  readonly lane: number;
  /** Of the spans' rows; 0 for a record, which stands on a line of its own. */
  readonly row: number;
  /** From the flow's start, nanoseconds. */
  readonly start: number;
  /** 0 for a record. */
  readonly duration: number;
}

export interface FlowLayout {
  readonly lanes: readonly FlowLane[];
  readonly marks: readonly FlowMark[];
  readonly startNanos: bigint;
  readonly durationNanos: number;
}

/** A lane grows to this many rows; what would need more shares the last one. */
export const MAX_LANE_ROWS = 6;

interface Interval {
  readonly item: number;
  readonly service: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
}

/** Lanes in the order in which the services join the flow; spans packed by start into the first row that is free. */
export function layoutFlow(items: readonly FlowItem[]): FlowLayout {
  const intervals = items.map(intervalOf);
  const startNanos = intervals.reduce((least, interval) => earlier(least, interval.startNanos), intervals[0]?.startNanos ?? 0n);
  const endNanos = intervals.reduce((most, interval) => later(most, interval.endNanos), startNanos);
  const laneOf = new Map<string, number>();
  for (const { service } of intervals) if (!laneOf.has(service)) laneOf.set(service, laneOf.size);
  const rowEnds: bigint[][] = [...laneOf].map(() => []);
  const marks = intervals.toSorted(byStart).map((interval): FlowMark => {
    const lane = laneOf.get(interval.service) ?? 0;
    const isLog = items[interval.item]?.type === 'log';
    return {
      item: interval.item,
      isLog,
      lane,
      row: isLog ? 0 : takeRow(rowEnds[lane] ?? [], interval),
      start: nanosBetween(startNanos, interval.startNanos),
      duration: nanosBetween(interval.startNanos, interval.endNanos),
    };
  });
  const lanes = [...laneOf.keys()].map((service, lane) => ({ service, rowCount: Math.max(1, rowEnds[lane]?.length ?? 1) }));
  return { lanes, marks, startNanos, durationNanos: nanosBetween(startNanos, endNanos) };
}

function takeRow(ends: bigint[], interval: Interval): number {
  const free = ends.findIndex((end) => end <= interval.startNanos);
  const row = free === -1 ? Math.min(ends.length, MAX_LANE_ROWS - 1) : free;
  const before = ends[row];
  // A span of no length takes its place too: two of them at one instant do not cover each other.
  const end = interval.endNanos > interval.startNanos ? interval.endNanos : interval.startNanos + 1n;
  ends[row] = before === undefined ? end : later(before, end);
  return row;
}

function intervalOf(item: FlowItem, index: number): Interval {
  if (item.type === 'log') {
    const at = logNanos(item.log);
    return { item: index, service: serviceOf(item.log), startNanos: at, endNanos: at };
  }
  const startNanos = parseNanos(item.span.startTimeUnixNano);
  const endNanos = parseNanos(item.span.endTimeUnixNano);
  return { item: index, service: serviceOf(item.span), startNanos, endNanos: later(startNanos, endNanos) };
}

function byStart(left: Interval, right: Interval): number {
  if (left.startNanos !== right.startNanos) return left.startNanos < right.startNanos ? -1 : 1;
  return left.item - right.item;
}
