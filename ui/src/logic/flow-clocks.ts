import type { LogRecord, Span } from '@threadline/collector/api';
import { serviceOf } from './any-value.ts';
import { type FlowItem, logNanos } from './causal-order.ts';
import { type ClockCorrection, correctionOf, type ServiceClock } from './clock-correction.ts';
import { earlier, later, nanosBetween, parseNanos } from './nanos.ts';
import { SPAN_KIND } from './span-kind.ts';
import { hasFailed } from './span-status.ts';

/** A server that begins so much before its client, or so long after it ended, has another clock; less is how spans are measured. */
const LEAST_NANOS = 1_000_000;
/** Where the caller's span is no client nobody may have waited for the server: then it begins after that span by the way there, which is shorter. */
const WAY_NANOS = 50_000_000;
/** Of what the flow itself shows, an estimate over many traces may be so far away and still be of the same clock. */
const SAME_SHARE = 0.25;

/** A call from one service to another one: by how much the called one's clock is ahead, if as long was taken there as back. */
interface Call {
  readonly offset: number;
  /** It may be so much more or less: the way there may have taken longer than the way back, or shorter. */
  readonly slack: number;
  /** By one clock it could not have been: the server began before its client, or after the client had its answer. */
  readonly isImpossible: boolean;
}

/**
 * What the calls of one flow alone show of its services' clocks, from the first span's: of a clock that is off by so much that every call to the service, or of it, is
 * impossible by the times that the spans have. Less needs many traces. A call is a server's span and its parent, a client or, where the caller makes none, any span but a producer. Calls that failed say nothing: a client that gave up ends before its server begins.
 */
export function flowClocks(spans: readonly Span[]): ServiceClock[] {
  const calls = callsOf(spans);
  const offsets = new Map<string, FoundClock>();
  const [first] = spans;
  if (first === undefined) return [];
  offsets.set(serviceOf(first), { service: serviceOf(first), offset: 0, calls: 0, traces: 1, spread: 0, drift: 0, slack: 0 });
  // From clock to clock, as calls lead: each is off from the root's by what it is off from one that is known.
  for (const known of offsets.values()) {
    for (const { caller, called, all } of calls) {
      const [other, sign] = caller === known.service ? [called, 1] : called === known.service ? [caller, -1] : [undefined, 0];
      if (other === undefined || offsets.has(other)) continue;
      offsets.set(other, clockOf(other, { from: known, sign, all }));
    }
  }
  // What may as well be no difference is none.
  return [...offsets.values()].flatMap(({ slack, ...clock }) => (Math.abs(clock.offset) > Math.max(slack, LEAST_NANOS) ? [clock] : []));
}

interface FoundClock extends ServiceClock {
  /** Of all calls on the way from the root's clock. */
  readonly slack: number;
}

interface Way {
  readonly from: FoundClock;
  readonly sign: number;
  readonly all: readonly Call[];
}

function clockOf(service: string, { from, sign, all }: Way): FoundClock {
  const known = { service, calls: all.length, traces: 1, spread: 0, drift: 0, slack: from.slack };
  const sorted = all.map(({ offset }) => offset).sort((left, right) => left - right);
  const isSure = all.every(({ isImpossible }) => isImpossible) && (sorted[0] ?? 0) > 0 === (sorted.at(-1) ?? 0) > 0;
  if (!isSure) return { ...known, offset: from.offset };
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const slack = from.slack + Math.min(...all.map((call) => call.slack));
  return { ...known, offset: from.offset + sign * median, spread: (sorted.at(-1) ?? 0) - (sorted[0] ?? 0), slack };
}

function callsOf(spans: readonly Span[]): { readonly caller: string; readonly called: string; readonly all: readonly Call[] }[] {
  const parents = new Map(
    spans.flatMap((span) => (span.kind === SPAN_KIND.producer ? [] : [[`${span.traceId}/${span.spanId}`, span] as const])),
  );
  const pairs = new Map<string, { caller: string; called: string; all: Call[] }>();
  for (const server of spans) {
    const parent = server.kind === SPAN_KIND.server ? parents.get(`${server.traceId}/${server.parentSpanId}`) : undefined;
    if (parent === undefined || hasFailed(parent)) continue;
    const [caller, called] = [serviceOf(parent), serviceOf(server)];
    const call = caller === called ? undefined : callOf(parent, server);
    if (call === undefined) continue;
    const pair = pairs.get(JSON.stringify([caller, called])) ?? { caller, called, all: [] };
    pairs.set(JSON.stringify([caller, called]), pair);
    pair.all.push(call);
  }
  return [...pairs.values()].sort((left, right) => right.all.length - left.all.length);
}

/** Undefined where the server took longer than its parent: that bounds nothing. */
function callOf(parent: Span, server: Span): Call | undefined {
  const [parentStart, parentEnd] = [parseNanos(parent.startTimeUnixNano), parseNanos(parent.endTimeUnixNano)];
  const [serverStart, serverEnd] = [parseNanos(server.startTimeUnixNano), parseNanos(server.endTimeUnixNano)];
  const [upper, lower] = [nanosBetween(parentStart, serverStart), nanosBetween(parentEnd, serverEnd)];
  if (lower > upper) return undefined;
  const leastLate = parent.kind === SPAN_KIND.client ? LEAST_NANOS : WAY_NANOS;
  return {
    offset: (upper + lower) / 2,
    slack: (upper - lower) / 2,
    isImpossible: upper <= -LEAST_NANOS || nanosBetween(parentEnd, serverStart) >= leastLate,
  };
}

/** Both together: what many traces show where the flow does not speak against it, else what the flow shows. */
export function mergeClocks(own: readonly ServiceClock[], known: ClockCorrection | undefined): ClockCorrection {
  const ownOf = new Map(own.map((clock) => [clock.service, clock]));
  const kept = (known?.clocks ?? []).filter(({ service, offset }) => {
    const clock = ownOf.get(service);
    return clock === undefined || Math.abs(clock.offset - offset) <= Math.abs(clock.offset) * SAME_SHARE;
  });
  const keptNames = new Set(kept.map(({ service }) => service));
  const clocks = [...kept, ...own.filter(({ service }) => !keptNames.has(service))];
  return correctionOf({ clocks, mixed: (known?.mixed ?? []).filter((service) => !ownOf.has(service)) });
}

interface Timed {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
}

/** The same with the times of services that are off moved; what was read stays as it is. */
export function correctTimes({ spans, logs }: Timed, shifts: ReadonlyMap<string, number>): Timed {
  if (shifts.size === 0) return { spans, logs };
  return {
    spans: spans.map((span) => {
      const shift = shifts.get(serviceOf(span));
      if (shift === undefined) return span;
      return { ...span, startTimeUnixNano: moved(span.startTimeUnixNano, shift), endTimeUnixNano: moved(span.endTimeUnixNano, shift) };
    }),
    logs: logs.map((log) => {
      const shift = shifts.get(serviceOf(log));
      return shift === undefined ? log : { ...log, timeUnixNano: moved(String(logNanos(log)), shift) };
    }),
  };
}

function moved(nanos: string, shift: number): string {
  return String(parseNanos(nanos) + BigInt(Math.round(shift)));
}

/** From the earliest start to the latest end. */
export function timesOf({ spans, logs }: Timed): { readonly startTimeUnixNano: string; readonly durationNanos: number } {
  let [start, end]: [bigint | undefined, bigint] = [undefined, 0n];
  const add = (from: bigint, to: bigint): void => {
    start = start === undefined ? from : earlier(start, from);
    end = later(end, to);
  };
  for (const span of spans) add(parseNanos(span.startTimeUnixNano), parseNanos(span.endTimeUnixNano));
  for (const log of logs) add(logNanos(log), logNanos(log));
  return { startTimeUnixNano: String(start ?? 0n), durationNanos: nanosBetween(start ?? 0n, end) };
}

/** What is open is shown as it was sent, by whatever clock. */
export function rawItem(item: FlowItem | undefined, { spans, logs }: Timed): FlowItem | undefined {
  if (item?.type === 'span') return { type: 'span', span: spans.find(({ id }) => id === item.span.id) ?? item.span };
  return item && { type: 'log', log: logs.find(({ id }) => id === item.log.id) ?? item.log };
}
