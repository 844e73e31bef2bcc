import type { BreakEvidence, Span } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { causesOf, spanName } from '../span-causes.ts';
import { serviceOf } from '../typed-attributes.ts';
import { anchorAt, atService, type BreakDraft, breakFact } from './break-facts.ts';
import { chanceOfAtLeast, contains, coveredNanos, type Interval, overlap } from './chance.ts';
import type { UnfollowedSends } from './flow-evidence.ts';
import type { FlowIndex } from './flow-index.ts';
import { arrivalSystemOf, librariesOfSystem } from './libraries-for.ts';
import { causeOfReport, libraryFact } from './library-reports.ts';
import { correlationIdOf, factsOf, queueOf, takesMessage, targetOf, textOf } from './span-facts.ts';
import { arrivalTime, FAR, kindOfWork, mayBeUnfollowed, NEAR, workOf } from './unfollowed-work.ts';

/** What is believed to come from elsewhere as often as this, by chance, is not told of: one in a thousand flows that something fell into. */
const MAX_CHANCE = 0.001;
/** How likely it must be that work beside which something came sent it. */
const MIN_LIKELIHOOD = 0.95;
/** So much that came at once, where nothing else of its kind did for two hours, is the work's own. More of it may be the beginning of others' traffic. */
const MAX_AT_ONCE = 5;
/** Shorter ids, as bullmq's running numbers, are those of many things. */
const MIN_ID_CHARACTERS = 8;
/** Each of several requests that run at once has had its own, where there is as much as one for each. */
const MIN_SHARE = 0.9;

/** Arrivals of one kind, and the work of one kind beside which they are looked at. */
interface Coincidence {
  readonly sends: UnfollowedSends;
  readonly isMessage: boolean;
  /** Of the kind, in the time that is known. */
  readonly arrivals: readonly Span[];
  /** Of the flow, and of the flow and others: of one kind. */
  readonly own: readonly Span[];
  readonly work: readonly Span[];
  /** Kinds of arrivals that are looked at: the more there are, the sooner one of them coincides. */
  readonly kinds: number;
}

/** What of it is the flow's, as far as that can be told. */
interface Found {
  readonly arrivals: readonly Span[];
  readonly work: Span;
  readonly reach: typeof NEAR;
  /** Work of another flow may have sent it as well. */
  readonly isShared: boolean;
  /** What makes it certain. */
  readonly proof?: BreakEvidence;
}

/**
 * What processes of the flow sent by libraries that they do not follow: requests and messages elsewhere that name no cause, at the time of the process's work.
 * That alone says nothing of a service that others ask too. So it is told only with the flow's ID or a message that the flow names, or where such a thing comes
 * with this work far more often than without it. `drafts`: what else is told of the flow; what that leads to is not led to twice.
 */
export function diagnoseUnfollowed(index: FlowIndex, drafts: readonly BreakDraft[]): BreakDraft[] {
  const { evidence } = index;
  const told = new Set(drafts.flatMap(({ continuesIn }) => continuesIn?.traceId ?? []));
  // A batch whose messages are followed one by one has a span of its own that names no cause.
  const followed = new Set([...evidence.joined, ...evidence.children].map(({ traceId }) => traceId));
  return evidence.sends.flatMap((sends) => {
    const before = tracesBefore(workOf(evidence.own, sends.report), index);
    const isElsewhere = ({ traceId }: Span): boolean => !told.has(traceId) && !followed.has(traceId) && !before.has(traceId);
    const arrivals = sends.arrivals.filter(
      (span) => mayBeUnfollowed(span, sends.report) && isElsewhere(span) && isFromThere(span, index, sends),
    );
    const kinds = Map.groupBy(arrivals, kindOfArrival);
    return [...kinds.values()].flatMap((alike) => {
      const found = diagnoseKind(alike, { sends, index, kinds: kinds.size });
      for (const { continuesIn } of found) if (continuesIn !== undefined) told.add(continuesIn.traceId);
      return found;
    });
  });
}

function diagnoseKind(
  arrivals: readonly Span[],
  { sends, index, kinds }: { readonly sends: UnfollowedSends; readonly index: FlowIndex; readonly kinds: number },
): BreakDraft[] {
  const isMessage = arrivals.some(takesMessage);
  const byKind = Map.groupBy(workOf(index.evidence.own, sends.report), kindOfWork);
  for (const [kind, own] of byKind) {
    const others = sends.work.filter((span) => kindOfWork(span) === kind && !own.some(({ id }) => id === span.id));
    const coincidence = { sends, isMessage, arrivals, own, work: [...own, ...others], kinds };
    const identified = isMessage ? identify(coincidence, index) : [];
    if (identified.length > 0) return identified;
    const found = findSent(coincidence);
    const [first] = found?.arrivals ?? [];
    if (found === undefined || first === undefined) continue;
    const isOwn = found.arrivals.length === 1 && !found.isShared && correlationIdOf(first) === index.evidence.correlationId;
    return [toDraft(isOwn ? { ...found, proof: hasIdFact(first) } : found, coincidence, first)];
  }
  return [];
}

/** The traces that led to this work: what began them is no answer to it. */
function tracesBefore(work: readonly Span[], { evidence: { own, joined } }: FlowIndex): Set<string> {
  const byName = new Map([...own, ...joined].map((span) => [spanName(span), span]));
  const seen = new Set(work);
  for (const span of seen) {
    for (const cause of causesOf(span)) {
      const before = byName.get(cause);
      if (before !== undefined) seen.add(before);
    }
  }
  return new Set([...seen].map(({ traceId }) => traceId));
}

function hasIdFact(arrival: Span): BreakEvidence {
  return breakFact('receiver_has_id', { service: serviceOf(arrival) });
}

/** What came to a service by one way: by its queue, or by the name of what was asked. */
function kindOfArrival(span: Span): string {
  return JSON.stringify([serviceOf(span), arrivalSystemOf(span), takesMessage(span) ? queueOf(span) : span.name]);
}

/** False where the receiver saw another address than those by which other receivers of the flow have seen the process. */
function isFromThere(arrival: Span, { evidence, childrenOf }: FlowIndex, { report }: UnfollowedSends): boolean {
  if (takesMessage(arrival)) return true;
  const seen = evidence.own
    .filter((span) => serviceOf(span) === report.service)
    .flatMap((span) => childrenOf.get(spanName(span)) ?? [])
    .filter((child) => serviceOf(child) !== report.service)
    .map(peerOf)
    .filter(isAddress);
  const peer = peerOf(arrival);
  return seen.length === 0 || !isAddress(peer) || seen.includes(peer);
}

function peerOf(span: Span): string {
  return (textOf(span, 'peer') || textOf(span, 'client')).replace(/^::ffff:/, '');
}

/** One that tells hosts apart: all processes of a host are at its loopback. */
function isAddress(peer: string): boolean {
  return peer !== '' && peer !== '::1' && !peer.startsWith('127.');
}

/** Messages with the flow's ID, or that the process names in what it wrote in the flow. */
function identify(coincidence: Coincidence, index: FlowIndex): BreakDraft[] {
  const { arrivals, own, sends } = coincidence;
  const { evidence } = index;
  const texts = new Set(
    [...evidence.own, ...evidence.logs]
      .filter((record) => serviceOf(record) === sends.report.service)
      .flatMap(({ attributes }) => attributes.flatMap(({ value }) => value?.stringValue ?? [])),
  );
  return arrivals.flatMap((arrival) => {
    const { messageId } = factsOf(arrival);
    const isNamed = messageId.length >= MIN_ID_CHARACTERS && texts.has(messageId);
    if (!isNamed && correlationIdOf(arrival) !== evidence.correlationId) return [];
    const work = own.find((one) => contains(arrivalTime(one, true, FAR), startOf(arrival)));
    if (work === undefined) return [];
    const proof = isNamed ? breakFact('same_message', { messageId }) : hasIdFact(arrival);
    return [toDraft({ arrivals: [arrival], work, reach: FAR, isShared: false, proof }, coincidence, arrival)];
  });
}

/** What came of the flow's work, where it comes with such work and hardly without. */
function findSent(coincidence: Coincidence): Found | undefined {
  const near = besideOwn(coincidence, NEAR);
  const far = besideOwn(coincidence, FAR);
  if (far === undefined) return undefined;
  const isAll = far.arrivals.length === coincidence.arrivals.length && far.arrivals.length <= MAX_AT_ONCE;
  const isTold = isAll || comesWith(coincidence, near === undefined ? FAR : NEAR);
  if (!isTold) return undefined;
  // One who takes a message after the other takes the last long after the work.
  const found = near === undefined || (isAll && !far.isShared) ? far : near;
  return !found.isShared || hasOneForEach(coincidence, found.reach) ? found : undefined;
}

function besideOwn({ arrivals, own, isMessage, sends }: Coincidence, reach: typeof NEAR): Found | undefined {
  const times = own.map((work) => ({ work, time: arrivalTime(work, isMessage, reach) }));
  const beside = arrivals.filter((arrival) => times.some(({ time }) => contains(time, startOf(arrival))));
  const [first] = beside;
  const work = first && times.find(({ time }) => contains(time, startOf(first)))?.work;
  if (work === undefined) return undefined;
  const ownIds = new Set(own.map(({ id }) => id));
  const others = sends.work.filter(({ id }) => !ownIds.has(id)).map((other) => arrivalTime(other, isMessage, reach));
  const isShared = beside.some((arrival) => others.some((time) => contains(time, startOf(arrival))));
  return { arrivals: beside, work, reach, isShared };
}

/**
 * Whether such a thing comes with such work so much more often than without that it is no chance. How often it comes without is as often as it was seen
 * to, from the first to the last of all that is known: traffic that began a minute ago is not thinned by the hour before.
 */
function comesWith(coincidence: Coincidence, reach: typeof NEAR): boolean {
  const limit = MAX_CHANCE / coincidence.kinds;
  const { times, hits, apart } = countBeside(coincidence, reach);
  const starts = coincidence.arrivals.map(startOf);
  const covered = Number(coveredNanos(times));
  const bounds = [...starts, ...times.flatMap(({ from, to }) => [from, to])].sort(ascending);
  const known = Number((bounds.at(-1) ?? 0n) - (bounds[0] ?? 0n));
  if (apart === 0) {
    // Where work leaves no time between, that there is as much as one for each of it still says so; it must be close to the work.
    const isOneForEach = reach === NEAR && times.length > 1 && hits === times.length && starts.length % times.length === 0;
    return isOneForEach || (covered / known) ** starts.length <= limit;
  }
  if (known <= covered) return false;
  const length = times.reduce((sum, { from, to }) => sum + Number(to - from), 0) / times.length;
  const byChance = 1 - Math.exp((-apart / (known - covered)) * length);
  const share = hits / times.length;
  // What is beside work is there if the work sent it or by chance, so `share = sending + (1 - sending) * byChance`.
  const sending = (share - byChance) / (1 - byChance);
  return sending >= MIN_LIKELIHOOD * share && chanceOfAtLeast(hits, times.length, byChance) <= limit;
}

/** Of several pieces of work at once nobody knows which one sent it; where each has had its own, this one has too. */
function hasOneForEach(coincidence: Coincidence, reach: typeof NEAR): boolean {
  const { sends, isMessage, own } = coincidence;
  const alike = new Set(coincidence.work.map(({ id }) => id));
  const { times, apart } = countBeside(coincidence, reach);
  const isOther = sends.work.some(
    (one) => !alike.has(one.id) && own.some((work) => overlap(arrivalTime(one, isMessage, reach), arrivalTime(work, isMessage, reach))),
  );
  return !isOther && (coincidence.arrivals.length - apart) / times.length >= MIN_SHARE;
}

/** The times of all such work, how many of them had an arrival of their own, and how many arrivals came in none. */
function countBeside({ work, arrivals, isMessage }: Coincidence, reach: typeof NEAR) {
  const times = work.map((one) => arrivalTime(one, isMessage, reach));
  const starts = arrivals.map(startOf).sort(ascending);
  return { times, hits: matched(times, starts), apart: starts.filter((at) => !times.some((time) => contains(time, at))).length };
}

/** How many times have a start of their own in them: one that comes while several pieces of work run is of one of them. `starts` ascend. */
function matched(times: readonly Interval[], starts: readonly bigint[]): number {
  const taken = new Set<number>();
  for (const time of times.toSorted((a, b) => ascending(a.to, b.to))) {
    const index = starts.findIndex((at, place) => !taken.has(place) && contains(time, at));
    if (index !== -1) taken.add(index);
  }
  return taken.size;
}

function toDraft({ arrivals, work, reach, isShared, proof }: Found, coincidence: Coincidence, first: Span): BreakDraft {
  const { report } = coincidence.sends;
  const service = serviceOf(first);
  const [destination, count] = [queueOf(first), arrivals.length];
  const { name, traceId } = first;
  const { times, hits, apart } = countBeside(coincidence, reach);
  const isOne = count === 1 && !isShared;
  return {
    ...anchorAt(work, 'after'),
    cause: causeOfReport(report),
    certainty: proof === undefined ? 'likely' : 'certain',
    from: atService(report.service),
    to: atService(service, coincidence.isMessage ? destination : targetOf(first)),
    ...(isOne ? { continuesIn: { traceId, correlationId: correlationIdOf(first) } } : {}),
    evidence: [
      libraryFact(report, librariesOfSystem(arrivalSystemOf(first), report.libraries)),
      coincidence.isMessage
        ? isOne
          ? breakFact('consumer_without_context', { service, destination, traceId })
          : breakFact('consumers_without_context', { service, destination, count })
        : isOne
          ? breakFact('receiver', { service, name, traceId })
          : breakFact('receivers', { service, name, count }),
      proof ?? breakFact('arrives_with', { service: report.service, name: kindOfWork(work), times: hits, of: times.length, apart }),
    ],
  };
}

function startOf({ startTimeUnixNano }: Span): bigint {
  return BigInt(startTimeUnixNano);
}
