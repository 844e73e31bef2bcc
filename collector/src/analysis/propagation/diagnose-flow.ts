import type { BreakCause, DropReport, FlowBreak, Span } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { serviceOf } from '../typed-attributes.ts';
import { absentParentFact, anchorAt, atService, type BreakDraft, breakFact, NOWHERE } from './break-facts.ts';
import { diagnoseCall, diagnoseLostIds } from './diagnose-call.ts';
import { diagnoseMessage, findOpenMessages, findUntakenMessages } from './diagnose-message.ts';
import { diagnoseOrphan, findOrphans } from './diagnose-parents.ts';
import { diagnoseAbsentSpans, diagnoseTraceless, type Explained } from './diagnose-records.ts';
import { diagnoseUnfollowed } from './diagnose-unfollowed.ts';
import type { FlowEvidence } from './flow-evidence.ts';
import { type FlowIndex, findAbsentSpanRecords, findOpenCalls, indexFlow, kindOfCall, type OpenCall } from './flow-index.ts';
import { handsOn, librariesFor } from './libraries-for.ts';
import { causeOfReport, libraryFact } from './library-reports.ts';

/** A list that a person reads; more say nothing new. */
const MAX_BREAKS = 100;
/** What a collector, or a proxy before it, says when it does not take what was sent. */
const REFUSED = /reject|refus|unauthori[sz]ed|forbidden|invalid|malformed|too large|\b4\d\d\b/i;

/** What is said of a place of which nothing was heard. */
const UNHEARD: ReadonlySet<BreakCause> = new Set(['spans_not_sent', 'not_instrumented', 'message_waiting']);

/**
 * Where the thread of a flow is lost and why, by time. One place is told once, by what speaks loudest: what the called side has in a trace of its own, then
 * records of spans that are not here, reports of the senders, and how other calls to the same address went. Nothing for a flow that is followed everywhere, whatever of
 * it failed, waits or goes to others' services. The order of the evidence's spans does not matter where their times differ.
 */
export function diagnoseFlow(evidence: FlowEvidence): FlowBreak[] {
  const index = indexFlow(evidence);
  const drafts: BreakDraft[] = [...diagnoseLostIds(index), ...diagnoseTraceless(index)];
  let calls = findOpenCalls(index);
  let orphans: readonly Span[] = findOrphans(index);
  let messages: readonly Span[] = findUntakenMessages(index);
  const told: OpenCall[] = [];
  const settle = ({ draft, calls: served, messages: taken, children }: Explained): void => {
    const alike = [...served.map(({ span }) => span), ...taken].slice(1);
    drafts.push(draft, ...alike.map((span) => ({ ...draft, ...anchorAt(span, 'after') })));
    calls = calls.filter((one) => !served.includes(one));
    messages = messages.filter((one) => !taken.includes(one));
    orphans = orphans.filter((one) => !children.includes(one));
  };
  const leftOut = new Map<string, BreakDraft>();
  for (const group of findAbsentSpanRecords(index)) {
    const explained = byReports(diagnoseAbsentSpans(group, { orphans, calls, told, messages, index }), index);
    const first = leftOut.get(group.traceId);
    // Who is asked by a service that left out the trace leaves it out too: that is no place of its own.
    const hasPlace = explained.calls.length > 0 || explained.messages.length > 0;
    if (explained.draft.cause === 'sampled_out' && !hasPlace && first !== undefined) {
      first.evidence.push(...explained.draft.evidence);
      orphans = orphans.filter((one) => !explained.children.includes(one));
      continue;
    }
    if (explained.draft.cause === 'sampled_out' && first === undefined) leftOut.set(group.traceId, explained.draft);
    told.push(...explained.calls);
    settle(explained);
  }
  for (const orphan of orphans) {
    const explained = byDrops(orphan, evidence.drops) ?? diagnoseOrphan(orphan, { calls, index });
    settle(byReports(explained, index));
  }
  const taken = new Set<string>();
  drafts.push(...callBreaks(calls, index, taken));
  for (const message of findOpenMessages(index).filter((one) => messages.includes(one)))
    drafts.push(byLibraries(byLosses(diagnoseMessage(message, index, taken), index), message, index));
  drafts.push(...dropBreaks(evidence, drafts), ...diagnoseUnfollowed(index, drafts));
  return foldAlike(drafts).slice(0, MAX_BREAKS);
}

/** Of calls of a kind the first one is looked into, and tells of all. What nobody looked into is not known to be lost. */
function callBreaks(calls: readonly OpenCall[], index: FlowIndex, taken: Set<string>): BreakDraft[] {
  const { lookedInto } = index.evidence;
  const kinds = Map.groupBy(
    calls.filter(({ isSettled }) => isSettled),
    kindOfCall,
  );
  return [...kinds].flatMap(([kind, [first, ...others]]) => {
    if (first === undefined || lookedInto?.has(kind) === false) return [];
    const told = diagnoseCall(first, index, taken);
    if (told === undefined) return [];
    const explain = (draft: BreakDraft, call: OpenCall): BreakDraft =>
      byLibraries(byReports({ draft, calls: [call], messages: [], children: [] }, index).draft, call.span, index);
    const alike = others.map((call) => {
      // What the others became is taken too; where nobody looked for that, they went as the first one.
      const draft = diagnoseCall(call, index, taken);
      return draft?.cause === told.cause ? explain(draft, call) : explain({ ...told, ...anchorAt(call.span, 'after') }, call);
    });
    return [explain(told, first), ...alike];
  });
}

/** A service that reports losses accounts for spans of a trace that are not here and that nothing else tells of. */
function byDrops(orphan: Span, drops: readonly DropReport[]): Explained | undefined {
  const drop = drops.find(({ signal, service }) => signal === 'traces' && service !== '' && service !== serviceOf(orphan));
  if (drop === undefined) return undefined;
  return {
    calls: [],
    messages: [],
    children: [orphan],
    draft: {
      ...anchorAt(orphan, 'before'),
      ...dropBreak(drop),
      from: NOWHERE,
      to: atService(drop.service),
      evidence: [absentParentFact(orphan), dropFact(drop)],
    },
  };
}

/** Spans that a service did not send, where it says itself why: it lost some, or does not follow a library by which it is asked. */
function byReports(explained: Explained, index: FlowIndex): Explained {
  const draft = byLosses(explained.draft, index);
  if (draft.cause !== 'spans_not_sent') return { ...explained, draft };
  const unseen = index.evidence.libraries.find(({ service, libraries }) => service === draft.to.service && libraries.some(handsOn));
  if (unseen === undefined) return explained;
  const evidence = [...draft.evidence, libraryFact(unseen, unseen.libraries.filter(handsOn))];
  return { ...explained, draft: { ...draft, cause: causeOfReport(unseen), evidence } };
}

/** What is not here because it was lost before it was sent: by who was called or takes such messages, or where nobody is known by the one that lost any. */
function byLosses(draft: BreakDraft, { evidence: { drops } }: FlowIndex): BreakDraft {
  if (!UNHEARD.has(draft.cause)) return draft;
  const isUnknown = draft.cause === 'not_instrumented';
  if (isUnknown && draft.to.service !== '') return draft;
  const lost = drops.filter(({ service, signal }) => signal === 'traces' && service !== '' && service !== draft.from.service);
  const drop = isUnknown ? soleService(lost) : lost.find(({ service }) => service === draft.to.service);
  if (drop === undefined) return draft;
  const { cause, certainty } = dropBreak(drop);
  return {
    ...draft,
    cause,
    certainty: isUnknown ? 'likely' : certainty,
    to: atService(drop.service, draft.to.address),
    evidence: [...draft.evidence, dropFact(drop)],
  };
}

/** Of several services nobody knows which it was. */
function soleService(drops: readonly DropReport[]): DropReport | undefined {
  return new Set(drops.map(({ service }) => service)).size === 1 ? drops[0] : undefined;
}

/** What took a call or a message unseen, where a service says that it does not follow the library for it. */
function byLibraries(draft: BreakDraft, span: Span, { evidence, services }: FlowIndex): BreakDraft {
  if (draft.cause !== 'not_instrumented' && draft.cause !== 'message_waiting') return draft;
  const names = librariesFor(span);
  const unseen = evidence.libraries.filter(
    (one) => one.service !== serviceOf(span) && one.libraries.some((library) => names.includes(library)),
  );
  const usual = unseen.filter(({ service }) => service === draft.to.service || services.has(service));
  // Of several services outside of the flow nobody knows which it was; where spans tell who takes such messages, no other one does.
  const possible = usual.length > 0 || draft.cause === 'message_waiting' ? usual : unseen;
  const [first] = possible;
  if (first === undefined || (usual.length === 0 && new Set(possible.map(({ service }) => service)).size > 1)) return draft;
  return {
    ...draft,
    cause: causeOfReport(first),
    to: atService(first.service, draft.to.address),
    evidence: [
      ...draft.evidence,
      libraryFact(
        first,
        first.libraries.filter((library) => names.includes(library)),
      ),
    ],
  };
}

/** Reports of losses that no place of the flow shows. */
function dropBreaks({ drops, own }: FlowEvidence, drafts: readonly BreakDraft[]): BreakDraft[] {
  return drops
    .filter((drop) => !drafts.some(({ cause, to }) => (cause === 'sdk_dropped' || cause === 'refused') && to.service === drop.service))
    .map((drop) => {
      const span = own.find((one) => serviceOf(one) === drop.service);
      const place = span === undefined ? { timeNanos: BigInt(drop.firstTimeUnixNano) } : anchorAt(span, 'after');
      return { ...place, ...dropBreak(drop), from: NOWHERE, to: atService(drop.service), evidence: [dropFact(drop)] };
    });
}

function dropBreak({ reason }: DropReport) {
  return { cause: REFUSED.test(reason) ? ('refused' as const) : ('sdk_dropped' as const), certainty: 'certain' as const };
}

function dropFact({ service, signal, count, reason }: DropReport) {
  return breakFact('drop', { service, signal, count, reason });
}

/** By time; the same cause between the same ends is one break, counted. */
function foldAlike(drafts: readonly BreakDraft[]): FlowBreak[] {
  const byTime = drafts.toSorted((a, b) => ascending(a.timeNanos, b.timeNanos));
  const groups = Map.groupBy(byTime, ({ cause, from, to }) => JSON.stringify([cause, from.service, from.address, to.service, to.address]));
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { timeNanos, ...rest } = first;
    return [{ ...rest, timeUnixNano: timeNanos.toString(), count: alike.length }];
  });
}
