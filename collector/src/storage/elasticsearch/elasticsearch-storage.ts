import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { type Capabilities, NO_CAPABILITIES } from '../capabilities.ts';
import type { ReadContext, Storage, WriteOptions } from '../storage.ts';
import { type BulkWriterOptions, createBulkWriter } from './bulk-writer.ts';
import { type Connection, type ConnectionOptions, createConnection } from './connection.ts';
import { countFields } from './field-counts.ts';
import { countFieldValues } from './field-value-counts.ts';
import { dataStreamOf, installTemplates, type Signal, TEMPLATE_VERSION } from './index-template.ts';
import { countLogs } from './log-histogram.ts';
import { searchRows } from './row-search.ts';
import { createSearch, logOf, spanOf } from './search-requests.ts';
import { countOperations, countServices } from './service-counts.ts';
import { findTraceIds, searchTraces } from './trace-search.ts';
import { summarizeTraces } from './trace-summaries.ts';
import { createVisibility } from './visibility.ts';

/** While one waits for its answer, the next ones are made ready and sent. */
const PARALLEL_WRITES = 4;
/** A shutdown waits so long for writes, then gives them up: whoever made them does not know their outcome and repeats them. */
const WRITES_GRACE_MILLIS = 10_000;
/** Readers are gone by then, as a rule. */
const OTHERS_GRACE_MILLIS = 1_000;

export type ElasticsearchStorageOptions = ConnectionOptions & BulkWriterOptions;

/**
 * Keeps records in Elasticsearch 9's data streams `logs-threadline-<tenant>` and `traces-threadline-<tenant>`. Needs only what the
 * server's core has: no `_data_stream` API, scripts, lifecycle management or security plugin.
 *
 * `start` installs the index templates; while Elasticsearch is away it throws `storage_unavailable`, and so do reads and writes,
 * until it is back: nothing has to be started again. Writes that may repeat say so (`mayRepeat`): an id is unique in one
 * backing index only, so these look in the whole data stream first.
 */
export function createElasticsearchStorage(options: ElasticsearchStorageOptions): Storage {
  const connection = createConnection(options);
  const bulkWrite = createBulkWriter(connection, options);
  const search = createSearch(connection);
  const visibility = createVisibility(connection);
  const writes = new Set<Promise<unknown>>();
  const otherCalls = new Set<Promise<unknown>>();
  let capabilities: Capabilities = NO_CAPABILITIES;
  let ending: Promise<void> | undefined;

  function owned<T>(call: () => Promise<T>, underWay = otherCalls): Promise<T> {
    if (ending) return Promise.reject(new ThreadlineError('shutting_down', 'the storage is shutting down'));
    const running = call();
    const settled = running.then(noop, noop);
    underWay.add(settled);
    settled.then(() => underWay.delete(settled));
    return running;
  }

  function write(of: Signal, tenant: string, { records, ...options }: WriteOptions & { readonly records: readonly IndexedRecord[] }) {
    return owned(async () => {
      if (records.length === 0) return;
      await bulkWrite({ ...options, of, tenant, records });
      visibility.noteWrite(of, tenant);
    }, writes);
  }

  function read<T>(signals: readonly Signal[], context: ReadContext, call: () => Promise<T>): Promise<T> {
    return owned(async () => {
      for (const signal of signals) await visibility.awaitWrites(signal, context);
      return call();
    });
  }

  async function end(): Promise<void> {
    await within(WRITES_GRACE_MILLIS, Promise.all(writes));
    await within(OTHERS_GRACE_MILLIS, Promise.all(otherCalls));
    await connection.close();
  }

  return {
    get capabilities() {
      return capabilities;
    },
    parallelWrites: PARALLEL_WRITES,

    start: (signal) =>
      owned(async () => {
        await installTemplates(connection, signal);
        capabilities = await describe(connection, signal);
      }),

    shutdown() {
      ending ??= end();
      return ending;
    },

    writeLogs: (tenant, records, options) => write('logs', tenant, { ...options, records }),
    writeSpans: (tenant, records, options) => write('traces', tenant, { ...options, records }),
    // Each call is a request of its own, which waits for no other.
    hasten: noop,

    searchLogs: (rows, context) =>
      read(['logs'], context, () => searchRows(search, { target: 'logs', rows, context, recordOf: logOf, indexed: indexLog })),
    searchSpans: (rows, context) =>
      read(['traces'], context, () => searchRows(search, { target: 'spans', rows, context, recordOf: spanOf, indexed: indexSpan })),
    getLog: (id, context) =>
      read(['logs'], context, async (): Promise<LogRecord | undefined> => {
        const { hits } = await search('logs', { size: 1, query: { terms: { recordId: [id] } }, _source: ['record'] }, context);
        return hits.hits[0] && logOf(hits.hits[0]);
      }),
    logHistogram: (request, context) => read(['logs'], context, () => countLogs(search, request, context)),

    logFields: (request, context) => read(['logs'], context, () => countFields(search, request, context)),
    logFieldValues: (request, context) => read(['logs'], context, () => countFieldValues(search, request, context)),

    searchTraces: (request, context) => read(['traces'], context, () => searchTraces(search, request, context)),
    summarizeTraces: (traceIds, context) => read(['traces'], context, () => summarizeTraces(search, traceIds, context)),
    findTraceIds: (request, context) =>
      read([request.target === 'logs' ? 'logs' : 'traces'], context, () => findTraceIds(search, request, context)),

    services: (range, context) => read(['logs', 'traces'], context, () => countServices(search, range, context)),
    operations: (service, range, context) => read(['traces'], context, () => countOperations(search, { service, range, context })),
  };
}

async function within(millis: number, settled: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([settled, sleep(millis, undefined, { signal: waited.signal }).catch(noop)]);
  waited.abort();
}

/** What was found and is used there, for the operator. */
async function describe(connection: Connection, signal: AbortSignal): Promise<Capabilities> {
  // `GET /` would say it too, but is not part of the server's core.
  const { body } = await connection.request({ method: 'GET', path: '/_nodes', parameters: { filter_path: 'nodes.*.version' }, signal });
  const answer: { readonly nodes?: Readonly<Record<string, { readonly version?: string }>> } = Object(body);
  const versions = new Set(Object.values(answer.nodes ?? {}).map((node) => node.version ?? 'unknown'));
  return {
    regex: false,
    leadingWildcardScans: true,
    notes: {
      server: `Elasticsearch ${[...versions].sort().join(', ') || 'of an unknown version'}`,
      url: connection.url,
      dataStreams: `${dataStreamOf('logs', 'default')}, ${dataStreamOf('traces', 'default')}`,
      templates: `threadline-logs, threadline-traces, version ${TEMPLATE_VERSION} or newer`,
      message: 'text with the standard analyzer',
      attributes: 'keyword terms for every query; typed fields up to the limit of an index',
      indexMode: 'standard: the synthetic source of logsdb would not give records back unchanged',
    },
  };
}

function noop(): void {
  // A call's outcome is its caller's; here only its end counts.
}
