import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, Span, TraceSummary } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { acquireDirectoryLock, type DirectoryLock } from '../../files/directory-lock.ts';
import type { PlainRequest } from '../../model/plain-request.ts';
import type { IndexedLog, IndexedSpan } from '../../model/record.ts';
import type { Capabilities } from '../capabilities.ts';
import type { DeploymentsResult, ErrorsRequest, ErrorsResult, OtherErrors } from '../errors/errors.ts';
import { deploymentFigures, deploymentsOf } from '../figures/deployments.ts';
import type { FiguresRequest, FiguresResult } from '../figures/figures.ts';
import type { SlowestPage, SlowestSearch } from '../slowest-traces.ts';
import type { StatsRequest, StatsResult } from '../stats/stats.ts';
import type {
  FieldsRequest,
  FieldsResult,
  FieldValuesRequest,
  FieldValuesResult,
  HistogramRequest,
  HistogramResult,
  OperationCounts,
  OtherPatterns,
  PatternsRequest,
  PatternsResult,
  ReadContext,
  RowPage,
  RowSearch,
  ServiceCounts,
  Storage,
  TimeRange,
  TracePage,
  TraceSearch,
  WriteOptions,
} from '../storage.ts';
import type { TraceSpansPage, TraceSpansRequest } from '../trace-spans.ts';
import { claimDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { SEGMENT_LIST_FILE, SEGMENTS_DIRECTORY, SET_ASIDE_DIRECTORY } from './layout.ts';
import { MAX_RELATIVE_ERROR } from './reading/stats/number-cells.ts';
import { SegmentCatalog } from './segments/segment-catalog.ts';
import { damageOf } from './threads/failure.ts';
import type { Damage } from './threads/messages.ts';
import { ReadPool } from './threads/read-pool.ts';
import { WritingThread } from './threads/writing-thread-client.ts';
import { Compactor } from './writing/compactor.ts';
import { applyRetention, defaultMaxBytes, type RetentionLimits } from './writing/retention.ts';
import { type GivenUp, RetentionReport } from './writing/retention-report.ts';
import { SegmentWriter } from './writing/segment-writer.ts';

/** How often it is looked whether something is too old or too much, and whether all files are there. */
const CHECK_MILLIS = 5_000;
/** Rows of one segment were written at most such a part of the retention apart, and never more than half a day. */
const SPAN_PART = 1 / 14;
/** Of the bytes that are kept: a segment of twice as many may go at once. */
const BYTES_PART = 1 / 16;
const MAX_SPAN_MILLIS = 12 * 60 * 60 * 1_000;

/** Of the time that there is: what traces are compared in, where they are very many. The rest is for those of the page. */
const COMPARING_PART = 0.6;

/** While one file is being written, the next one gathers; what of these calls comes in that time is what it is gathered from. */
const PARALLEL_WRITES = 16;
const GATHER_MILLIS = 250;

export interface EmbeddedStorageOptions {
  /** Made if it is not there. Only one storage of one process has it open at a time. */
  readonly directory: string;
  /** Undefined: nothing is ever given up. */
  readonly retention?: RetentionLimits;
  /** Told once of each part of a file that is not what was written. All else is read as before. */
  readonly onDamage?: (reason: string) => void;
  /** Told once an hour at most of what retention gave up. */
  readonly onGivenUp?: (givenUp: GivenUp) => void;
  /** Told of work behind the scenes that failed and is tried again. */
  readonly onFault?: (error: unknown) => void;
}

/** A storage in a directory of this machine, without a server. Nothing is opened before `start`. */
export function createEmbeddedStorage(options: EmbeddedStorageOptions): Storage {
  return new EmbeddedStorage({ ...options, directory: resolve(options.directory) });
}

/** What there is between a start and a shutdown. */
interface OpenStorage {
  readonly lock: DirectoryLock;
  readonly catalog: SegmentCatalog;
  readonly logs: SegmentWriter;
  readonly spans: SegmentWriter;
  readonly reads: ReadPool;
  /** One thread that works out figures and errors as segments come. */
  readonly figures: ReadPool;
  readonly compactor: Compactor;
  readonly tending: Promise<void>;
}

class EmbeddedStorage implements Storage {
  readonly capabilities: Capabilities = {
    regex: true,
    leadingWildcardScans: true,
    percentiles: { method: 'logBuckets', maxRelativeError: MAX_RELATIVE_ERROR },
    notes: { engine: 'Parquet segments with filters' },
  };
  readonly parallelWrites = PARALLEL_WRITES;
  readonly gatherMillis = GATHER_MILLIS;
  readonly #options: EmbeddedStorageOptions;
  readonly #stop = new AbortController();
  #starting: Promise<OpenStorage> | undefined;
  #open: OpenStorage | undefined;
  #stopping: Promise<void> | undefined;
  /** Made when there is something to write. */
  #writing: WritingThread | undefined;

  constructor(options: EmbeddedStorageOptions) {
    this.#options = options;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#stopping) throw shuttingDown();
    this.#starting ??= this.#openStorage();
    try {
      this.#open = await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  shutdown(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  async writeLogs(tenant: string, logs: readonly IndexedLog[], { mayRepeat = false }: WriteOptions = {}): Promise<void> {
    await this.#opened().logs.write(tenant, logs, mayRepeat);
  }

  async writeSpans(tenant: string, spans: readonly IndexedSpan[], { mayRepeat = false }: WriteOptions = {}): Promise<void> {
    await this.#opened().spans.write(tenant, spans, mayRepeat);
  }

  async writeRequests(tenant: string, requests: readonly PlainRequest[], { mayRepeat = false }: WriteOptions = {}): Promise<void> {
    const { logs, spans } = this.#opened();
    await (requests[0]?.signal === 'logs' ? logs : spans).writeRequests(tenant, requests, mayRepeat);
  }

  hasten(): void {
    this.#open?.logs.hasten();
    this.#open?.spans.hasten();
  }

  async searchLogs(search: RowSearch, context: ReadContext): Promise<RowPage<LogRecord>> {
    return await this.#opened().reads.read('searchLogs', search, context);
  }

  async searchSpans(search: RowSearch, context: ReadContext): Promise<RowPage<Span>> {
    return await this.#opened().reads.read('searchSpans', search, context);
  }

  async traceSpans(request: TraceSpansRequest, context: ReadContext): Promise<TraceSpansPage> {
    return await this.#opened().reads.read('readTraceSpans', request, context);
  }

  async check(context: ReadContext): Promise<void> {
    await this.#opened().reads.check(context);
  }

  async getLog(id: string, context: ReadContext): Promise<LogRecord | undefined> {
    return await this.#opened().reads.read('readLog', id, context);
  }

  async logHistogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
    return await this.#opened().reads.read('logHistogram', request, context);
  }

  async logFields(request: FieldsRequest, context: ReadContext): Promise<FieldsResult> {
    return await this.#opened().reads.read('logFields', request, context);
  }

  async logFieldValues(request: FieldValuesRequest, context: ReadContext): Promise<FieldValuesResult> {
    return await this.#opened().reads.read('logFieldValues', request, context);
  }

  async logPatterns(request: PatternsRequest, context: ReadContext): Promise<PatternsResult> {
    return await this.#opened().reads.read('logPatterns', request, context);
  }

  otherPatterns(): readonly OtherPatterns[] {
    return this.#writing?.others ?? [];
  }

  async countStats(request: StatsRequest, context: ReadContext): Promise<StatsResult> {
    return await this.#opened().reads.read('countStats', request, context);
  }

  async searchTraces(search: TraceSearch, context: ReadContext): Promise<TracePage> {
    return await this.#opened().reads.read('searchTraces', search, context);
  }

  async slowestTraces(search: SlowestSearch, context: ReadContext): Promise<SlowestPage> {
    const now = performance.now();
    const deadline = now + (context.deadline - now) * COMPARING_PART;
    const { keys, ...page } = await this.#opened().reads.read('slowestTraces', search, { ...context, deadline });
    const summaries = await this.summarizeTraces(
      keys.map(({ traceId }) => traceId),
      context,
    );
    const byId = new Map(summaries.map((summary) => [summary.traceId, summary]));
    const traces = keys.flatMap(({ traceId, startNanos }) => {
      const summary = byId.get(traceId);
      return summary ? [{ key: { traceId, startNanos }, summary }] : [];
    });
    return { ...page, traces };
  }

  async summarizeTraces(traceIds: readonly string[], context: ReadContext): Promise<readonly TraceSummary[]> {
    return await this.#opened().reads.read('summarizeTraces', traceIds, context);
  }

  async findTraceIds(...[search, context]: Parameters<Storage['findTraceIds']>): ReturnType<Storage['findTraceIds']> {
    return await this.#opened().reads.read('findTraceIds', search, context);
  }

  async services(range: TimeRange, context: ReadContext): Promise<readonly ServiceCounts[]> {
    return await this.#opened().reads.read('countServices', range, context);
  }

  async operations(service: string, range: TimeRange, context: ReadContext): Promise<readonly OperationCounts[]> {
    return await this.#opened().reads.read('countOperations', { service, range }, context);
  }

  async serviceFigures(request: FiguresRequest, context: ReadContext): Promise<FiguresResult> {
    return await this.#opened().figures.read('readFigures', request, context);
  }

  async errorGroups(request: ErrorsRequest, context: ReadContext): Promise<ErrorsResult> {
    return await this.#opened().figures.read('readErrors', request, context);
  }

  async otherErrors(context: ReadContext): Promise<readonly OtherErrors[]> {
    return await this.#opened().figures.read('readOtherErrors', undefined, context);
  }

  async deployments(service: string, range: TimeRange, context: ReadContext): Promise<DeploymentsResult> {
    const { figures } = await this.#opened().figures.read('readFigures', deploymentFigures(service, range), context);
    return { deployments: deploymentsOf(figures) };
  }

  #opened(): OpenStorage {
    if (this.#stopping) throw shuttingDown();
    if (!this.#open) throw new ThreadlineError('storage_unavailable', 'The embedded storage has not started');
    return this.#open;
  }

  async #openStorage(): Promise<OpenStorage> {
    const { directory } = this.#options;
    await prepareDataDirectory(directory);
    const lock = await acquireDirectoryLock(directory);
    try {
      await claimDataDirectory(directory);
      return await this.#compose(lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async #compose(lock: DirectoryLock): Promise<OpenStorage> {
    const { directory: own, retention, onDamage, onFault } = this.#options;
    const directory = join(own, SEGMENTS_DIRECTORY);
    const told = new Set<string>();
    // Each thread finds it for itself.
    const tellOnce = ({ segment, group, reason }: Damage): void => {
      const part = `${segment.table} ${segment.id} ${group ?? ''}`;
      if (!told.has(part)) onDamage?.(reason);
      told.add(part);
    };
    const catalog = await SegmentCatalog.load({
      directory,
      listFile: join(own, SEGMENT_LIST_FILE),
      setAsideDirectory: join(own, SET_ASIDE_DIRECTORY),
      ...(retention && { keptFrom: Date.now() - retention.maxAgeMillis }),
      onDamage: (error) => tellOnce(damageOf(error)),
    });
    const tellOrLose = (damage: Damage): void => (damage.isMissing ? catalog.lose([damage.segment]) : tellOnce(damage));
    const threads = { directory, onDamage: tellOrLose };
    const segments = () => catalog.entries.map(({ table, id }) => ({ table, id }));
    const reads = new ReadPool({ ...threads, segments });
    const figures = new ReadPool({ ...threads, segments, maxReads: 1, keepsFigures: true, isBehindOthers: true });
    figures.warm();
    const thread = (): WritingThread => {
      if (!this.#writing || this.#writing.hasEnded) this.#writing = new WritingThread(directory);
      return this.#writing;
    };
    const maxSpanMillis = Math.min(MAX_SPAN_MILLIS, (retention?.maxAgeMillis ?? Number.POSITIVE_INFINITY) * SPAN_PART);
    const maxBytes = (retention?.maxBytes ?? (await defaultMaxBytes(directory))) * BYTES_PART;
    const compactor = new Compactor({ ...threads, catalog, maxSpanMillis, maxBytes, onFault: (error) => onFault?.(error) });
    catalog.listen(async (added, dropped) => {
      await Promise.all([reads.change(added, dropped), figures.change(added, dropped), compactor.change(added, dropped)]);
    });
    catalog.listen(async () => compactor.wake());
    return {
      lock,
      catalog,
      logs: new SegmentWriter({ table: 'logs', catalog, thread }),
      spans: new SegmentWriter({ table: 'spans', catalog, thread }),
      reads,
      figures,
      compactor,
      tending: this.#tend(catalog, directory, retention),
    };
  }

  async #tend(catalog: SegmentCatalog, directory: string, limits: RetentionLimits | undefined): Promise<void> {
    const { signal } = this.#stop;
    const report = new RetentionReport({ tell: (givenUp) => this.#options.onGivenUp?.(givenUp), now: () => performance.now() });
    while (!signal.aborted) {
      try {
        if (limits) report.add(await applyRetention(catalog, directory, limits));
        await catalog.check();
      } catch (error) {
        this.#options.onFault?.(error);
      }
      await sleep(CHECK_MILLIS, undefined, { signal, ref: false }).catch(() => undefined);
    }
    report.flush();
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    const open = await this.#starting?.catch(() => undefined);
    if (!open) return;
    try {
      await Promise.all([open.reads.close(), open.figures.close()]);
      await Promise.all([open.logs.close(), open.spans.close()]);
      await this.#writing?.close();
      await open.compactor.close();
      await open.tending;
      await open.catalog.close();
    } finally {
      await open.lock.release();
    }
  }
}

function shuttingDown(): ThreadlineError {
  return new ThreadlineError('shutting_down', 'The storage is shutting down');
}
