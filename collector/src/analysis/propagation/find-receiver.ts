import type { Span } from '../../api/index.ts';
import { isHealthPath } from '../../model/health-path.ts';
import { CLOCK_SLACK_NANOS, type FlowIndex, type OpenCall } from './flow-index.ts';
import { factsOf, instanceOf, isInternalHost, isServer } from './span-facts.ts';

/** The request that a call became, where it goes on in a trace of its own. */
export interface Receiver {
  readonly span: Span;
  /** It has the flow's correlation ID. */
  readonly isOwn: boolean;
  /** It was asked at the address that the call was made to. */
  readonly isSameAddress: boolean;
  /** Requests that fit as well, this one included: which of them it was is not known. */
  readonly alike: number;
}

/**
 * What fits a call best of the requests that have no parent: served while the call waited, with the same method, status and path (or the end of it, where a
 * proxy has cut it), and at the same host, unless the host is one's own or the request has the flow's ID. Undefined where nothing does. Who looks whether a service
 * lives asks all of them the same: such a request is a call only at its address.
 */
export function findReceiver(call: OpenCall, { evidence }: FlowIndex, taken: ReadonlySet<string>): Receiver | undefined {
  const own = evidence.own.map((span) => ({ span, isOwn: true }));
  const others = evidence.candidates.map((span) => ({ span, isOwn: false }));
  let best: { readonly receiver: Receiver; readonly rank: number; readonly away: number } | undefined;
  const ofRank = new Map<number, number>();
  for (const { span, isOwn } of [...own, ...others]) {
    if (taken.has(span.id) || !couldReceive(call, span)) continue;
    const facts = factsOf(span);
    const isSameAddress = facts.host !== '' && facts.host === call.facts.host && isSameOrUnknown(facts.port, call.facts.port);
    // With the ID it may have come over a public address, if it is the same request.
    const isSameRequest = isOwn && facts.path !== '' && facts.path === call.facts.path;
    if (!isSameAddress && !isSameRequest && !isInternalHost(call.facts.host)) continue;
    if (!isOwn && !isSameAddress && isHealthPath(facts.path)) continue;
    const isWithin = facts.startNanos >= call.facts.startNanos && facts.endNanos <= call.facts.endNanos;
    const rank = (isOwn ? 8 : 0) + (isSameAddress ? 4 : 0) + (facts.path === call.facts.path ? 2 : 0) + (isWithin ? 1 : 0);
    ofRank.set(rank, (ofRank.get(rank) ?? 0) + 1);
    const away = Math.abs(Number(facts.startNanos - call.facts.startNanos));
    if (best === undefined || rank > best.rank || (rank === best.rank && away < best.away))
      best = { receiver: { span, isOwn, isSameAddress, alike: 1 }, rank, away };
  }
  return best && { ...best.receiver, alike: ofRank.get(best.rank) ?? 1 };
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
