import type { QueryNode } from '@threadline/query-language';
import { readUnseenLibraries } from '../../analysis/own-events.ts';
import { diagnoseFlow } from '../../analysis/propagation/diagnose-flow.ts';
import { findOpenMessages } from '../../analysis/propagation/diagnose-message.ts';
import type { AddressHistory, FlowEvidence, UnseenLibraries } from '../../analysis/propagation/flow-evidence.ts';
import { CLOCK_SLACK_NANOS, findOpenCalls, indexFlow, kindOfCall, type OpenCall } from '../../analysis/propagation/flow-index.ts';
import { librariesFor } from '../../analysis/propagation/libraries-for.ts';
import { findBlindSpots } from '../../analysis/propagation/library-reports.ts';
import { factsOf, instanceOf, isInternalHost, routedFrom } from '../../analysis/propagation/span-facts.ts';
import { parentName, spanName } from '../../analysis/span-causes.ts';
import { serviceOf } from '../../analysis/typed-attributes.ts';
import {
  type BlindSpot,
  type DropReport,
  type FlowBreak,
  type LogRecord,
  type MissingSpan,
  type Span,
  UNSEEN_ATTRIBUTES,
  UNSEEN_EVENT,
  type UnfinishedSpan,
} from '../../api/index.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, equals, exists, not, or } from '../query-nodes.ts';
import { chunksOf, readLogs, readSpans } from '../read-rows.ts';
import { beginning, clampRange, HOUR_NANOS, MAX_CANDIDATES, MAX_LOOKED_INTO, saying } from './evidence-queries.ts';
import type { FlowScope } from './flow-scope.ts';
import { INSTANCE, readUnfollowedSends } from './unfollowed-sends.ts';

/** Records of the flow that are looked through for spans that are not here. */
const MAX_RECORDS = 1_000;
/** Calls to an address that tell how it usually goes. */
const MAX_EARLIER_CALLS = 50;
/** Calls and messages whose children are searched for elsewhere. */
const MAX_PARENTS = 1_000;
/** A process says once what it does not follow, when it starts: this long before the flow that may be. */
const REPORT_NANOS = 30n * 24n * HOUR_NANOS;
const MAX_REPORTS = 200;

export interface FlowContents {
  readonly scope: FlowScope;
  /** The flow's first window. */
  readonly own: readonly Span[];
  readonly joined: readonly Span[];
  /** Finds the flow's records. */
  readonly logQuery: QueryNode;
  readonly unfinished: readonly UnfinishedSpan[];
  readonly drops: readonly DropReport[];
  readonly missing: readonly MissingSpan[];
}

export interface FlowDiagnosis {
  readonly breaks: FlowBreak[];
  readonly unseen: BlindSpot[];
}

/**
 * Where the thread of the flow is lost, and what its services do not follow without losing it. A flow that is whole costs two searches, of its records and of
 * its services' reports, and one for each process that sends by a library which it does not follow; each kind of place at which it is not, up to
 * twenty, a few more.
 */
export async function readFlowBreaks(contents: FlowContents, reader: Reader): Promise<FlowDiagnosis> {
  const { scope, own, joined, unfinished, drops, missing } = contents;
  const [records, children, libraries] = await Promise.all([
    readLogs({ query: contents.logQuery, range: scope.range, maxRows: MAX_RECORDS }, reader),
    readChildrenElsewhere(own, joined, reader),
    readLibraries(own, reader),
  ]);
  const logs = records.rows.map(({ record }) => record);
  const base = { correlationId: scope.correlationId, own, joined, logs, unfinished, drops, missing, children, libraries };
  const nowNanos = BigInt(Date.now()) * 1_000_000n;
  const empty = { candidates: [], sends: [], knownSpans: new Set<string>(), addresses: new Map<string, AddressHistory>(), nowNanos };
  const first: FlowEvidence = { ...base, ...empty };
  const index = indexFlow(first);
  const calls = callsToLookInto(findOpenCalls(index));
  const messages = oneOfEach(findOpenMessages(index), (span) => `${serviceOf(span)} ${factsOf(span).destination}`);
  const [receivers, takers, addresses, elsewhere, meanwhile, sends] = await Promise.all([
    Promise.all(calls.map((call) => readReceivers(call, reader))),
    Promise.all(messages.map((message) => readTakers(message, reader))),
    Promise.all(oneOfEach(calls, ({ target }) => target).map(async (call) => [call.target, await readHistory(call, reader)] as const)),
    readLibrariesElsewhere([...calls.map(({ span }) => span), ...messages], reader),
    records.hasMore ? readRecordsMeanwhile(calls, contents, reader) : [],
    readUnfollowedSends(own, libraries, reader),
  ]);
  const all = {
    ...base,
    libraries: [...libraries, ...elsewhere],
    sends,
    logs: [...new Map([...logs, ...meanwhile].map((log) => [log.id, log])).values()],
  };
  const knownSpans = await readKnownSpans({ ...first, ...all }, reader);
  const ownIds = new Set(own.map(({ id }) => id));
  const candidates = [...new Map([...receivers, ...takers].flat().map((span) => [span.id, span])).values()].filter(
    ({ id }) => !ownIds.has(id),
  );
  const lookedInto = new Set(calls.map(kindOfCall));
  const breaks = diagnoseFlow({ ...all, candidates, knownSpans, addresses: new Map(addresses), lookedInto, nowNanos });
  return { breaks, unseen: findBlindSpots({ libraries, own }, breaks) };
}

/** One of each kind, those to addresses of one's own first: what nobody misses must not keep from what is lost. Of as many addresses as can be. */
function callsToLookInto(calls: readonly OpenCall[]): OpenCall[] {
  const settled = calls.filter(({ isSettled }) => isSettled);
  const inside = settled.filter(({ facts }) => isInternalHost(facts.host));
  const byPlace = [...inside, ...settled.filter(({ facts }) => !isInternalHost(facts.host))];
  const ofEachAddress = oneOfEach(byPlace, ({ facts, target }) => `${facts.service} ${target}`);
  return oneOfEach([...ofEachAddress, ...byPlace], kindOfCall);
}

/** Of a flow with more records than were read: those that other services wrote while these calls waited, and those in spans that are missing. */
async function readRecordsMeanwhile(calls: readonly OpenCall[], { logQuery, missing }: FlowContents, reader: Reader): Promise<LogRecord[]> {
  const absent = [...new Set(missing.map(({ spanId }) => spanId))].slice(0, MAX_PARENTS);
  const ofCalls = calls.map(({ facts }) => {
    const range = clampRange({ fromNanos: facts.startNanos - CLOCK_SLACK_NANOS, toNanos: facts.endNanos + CLOCK_SLACK_NANOS });
    return { query: and(logQuery, not(equals('service', facts.service))), range, maxRows: MAX_CANDIDATES };
  });
  const ofSpans = chunksOf(absent).map((ids) => ({ query: and(logQuery, anyOf('spanId', ids)), maxRows: MAX_CANDIDATES }));
  const pages = await Promise.all([...ofCalls, ...ofSpans].map((search) => readLogs(search, reader)));
  return pages.flatMap(({ rows }) => rows.map(({ record }) => record));
}

/** Children that calls and messages have under another correlation ID. */
async function readChildrenElsewhere(own: readonly Span[], joined: readonly Span[], reader: Reader): Promise<Span[]> {
  const continued = new Set([...own, ...joined].map(parentName));
  const open = own.filter((span) => (span.kind === 3 || span.kind === 4) && !continued.has(spanName(span))).slice(0, MAX_PARENTS);
  const names = new Set(open.map(spanName));
  const children: Span[] = [];
  for (const chunk of chunksOf(open)) {
    const parents = anyOf(
      'parentSpanId',
      chunk.map(({ spanId }) => spanId),
    );
    const page = await readSpans({ query: and(parents, exists('correlationId')), maxRows: MAX_PARENTS }, reader);
    children.push(...page.rows.map(({ record }) => record).filter((span) => names.has(parentName(span) ?? '')));
  }
  const ownIds = new Set([...own, ...joined].map(({ id }) => id));
  return children.filter(({ id }) => !ownIds.has(id));
}

/** What the processes of the flow say that they do not follow; of the latest start where the sender has no instance. */
async function readLibraries(own: readonly Span[], { storage, context }: Reader): Promise<UnseenLibraries[]> {
  const services = [...new Set(own.map(serviceOf))].filter((name) => name !== '').slice(0, MAX_PARENTS);
  if (services.length === 0) return [];
  const instances = new Set(own.map(instanceOf));
  const query = and(equals('eventName', UNSEEN_EVENT), anyOf('service', services));
  const [first] = own;
  const startNanos = BigInt(first?.startTimeUnixNano ?? '0');
  // A service that starts in the middle of a flow says so a moment later.
  const range = clampRange({ fromNanos: startNanos - REPORT_NANOS, toNanos: startNanos + HOUR_NANOS });
  const { rows } = await storage.searchLogs({ query, range, order: 'desc', limit: MAX_REPORTS }, context);
  const reports = rows.flatMap(({ record }) => readUnseenLibraries(record) ?? []);
  const known = reports.filter(({ instance }) => instance === '' || instances.has(instance));
  const alike = Map.groupBy(known, ({ service, instance, reason }) => JSON.stringify([service, instance, reason]));
  return [...alike.values()].flatMap(([latest, ...earlier]) => {
    if (latest === undefined) return [];
    // Each library of a version that was not tried is told of when it is loaded.
    const all = latest.instance === '' ? [latest] : [latest, ...earlier];
    return [{ ...latest, libraries: [...new Set(all.flatMap(({ libraries }) => libraries))] }];
  });
}

/**
 * What processes that lived then say that they do not follow of what could take these calls and messages: who took one unseen has no span in the flow.
 */
async function readLibrariesElsewhere(lost: readonly Span[], { storage, context }: Reader): Promise<UnseenLibraries[]> {
  const names = [...new Set(lost.flatMap(librariesFor))];
  const [first] = lost;
  if (names.length === 0 || first === undefined) return [];
  const library = anyOf({ type: 'attribute', place: 'attributes', key: UNSEEN_ATTRIBUTES.libraries }, names);
  const startNanos = BigInt(first.startTimeUnixNano);
  const range = clampRange({ fromNanos: startNanos - REPORT_NANOS, toNanos: startNanos + HOUR_NANOS });
  const query = and(equals('eventName', UNSEEN_EVENT), library);
  const { rows } = await storage.searchLogs({ query, range, order: 'desc', limit: MAX_REPORTS }, context);
  const reports = rows.flatMap(({ record }) => readUnseenLibraries(record) ?? []).filter(({ instance }) => instance !== '');
  const instances = [...new Set(reports.map(({ instance }) => instance))].slice(0, MAX_LOOKED_INTO);
  const since = clampRange({ fromNanos: startNanos - CLOCK_SLACK_NANOS, toNanos: startNanos + HOUR_NANOS });
  const living = new Set(
    await Promise.all(
      instances.map(async (instance) => {
        const search = { query: equals(INSTANCE, instance), range: since, order: 'asc', limit: 1 } as const;
        const [logs, spans] = await Promise.all([storage.searchLogs(search, context), storage.searchSpans(search, context)]);
        return logs.rows.length + spans.rows.length > 0 ? instance : undefined;
      }),
    ),
  );
  return reports.filter(({ instance }) => living.has(instance));
}

/** Requests without a parent that were served while the call waited; where there are too many, those with its path or name beside the first ones. */
async function readReceivers({ facts, span }: OpenCall, reader: Reader): Promise<Span[]> {
  const query = and(equals('kind', 'server'), equals('root', 'true'));
  const range = clampRange({ fromNanos: facts.startNanos - CLOCK_SLACK_NANOS, toNanos: facts.endNanos + CLOCK_SLACK_NANOS });
  const page = await readSpans({ query, range, maxRows: MAX_CANDIDATES }, reader);
  const alike = facts.path === '' ? equals('name', span.name) : saying('path', facts.path);
  const more = page.hasMore ? await readSpans({ query: and(query, alike), range, maxRows: MAX_CANDIDATES }, reader) : { rows: [] };
  return [...page.rows, ...more.rows].map(({ record }) => record);
}

/** Consumers of a message's queue in the hour around. */
async function readTakers(message: Span, reader: Reader): Promise<Span[]> {
  const { destination, startNanos } = factsOf(message);
  if (destination === '') return [];
  const routed = routedFrom(message);
  const fromThere = or(saying('destination', destination), ...(routed === undefined ? [] : [beginning('destination', routed)]));
  const query = and(anyOf('kind', ['consumer', 'client', 'internal']), fromThere);
  const around = { fromNanos: startNanos - CLOCK_SLACK_NANOS, toNanos: startNanos + HOUR_NANOS };
  const before = { fromNanos: startNanos - HOUR_NANOS, toNanos: startNanos - CLOCK_SLACK_NANOS };
  const pages = await Promise.all([
    readSpans({ query, range: clampRange(around), maxRows: MAX_CANDIDATES }, reader),
    // Of many the latest: they say until when messages were taken.
    reader.storage.searchSpans({ query, range: clampRange(before), order: 'desc', limit: MAX_CANDIDATES }, reader.context),
  ]);
  return pages.flatMap(({ rows }) => rows.map(({ record }) => record));
}

/** How the latest calls to the same address went that were made in the hour before. */
async function readHistory({ span, facts }: OpenCall, reader: Reader): Promise<AddressHistory> {
  if (facts.host === '') return { calls: 0, followed: 0, service: '' };
  const query = and(equals('kind', 'client'), saying('host', facts.host), ...(facts.port === '' ? [] : [saying('port', facts.port)]));
  const range = clampRange({ fromNanos: facts.startNanos - HOUR_NANOS, toNanos: facts.startNanos });
  const { rows } = await reader.storage.searchSpans({ query, range, order: 'desc', limit: MAX_EARLIER_CALLS }, reader.context);
  const calls = rows.map(({ record }) => record).filter(({ id }) => id !== span.id);
  if (calls.length === 0) return { calls: 0, followed: 0, service: '' };
  const named = anyOf(
    'parentSpanId',
    calls.map(({ spanId }) => spanId),
  );
  const children = (await readSpans({ query: and(equals('kind', 'server'), named), maxRows: MAX_CANDIDATES }, reader)).rows.map(
    ({ record }) => record,
  );
  const followed = new Set(children.map(parentName));
  const [child] = children;
  return {
    calls: calls.length,
    followed: calls.filter((call) => followed.has(spanName(call))).length,
    service: child === undefined ? '' : serviceOf(child),
  };
}

/** Spans that records name, that are not of the flow, and that the storage has. */
async function readKnownSpans({ logs, own, joined, children, unfinished }: FlowEvidence, reader: Reader): Promise<Set<string>> {
  const here = new Set([...own, ...joined, ...children, ...unfinished].map(spanName));
  const named = new Map<string, { readonly traceId: string; readonly spanId: string }>();
  for (const { traceId, spanId } of logs) {
    if (traceId === undefined || spanId === undefined || here.has(spanName({ traceId, spanId }))) continue;
    named.set(spanName({ traceId, spanId }), { traceId, spanId });
  }
  const known = new Set<string>();
  for (const chunk of chunksOf([...named.values()])) {
    const query = and(
      anyOf('traceId', [...new Set(chunk.map(({ traceId }) => traceId))]),
      anyOf(
        'spanId',
        chunk.map(({ spanId }) => spanId),
      ),
    );
    for (const { record } of (await readSpans({ query, maxRows: MAX_RECORDS }, reader)).rows) known.add(spanName(record));
  }
  return known;
}

function oneOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const firsts = new Map<string, Item>();
  for (const item of items) if (!firsts.has(keyOf(item))) firsts.set(keyOf(item), item);
  return [...firsts.values()].slice(0, MAX_LOOKED_INTO);
}
