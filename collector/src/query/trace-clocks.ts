import { SPAN_KINDS } from '@threadline/query-language';
import { type CallBounds, type ClockedCall, estimateOffset, offsetsFrom } from '../analysis/clock-offset.ts';
import { serviceOf, stringAttribute } from '../analysis/typed-attributes.ts';
import type { Span, TraceClocksAnswer } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import type { Reader } from './api-route.ts';
import { and, anyOf, equals } from './query-nodes.ts';
import { chunksOf, readSpans } from './read-rows.ts';

type Kind = (typeof SPAN_KINDS)[number];
/** Of the trace itself: more calls say no more of its clocks. */
const MAX_OWN_SPANS = 5_000;
/** Pairs with fewer calls in the trace are left out. */
const MAX_PAIRS = 20;
const NANOS_A_MINUTE = 60e9;
/** Other traces are looked for from so long before it to so long after it, the nearest first: clocks drift, some milliseconds in a minute. */
const AROUND_NANOS = [15n, 120n, 600n].map((seconds) => seconds * 1_000_000_000n);
const TRACES_A_PAIR = 50;
const MAX_TRACES = 200;
const MAX_OTHER_SPANS = 10_000;

/** Of the calls of many traces: how far the clocks of one trace's machines are apart. A trace without a span is `not_found`. */
export async function readTraceClocks(traceId: string, reader: Reader): Promise<TraceClocksAnswer> {
  const own = await readSpans({ query: equals('traceId', traceId), maxRows: MAX_OWN_SPANS }, reader);
  const spans = own.rows.map(({ record }) => record);
  const first = spans[0];
  if (first === undefined) throw new ThreadlineError('not_found', 'There is no span of this trace.', { field: 'traceId' });
  const ownPairs = [...callsByPair(spans).values()].sort((left, right) => right.calls.length - left.calls.length).slice(0, MAX_PAIRS);
  const others = await findOtherTraces(ownPairs, { traceId, spans }, reader);
  const all = callsByPair([...spans, ...(await readCalls(others, { pairs: ownPairs, reader }))]);
  const pairs = ownPairs.map(({ caller, called }) => {
    const { calls = [], traces = new Set<string>() } = all.get(pairName(caller, called)) ?? {};
    return { caller, called, estimate: estimateOffset(calls, BigInt(first.startTimeUnixNano)), traces: traces.size };
  });
  const root = clockOf(spans.find(({ parentSpanId }) => parentSpanId === undefined) ?? first);
  const offsets = offsetsFrom(root, pairs);
  return {
    reference: root,
    clocks: [...Map.groupBy(spans, clockOf)].map(([name, members]) => {
      const { offset, isSure } = offsets.get(name) ?? { offset: 0, isSure: false };
      return { name, services: [...new Set(members.map(serviceOf))].sort(), offsetNano: nanosText(offset), isSure };
    }),
    pairs: pairs.map(({ caller, called, traces, estimate: { state, calls, median, low, high, spread, drift } }) => ({
      caller,
      called,
      state,
      calls,
      traces,
      medianNano: nanosText(median),
      ...(low !== -Infinity && { lowNano: nanosText(low) }),
      highNano: nanosText(high),
      spreadNano: nanosText(spread),
      driftNanoPerMinute: nanosText(drift * NANOS_A_MINUTE),
    })),
    tracesLookedAt: 1 + others.length,
    ...(own.hasMore && { warnings: [`Clocks are those of the trace's first ${MAX_OWN_SPANS} spans.`] }),
  };
}

interface Calls {
  readonly caller: string;
  readonly called: string;
  /** Services of the called one's spans in these calls, with the kind to look for: of several the server's. */
  readonly services: Map<string, Kind>;
  /** Of the spans that the calls are of, at both ends. */
  readonly kinds: Set<Kind>;
  readonly traces: Set<string>;
  readonly calls: ClockedCall[];
}

/** Spans whose parent is by another clock. */
function callsByPair(spans: readonly Span[]): Map<string, Calls> {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const pairs = new Map<string, Calls>();
  for (const child of spans) {
    const parent = byId.get(`${child.traceId} ${child.parentSpanId}`);
    if (parent === undefined) continue;
    const [caller, called] = [clockOf(parent), clockOf(child)];
    if (caller === called) continue;
    const name = pairName(caller, called);
    const pair: Calls = pairs.get(name) ?? { caller, called, services: new Map(), kinds: new Set(), traces: new Set(), calls: [] };
    pairs.set(name, pair);
    const [parentKind, childKind] = [kindOf(parent), kindOf(child)];
    // Servers tell more than what nobody waits for: other traces are looked for by those.
    if (pair.services.get(serviceOf(child)) !== 'server') pair.services.set(serviceOf(child), childKind);
    pair.kinds.add(parentKind).add(childKind);
    pair.traces.add(child.traceId);
    pair.calls.push({
      bounds: boundsOf(parentKind, childKind),
      parentStart: BigInt(parent.startTimeUnixNano),
      parentEnd: BigInt(parent.endTimeUnixNano),
      childStart: BigInt(child.startTimeUnixNano),
      childEnd: BigInt(child.endTimeUnixNano),
    });
  }
  return pairs;
}

function kindOf({ kind }: Span): Kind {
  return SPAN_KINDS[kind ?? 0] ?? 'unspecified';
}

function boundsOf(parent: Kind, child: Kind): CallBounds {
  if (child !== 'server' || parent === 'producer') return 'after';
  return parent === 'client' ? 'call' : 'served';
}

interface OwnTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

/** Traces of about the same time in which the same services are called. */
async function findOtherTraces(pairs: readonly Calls[], { traceId, spans }: OwnTrace, { storage, context }: Reader): Promise<string[]> {
  const starts = spans.map(({ startTimeUnixNano }) => BigInt(startTimeUnixNano)).sort((left, right) => (left < right ? -1 : 1));
  const [first = 0n, last = first] = [starts[0], starts.at(-1)];
  const found = new Set<string>();
  const asked = new Set<string>();
  for (const { services } of pairs) {
    for (const [service, kind] of services) {
      if (asked.has(service) || found.size >= MAX_TRACES) continue;
      asked.add(service);
      const query = and(equals('service', service), equals('kind', kind));
      for (const around of AROUND_NANOS) {
        const range = { fromNanos: first > around ? first - around : 0n, toNanos: last + around };
        const traces = await storage.findTraceIds({ query, target: 'spans', range, limit: TRACES_A_PAIR }, context);
        for (const trace of traces) if (trace.traceId !== traceId) found.add(trace.traceId);
        if (traces.length === TRACES_A_PAIR) break;
      }
    }
  }
  return [...found].slice(0, MAX_TRACES);
}

interface Wanted {
  readonly pairs: readonly Calls[];
  readonly reader: Reader;
}

/** Of these traces the spans of the kinds that the pairs' calls are of. */
async function readCalls(traceIds: readonly string[], { pairs, reader }: Wanted): Promise<Span[]> {
  const kinds = new Set(pairs.flatMap((pair) => [...pair.kinds]));
  const spans: Span[] = [];
  for (const ids of chunksOf(traceIds)) {
    const query = and(anyOf('traceId', ids), anyOf('kind', [...kinds]));
    const { rows } = await readSpans({ query, maxRows: MAX_OTHER_SPANS }, reader);
    spans.push(...rows.map(({ record }) => record));
  }
  return spans;
}

/** Whose clock a span's times are by. */
function clockOf(span: Span): string {
  const { attributes } = span.resource;
  for (const key of ['host.id', 'host.name', 'service.instance.id']) {
    const name = stringAttribute(attributes, key);
    if (name !== undefined && name !== '') return name;
  }
  return serviceOf(span);
}

function pairName(caller: string, called: string): string {
  return JSON.stringify([caller, called]);
}

function nanosText(nanos: number): string {
  return BigInt(Math.round(nanos)).toString();
}
