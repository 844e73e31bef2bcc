import type { AnyValue, TraceEndLine, TraceHeadLine, TraceLogsLine, TraceSpansLine, UnfinishedSpan } from '@threadline/collector/api';
import { nanosBetween, parseNanos } from './nanos.ts';

/** A trace as far as its answer has come, in columns that grow: spans by start, records by time, as the collector sends them. */
export interface TraceStore {
  readonly startNanos: bigint;
  readonly durationNanos: number;
  readonly unfinished: readonly UnfinishedSpan[];
  readonly names: string[];
  readonly services: string[];
  readonly targets: string[];
  readonly spans: SpanColumns;
  readonly logs: LogColumns;
  readonly events: EventColumns;
  readonly links: { readonly span: number; readonly traceId: string; readonly spanId: string }[];
  /** How many spans of other traces link to a span, by its id; known when all of the answer has come. */
  readonly linkedFrom: Map<string, number>;
  /** By how much a span ends before it starts, by its place; 0 where no end was sent. */
  readonly early: Map<number, number>;
  /** What senders left out of their spans, all together. */
  readonly dropped: { spans: number; attributes: number; events: number; links: number };
}

export interface SpanColumns {
  count: number;
  /** Both halves of each id, of 8 hexadecimal digits. */
  idHigh: Uint32Array;
  idLow: Uint32Array;
  parentHigh: Uint32Array;
  parentLow: Uint32Array;
  /** Nanoseconds since the trace's start. */
  start: Float64Array;
  duration: Float64Array;
  name: Uint32Array;
  service: Uint32Array;
  target: Uint32Array;
  kind: Uint8Array;
  status: Uint8Array;
}

export interface LogColumns {
  readonly ids: string[];
  readonly spanHigh: number[];
  readonly spanLow: number[];
  readonly times: number[];
  readonly levels: number[];
  readonly services: number[];
  readonly bodies: AnyValue[];
}

export interface EventColumns {
  /** By the place of their span. */
  readonly spans: number[];
  readonly times: number[];
  readonly names: string[];
}

const ID_DIGITS = 16;
const HALF = 8;

/** An empty trace; the columns have room for as many spans as the summary promises. */
export function createTraceStore(head: TraceHeadLine): TraceStore {
  const room = Math.max(16, head.summary.spanCount);
  const integers = (): Uint32Array => new Uint32Array(room);
  return {
    startNanos: parseNanos(head.summary.startTimeUnixNano),
    durationNanos: Number(head.summary.durationNano),
    unfinished: head.unfinished,
    names: [],
    services: [],
    targets: [],
    spans: {
      count: 0,
      idHigh: integers(),
      idLow: integers(),
      parentHigh: integers(),
      parentLow: integers(),
      start: new Float64Array(room),
      duration: new Float64Array(room),
      name: integers(),
      service: integers(),
      target: integers(),
      kind: new Uint8Array(room),
      status: new Uint8Array(room),
    },
    logs: { ids: [], spanHigh: [], spanLow: [], times: [], levels: [], services: [], bodies: [] },
    events: { spans: [], times: [], names: [] },
    links: [],
    linkedFrom: new Map(),
    early: new Map(),
    dropped: { spans: 0, attributes: 0, events: 0, links: 0 },
  };
}

/** Adds a line of spans after those that are there. */
export function addSpans(store: TraceStore, line: TraceSpansLine): void {
  const { spans } = store;
  const first = spans.count;
  const count = line.starts.length;
  makeRoom(spans, first + count);
  push(store.names, line.newNames);
  push(store.services, line.newServices);
  push(store.targets, line.newTargets);
  readIds(line.ids, { high: spans.idHigh, low: spans.idLow, at: first });
  readIds(line.parents, { high: spans.parentHigh, low: spans.parentLow, at: first });
  spans.start.set(line.starts, first);
  spans.duration.set(line.durations, first);
  spans.name.set(line.names, first);
  spans.service.set(line.services, first);
  spans.target.set(line.targets, first);
  readDigits(line.kinds, spans.kind, first);
  readDigits(line.statuses, spans.status, first);
  spans.count = first + count;
  for (const event of line.events) {
    store.events.spans.push(first + event.span);
    store.events.times.push(event.time);
    store.events.names.push(event.name);
  }
  for (const link of line.links) store.links.push({ ...link, span: first + link.span });
  for (const { span, nanos } of line.early) store.early.set(first + span, nanos);
  for (const dropped of line.dropped) {
    store.dropped.spans += 1;
    store.dropped.attributes += dropped.attributes;
    store.dropped.events += dropped.events;
    store.dropped.links += dropped.links;
  }
}

/** Adds a line of records after those that are there. */
export function addLogs(store: TraceStore, line: TraceLogsLine): void {
  const { logs } = store;
  push(store.services, line.newServices);
  const high = new Uint32Array(line.ids.length);
  const low = new Uint32Array(line.ids.length);
  readIds(line.spans, { high, low, at: 0 });
  push(logs.ids, line.ids);
  push(logs.spanHigh, high);
  push(logs.spanLow, low);
  push(logs.times, line.times);
  push(logs.levels, line.levels);
  push(logs.services, line.services);
  push(logs.bodies, line.bodies);
}

/** Adds what the last line says. */
export function addEnd(store: TraceStore, { linkedFrom }: TraceEndLine): void {
  for (const { spanId, count } of linkedFrom) store.linkedFrom.set(spanId, count);
}

/** Where a span that has not ended began. */
export function unfinishedStart(store: TraceStore, span: UnfinishedSpan): number {
  return nanosBetween(store.startNanos, parseNanos(span.startTimeUnixNano));
}

/** One half of an id of 16 digits, 0 for what is no id. */
export function halfOf(id: string, half: 0 | 1): number {
  return Number.parseInt(id.slice(half * HALF, half * HALF + HALF), 16) >>> 0;
}

/** The id of two halves. */
export function idOf(high: number, low: number): string {
  return high.toString(16).padStart(HALF, '0') + low.toString(16).padStart(HALF, '0');
}

/** Spread arguments have an end; a line of a large trace has more. */
function push<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}

interface IdTarget {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly at: number;
}

function readIds(text: string, { high, low, at }: IdTarget): void {
  for (let place = at, from = 0; from < text.length; place += 1, from += ID_DIGITS) {
    high[place] = readHalf(text, from);
    low[place] = readHalf(text, from + HALF);
  }
}

/** Digit by digit: no text is made of each. Only digits and lower-case letters stand there. */
function readHalf(text: string, from: number): number {
  let value = 0;
  for (let place = from; place < from + HALF; place += 1) {
    const code = text.charCodeAt(place);
    value = (value << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return value >>> 0;
}

function readDigits(text: string, target: Uint8Array, at: number): void {
  for (let place = 0; place < text.length; place += 1) target[at + place] = text.charCodeAt(place) - 48;
}

function makeRoom(spans: SpanColumns, count: number): void {
  if (count <= spans.start.length) return;
  const room = Math.max(count, spans.start.length * 2);
  spans.idHigh = grown(spans.idHigh, new Uint32Array(room));
  spans.idLow = grown(spans.idLow, new Uint32Array(room));
  spans.parentHigh = grown(spans.parentHigh, new Uint32Array(room));
  spans.parentLow = grown(spans.parentLow, new Uint32Array(room));
  spans.start = grown(spans.start, new Float64Array(room));
  spans.duration = grown(spans.duration, new Float64Array(room));
  spans.name = grown(spans.name, new Uint32Array(room));
  spans.service = grown(spans.service, new Uint32Array(room));
  spans.target = grown(spans.target, new Uint32Array(room));
  spans.kind = grown(spans.kind, new Uint8Array(room));
  spans.status = grown(spans.status, new Uint8Array(room));
}

function grown<Column extends Uint8Array | Uint32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}

/** What the times of each service's spans are moved by, as a tree is built with it; nothing where no service's are. */
export function offsetsOf(
  { services }: Pick<TraceStore, 'services'>,
  shifts: ReadonlyMap<string, number>,
): { readonly offsets?: Float64Array } {
  return shifts.size === 0 ? {} : { offsets: Float64Array.from(services, (service) => shifts.get(service) ?? 0) };
}
