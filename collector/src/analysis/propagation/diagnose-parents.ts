import type { Span } from '../../api/index.ts';
import { parentName, spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import { absentParentFact, anchorAt, atService, type BreakDraft, breakFact, NOWHERE } from './break-facts.ts';
import { callFact, partlySampled } from './diagnose-call.ts';
import type { Explained } from './diagnose-records.ts';
import { type FlowIndex, isDuring, type OpenCall } from './flow-index.ts';
import { isServer, textOf } from './span-facts.ts';

/** Own spans whose parent is missing, one for each parent, in their order. */
export function findOrphans({ evidence }: FlowIndex): Span[] {
  const missing = new Set(evidence.missing.filter(({ reason }) => reason === 'parent_missing').map(spanName));
  const orphans = new Map<string, Span>();
  for (const span of evidence.own) {
    const name = parentName(span);
    if (name !== undefined && missing.has(name) && !orphans.has(name)) orphans.set(name, span);
  }
  return [...orphans.values()];
}

/**
 * A span whose parent is not here and of which no record tells. At the beginning of its trace the caller sends no spans; in the middle somebody
 * between does not, unless the trace is kept in parts.
 */
export function diagnoseOrphan(
  orphan: Span,
  { calls, index }: { readonly calls: readonly OpenCall[]; readonly index: FlowIndex },
): Explained {
  const service = serviceOf(orphan);
  const start = BigInt(orphan.startTimeUnixNano);
  const { own } = index.evidence;
  const call = calls.find(({ span, facts }) => span.traceId === orphan.traceId && facts.service !== service && isDuring(facts, start));
  const parent = absentParentFact(orphan);
  const explained = (draft: Omit<BreakDraft, 'anchor' | 'timeNanos'>): Explained => ({
    calls: call === undefined ? [] : [call],
    messages: [],
    children: [orphan],
    draft: { ...(call === undefined ? anchorAt(orphan, 'before') : anchorAt(call.span, 'after')), ...draft },
  });
  const part = partlySampled(orphan.traceId, own);
  if (part !== undefined) {
    return explained({ cause: 'sampled_out', certainty: 'likely', from: NOWHERE, to: atService(service), evidence: [parent, part] });
  }
  const before = call?.span ?? enclosing(orphan, own);
  if (before === undefined && isServer(orphan)) {
    const [client, agent] = [textOf(orphan, 'client') || textOf(orphan, 'peer'), textOf(orphan, 'agent')];
    const caller = client === '' && agent === '' ? [] : [breakFact('caller', { service, client, agent })];
    return explained({
      cause: 'not_instrumented',
      certainty: 'likely',
      from: atService('', client),
      to: atService(service),
      evidence: [parent, ...caller],
    });
  }
  return explained({
    cause: 'spans_not_sent',
    certainty: 'likely',
    from: before === undefined ? NOWHERE : atService(serviceOf(before), call?.target),
    to: atService(service),
    evidence: [...(call === undefined ? [] : [callFact(call.span)]), parent],
  });
}

/** The span of the trace, of another service, that was running when this one began: the latest to begin. */
function enclosing(orphan: Span, own: readonly Span[]): Span | undefined {
  const start = BigInt(orphan.startTimeUnixNano);
  const running = own.filter(
    (span) =>
      span.traceId === orphan.traceId &&
      serviceOf(span) !== serviceOf(orphan) &&
      isDuring({ startNanos: BigInt(span.startTimeUnixNano), endNanos: BigInt(span.endTimeUnixNano) }, start),
  );
  return running.reduce<Span | undefined>(
    (latest, span) => (latest === undefined || BigInt(span.startTimeUnixNano) > BigInt(latest.startTimeUnixNano) ? span : latest),
    undefined,
  );
}
