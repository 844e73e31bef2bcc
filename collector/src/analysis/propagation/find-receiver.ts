import type { Span } from '../../api/index.ts';
import { CLOCK_SLACK_NANOS, type FlowIndex, type OpenCall } from './flow-index.ts';
import { factsOf, instanceOf, isInternalHost, isServer } from './span-facts.ts';

/** The request that a call became, where it goes on in a trace of its own. */
export interface Receiver {
  readonly span: Span;
  /** It has the flow's correlation ID. */
  readonly isOwn: boolean;
  /** It was asked at the address that the call was made to. */
  readonly isSameAddress: boolean;
}

/**
 * What fits a call best of the requests that have no parent: served while the call waited, with the same method, status and path (or the end of it, where a
 * proxy has cut it), and at the same host, unless the host is one's own or the request has the flow's ID. Undefined where nothing does.
 */
export function findReceiver(call: OpenCall, { evidence }: FlowIndex, taken: ReadonlySet<string>): Receiver | undefined {
  const own = evidence.own.map((span) => ({ span, isOwn: true }));
  const others = evidence.candidates.map((span) => ({ span, isOwn: false }));
  let best: { readonly receiver: Receiver; readonly score: number } | undefined;
  for (const { span, isOwn } of [...own, ...others]) {
    if (taken.has(span.id) || !couldReceive(call, span)) continue;
    const facts = factsOf(span);
    const isSameAddress = facts.host !== '' && facts.host === call.facts.host && isSameOrUnknown(facts.port, call.facts.port);
    // With the ID it may have come over a public address, if it is the same request.
    const isSameRequest = isOwn && facts.path !== '' && facts.path === call.facts.path;
    if (!isSameAddress && !isSameRequest && !isInternalHost(call.facts.host)) continue;
    const away = Number(facts.startNanos - call.facts.startNanos) / Number(CLOCK_SLACK_NANOS);
    const score = (isOwn ? 8 : 0) + (isSameAddress ? 4 : 0) + (facts.path === call.facts.path ? 2 : 0) - Math.min(1, Math.abs(away));
    if (best === undefined || score > best.score) best = { receiver: { span, isOwn, isSameAddress }, score };
  }
  return best?.receiver;
}

function couldReceive(call: OpenCall, span: Span): boolean {
  if (!isServer(span) || span.parentSpanId !== undefined || (span.links?.length ?? 0) > 0 || span.traceId === call.span.traceId)
    return false;
  const facts = factsOf(span);
  if (facts.service === call.facts.service && instanceOf(span) === instanceOf(call.span)) return false;
  if (facts.startNanos < call.facts.startNanos - CLOCK_SLACK_NANOS || facts.endNanos > call.facts.endNanos + CLOCK_SLACK_NANOS)
    return false;
  if (facts.method === '' && call.facts.method === '') return span.name === call.span.name;
  return (
    isSameOrUnknown(facts.method, call.facts.method) &&
    isSameOrUnknown(facts.status, call.facts.status) &&
    isSamePath(facts.path, call.facts.path)
  );
}

function isSameOrUnknown(one: string, other: string): boolean {
  return one === '' || other === '' || one === other;
}

function isSamePath(one: string, other: string): boolean {
  if (one === '' || other === '' || one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length > 1 && short.startsWith('/') && long.endsWith(short);
}
