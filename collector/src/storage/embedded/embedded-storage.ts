import { resolve } from 'node:path';
import type { LogRecord, Span, TraceSummary } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { IndexedLog, IndexedSpan } from '../../model/record.ts';
import type { Capabilities } from '../capabilities.ts';
import type {
  HistogramRequest,
  HistogramResult,
  OperationCounts,
  ReadContext,
  RowPage,
  RowSearch,
  ServiceCounts,
  Storage,
  TimeRange,
  TracePage,
  TraceSearch,
} from '../storage.ts';
import { type Database, openDatabase } from './database.ts';
import { GroupWriter } from './group-writer.ts';
import { ReadPool, type RunStatement } from './read-pool.ts';
import { countLogs, findTraces, readLog, searchRows } from './row-reads.ts';
import { countOperations, countServices, searchTracePage, summarize } from './trace-reads.ts';

export interface EmbeddedStorageOptions {
  /** Made if it is not there. Only one storage of one process has it open at a time. */
  readonly directory: string;
}

/** A storage in a directory of this machine, without a server. Nothing is opened before `start`. */
export function createEmbeddedStorage(options: EmbeddedStorageOptions): Storage {
  return new EmbeddedStorage(resolve(options.directory));
}

/** What there is between a start and a shutdown. */
interface OpenStorage {
  readonly database: Database;
  readonly writer: GroupWriter;
  readonly reads: ReadPool;
}

class EmbeddedStorage implements Storage {
  readonly capabilities: Capabilities = {
    regex: true,
    leadingWildcardScans: true,
    notes: { engine: 'DuckDB', layout: 'one table a signal' },
  };
  readonly #directory: string;
  #starting: Promise<OpenStorage> | undefined;
  #open: OpenStorage | undefined;
  #stopping: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
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

  async writeLogs(tenant: string, logs: readonly IndexedLog[]): Promise<void> {
    await this.#opened().writer.writeLogs(tenant, logs);
  }

  async writeSpans(tenant: string, spans: readonly IndexedSpan[]): Promise<void> {
    await this.#opened().writer.writeSpans(tenant, spans);
  }

  searchLogs(search: RowSearch, context: ReadContext): Promise<RowPage<LogRecord>> {
    return this.#read(context, (run) => searchRows('logs', search, context.tenant, run));
  }

  searchSpans(search: RowSearch, context: ReadContext): Promise<RowPage<Span>> {
    return this.#read(context, (run) => searchRows('spans', search, context.tenant, run));
  }

  getLog(id: string, context: ReadContext): Promise<LogRecord | undefined> {
    return this.#read(context, (run) => readLog(context.tenant, id, run));
  }

  logHistogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
    return this.#read(context, (run) => countLogs(request, context.tenant, run));
  }

  searchTraces(search: TraceSearch, context: ReadContext): Promise<TracePage> {
    return this.#read(context, (run) => searchTracePage(search, context.tenant, run));
  }

  summarizeTraces(traceIds: readonly string[], context: ReadContext): Promise<readonly TraceSummary[]> {
    return this.#read(context, (run) => summarize(traceIds, context.tenant, run));
  }

  findTraceIds(...[{ target, ...search }, context]: Parameters<Storage['findTraceIds']>): ReturnType<Storage['findTraceIds']> {
    return this.#read(context, (run) => findTraces(target, search, context.tenant, run));
  }

  services(range: TimeRange, context: ReadContext): Promise<readonly ServiceCounts[]> {
    return this.#read(context, (run) => countServices(range, context.tenant, run));
  }

  operations(service: string, range: TimeRange, context: ReadContext): Promise<readonly OperationCounts[]> {
    return this.#read(context, (run) => countOperations(service, range, context.tenant, run));
  }

  async #read<T>(context: ReadContext, action: (run: RunStatement) => Promise<T>): Promise<T> {
    return await this.#opened().reads.read(context, action);
  }

  #opened(): OpenStorage {
    if (this.#stopping) throw shuttingDown();
    if (!this.#open) throw new ThreadlineError('storage_unavailable', 'The embedded storage has not started');
    return this.#open;
  }

  async #openStorage(): Promise<OpenStorage> {
    const database = await openDatabase(this.#directory);
    try {
      return { database, writer: await GroupWriter.open(database), reads: new ReadPool(database) };
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const open = await this.#starting?.catch(() => undefined);
    if (!open) return;
    try {
      await open.reads.close();
      await open.writer.close();
    } finally {
      await open.database.close();
    }
  }
}

function shuttingDown(): ThreadlineError {
  return new ThreadlineError('shutting_down', 'The storage is shutting down');
}
