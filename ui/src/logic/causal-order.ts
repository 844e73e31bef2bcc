import type { LogRecord, Span } from '@threadline/collector/api';
import { parseNanos } from './nanos.ts';

/** One step of a flow. */
export type FlowItem = { readonly type: 'span'; readonly span: Span } | { readonly type: 'log'; readonly log: LogRecord };

/** The time a record is placed by: its own, else when it was observed, else when it arrived. */
export function logNanos(log: LogRecord): bigint {
  return parseNanos([log.timeUnixNano, log.observedTimeUnixNano].find((time) => time !== '0') ?? log.arrivalTimeUnixNano);
}

/**
 * Spans, which come in causal order, and records, as one list: the spans keep their order, a record never stands before its
 * span, and otherwise each record stands before the first span that starts after it. Records of one place are by time, then as given.
 */
export function causalOrder(spans: readonly Span[], logs: readonly LogRecord[]): FlowItem[] {
  const keyOf = (traceId: string | undefined, spanId: string | undefined) => `${traceId ?? ''}/${spanId ?? ''}`;
  const unplaced = new Map<string, LogRecord[]>();
  const free: LogRecord[] = [];
  const spanKeys = new Set(spans.map((span) => keyOf(span.traceId, span.spanId)));
  const ordered = logs.map((log, index) => ({ log, index, nanos: logNanos(log) })).sort(byTimeThenIndex);
  for (const { log } of ordered) {
    const key = keyOf(log.traceId, log.spanId);
    if (!spanKeys.has(key)) free.push(log);
    else {
      const own = unplaced.get(key) ?? [];
      own.push(log);
      unplaced.set(key, own);
    }
  }
  const items: FlowItem[] = [];
  const waiting = free;
  let head = 0;
  for (const span of spans) {
    const start = parseNanos(span.startTimeUnixNano);
    for (let log = waiting[head]; log !== undefined && logNanos(log) < start; log = waiting[head]) {
      items.push({ type: 'log', log });
      head += 1;
    }
    items.push({ type: 'span', span });
    const key = keyOf(span.traceId, span.spanId);
    for (const log of unplaced.get(key) ?? []) insertByTime(waiting, log, head);
    unplaced.delete(key);
  }
  return [...items, ...waiting.slice(head).map((log): FlowItem => ({ type: 'log', log }))];
}

interface Placed {
  readonly log: LogRecord;
  readonly index: number;
  readonly nanos: bigint;
}

function byTimeThenIndex(left: Placed, right: Placed): number {
  if (left.nanos !== right.nanos) return left.nanos < right.nanos ? -1 : 1;
  return left.index - right.index;
}

/** Into its place among those from `from` on, which are by time; after those of the same instant. */
function insertByTime(logs: LogRecord[], log: LogRecord, from: number): void {
  const nanos = logNanos(log);
  let low = from;
  let high = logs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = logs[middle];
    if (other !== undefined && logNanos(other) <= nanos) low = middle + 1;
    else high = middle;
  }
  logs.splice(low, 0, log);
}

/**
 * How far each item is from what began the flow: one more than its parent's span, a record one more than its span, a span without
 * a parent here one more than the span that it links to. Parents stand before their children in causal order; what names none is 0.
 */
export function causalDepths(items: readonly FlowItem[]): number[] {
  const depthOf = new Map<string, number>();
  return items.map((item) => {
    const { traceId, spanId } = item.type === 'span' ? item.span : item.log;
    if (item.type === 'log') return (depthOf.get(`${traceId}/${spanId}`) ?? -1) + 1;
    const causes = [`${traceId}/${item.span.parentSpanId}`, ...(item.span.links ?? []).map((link) => `${link.traceId}/${link.spanId}`)];
    const depth = (causes.map((cause) => depthOf.get(cause)).find((known) => known !== undefined) ?? -1) + 1;
    depthOf.set(`${traceId}/${spanId}`, depth);
    return depth;
  });
}
