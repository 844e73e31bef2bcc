import type { Span } from '../../api/index.ts';
import { spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import { absentParentFact, anchorAt, atService, type BreakDraft, breakFact, NOWHERE } from './break-facts.ts';
import { callFact } from './diagnose-call.ts';
import { messageFact } from './diagnose-message.ts';
import {
  type AbsentSpanRecords,
  CLOCK_SLACK_NANOS,
  type FlowIndex,
  firstNanos,
  isDuring,
  isOfSdk,
  kindOfCall,
  type OpenCall,
  recordNanos,
  tracelessRecords,
} from './flow-index.ts';
import { isAnsweredCall, isCall, queueOf, targetOf } from './span-facts.ts';

/** What a break accounts for, so that it is not told again. */
export interface Explained {
  readonly draft: BreakDraft;
  readonly calls: readonly OpenCall[];
  readonly messages: readonly Span[];
  /** Spans whose absent parent it is. */
  readonly children: readonly Span[];
}

/** What of a flow nothing accounts for yet. */
export interface Unexplained {
  readonly orphans: readonly Span[];
  readonly calls: readonly OpenCall[];
  /** Calls that records of other services account for: what wrote meanwhile may be below those. */
  readonly told: readonly OpenCall[];
  readonly messages: readonly Span[];
  readonly index: FlowIndex;
}

/**
 * Services that wrote records in spans that are not here: sampled out where the records say so, else not sent. Named at the call that
 * waited meanwhile, at the message that nobody took, or before a span whose parent is one of those.
 */
export function diagnoseAbsentSpans(group: AbsentSpanRecords, { orphans, calls, told, messages, index }: Unexplained): Explained {
  const { service, traceId, isSampled, records } = group;
  const spanIds = new Set(records.map(({ spanId }) => spanId));
  const inTrace = orphans.filter((span) => span.traceId === traceId);
  const served = callsServed(group, calls, told);
  const [call] = served;
  const taken = call === undefined ? messagesTaken(group, messages, index) : [];
  const [message] = taken;
  const named = inTrace.filter(({ parentSpanId }) => spanIds.has(parentSpanId));
  const meanwhile = inTrace.filter((span) => served.some(({ facts }) => isDuring(facts, BigInt(span.startTimeUnixNano))));
  // Of its absent spans a service's records name those alone in which it wrote some: what began while it was asked is below one of them.
  const children = isSampled ? [...new Set([...named, ...meanwhile])] : inTrace;
  const [child] = children;
  const running = nearestSpan(group, index);
  const place =
    call !== undefined
      ? anchorAt(call.span, 'after')
      : message !== undefined
        ? anchorAt(message, 'after')
        : child !== undefined
          ? anchorAt(child, 'before')
          : { timeNanos: firstNanos(group), ...(running && { anchor: anchorAt(running, 'after').anchor }) };
  const from =
    call?.span ?? message ?? (child === undefined && running !== undefined && isFailedCall(running, index) ? running : undefined);
  const count = records.length;
  const proof = isSampled
    ? breakFact('records_of_absent_span', { service, spanId: records[0]?.spanId ?? '', count })
    : breakFact('unsampled_records', { service, count });
  return {
    calls: served,
    messages: taken,
    children,
    draft: {
      ...place,
      cause: isSampled ? 'spans_not_sent' : 'sampled_out',
      certainty: isSampled || !records.some(isOfSdk) ? 'likely' : 'certain',
      from: from === undefined ? NOWHERE : atService(serviceOf(from)),
      to: atService(service, message !== undefined ? queueOf(message) : from === undefined ? '' : targetOf(from)),
      evidence: [
        ...(message !== undefined ? [messageFact(message)] : from === undefined ? [] : [callFact(from)]),
        ...(child === undefined ? [] : [absentParentFact(child)]),
        proof,
      ],
    },
  };
}

/**
 * The calls that the service answered: for its first record one that waited then, with all alike, and so on for the records that those do not
 * account for.
 */
function callsServed({ service, traceId, records }: AbsentSpanRecords, calls: readonly OpenCall[], told: readonly OpenCall[]): OpenCall[] {
  const isWithin = ({ facts }: OpenCall, at: bigint): boolean => at >= facts.startNanos && at <= facts.endNanos;
  let others = calls.filter(({ span, facts }) => span.traceId === traceId && facts.service !== service);
  const served: OpenCall[] = [];
  for (let left = records.map(recordNanos); left.length > 0; ) {
    const [at = 0n] = left;
    const waiting = others.filter(({ facts }) => isDuring(facts, at));
    const isBelow = told.some((call) => call.span.traceId === traceId && isWithin(call, at));
    const first = waiting.find((call) => isWithin(call, at)) ?? (isBelow ? undefined : waiting[0]);
    if (first === undefined) {
      left = left.slice(1);
      continue;
    }
    const kind = kindOfCall(first);
    const isAtSamePlace = ({ facts, target }: OpenCall): boolean =>
      target === first.target && facts.service === first.facts.service && left.some((nanos) => isDuring(facts, nanos));
    const same = others.filter((call) => kindOfCall(call) === kind || isAtSamePlace(call));
    served.push(...same);
    others = others.filter((call) => !same.includes(call));
    left = left.filter((nanos) => !same.some(({ facts }) => isDuring(facts, nanos)));
  }
  return served;
}

/**
 * The messages that the service took: those of the queue to which as many were sent as it has absent spans, else of that to which one was sent last
 * before it wrote. Its own trace may be another one than theirs, then of
 * none that has spans here.
 */
function messagesTaken(group: AbsentSpanRecords, messages: readonly Span[], { evidence }: FlowIndex): Span[] {
  const isTraceHere = evidence.own.some(({ traceId }) => traceId === group.traceId);
  const before = messages.filter(
    (message) =>
      serviceOf(message) !== group.service &&
      (isTraceHere ? message.traceId === group.traceId : true) &&
      BigInt(message.startTimeUnixNano) - CLOCK_SLACK_NANOS <= firstNanos(group),
  );
  const last = before.reduce<Span | undefined>(
    (latest, message) => (latest === undefined || BigInt(message.startTimeUnixNano) >= BigInt(latest.startTimeUnixNano) ? message : latest),
    undefined,
  );
  if (last === undefined) return [];
  const spanCount = new Set(group.records.map(({ spanId }) => spanId)).size;
  const queues = Map.groupBy(before, queueOf);
  return [...queues.values()].find((sent) => sent.length === spanCount) ?? queues.get(queueOf(last)) ?? [];
}

/** A call that got no answer of whoever was asked: no open one, and still the one that led there. */
function isFailedCall(span: Span, { childrenOf }: FlowIndex): boolean {
  return isCall(span) && !isAnsweredCall(span) && !childrenOf.has(spanName(span));
}

/** The span of the same trace that was running when the first record was written, the latest to begin. */
function nearestSpan(group: AbsentSpanRecords, { evidence }: FlowIndex): Span | undefined {
  const at = firstNanos(group);
  let nearest: Span | undefined;
  for (const span of evidence.own) {
    if (span.traceId !== group.traceId || serviceOf(span) === group.service) continue;
    const start = BigInt(span.startTimeUnixNano);
    if (start <= at && BigInt(span.endTimeUnixNano) >= at && (nearest === undefined || start >= BigInt(nearest.startTimeUnixNano)))
      nearest = span;
  }
  return nearest;
}

/** A flow of records alone, none of which is in a trace. Under the SDK that is as it should be: a job of the app's own, in `correlation.run`, has no span. */
export function diagnoseTraceless(index: FlowIndex): BreakDraft[] {
  const { own, joined, logs } = index.evidence;
  if (own.length + joined.length > 0 || logs.some(({ traceId }) => traceId !== undefined)) return [];
  const services = [...tracelessRecords(index)].filter(([, records]) => !records.every(isOfSdk));
  return services.map(([service, records]) => ({
    timeNanos: firstNanos({ records }),
    cause: 'id_without_trace',
    certainty: 'certain',
    from: NOWHERE,
    to: atService(service),
    evidence: [breakFact('traceless_records', { service, count: records.length })],
  }));
}
