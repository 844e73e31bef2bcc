import type { FlowItem } from './causal-order.ts';
import { logNanos } from './causal-order.ts';
import { countAttempts } from './flow-attempts.ts';
import { earlier, later, nanosBetween, parseNanos } from './nanos.ts';
import { type ServiceInstance, splitInstances } from './service-instances.ts';
import { SPAN_KIND } from './span-kind.ts';

/** The lane of an instance of a service: the items in it stand in rows, so that spans of one time do not cover each other. */
export interface FlowLane extends ServiceInstance {
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
  /** 1, or the how-many-eth try a span is. */
  readonly attempt: number;
}

/** Something that goes on later or elsewhere, by the places of its marks: a message and who took it, a trace and one that links to it. */
export interface FlowHandover {
  readonly from: number;
  readonly to: number;
}

export interface FlowLayout {
  readonly lanes: readonly FlowLane[];
  readonly marks: readonly FlowMark[];
  readonly handovers: readonly FlowHandover[];
  readonly startNanos: bigint;
  readonly durationNanos: number;
}

/** A lane grows to this many rows; what would need more shares the last one. */
export const MAX_LANE_ROWS = 6;

interface Interval {
  readonly item: number;
  readonly lane: number;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
}

/** Lanes in the order in which the instances join the flow; spans packed by start into the first row that is free. */
export function layoutFlow(items: readonly FlowItem[]): FlowLayout {
  const { instances, placeOf } = splitInstances(items.map((item) => (item.type === 'span' ? item.span : item.log)));
  const attempts = attemptsOf(items);
  const intervals = items.map((item, index) => intervalOf(item, { index, lane: placeOf[index] ?? 0 }));
  const startNanos = intervals.reduce((least, interval) => earlier(least, interval.startNanos), intervals[0]?.startNanos ?? 0n);
  const endNanos = intervals.reduce((most, interval) => later(most, interval.endNanos), startNanos);
  const rowEnds: bigint[][] = instances.map(() => []);
  const marks = intervals.toSorted(byStart).map((interval): FlowMark => {
    const { lane } = interval;
    const isLog = items[interval.item]?.type === 'log';
    return {
      item: interval.item,
      isLog,
      lane,
      row: isLog ? 0 : takeRow(rowEnds[lane] ?? [], interval),
      start: nanosBetween(startNanos, interval.startNanos),
      duration: nanosBetween(interval.startNanos, interval.endNanos),
      attempt: attempts.get(interval.item) ?? 1,
    };
  });
  const lanes = instances.map((instance, lane) => ({ ...instance, rowCount: Math.max(1, rowEnds[lane]?.length ?? 1) }));
  return { lanes, marks, handovers: findHandovers(items, marks), startNanos, durationNanos: nanosBetween(startNanos, endNanos) };
}

/** Of each span, by its place among the items, the how-many-eth attempt it is. */
export function attemptsOf(items: readonly FlowItem[]): ReadonlyMap<number, number> {
  const places = items.flatMap((item, index) => (item.type === 'span' ? [{ index, span: item.span }] : []));
  const counts = countAttempts(places.map(({ span }) => span));
  return new Map(places.map(({ index }, place) => [index, counts[place] ?? 1]));
}

function findHandovers(items: readonly FlowItem[], marks: readonly FlowMark[]): FlowHandover[] {
  const markOf = new Map<string, number>();
  marks.forEach(({ item: place }, mark) => {
    const item = items[place];
    if (item?.type === 'span') markOf.set(`${item.span.traceId}/${item.span.spanId}`, mark);
  });
  return marks.flatMap(({ item: place }, to) => {
    const item = items[place];
    if (item?.type !== 'span') return [];
    const { traceId, parentSpanId, links = [] } = item.span;
    const parent = markOf.get(`${traceId}/${parentSpanId}`);
    const cause = items[marks[parent ?? -1]?.item ?? -1];
    const fromParent = parent !== undefined && cause?.type === 'span' && cause.span.kind === SPAN_KIND.producer ? [parent] : [];
    const fromLinks = links.flatMap((link) => markOf.get(`${link.traceId}/${link.spanId}`) ?? []);
    return [...new Set([...fromParent, ...fromLinks])].map((from) => ({ from, to }));
  });
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

function intervalOf(item: FlowItem, { index, lane }: { readonly index: number; readonly lane: number }): Interval {
  if (item.type === 'log') {
    const at = logNanos(item.log);
    return { item: index, lane, startNanos: at, endNanos: at };
  }
  const startNanos = parseNanos(item.span.startTimeUnixNano);
  const endNanos = parseNanos(item.span.endTimeUnixNano);
  return { item: index, lane, startNanos, endNanos: later(startNanos, endNanos) };
}

function byStart(left: Interval, right: Interval): number {
  if (left.startNanos !== right.startNanos) return left.startNanos < right.startNanos ? -1 : 1;
  return left.item - right.item;
}
