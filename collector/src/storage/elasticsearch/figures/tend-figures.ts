import { setTimeout as sleep } from 'node:timers/promises';
import { FigureLimits } from '../../figures/figure-limits.ts';
import { FigureSet } from '../../figures/figure-set.ts';
import type { FigureType } from '../../figures/figures.ts';
import { countCalls } from '../../figures/waiting-span.ts';
import type { ReadContext } from '../../storage.ts';
import type { Connection } from '../connection.ts';
import { readDataStreams } from '../data-streams.ts';
import { dataStreamOf } from '../index-template.ts';
import { createSearch } from '../search-requests.ts';
import { closedBatch, type FigureBatches, MAX_WAITING, randomName } from './figure-batches.ts';
import { ALL_TYPES, type FigureDocument, LEVELS, type Level, tenantOfIndex, timesOf } from './figure-document.ts';
import type { FigureStore, StoredDocument } from './figure-store.ts';
import type { FigureTimes, Window } from './figure-times.ts';
import { findCauses } from './stored-records.ts';

const SPAN_TYPES: readonly FigureType[] = ['service', 'operation', 'call', 'peer', 'instance', 'entry'];
const TYPES: readonly FigureType[] = [...SPAN_TYPES, 'logs'];
/** A batch whose collector says nothing for so many times as long as it is to say something is taken over. */
const MISSED_SIGNS = 3;
/** Taken up in one round: a collector that was away for long goes on in the next. */
const DOCUMENTS_A_ROUND = 200;
const MERGED_A_ROUND = 1_000;
const DOCUMENTS_A_MERGE = 100;
const READ_MILLIS = 60_000;
/** While Elasticsearch is away each task fails again and again: it is told of so often. */
const TELL_MILLIS = 5 * 60_000;
/** Data streams that were deleted: a tenant that only begins has its first batch before its first span. */
const GONE_MILLIS = 60 * 60_000;

export interface FigureTending {
  readonly connection: Connection;
  readonly store: FigureStore;
  readonly batches: FigureBatches;
  readonly times: FigureTimes;
  /** Counts a batch from its records. */
  readonly recount: (tenant: string, name: string, signal: AbortSignal | undefined) => Promise<Pick<SpanFigures, 'figures' | 'waiting'>>;
  readonly now: () => number;
  /** Told of what went wrong; the next round tries again. */
  readonly onFault: (error: unknown) => void;
}
type SpanFigures = Parameters<typeof closedBatch>[0];

/**
 * Keeps the documents of figures in order until the signal is aborted: writes this collector's batches, takes over those whose collector is gone, looks
 * for causes that came late, puts together what is old, and gives up what is of spans that were given up. Any number of collectors may do so at once: each
 * replaces a document only as it found it.
 */
export async function tendFigures(tending: FigureTending, signal: AbortSignal): Promise<void> {
  const { times, batches, onFault } = tending;
  const tasks = [
    { everyMillis: 0, run: () => batches.closeDue(signal) },
    { everyMillis: times.tendMillis, run: () => tendBatches(tending, signal) },
    { everyMillis: times.tendMillis, run: () => mergeOld(tending, signal) },
    { everyMillis: times.expireMillis, run: () => expire(tending, signal) },
  ].map((task) => ({ ...task, ranAt: Number.NEGATIVE_INFINITY, toldAt: Number.NEGATIVE_INFINITY }));
  while (!signal.aborted) {
    await sleep(times.roundMillis * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
    for (const task of tasks) {
      if (signal.aborted) return;
      if (performance.now() - task.ranAt < task.everyMillis) continue;
      task.ranAt = performance.now();
      await task.run().catch((error: unknown) => {
        if (signal.aborted || performance.now() - task.toldAt < TELL_MILLIS) return;
        task.toldAt = performance.now();
        onFault(error);
      });
    }
  }
}

/** Open batches without a collector, and others whose late causes have come. */
async function tendBatches(tending: FigureTending, signal: AbortSignal): Promise<void> {
  const { store, times, now } = tending;
  const orphaned = { states: ['open'], before: now() - MISSED_SIGNS * times.aliveMillis };
  const settled = { states: ['closed', 'taken'], before: now() - times.causeMillis };
  const query = {
    bool: {
      should: [orphaned, settled].map(({ states, before }) => ({
        bool: { filter: [{ terms: { state: states } }, { range: { arrivedTo: { lt: before } } }] },
      })),
      minimum_should_match: 1,
    },
  };
  for (const found of await store.find({ query, size: DOCUMENTS_A_ROUND }, signal)) {
    const { index, id, version, document } = found;
    if (document.state === 'open') {
      const taken: FigureDocument = { ...(await recounted(tending, found, signal)), state: 'taken' };
      await store.put(found, taken, { replaces: version, signal });
    } else if (document.state === 'taken') {
      await settle(tending, { ...found, document: await recounted(tending, found, signal) }, signal);
    } else {
      const [whole] = await findWhole(store, { index, ids: [id] }, signal);
      if (whole?.document.state === 'closed') await settle(tending, whole, signal);
    }
  }
}

/** All its records have arrived by now. */
async function recounted(
  { recount, now }: FigureTending,
  { index, document }: StoredDocument,
  signal: AbortSignal,
): Promise<FigureDocument> {
  const { name, arrivedFrom } = document;
  const counted = await recount(tenantOfIndex(index), name, signal);
  return closedBatch({ name, ...counted }, { arrivedFrom, arrivedTo: now() });
}

/** Counts the calls of spans whose causes have come; what still waits is no call. */
async function settle({ store, connection }: FigureTending, found: StoredDocument, signal: AbortSignal): Promise<void> {
  const { document } = found;
  const tenant = tenantOfIndex(found.index);
  const { waiting } = document;
  const causes = await findCauses(createSearch(connection), { waiting, maxNames: MAX_WAITING }, tendingContext(tenant, signal));
  const set = FigureSet.restore(document.figures);
  countCalls(waiting, { causes, set, tenant, limits: new FigureLimits() });
  await store.put(found, { ...document, state: 'final', waiting: [], figures: set.stored() }, { replaces: found.version, signal });
}

/** Hours of batches, then days of hours. */
async function mergeOld({ store, times, now }: FigureTending, signal: AbortSignal): Promise<void> {
  // Where somebody ended between the last two steps of a merge.
  for (const { index, id } of await store.find({ query: { exists: { field: 'covers' } }, size: DOCUMENTS_A_ROUND }, signal)) {
    await uncover(store, { index, ids: [id] }, signal);
  }
  await mergeLevel({ store, from: LEVELS.batch, to: LEVELS.hour, window: times.hour, now: now() }, signal);
  await mergeLevel({ store, from: LEVELS.hour, to: LEVELS.day, window: times.day, now: now() }, signal);
}

interface Merge {
  readonly store: FigureStore;
  readonly from: Level;
  readonly to: Level;
  readonly window: Window;
  readonly now: number;
}

async function mergeLevel({ store, from, to, window, now }: Merge, signal: AbortSignal): Promise<void> {
  const before = startOf(now - window.settledMillis, window);
  const filter = [
    { term: { level: from } },
    { terms: { state: ['final', 'frozen'] } },
    { range: { arrivedFrom: { lt: before } } },
    // Its own collector knows by then that it is written.
    { range: { arrivedTo: { lt: now - window.settledMillis } } },
  ];
  const old = await store.find({ query: { bool: { filter } }, size: MERGED_A_ROUND }, signal);
  const groups = Map.groupBy(old, ({ index, document }) => `${index} ${startOf(document.arrivedFrom, window)}`);
  for (const sources of groups.values()) {
    const index = sources[0]?.index ?? '';
    const start = startOf(sources[0]?.document.arrivedFrom ?? 0, window);
    for (let first = 0; first < sources.length; first += DOCUMENTS_A_MERGE) {
      const ids = sources.slice(first, first + DOCUMENTS_A_MERGE).map(({ id }) => id);
      await mergeWindow(store, { index, start, to, window, ids }, signal);
    }
  }
}

interface WindowMerge {
  readonly index: string;
  readonly start: number;
  readonly to: Level;
  readonly window: Window;
  readonly ids: readonly string[];
}

/** First they are in both places, where readers leave them out once, then in the new one alone. */
async function mergeWindow(store: FigureStore, { index, start, to, window, ids }: WindowMerge, signal: AbortSignal): Promise<void> {
  const targetId = (type: FigureType) => `${to === LEVELS.hour ? 'hour' : 'day'}-${start}-${type}`;
  const targetIds = TYPES.map(targetId);
  // The targets first: what another collector put into one meanwhile is then either known of it, or makes that a conflict, or is gone from the sources.
  const targets = await findWhole(store, { index, ids: targetIds }, signal);
  // It is on its way into the day's; what was late has a new one afterwards.
  if (targets.some(({ document }) => document.state === 'frozen')) return;
  const found = await findWhole(store, { index, ids }, signal);
  const sources = to === LEVELS.hour ? found : await freeze(store, found, signal);
  for (const type of TYPES) {
    const target = targets.find(({ id }) => id === targetId(type));
    const merged = mergedDocument(type, { id: targetId(type), sources, target: target?.document, to, window });
    // Another collector is at it: what it leaves is for the next round.
    if (merged && !(await store.put({ index, id: targetId(type) }, merged, { ...(target && { replaces: target.version }), signal })))
      return;
  }
  await store.remove(sources, signal);
  await uncover(store, { index, ids: targetIds }, signal);
}

function findWhole(store: FigureStore, { index, ids }: { readonly index: string; readonly ids: readonly string[] }, signal: AbortSignal) {
  return store.find({ index, query: { ids: { values: ids } }, withFigures: true }, signal);
}

/** Those of the documents that nothing is added to any more. */
async function freeze(store: FigureStore, found: readonly StoredDocument[], signal: AbortSignal): Promise<StoredDocument[]> {
  const frozen: StoredDocument[] = [];
  for (const source of found) {
    if (source.document.state === 'frozen') {
      frozen.push(source);
      continue;
    }
    // What it holds of others is deleted first.
    if (source.document.covers.length > 0) continue;
    const document: FigureDocument = { ...source.document, state: 'frozen' };
    const version = await store.put(source, document, { replaces: source.version, signal });
    if (version) frozen.push({ ...source, version, document });
  }
  return frozen;
}

/** What documents hold of others is theirs alone once those are gone. */
async function uncover(
  store: FigureStore,
  { index, ids }: { readonly index: string; readonly ids: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  for (const found of await findWhole(store, { index, ids }, signal)) {
    const { covers } = found.document;
    if (covers.length === 0) continue;
    const [held] = await store.find({ index, query: { terms: { name: covers } }, size: 1 }, signal);
    if (held) continue;
    await store.put(found, { ...found.document, covers: [] }, { replaces: found.version, signal });
  }
}

interface MergeParts {
  readonly id: string;
  readonly sources: readonly StoredDocument[];
  readonly target: FigureDocument | undefined;
  readonly to: Level;
  readonly window: Window;
}

/** The figures of one type of all, or undefined where there is nothing to add. */
function mergedDocument(type: FigureType, { id, sources, target, to, window }: MergeParts): FigureDocument | undefined {
  const known = new Set(target?.covers);
  const set = target ? FigureSet.restore(target.figures) : new FigureSet();
  set.widen(window.widthMinutes);
  const added = sources.filter(({ document }) => !known.has(document.name) && [type, ALL_TYPES].includes(document.figureType));
  let hasFigures = false;
  for (const { document } of added) {
    const figures = FigureSet.restore(document.figures).byType().get(type);
    if (!figures) continue;
    hasFigures = true;
    set.merge(figures);
  }
  if (!hasFigures) return undefined;
  set.tidy();
  const arrivals = [...added.map(({ document }) => document), ...(target ? [target] : [])];
  return {
    ...{ level: to, state: 'final', name: `${id}-${randomName()}`, figureType: type },
    arrivedFrom: Math.min(...arrivals.map(({ arrivedFrom }) => arrivedFrom)),
    arrivedTo: Math.max(...arrivals.map(({ arrivedTo }) => arrivedTo)),
    ...timesOf(set),
    covers: [...known, ...added.map(({ document }) => document.name)],
    figures: set.stored(),
    waiting: [],
  };
}

/** Figures go with the index that their newest record may be in. A batch that is open has none yet. */
async function expire({ connection, store, times, now }: FigureTending, signal: AbortSignal): Promise<void> {
  const oldest = new Map<string, number>();
  for (const { name, indices } of await readDataStreams(connection, signal)) oldest.set(name, indices[0]?.createdMillis ?? 0);
  for (const [index, arrivedTo] of await store.oldestArrivals(signal)) {
    const gone = now() - GONE_MILLIS;
    const [ofLogs, ofSpans] = (['logs', 'traces'] as const).map((signal) => oldest.get(dataStreamOf(signal, tenantOfIndex(index))));
    // What has both goes with what is kept longer.
    const ofBoth = Math.min(ofLogs ?? ofSpans ?? gone, ofSpans ?? ofLogs ?? gone);
    if (arrivedTo >= Math.max(ofLogs ?? gone, ofSpans ?? gone) - times.clocksMillis) continue;
    const should = [
      goneBefore((ofLogs ?? gone) - times.clocksMillis, ['logs']),
      goneBefore((ofSpans ?? gone) - times.clocksMillis, SPAN_TYPES),
      goneBefore(ofBoth - times.clocksMillis, [ALL_TYPES]),
    ];
    const query = { bool: { should, minimum_should_match: 1, must_not: [{ term: { state: 'open' } }] } };
    await store.remove(await store.find({ index, query, size: MERGED_A_ROUND }, signal), signal);
  }
}

function goneBefore(millis: number, types: readonly string[]): object {
  return { bool: { filter: [{ terms: { figureType: types } }, { range: { arrivedTo: { lt: millis } } }] } };
}

function startOf(millis: number, { millis: width }: Window): number {
  return Math.floor(millis / width) * width;
}

/** Of reads that nobody waits for. */
export function tendingContext(tenant: string, signal: AbortSignal | undefined): ReadContext {
  return { tenant, deadline: performance.now() + READ_MILLIS, signal: signal ?? new AbortController().signal };
}
