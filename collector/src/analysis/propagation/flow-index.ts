import type { LogRecord, Span } from '../../api/index.ts';
import { parentName, spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import type { FlowEvidence } from './flow-evidence.ts';
import { correlationIdOf, factsOf, instanceOf, isAnsweredCall, isEntry, type SpanFacts, targetOf } from './span-facts.ts';

/** Clocks of two hosts, and the time a request is under way, may differ by this where nothing else is known. */
export const CLOCK_SLACK_NANOS = 250_000_000n;
/** What ended a moment ago may be continued by spans that have not been sent yet. */
const SETTLE_NANOS = 3_000_000_000n;

/** An answered call that no span of the called side continues. */
export interface OpenCall {
  readonly span: Span;
  readonly facts: SpanFacts;
  readonly target: string;
  /** It ended long enough ago for what continues it to be here. */
  readonly isSettled: boolean;
}

/** A flow's spans by what they are looked up by. */
export interface FlowIndex {
  readonly evidence: FlowEvidence;
  readonly childrenOf: ReadonlyMap<string | undefined, readonly Span[]>;
  readonly linkingTo: ReadonlyMap<string, readonly Span[]>;
  /** Names of all spans that are anywhere. */
  readonly known: ReadonlySet<string>;
  /** That have spans in the flow. */
  readonly services: ReadonlySet<string>;
}

export function indexFlow(evidence: FlowEvidence): FlowIndex {
  const { own, joined, children, unfinished, knownSpans } = evidence;
  const spans = [...own, ...joined];
  const linkingTo = new Map<string, Span[]>();
  for (const span of [...spans, ...children]) {
    for (const name of new Set((span.links ?? []).map(spanName))) linkingTo.set(name, [...(linkingTo.get(name) ?? []), span]);
  }
  return {
    evidence,
    childrenOf: Map.groupBy([...spans, ...children], parentName),
    linkingTo,
    known: new Set([...[...spans, ...children, ...unfinished].map(spanName), ...knownSpans]),
    services: new Set(spans.map(serviceOf)),
  };
}

/** The calls of a flow that nothing continues, by start. */
export function findOpenCalls({ evidence, childrenOf }: FlowIndex): OpenCall[] {
  const begun = new Set(evidence.unfinished.map(parentName));
  return evidence.own
    .filter((span) => {
      if (!isAnsweredCall(span) || begun.has(spanName(span))) return false;
      return !(childrenOf.get(spanName(span)) ?? []).some((child) => continues(child, span));
    })
    .map((span) => ({
      span,
      facts: factsOf(span),
      target: targetOf(span),
      isSettled: BigInt(span.endTimeUnixNano) + SETTLE_NANOS <= evidence.nowNanos,
    }))
    .sort((a, b) => (a.facts.startNanos < b.facts.startNanos ? -1 : a.facts.startNanos > b.facts.startNanos ? 1 : 0));
}

/**
 * What is the same for calls of which one tells of all: who called what, by paths without the parts that name one thing of many
 * (numbers, ids).
 */
export function kindOfCall({ facts, target, span }: OpenCall): string {
  return JSON.stringify([facts.service, target, facts.method, facts.path === '' ? span.name : pathShape(facts.path)]);
}

/** Without the parts that name one thing of many. */
export function pathShape(path: string): string {
  return path
    .split('/')
    .map((part) => (/\d/.test(part) ? '*' : part))
    .join('/');
}

/** The called side, or an inner span that makes the same call and is looked at itself. */
function continues(child: Span, call: Span): boolean {
  return isEntry(child) || serviceOf(child) !== serviceOf(call) || instanceOf(child) !== instanceOf(call) || isAnsweredCall(child);
}

/** Records in spans that are nowhere, of one service in one trace. */
export interface AbsentSpanRecords {
  readonly service: string;
  readonly traceId: string;
  readonly isSampled: boolean;
  /** By time. */
  readonly records: readonly LogRecord[];
}

/** The sampled flag of W3C trace context. */
const SAMPLED = 1;
/** For the SDK, which says after two seconds that a span is still open. */
const SDK_SETTLE_NANOS = 15_000_000_000n;
/** For senders whose spans are heard of when they end. */
const OTHER_SETTLE_NANOS = 600_000_000_000n;
/** For records of others without the sampled flag: most spans have ended and come by then. */
const UNFLAGGED_SETTLE_NANOS = 15_000_000_000n;

/** What services wrote in spans that are not here and will not come, by first record. Spans that may still be open are left out. */
export function findAbsentSpanRecords({ evidence, known }: FlowIndex): AbsentSpanRecords[] {
  const groups = Map.groupBy(
    evidence.logs.filter((log) => isOfAbsentSpan(log, known) && isSettled(log, evidence.nowNanos)),
    (log) => `${log.traceId} ${isSampled(log)} ${serviceOf(log)}`,
  );
  return [...groups.values()]
    .flatMap((records) => {
      const sorted = records.toSorted((a, b) => (recordNanos(a) < recordNanos(b) ? -1 : 1));
      const [first] = sorted;
      if (first?.traceId === undefined) return [];
      return [{ service: serviceOf(first), traceId: first.traceId, isSampled: isSampled(first), records: sorted }];
    })
    .sort((a, b) => (firstNanos(a) < firstNanos(b) ? -1 : 1));
}

/**
 * A service wrote records while it was asked, in a span of the trace that may still come: senders other than the SDK tell of a span when it ends,
 * and who streams has answered long before.
 */
export function isStillServed({ span, facts }: OpenCall, { evidence, known }: FlowIndex): boolean {
  return evidence.logs.some(
    (log) =>
      log.traceId === span.traceId &&
      serviceOf(log) !== facts.service &&
      isOfAbsentSpan(log, known) &&
      !isSettled(log, evidence.nowNanos) &&
      isDuring(facts, recordNanos(log)),
  );
}

function isOfAbsentSpan({ traceId, spanId }: LogRecord, known: FlowIndex['known']): boolean {
  return traceId !== undefined && spanId !== undefined && !known.has(spanName({ traceId, spanId }));
}

/** What has not come of the record's span until now will not come. */
function isSettled(log: LogRecord, nowNanos: bigint): boolean {
  return recordNanos(log) + settleNanos(log) < nowNanos;
}

export function firstNanos({ records }: Pick<AbsentSpanRecords, 'records'>): bigint {
  const [first] = records;
  return first === undefined ? 0n : recordNanos(first);
}

/** Records with the flow's ID and no trace, of services that have no spans in the flow, by service. */
export function tracelessRecords({ evidence, services }: FlowIndex): Map<string, LogRecord[]> {
  return Map.groupBy(
    evidence.logs.filter(
      (log) => log.traceId === undefined && !services.has(serviceOf(log)) && correlationIdOf(log) === evidence.correlationId,
    ),
    serviceOf,
  );
}

export function recordNanos(log: LogRecord): bigint {
  return BigInt([log.timeUnixNano, log.observedTimeUnixNano].find((time) => time !== '0') ?? log.arrivalTimeUnixNano);
}

/** Whether an instant lies within a call, as far as clocks agree. */
export function isDuring({ startNanos, endNanos }: Pick<SpanFacts, 'startNanos' | 'endNanos'>, nanos: bigint): boolean {
  return nanos >= startNanos - CLOCK_SLACK_NANOS && nanos <= endNanos + CLOCK_SLACK_NANOS;
}

function isSampled({ flags = 0 }: LogRecord): boolean {
  return (flags & SAMPLED) === SAMPLED;
}

function settleNanos(log: LogRecord): bigint {
  if (isSampled(log)) return isOfSdk(log) ? SDK_SETTLE_NANOS : OTHER_SETTLE_NANOS;
  return isOfSdk(log) ? 0n : UNFLAGGED_SETTLE_NANOS;
}

/** The SDK says with each record whether its trace is sampled; of others, as of what ships files, none may have the flag. */
export function isOfSdk({ attributes }: LogRecord): boolean {
  return attributes.some(({ key }) => key === 'threadline.sequence');
}
