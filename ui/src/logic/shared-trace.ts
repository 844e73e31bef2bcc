import type { LogRecord, Span, TraceHeadLine, UnfinishedSpan } from '@threadline/collector/api';
import { serviceOf } from './any-value.ts';
import { callTarget } from './call-target.ts';
import { logNanos } from './causal-order.ts';
import { LEVELS, levelOf } from './level.ts';
import { earlier, nanosBetween, parseNanos } from './nanos.ts';
import { parseSpanKey, writeSpanKey } from './span-key.ts';
import { addLogs, addSpans, createTraceStore, type TraceStore } from './trace-store.ts';

/** What a flow has of one trace, in any order. */
export interface TraceRecords {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
}

const NO_ID = '0'.repeat(16);

/**
 * A trace whose spans and records are in the page, in the columns that the collector's answer has of one: what is drawn of either is the same.
 * An end before its start is the start, as there.
 */
export function storeOfRecords({ traceId, spans, logs, unfinished }: TraceRecords): TraceStore {
  const spansByStart = byTime(spans, ({ startTimeUnixNano }) => parseNanos(startTimeUnixNano));
  const logsByTime = byTime(logs, logNanos);
  const starts = [spansByStart, byTime(unfinished, ({ startTimeUnixNano }) => parseNanos(startTimeUnixNano))].flatMap((timed) =>
    timed.slice(0, 1).map(({ nanos }) => nanos),
  );
  const startNanos = starts.reduce(earlier, starts[0] ?? 0n);
  const since = (nanos: bigint): number => nanosBetween(startNanos, nanos);
  const durations = spansByStart.map(({ record, nanos }) => Math.max(0, nanosBetween(nanos, parseNanos(record.endTimeUnixNano))));
  const lasts = spansByStart.reduce((most, { nanos }, place) => Math.max(most, since(nanos) + (durations[place] ?? 0)), 0);
  const names = createDictionary();
  const services = createDictionary();
  const targets = createDictionary();
  const store = createTraceStore(headOf({ traceId, spans, unfinished, startNanos, durationNanos: lasts }));
  addSpans(store, {
    type: 'spans',
    ids: spansByStart.map(({ record }) => idOf(record.spanId)).join(''),
    parents: spansByStart.map(({ record }) => idOf(record.parentSpanId)).join(''),
    starts: spansByStart.map(({ nanos }) => since(nanos)),
    durations,
    names: spansByStart.map(({ record }) => names.placeOf(record.name)),
    newNames: names.takeNew(),
    services: spansByStart.map(({ record }) => services.placeOf(serviceOf(record))),
    newServices: services.takeNew(),
    targets: spansByStart.map(({ record }) => targets.placeOf(callTarget(record))),
    newTargets: targets.takeNew(),
    kinds: spansByStart.map(({ record }) => digit(record.kind)).join(''),
    statuses: spansByStart.map(({ record }) => digit(record.status?.code)).join(''),
    events: spansByStart.flatMap(({ record }, span) =>
      (record.events ?? []).map(({ name, timeUnixNano }) => ({ span, time: since(parseNanos(timeUnixNano)), name: name ?? '' })),
    ),
    links: spansByStart.flatMap(({ record }, span) =>
      (record.links ?? []).map(({ traceId = '', spanId = '' }) => ({ span, traceId, spanId })),
    ),
    dropped: [],
    early: spansByStart.flatMap(({ record, nanos }, span) => {
      const early = nanosBetween(parseNanos(record.endTimeUnixNano), nanos);
      return early > 0 ? [{ span, nanos: record.endTimeUnixNano === '0' ? 0 : early }] : [];
    }),
  });
  addLogs(store, {
    type: 'logs',
    ids: logsByTime.map(({ record }) => record.id),
    spans: logsByTime.map(({ record }) => idOf(record.spanId)).join(''),
    times: logsByTime.map(({ nanos }) => since(nanos)),
    levels: logsByTime.map(({ record }) => LEVELS.indexOf(levelOf(record))),
    services: logsByTime.map(({ record }) => services.placeOf(serviceOf(record))),
    newServices: services.takeNew(),
    bodies: logsByTime.map(({ record }) => record.body ?? {}),
  });
  return store;
}

function headOf({
  traceId,
  spans,
  unfinished,
  startNanos,
  durationNanos,
}: Pick<TraceRecords, 'traceId' | 'spans' | 'unfinished'> & {
  readonly startNanos: bigint;
  readonly durationNanos: number;
}): TraceHeadLine {
  return {
    type: 'head',
    summary: {
      traceId,
      rootService: '',
      rootOperation: '',
      rootSpanId: '',
      rootStartTimeUnixNano: String(startNanos),
      rootDurationNano: String(durationNanos),
      startTimeUnixNano: String(startNanos),
      durationNano: String(durationNanos),
      spanCount: spans.length,
      errorCount: 0,
      services: [],
    },
    unfinished: [...unfinished],
    drops: [],
    warnings: [],
  };
}

/** What a span is known by in the tree of its trace: see `span-key.ts`. */
export function spanKeyIn(spans: readonly Span[], { id, spanId, traceId }: Pick<Span, 'id' | 'spanId' | 'traceId'>): string {
  const place = spansOfId(spans, { traceId, spanId }).findIndex((span) => span.id === id);
  return writeSpanKey({ spanId, place: Math.max(0, place) + 1 });
}

/** The inverse. Undefined where there is none. */
export function spanOfKey(spans: readonly Span[], { traceId, key }: { readonly traceId: string; readonly key: string }): Span | undefined {
  const { spanId, place } = parseSpanKey(key);
  return spansOfId(spans, { traceId, spanId })[place - 1];
}

/** In the order in which a store has them. */
function spansOfId(spans: readonly Span[], { traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): readonly Span[] {
  const ofId = spans.filter((span) => span.spanId === spanId && span.traceId === traceId);
  return byTime(ofId, ({ startTimeUnixNano }) => parseNanos(startTimeUnixNano)).map(({ record }) => record);
}

interface Timed<Item> {
  readonly record: Item;
  readonly nanos: bigint;
}

/** As they came where the time is the same. */
function byTime<Item>(records: readonly Item[], timeOf: (record: Item) => bigint): Timed<Item>[] {
  return records
    .map((record) => ({ record, nanos: timeOf(record) }))
    .sort((left, right) => (left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0));
}

/** Texts by the order in which they first come. */
function createDictionary(): { placeOf(text: string): number; takeNew(): string[] } {
  const places = new Map<string, number>();
  let fresh: string[] = [];
  return {
    placeOf(text) {
      let place = places.get(text);
      if (place === undefined) {
        place = places.size;
        places.set(text, place);
        fresh.push(text);
      }
      return place;
    },
    takeNew() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
}

/** Every id has its 16 places. */
function idOf(id = ''): string {
  return /^[0-9a-f]{16}$/.test(id) ? id : NO_ID;
}

/** Enumerations have one digit; what a sender made up is 0, not specified. */
function digit(value = 0): number {
  return Number.isInteger(value) && value >= 0 && value <= 9 ? value : 0;
}
