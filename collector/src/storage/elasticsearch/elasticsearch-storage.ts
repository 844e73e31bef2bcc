import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import { type Capabilities, NO_CAPABILITIES } from '../capabilities.ts';
import { deploymentFigures, deploymentsOf } from '../figures/deployments.ts';
import type { FiguresRequest, FiguresResult } from '../figures/figures.ts';
import type { LogArrivals } from '../log-arrivals.ts';
import { PatternMiner } from '../patterns/pattern-miner.ts';
import type { SearchStore } from '../searches/search-store.ts';
import type { ReadContext, Storage } from '../storage.ts';
import { type BulkWrite, type BulkWriterOptions, createBulkWriter } from './bulk-writer.ts';
import { type ClusterFacts, readClusterFacts } from './cluster-facts.ts';
import { type Connection, type ConnectionOptions, createConnection } from './connection.ts';
import { countErrors } from './errors.ts';
import { countFields } from './field-counts.ts';
import { countFieldValues } from './field-value-counts.ts';
import { DocumentCache } from './figures/document-figures.ts';
import { FigureBatches } from './figures/figure-batches.ts';
import { FigureStore, type InstallTemplates } from './figures/figure-store.ts';
import { FIGURE_TIMES, type FigureTimes } from './figures/figure-times.ts';
import { readFigures } from './figures/read-figures.ts';
import { recountBatch } from './figures/stored-records.ts';
import { type FigureTending, tendFigures, tendingContext } from './figures/tend-figures.ts';
import { settleAndRefresh } from './find-written.ts';
import { checkNextIndex } from './foreign-index.ts';
import { createIndexSearchStore } from './index-search-store.ts';
import { dataStreamOf, SIGNALS, type Signal, TEMPLATE_VERSION, type TemplateOptions } from './index-template.ts';
import { createLogArrivals } from './log-arrivals.ts';
import { countLogs } from './log-histogram.ts';
import { countPatterns } from './log-patterns.ts';
import { openLogSnapshot } from './log-snapshot.ts';
import { createNamespace } from './namespace.ts';
import { FieldMaker } from './new-fields.ts';
import { runRetention } from './retention.ts';
import { searchRows } from './row-search.ts';
import { createSearch, logOf, RECORD_FIELD, spanOf } from './search-requests.ts';
import { countOperations, countServices } from './service-counts.ts';
import { countStats } from './stats/count-stats.ts';
import { installTemplates, upgradeDataStreams } from './templates.ts';
import { findTraceIds, searchTraces } from './trace-search.ts';
import { summarizeTraces } from './trace-summaries.ts';
import { createVisibility } from './visibility.ts';

/** An id that no record has. */
const ABSENT_ID = 'check';
/** While one waits for its answer, the next ones are made ready and sent. */
const PARALLEL_WRITES = 4;
/** A bulk request of 20 records costs a node 1.7 times as much a record as one of 500. Other collectors see records with the index's own refresh, which takes longer. */
const GATHER_MILLIS = 100;
/** About one bulk request: with several in each call the last one of a call is alone under way, and a node's other cores have nothing to do. */
const CALL_RECORDS = 3_000;
/** A shutdown waits so long for writes, then gives them up: whoever made them does not know their outcome and repeats them. */
const WRITES_GRACE_MILLIS = 10_000;
/** Readers are gone by then, as a rule. */
const OTHERS_GRACE_MILLIS = 1_000;

export interface ElasticsearchStorageOptions extends ConnectionOptions, BulkWriterOptions {
  /** The last part of the data streams' names, `default` by default (namespace.ts). */
  readonly namespace?: string;
  /** Of each index of a data stream; 1 by default. */
  readonly shards?: number;
  /** By default one where there is a second node. */
  readonly replicas?: number;
  /** Counted from arrival. Kept for good where neither this nor a policy is given. */
  readonly retentionDays?: number;
  /** A policy of Elasticsearch's index lifecycle management, which then has to roll over and delete, instead of `retentionDays`. */
  readonly lifecyclePolicy?: string;
  /** How long a bulk request may take before its new fields are made beside it (new-fields.ts). */
  readonly slowBulkMillis?: number;
  /** By default as figures/figure-times.ts has it. */
  readonly figureTimes?: Partial<FigureTimes>;
  /** Told of what goes wrong where nobody waits for an answer: indices that are too old could not be deleted; they are next time. */
  readonly onFault?: (error: unknown) => void;
}

export interface ElasticsearchStorage extends Storage {
  /** Of all collectors that write to the cluster. */
  readonly arrivals: LogArrivals;
  /** Of all collectors that use the cluster. */
  readonly searches: SearchStore;
}

/**
 * Keeps records in data streams of Elasticsearch 9 or 8.19, `logs-threadline-<tenant>` and `traces-threadline-<tenant>`. Needs only what the
 * server's core has: no `_data_stream` API, scripts, lifecycle management or security plugin.
 *
 * Figures of services are counted as spans are written (docs/adr/0023), in `threadline-figures-<tenant>`.
 *
 * `start` installs the index templates, sees that no other one is in front of them, and brings the data streams up to them. Records older than the retention are deleted by the cluster's data
 * stream lifecycle, and where it has none, by this storage while it runs. While Elasticsearch is away it throws `storage_unavailable`, and so do reads and writes,
 * until it is back: nothing has to be started again. Writes that may repeat say so (`mayRepeat`): an id is unique in one
 * backing index only, so these look in the whole data stream first.
 */
export function createElasticsearchStorage(options: ElasticsearchStorageOptions): ElasticsearchStorage {
  const connection = createConnection(options);
  const namespace = createNamespace(options.namespace);
  const miner = new PatternMiner();
  const search = createSearch(connection);
  const { onFault = noop } = options;
  const installMissing: InstallTemplates = async (signal) => void (await prepare(signal));
  const figures = createFigures({
    connection,
    times: { ...FIGURE_TIMES, ...options.figureTimes },
    installTemplates: installMissing,
    onFault,
  });
  const { store, batches } = figures;
  const documents = new DocumentCache();
  const bulkWrite = createBulkWriter(
    {
      connection,
      miner,
      batches,
      fields: new FieldMaker(connection, options.slowBulkMillis),
      installTemplates: installMissing,
      now: Date.now,
    },
    options,
  );
  const visibility = createVisibility(connection);
  const arrivals = createLogArrivals(connection);
  const searches = createIndexSearchStore(connection);
  const writes = new Set<Promise<unknown>>();
  const otherCalls = new Set<Promise<unknown>>();
  const stopTidying = new AbortController();
  let tidying: Promise<unknown> | undefined;
  let capabilities: Capabilities = NO_CAPABILITIES;
  let isPrepared = false;
  let ending: Promise<void> | undefined;

  async function prepare(signal: AbortSignal | undefined): Promise<{ readonly facts: ClusterFacts; readonly templates: TemplateOptions }> {
    const facts = await readClusterFacts(connection, signal);
    const templates = templateOptions(facts, options);
    await installTemplates(connection, templates, signal);
    for (const of of SIGNALS) await checkNextIndex({ connection, dataStream: dataStreamOf(of, namespace.nameOf('default')), signal });
    isPrepared = true;
    return { facts, templates };
  }

  function inNamespace<T extends { readonly tenant: string }>(named: T): T {
    return { ...named, tenant: namespace.nameOf(named.tenant) };
  }

  function owned<T>(call: () => Promise<T>, underWay = otherCalls): Promise<T> {
    if (ending) return Promise.reject(new ThreadlineError('shutting_down', 'the storage is shutting down'));
    const running = call();
    const settled = running.then(noop, noop);
    underWay.add(settled);
    settled.then(() => underWay.delete(settled));
    return running;
  }

  function write(asked: BulkWrite): Promise<void> {
    return owned(async () => {
      const call = inNamespace(asked);
      if ((call.records ?? call.requests).length === 0) return;
      // A start that failed is made again later; an index that is made until then stays.
      if (!isPrepared) await prepare(call.signal);
      const isBatched = await bulkWrite(call);
      visibility.noteWrite({ of: call.of, tenant: call.tenant, isBatched });
    }, writes);
  }

  function read<T>(signals: readonly Signal[], asked: ReadContext, call: (context: ReadContext) => Promise<T>): Promise<T> {
    return owned(async () => {
      const context = inNamespace(asked);
      if (!context.maySeeLess) for (const signal of signals) await visibility.awaitWrites(signal, context);
      return call(context);
    });
  }

  function readServiceFigures(request: FiguresRequest, context: ReadContext): Promise<FiguresResult> {
    const signals = SIGNALS.filter((signal) => request.types.some((type) => (type === 'logs') === (signal === 'logs')));
    return owned(async () => {
      const own = inNamespace(context);
      for (const signal of signals) await visibility.awaitWrites(signal, own, { unbatchedOnly: true });
      return readFigures({ store, documents, batches, search }, request, own);
    });
  }

  async function end(): Promise<void> {
    await within(WRITES_GRACE_MILLIS, Promise.all(writes));
    stopTidying.abort();
    // What is not written now is counted again from its records, by whoever finds it.
    await within(OTHERS_GRACE_MILLIS, batches.closeDue(undefined, { all: true }).catch(noop));
    await within(OTHERS_GRACE_MILLIS, Promise.all([...otherCalls, tidying]));
    await connection.close();
  }

  return {
    get capabilities() {
      return capabilities;
    },
    parallelWrites: PARALLEL_WRITES,
    gatherMillis: GATHER_MILLIS,
    callRecords: CALL_RECORDS,
    arrivals: { read: (request, context) => owned(() => arrivals.read(request, inNamespace(context))) },
    searches: {
      read: (context) => owned(() => searches.read(inNamespace(context))),
      replace: (list, context) => owned(() => searches.replace(list, inNamespace(context)), writes),
    },

    start: (signal) =>
      owned(async () => {
        const { facts, templates } = await prepare(signal);
        await upgradeDataStreams(connection, { facts, templates }, signal);
        const { retentionDays } = options;
        capabilities = describe(connection, { facts, templates, retentionDays, name: namespace.nameOf('default') });
        const deletes = templates.lifecycle === undefined && retentionDays !== undefined;
        tidying ??= Promise.all([
          tendFigures(figures, stopTidying.signal),
          ...(deletes ? [runRetention({ connection, retentionDays, onFault }, stopTidying.signal)] : []),
        ]);
      }),

    shutdown() {
      ending ??= end();
      return ending;
    },

    writeLogs: (tenant, records, options) => write({ ...options, of: 'logs', tenant, records }),
    writeSpans: (tenant, records, options) => write({ ...options, of: 'traces', tenant, records }),
    writeRequests: (tenant, requests, options) => write({ ...options, of: requests[0]?.signal ?? 'logs', tenant, requests }),
    // Each call is a request of its own, which waits for no other.
    hasten: noop,

    check: (context) =>
      owned(async () => {
        const nothing = { size: 0, query: { terms: { recordId: [ABSENT_ID] } } };
        await Promise.all((['logs', 'spans'] as const).map((target) => search(target, nothing, inNamespace(context))));
      }),

    searchLogs: (rows, context) =>
      read(['logs'], context, (own) => searchRows(search, { target: 'logs', rows, context: own, recordOf: logOf, indexed: indexLog })),
    openLogSnapshot: (context) =>
      read(['logs'], context, async (own) => {
        const snapshot = await openLogSnapshot(connection, own);
        return {
          searchLogs: (rows, pageContext) => owned(() => snapshot.searchLogs(rows, inNamespace(pageContext))),
          close: () => owned(() => snapshot.close()).catch(noop),
        };
      }),
    searchSpans: (rows, context) =>
      read(['traces'], context, (own) => searchRows(search, { target: 'spans', rows, context: own, recordOf: spanOf, indexed: indexSpan })),
    getLog: (id, context) =>
      read(['logs'], context, async (own): Promise<LogRecord | undefined> => {
        const { hits } = await search('logs', { size: 1, query: { terms: { recordId: [id] } }, ...RECORD_FIELD }, own);
        return hits.hits[0] && logOf(hits.hits[0]);
      }),
    logHistogram: (request, context) => read(['logs'], context, (own) => countLogs(search, request, own)),

    logFields: (request, context) => read(['logs'], context, (own) => countFields(search, request, own)),
    logFieldValues: (request, context) => read(['logs'], context, (own) => countFieldValues(search, request, own)),

    logPatterns: (request, context) => read(['logs'], context, (own) => countPatterns(search, request, own)),
    otherPatterns: () => miner.others().map((others) => ({ ...others, tenant: namespace.tenantOf(others.tenant) })),
    countStats: (request, context) =>
      read([request.target === 'logs' ? 'logs' : 'traces'], context, (own) => countStats(search, request, own)),
    serviceFigures: (request, context) => readServiceFigures(request, context),

    errorGroups: (request, context) => read(['logs', 'traces'], context, (own) => countErrors(search, request, own)),
    // Each group is counted by itself when somebody asks.
    otherErrors: async () => [],
    deployments: async (service, range, context) => {
      const { figures, partial } = await readServiceFigures(deploymentFigures(service, range), context);
      return { deployments: deploymentsOf(figures), ...(partial && { partial }) };
    },

    searchTraces: (request, context) => read(['traces'], context, (own) => searchTraces(search, request, own)),
    summarizeTraces: (traceIds, context) => read(['traces'], context, (own) => summarizeTraces(search, traceIds, own)),
    findTraceIds: (request, context) =>
      read([request.target === 'logs' ? 'logs' : 'traces'], context, (own) => findTraceIds(search, request, own)),

    services: (range, context) => read(['logs', 'traces'], context, (own) => countServices(search, range, own)),
    operations: (service, range, context) => read(['traces'], context, (own) => countOperations(search, { service, range, context: own })),
  };
}

function createFigures({
  connection,
  times,
  installTemplates,
  onFault,
}: Pick<FigureTending, 'connection' | 'times' | 'onFault'> & { readonly installTemplates: InstallTemplates }) {
  const store = new FigureStore(connection, installTemplates);
  const search = createSearch(connection);
  const recount = async (tenant: string, name: string, signal: AbortSignal | undefined) => {
    // A write that was given up may still be under way.
    for (const of of SIGNALS) await settleAndRefresh({ connection, dataStream: dataStreamOf(of, tenant), signal });
    return recountBatch(search, name, () => tendingContext(tenant, signal));
  };
  const batches = new FigureBatches({ store, times, recount, now: Date.now, onFault });
  return { connection, store, batches, times, recount, now: Date.now, onFault };
}

async function within(millis: number, settled: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([settled, sleep(millis, undefined, { signal: waited.signal }).catch(noop)]);
  waited.abort();
}

function templateOptions(facts: ClusterFacts, options: ElasticsearchStorageOptions): TemplateOptions {
  const { shards = 1, replicas, retentionDays, lifecyclePolicy } = options;
  const byCluster = facts.hasLifecycle && retentionDays !== undefined ? { retentionDays } : undefined;
  return {
    shards,
    replicas,
    hasMatchOnlyText: facts.hasMatchOnlyText,
    lifecycle: lifecyclePolicy === undefined ? byCluster : { policy: lifecyclePolicy },
  };
}

/** What was found and is used there, for the operator. */
function describe(
  connection: Connection,
  found: {
    readonly facts: ClusterFacts;
    readonly templates: TemplateOptions;
    readonly retentionDays: number | undefined;
    /** Of the data streams' last part. */
    readonly name: string;
  },
): Capabilities {
  const { facts, retentionDays, name } = found;
  const { lifecycle, hasMatchOnlyText } = found.templates;
  return {
    regex: false,
    leadingWildcardScans: true,
    percentiles: { method: 'tDigest' },
    notes: {
      server: `Elasticsearch ${facts.versions.join(', ') || 'of an unknown version'}`,
      url: connection.url,
      dataStreams: `${dataStreamOf('logs', name)}, ${dataStreamOf('traces', name)}`,
      templates: `threadline-logs, threadline-traces, threadline-figures, version ${TEMPLATE_VERSION} or newer`,
      message: `${hasMatchOnlyText ? 'match_only_text' : 'text'} with the standard analyzer`,
      attributes: 'keyword terms for every query; typed fields up to the limit of an index',
      indexMode: 'logsdb, sorted by time, newest first; the record as it was received is a stored field',
      retention: describeRetention(lifecycle, retentionDays),
    },
  };
}

function describeRetention(lifecycle: TemplateOptions['lifecycle'], retentionDays: number | undefined): string {
  if (lifecycle && 'policy' in lifecycle) return `by the policy ${lifecycle.policy}`;
  if (retentionDays === undefined) return 'none';
  return `${retentionDays} days, ${lifecycle ? "by the cluster's data stream lifecycle" : 'deleted by the collector, as the cluster has no lifecycle'}`;
}

function noop(): void {
  // A call's outcome is its caller's; here only its end counts.
}
