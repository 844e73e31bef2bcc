import type { BreakEvidence, Span } from '../../api/index.ts';
import { isDue } from '../completeness.ts';
import { spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import { anchorAt, atService, type BreakDraft, breakFact } from './break-facts.ts';
import { CLOCK_SLACK_NANOS, type FlowIndex, firstNanos, tracelessRecords } from './flow-index.ts';
import { correlationIdOf, factsOf, queueOf, takesFrom } from './span-facts.ts';

/** A message is left alone for this long: a consumer may be busy. */
const MESSAGE_SETTLE_NANOS = 30_000_000_000n;

/** Messages of the flow that no span takes, in their order. */
export function findUntakenMessages({ evidence }: FlowIndex): Span[] {
  const missing = new Set(evidence.missing.filter(({ reason }) => reason === 'consumer_missing').map(spanName));
  return evidence.own.filter((span) => missing.has(spanName(span)));
}

/** Of these, none that was sent, or let go by its sender, a moment ago. */
export function findOpenMessages(index: FlowIndex): Span[] {
  return findUntakenMessages(index).filter((span) => isDue(span, index.evidence.nowNanos - MESSAGE_SETTLE_NANOS));
}

function latest(spans: readonly Span[]): Span | undefined {
  return spans.reduce<Span | undefined>(
    (found, span) => (found !== undefined && BigInt(found.startTimeUnixNano) >= BigInt(span.startTimeUnixNano) ? found : span),
    undefined,
  );
}

export function messageFact(message: Span): BreakEvidence {
  return breakFact('message', { service: serviceOf(message), destination: queueOf(message), name: message.name });
}

/** Why a message is not continued. `taken`: ids of consumers that other messages went to; grows. */
export function diagnoseMessage(message: Span, index: FlowIndex, taken: Set<string>): BreakDraft {
  const { service, messageId, startNanos } = factsOf(message);
  const queue = queueOf(message);
  const base = { ...anchorAt(message, 'after'), from: atService(service) };
  const sent = messageFact(message);
  const takers = [...index.evidence.own, ...index.evidence.candidates].filter((span) => span.id !== message.id && takesFrom(span, message));
  const later = takers.filter(
    (span) =>
      !taken.has(span.id) &&
      span.parentSpanId === undefined &&
      (span.links?.length ?? 0) === 0 &&
      BigInt(span.startTimeUnixNano) >= startNanos - CLOCK_SLACK_NANOS,
  );
  const same = messageId === '' ? undefined : later.find((span) => factsOf(span).messageId === messageId);
  // One that names another message has not taken this one.
  const taker = same ?? later.find((span) => messageId === '' || factsOf(span).messageId === '');
  if (taker !== undefined) {
    taken.add(taker.id);
    const to = serviceOf(taker);
    const isOwn = correlationIdOf(taker) === index.evidence.correlationId;
    return {
      ...base,
      cause: 'message_context_lost',
      certainty: same === undefined ? 'likely' : 'certain',
      to: atService(to, queue),
      continuesIn: { traceId: taker.traceId, correlationId: correlationIdOf(taker) },
      evidence: [
        sent,
        breakFact('consumer_without_context', { service: to, destination: queue, traceId: taker.traceId }),
        ...(same === undefined ? [] : [breakFact('same_message', { messageId })]),
        ...(isOwn ? [breakFact('receiver_has_id', { service: to })] : []),
      ],
    };
  }
  for (const [other, records] of tracelessRecords(index)) {
    if (firstNanos({ records }) < startNanos - CLOCK_SLACK_NANOS) continue;
    const evidence = [sent, breakFact('traceless_records', { service: other, count: records.length })];
    return { ...base, cause: 'id_without_trace', certainty: 'likely', to: atService(other, queue), evidence };
  }
  const last = latest(takers);
  if (last !== undefined) {
    const usual = serviceOf(last);
    const known = { destination: queue, service: usual, taken: takers.length };
    const isOver = BigInt(last.startTimeUnixNano) < startNanos - CLOCK_SLACK_NANOS;
    const takes = isOver
      ? breakFact('destination_stopped', { ...known, at: last.startTimeUnixNano })
      : breakFact('destination_answers', known);
    return { ...base, cause: 'message_waiting', certainty: 'likely', to: atService(usual, queue), evidence: [sent, takes] };
  }
  const silent = breakFact('destination_silent', { destination: queue });
  return { ...base, cause: 'not_instrumented', certainty: 'likely', to: atService('', queue), evidence: [sent, silent] };
}
