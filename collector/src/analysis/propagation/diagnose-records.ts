import type { Span } from '../../api/index.ts';
import { serviceOf } from '../typed-attributes.ts';
import { absentParentFact, anchorAt, atService, type BreakDraft, breakFact, NOWHERE } from './break-facts.ts';
import { callFact } from './diagnose-call.ts';
import { type AbsentSpanRecords, type FlowIndex, firstNanos, isDuring, type OpenCall, tracelessRecords } from './flow-index.ts';

/** What a break accounts for, so that it is not told again. */
export interface Explained {
  readonly draft: BreakDraft;
  readonly call: OpenCall | undefined;
  /** Spans whose absent parent it is. */
  readonly children: readonly Span[];
}

/**
 * Services that wrote records in spans that are not here: sampled out where the records say so, else not sent. Named at the call that
 * waited meanwhile, or before a span whose parent is one of those.
 */
export function diagnoseAbsentSpans(
  group: AbsentSpanRecords,
  { orphans, calls, index }: { readonly orphans: readonly Span[]; readonly calls: readonly OpenCall[]; readonly index: FlowIndex },
): Explained {
  const { service, traceId, isSampled, records } = group;
  const spanIds = new Set(records.map(({ spanId }) => spanId));
  const inTrace = orphans.filter((span) => span.traceId === traceId);
  const call = calls.find(({ span, facts }) => span.traceId === traceId && facts.service !== service && isDuring(facts, firstNanos(group)));
  const named = inTrace.filter(({ parentSpanId }) => spanIds.has(parentSpanId));
  const meanwhile = call === undefined ? [] : inTrace.filter((span) => isDuring(call.facts, BigInt(span.startTimeUnixNano)));
  // Of its absent spans a service's records name those alone in which it wrote some: what began while it was asked is below one of them.
  const children = isSampled ? [...new Set([...named, ...meanwhile])] : inTrace;
  const [child] = children;
  const place =
    call !== undefined
      ? anchorAt(call.span, 'after')
      : child !== undefined
        ? anchorAt(child, 'before')
        : { timeNanos: firstNanos(group), ...nearestAnchor(group, index) };
  const count = records.length;
  const proof = isSampled
    ? breakFact('records_of_absent_span', { service, spanId: records[0]?.spanId ?? '', count })
    : breakFact('unsampled_records', { service, count });
  return {
    call,
    children,
    draft: {
      ...place,
      cause: isSampled ? 'spans_not_sent' : 'sampled_out',
      certainty: isSampled ? 'likely' : 'certain',
      from: call === undefined ? NOWHERE : atService(call.facts.service),
      to: atService(service, call?.target),
      evidence: [...(call === undefined ? [] : [callFact(call.span)]), ...(child === undefined ? [] : [absentParentFact(child)]), proof],
    },
  };
}

/** The span of the same trace that was running when the first record was written, the latest to begin. */
function nearestAnchor(group: AbsentSpanRecords, { evidence }: FlowIndex): Pick<BreakDraft, 'anchor'> {
  const at = firstNanos(group);
  let nearest: Span | undefined;
  for (const span of evidence.own) {
    if (span.traceId !== group.traceId || serviceOf(span) === group.service) continue;
    const start = BigInt(span.startTimeUnixNano);
    if (start <= at && BigInt(span.endTimeUnixNano) >= at && (nearest === undefined || start >= BigInt(nearest.startTimeUnixNano)))
      nearest = span;
  }
  return nearest === undefined ? {} : { anchor: { traceId: nearest.traceId, spanId: nearest.spanId, side: 'after' } };
}

/** A flow of records alone, none of which is in a trace. */
export function diagnoseTraceless(index: FlowIndex): BreakDraft[] {
  const { own, joined, logs } = index.evidence;
  if (own.length + joined.length > 0 || logs.some(({ traceId }) => traceId !== undefined)) return [];
  return [...tracelessRecords(index)].map(([service, records]) => ({
    timeNanos: firstNanos({ records }),
    cause: 'id_without_trace',
    certainty: 'certain',
    from: NOWHERE,
    to: atService(service),
    evidence: [breakFact('traceless_records', { service, count: records.length })],
  }));
}
