import type { BreakEvidence, Span } from '../../api/index.ts';
import { spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import { anchorAt, atService, type BreakDraft, breakFact } from './break-facts.ts';
import { findReceiver, type Receiver } from './find-receiver.ts';
import { type FlowIndex, isDuring, isStillServed, type OpenCall, recordNanos, tracelessRecords } from './flow-index.ts';
import { correlationIdOf, factsOf, isEntry, isInternalHost, isServer, targetOf, textOf } from './span-facts.ts';

/** Fewer calls before say little of what share of them is sampled. */
const MIN_CALLS_FOR_SHARE = 5;
/** From so many calls continued on, one that is not is no matter of sampling. */
const USUAL_SHARE = 0.9;

/** Calls that go on in the same trace under another correlation ID: the ID did not arrive. */
export function diagnoseLostIds({ evidence, childrenOf }: FlowIndex): BreakDraft[] {
  return evidence.own.flatMap((span) => {
    const child = (childrenOf.get(spanName(span)) ?? []).find(
      (one) => isEntry(one) && !['', evidence.correlationId].includes(correlationIdOf(one)) && serviceOf(one) !== serviceOf(span),
    );
    if (child === undefined || evidence.correlationId === '') return [];
    const id = correlationIdOf(child);
    return {
      ...anchorAt(span, 'after'),
      cause: 'id_not_sent',
      certainty: 'certain',
      from: atService(serviceOf(span)),
      to: atService(serviceOf(child), targetOf(span)),
      continuesIn: { traceId: child.traceId, correlationId: id },
      evidence: [callFact(span), breakFact('receiver_has_other_id', { service: serviceOf(child), correlationId: id })],
    };
  });
}

/** Why a call is not continued; undefined where nothing says that it should be. `taken`: ids of requests that other calls became; grows. */
export function diagnoseCall(call: OpenCall, index: FlowIndex, taken: Set<string>): BreakDraft | undefined {
  const linking = (index.linkingTo.get(spanName(call.span)) ?? []).find(isServer);
  if (linking !== undefined) return untrusted(call, linking);
  const receiver = findReceiver(call, index, taken);
  if (receiver !== undefined) {
    taken.add(receiver.span.id);
    return receivedElsewhere(call, receiver, index);
  }
  const traceless = withoutTrace(call, index);
  if (traceless !== undefined || isStillServed(call, index)) return traceless;
  return throughUnknown(call, index, taken) ?? byHistory(call, index);
}

export function callFact(span: Span): BreakEvidence {
  const { service, status } = factsOf(span);
  return breakFact('call', { service, target: targetOf(span), name: span.name, status });
}

function untrusted({ span, facts, target }: OpenCall, receiver: Span): BreakDraft {
  const service = serviceOf(receiver);
  return {
    ...anchorAt(span, 'after'),
    cause: 'not_trusted',
    certainty: 'certain',
    from: atService(facts.service),
    to: atService(service, target),
    continuesIn: { traceId: receiver.traceId, correlationId: correlationIdOf(receiver) },
    evidence: [callFact(span), breakFact('receiver_links', { service })],
  };
}

function receivedElsewhere(call: OpenCall, { span: receiver, isOwn, isSameAddress, alike }: Receiver, index: FlowIndex): BreakDraft {
  const { span, facts, target } = call;
  const service = serviceOf(receiver);
  const onTheWay = wayEvidence(call, receiver, index);
  const sends = sendingScope(span);
  // One of many that came at once: it would lead to somebody else's request.
  const isOneOfMany = !isOwn && alike > 1;
  const base = {
    ...anchorAt(span, 'after'),
    certainty: (isOwn || isSameAddress) && !isOneOfMany ? ('certain' as const) : ('likely' as const),
    from: atService(facts.service),
    to: atService(service, target),
    ...(isOneOfMany ? {} : { continuesIn: { traceId: receiver.traceId, correlationId: correlationIdOf(receiver) } }),
  };
  const found = [
    callFact(span),
    isOneOfMany
      ? breakFact('receivers', { service, name: receiver.name, count: alike })
      : breakFact('receiver', { service, name: receiver.name, traceId: receiver.traceId }),
  ];
  if (isOwn) {
    return { ...base, cause: 'trace_dropped', evidence: [...found, breakFact('receiver_has_id', { service }), ...onTheWay] };
  }
  if (isWithheld(span))
    return { ...base, cause: 'no_header', evidence: [...found, breakFact('caller_withholds', { service: facts.service, target })] };
  if (sends !== '') onTheWay.push(breakFact('caller_sends', { service: facts.service, scope: sends }));
  if (onTheWay.length > 0) return { ...base, cause: 'header_dropped', evidence: [...found, ...onTheWay] };
  return { ...base, cause: 'no_header', evidence: [...found, breakFact('caller_unknown', { service: facts.service })] };
}

/** What shows that something stood between caller and receiver. */
function wayEvidence(call: OpenCall, receiver: Span, index: FlowIndex): BreakEvidence[] {
  const evidence: BreakEvidence[] = [];
  const service = serviceOf(receiver);
  const [client, peer] = [textOf(receiver, 'client'), textOf(receiver, 'peer')];
  if (client !== '' && peer !== '' && client !== peer) evidence.push(breakFact('passed_on', { service, client, peer }));
  const { host, port } = factsOf(receiver);
  const isOther =
    host !== '' &&
    call.facts.host !== '' &&
    (host !== call.facts.host || (port !== '' && call.facts.port !== '' && port !== call.facts.port));
  if (isOther) evidence.push(breakFact('other_address', { target: call.target, address: targetOf(receiver) }));
  for (const [between, logs] of tracelessRecords(index)) {
    if (logs.some((log) => isDuring(call.facts, recordNanos(log)))) evidence.push(breakFact('on_the_way', { service: between }));
  }
  return evidence;
}

/** The SDK's word that its settings kept trace context from the host. */
function isWithheld({ attributes }: Span): boolean {
  return attributes.some(({ key, value }) => key === 'threadline.context.withheld' && value?.boolValue === true);
}

/** The instrumentation that made the span, where it is one that sends trace context with each call. */
function sendingScope({ scope: { name = '' } }: Span): string {
  return /^@threadline\/sdk|^@opentelemetry\/instrumentation-(?:http|undici|grpc|fetch)/.test(name) ? name : '';
}

/** Records with the ID and no trace, of a service without spans, while the call waited. */
function withoutTrace({ span, facts, target }: OpenCall, index: FlowIndex): BreakDraft | undefined {
  for (const [service, logs] of tracelessRecords(index)) {
    const during = logs.filter((log) => isDuring(facts, recordNanos(log)));
    if (during.length === 0) continue;
    return {
      ...anchorAt(span, 'after'),
      cause: 'id_without_trace',
      certainty: 'certain',
      from: atService(facts.service),
      to: atService(service, target),
      evidence: [callFact(span), breakFact('traceless_records', { service, count: during.length })],
    };
  }
  return undefined;
}

/** A request with the flow's ID and another path, while the call waited: what stands between passes the ID on by hand. */
function throughUnknown({ span, facts, target }: OpenCall, { evidence }: FlowIndex, taken: Set<string>): BreakDraft | undefined {
  if (!isInternalHost(facts.host)) return undefined;
  const further = evidence.own.find((one) => {
    if (one.traceId === span.traceId) return false;
    if (!isServer(one) || one.parentSpanId !== undefined || (one.links?.length ?? 0) > 0 || taken.has(one.id)) return false;
    const { service, startNanos, endNanos } = factsOf(one);
    return service !== facts.service && isDuring(facts, startNanos) && isDuring(facts, endNanos);
  });
  if (further === undefined) return undefined;
  taken.add(further.id);
  const service = serviceOf(further);
  return {
    ...anchorAt(span, 'after'),
    cause: 'not_instrumented',
    certainty: 'likely',
    from: atService(facts.service),
    to: atService('', target),
    continuesIn: { traceId: further.traceId, correlationId: evidence.correlationId },
    evidence: [
      callFact(span),
      breakFact('receiver', { service, name: further.name, traceId: further.traceId }),
      breakFact('receiver_has_id', { service }),
    ],
  };
}

/** By how other calls to the address went, and by what the service there reports of itself. */
function byHistory({ span, facts, target }: OpenCall, { evidence }: FlowIndex): BreakDraft | undefined {
  const { calls, followed, service } = evidence.addresses.get(target) ?? { calls: 0, followed: 0, service: '' };
  const base = { ...anchorAt(span, 'after'), certainty: 'likely' as const, from: atService(facts.service) };
  const part = partlySampled(span.traceId, evidence.own);
  if (followed > 0) {
    const to = atService(service, target);
    const answers = breakFact('address_answers', { target, service, followed, calls });
    if (part !== undefined) return { ...base, to, cause: 'sampled_out', evidence: [callFact(span), part, answers] };
    const isShare = calls >= MIN_CALLS_FOR_SHARE && followed / calls < USUAL_SHARE;
    return { ...base, to, cause: isShare ? 'sampled_out' : 'spans_not_sent', evidence: [callFact(span), answers] };
  }
  // What other people run has no spans here, and nobody misses them.
  if (!isInternalHost(facts.host)) return undefined;
  const silent = breakFact('address_silent', { target, calls: calls + 1 });
  return { ...base, to: atService('', target), cause: 'not_instrumented', evidence: [callFact(span), silent] };
}

/** Says that a service keeps parts of this trace only. */
export function partlySampled(traceId: string, spans: readonly Span[]): BreakEvidence | undefined {
  for (const span of spans) {
    if (span.traceId !== traceId) continue;
    const part = span.attributes.find(({ key }) => key === 'threadline.sampling.part')?.value?.stringValue;
    if (part !== undefined) return breakFact('partly_sampled', { service: serviceOf(span), part });
  }
  return undefined;
}
