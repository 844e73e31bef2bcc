import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCollectorView } from './collector-status.ts';
import { type Config, SETTINGS } from './config.ts';
import { ThreadlineError } from './errors.ts';
import { closeToOthers } from './files/close-to-others.ts';
import { codeOf } from './files/error-code.ts';
import { decodeEntry } from './model/decode-entry.ts';
import { nowNanos } from './now-nanos.ts';
import { LIMITS } from './otlp/limits.ts';
import type { CollectorView } from './query/collector-view.ts';
import { createQueryServer, type QueryServer } from './query/query-server.ts';
import { DurableQueue } from './queue/durable-queue.ts';
import type { IngestWatchOptions } from './queue/ingest-watch.ts';
import type { LogDamage } from './queue/log/durable-log.ts';
import { Admission } from './receiver/admission.ts';
import type { Door } from './receiver/door.ts';
import { createExportHandler } from './receiver/export-handler.ts';
import { createGrpcDoor } from './receiver/grpc-door.ts';
import { createHttpDoor } from './receiver/http-door.ts';
import { createIngestKeyCheck } from './receiver/ingest-key.ts';
import { type Refusal, refusalReasonOf } from './receiver/refusal.ts';
import { readRedaction } from './redaction/read-redaction.ts';
import type { RedactRequest } from './redaction/redact-request.ts';
import { directoryError, directoryRemedy, listenError, StartError } from './start-error.ts';
import type { LogArrivals, StorageWithArrivals } from './storage/log-arrivals.ts';
import type { SearchStore } from './storage/searches/search-store.ts';
import type { Storage } from './storage/storage.ts';
import { describeFault } from './telemetry/describe-fault.ts';
import type { LogFields, Logger } from './telemetry/logger.ts';
import { MetricCounts } from './telemetry/metric-counts.ts';
import { ReasonCounts } from './telemetry/reason-counts.ts';
import { Refusals } from './telemetry/refusals.ts';
import { RepeatLimit } from './telemetry/repeat-limit.ts';

/** Where the embedded storage's files are in the data directory. */
const EMBEDDED_FOLDER = 'embedded';
/** Where saved searches are, beside an embedded storage. */
const SEARCHES_FOLDER = 'searches';
/** Where what was acknowledged is until the storage has it. */
const LOG_FOLDER = 'log';
/** Between tries to start a storage that was away when the collector started. */
const STORAGE_START_RETRY_MILLIS = 2_000;
/** Where the storage may be away at the start: one that hangs is waited for no longer, as senders find nobody meanwhile. Most start within a second or two. */
const STORAGE_START_WAIT_MILLIS = 10_000;
/** Made and removed at start, to know before the first record that the directory can be written to. */
const PROBE_FILE = '.write-probe';
const MILLIS_A_DAY = 24 * 60 * 60 * 1_000;
/** How often a fault that goes on is told again. */
const REPEATED_FAULT_MILLIS = 10_000;

/** What the operator is told of a part of the log that is not what was written. */
const LOG_DAMAGE: Readonly<Record<LogDamage['kind'], { readonly level: 'warn' | 'error'; readonly message: string }>> = {
  torn: {
    level: 'warn',
    message:
      'a log file ends within a request, which is dropped: a crash cut its write off before it was acknowledged, or the file was cut since',
  },
  corrupt: { level: 'error', message: 'a part of the log was damaged on disk; it is kept aside, all else is read' },
  missing: {
    level: 'error',
    message: 'a part of the log is gone from the disk: requests that were acknowledged and not yet in the storage; all else is read',
  },
  foreign: {
    level: 'error',
    message: 'what stands in the place of a log file belongs to another log, or is no file; it is set aside whole, all else is read',
  },
};

export interface CollectorOptions {
  readonly logger: Logger;
  readonly version: string;
}

/** Where the collector can be reached, with the ports that it really has. */
export interface CollectorAddresses {
  /** `http://127.0.0.1:4318`. */
  readonly otlpHttp: string;
  /** `127.0.0.1:4317`. */
  readonly otlpGrpc: string;
  /** `http://127.0.0.1:4319`. */
  readonly ui: string;
}

export interface Collector {
  /** Resolves when everything listens. Throws `StartError` with all parts stopped again. */
  start(signal: AbortSignal): Promise<void>;
  /** Answers what is under way, refuses what is new, closes the storage. Safe to repeat and before `start`. */
  shutdown(): Promise<void>;
  /** Undefined while it does not listen. */
  readonly addresses: CollectorAddresses | undefined;
}

/** Composes the collector's parts; the one place that names adapters. Nothing is opened before `start`. */
export async function createCollector(config: Config, options: CollectorOptions): Promise<Collector> {
  const reduced = new ReasonCounts();
  const damaged = new ReasonCounts();
  const stored = await createStorage(config, { logger: options.logger, reduced, damaged });
  const redacted = new ReasonCounts();
  const redact = await readRedaction(config, (rule) => redacted.add(rule));
  return new ComposedCollector(config, { ...options, ...stored, reduced, damaged, redacted, redact });
}

interface StorageParts extends StorageWithArrivals {
  readonly searches: SearchStore;
}

interface ComposedParts extends StorageParts {
  readonly reduced: ReasonCounts;
  readonly damaged: ReasonCounts;
  readonly redacted: ReasonCounts;
  readonly redact: RedactRequest | undefined;
}

class ComposedCollector implements Collector {
  readonly #config: Config;
  readonly #options: CollectorOptions;
  readonly #storage: Storage;
  readonly #arrivals: LogArrivals;
  readonly #searches: SearchStore;
  readonly #queue: DurableQueue;
  readonly #view: CollectorView;
  readonly #stop = new AbortController();
  readonly #httpDoor: Door;
  readonly #grpcDoor: Door;
  readonly #queryFaults = createRepeatLimit();
  #queryServer: QueryServer | undefined;
  #addresses: CollectorAddresses | undefined;
  #stopping: Promise<void> | undefined;
  #storageStarting: Promise<void> | undefined;

  constructor(
    config: Config,
    { storage, arrivals, searches, reduced, damaged, redacted, redact, ...options }: CollectorOptions & ComposedParts,
  ) {
    this.#config = config;
    this.#options = options;
    this.#storage = storage;
    this.#arrivals = arrivals;
    this.#searches = searches;
    const { logger, version } = options;
    const refusals = new Refusals();
    const refusedRecords = createRepeatLimit();
    const metrics = new MetricCounts();
    let forgottenKeys = 0;
    const onRefused = (refusal: Refusal): void => refusals.add(refusal);
    this.#queue = new DurableQueue({
      directory: join(config.dataDirectory, LOG_FOLDER),
      maxBytes: config.queueBytes,
      storage: this.#storage,
      decode: (entry, ids, isPlain) =>
        decodeEntry(entry, { arrivalNanos: entry.arrivalNanos, ids }, { makesPlain: storage.writeRequests !== undefined, isPlain }),
      onNotKept: ({ tenant, recordCount, error }) => refusals.add({ tenant, reason: refusalReasonOf(error), records: recordCount }),
      onKeysForgotten: (keys) => {
        forgottenKeys += keys;
        logger.warn(
          'more requests with an idempotency key came within 24 hours than are remembered: a sender’s retry of one of the oldest would be stored twice',
          { forgotten: keys, forgottenSinceStart: forgottenKeys },
        );
      },
      onDamage: ({ kind, ...damage }) => {
        const { level, message } = LOG_DAMAGE[kind];
        logger[level](message, { ...damage });
        // What is kept aside is counted by the log itself.
        if (kind === 'missing') damaged.add(`log file ${damage.file}: acknowledged requests are gone from it`);
      },
      ...ingestLog(logger),
      onStorageAway: (error) => logger.error('the storage takes no records; they wait in the log', describeFault(error)),
      onStorageBack: () => logger.info('the storage takes records again'),
      // Of one sender's mistake there may be as many as records.
      onRefused: (error) =>
        refusedRecords.tell(error instanceof ThreadlineError ? error.code : 'internal', (alike) =>
          logger.error('a record was refused for good; it is in the log directory, among the dead letters or set aside', {
            ...describeFault(error),
            ...alike,
          }),
        ),
    });
    this.#view = createCollectorView({
      version,
      storage: config.storage,
      queue: this.#queue,
      refusals,
      metrics,
      reduced,
      damaged,
      ...(redact && { redacted }),
    });
    const shared = {
      host: config.host,
      handle: createExportHandler({ queue: this.#queue, now: nowNanos, onRefused, redact, onMetrics: (request) => metrics.add(request) }),
      checkKey: createIngestKeyCheck(config.ingestKey),
      admission: new Admission(LIMITS),
      onRefused,
      onFault: (error: unknown) => options.logger.error('a request failed', describeFault(error)),
    };
    this.#httpDoor = createHttpDoor({ ...shared, port: config.otlpHttpPort });
    this.#grpcDoor = createGrpcDoor({ ...shared, port: config.otlpGrpcPort });
  }

  get addresses(): CollectorAddresses | undefined {
    return this.#addresses;
  }

  async start(signal: AbortSignal): Promise<void> {
    try {
      await this.#startParts(signal);
    } catch (error) {
      await this.shutdown();
      throw error;
    }
  }

  shutdown(): Promise<void> {
    this.#stopping ??= this.#stopParts();
    return this.#stopping;
  }

  async #startParts(signal: AbortSignal): Promise<void> {
    const { dataDirectory, host, otlpHttpPort, otlpGrpcPort, uiPort } = this.#config;
    await probeDirectory(dataDirectory);
    await this.#queue.start(signal).catch((error: unknown) => {
      throw error instanceof ThreadlineError ? new StartError(error.message, error) : directoryError(error, dataDirectory);
    });
    await this.#noteMissingStorage();
    await this.#startStorage(signal);
    for (const folder of [LOG_FOLDER, EMBEDDED_FOLDER, SEARCHES_FOLDER]) await closeToOthers(join(dataDirectory, folder));
    await listening(this.#httpDoor.start(signal), { name: 'OTLP/HTTP', host, port: otlpHttpPort, setting: SETTINGS.otlpHttpPort.name });
    await listening(this.#grpcDoor.start(signal), { name: 'OTLP/gRPC', host, port: otlpGrpcPort, setting: SETTINGS.otlpGrpcPort.name });
    const otlpHttp = `http://${hostAndPort(host, this.#httpDoor.address?.port)}`;
    const otlpGrpc = hostAndPort(host, this.#grpcDoor.address?.port);
    this.#queryServer = this.#createQueryServer(otlpHttp, otlpGrpc);
    await listening(this.#queryServer.start(signal), { name: 'UI', host, port: uiPort, setting: SETTINGS.uiPort.name });
    this.#addresses = { otlpHttp, otlpGrpc, ui: `http://${hostAndPort(host, this.#queryServer.address?.port)}` };
  }

  /** Which segments there were nobody knows without them; that there was a storage at all the log does. */
  async #noteMissingStorage(): Promise<void> {
    const directory = join(this.#config.dataDirectory, EMBEDDED_FOLDER);
    if (this.#config.storage !== 'embedded' || !this.#queue.hasHistory) return;
    const isThere = await stat(directory).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      this.#options.logger.error(
        'records were brought into a storage before, and there is none in the data directory: an empty one is made',
        {
          directory,
        },
      );
    }
  }

  /**
   * A cluster that is away, or gives no answer, keeps no records from being taken, where it had taken this log's records before. At the first start of all it may as
   * well be a wrong address: that ends the start.
   */
  async #startStorage(signal: AbortSignal): Promise<void> {
    const mayBeAway = this.#config.storage === 'elasticsearch' && this.#queue.hasHistory;
    const tooLong = mayBeAway ? AbortSignal.timeout(STORAGE_START_WAIT_MILLIS) : undefined;
    try {
      await this.#storage.start(tooLong ? AbortSignal.any([signal, tooLong]) : signal);
    } catch (cause) {
      const error = tooLong?.aborted && cause === tooLong.reason ? hangingStorage(cause) : cause;
      const isAway = error instanceof ThreadlineError && error.code === 'storage_unavailable';
      if (!isAway || !mayBeAway) throw storageError(error, this.#config);
      this.#options.logger.error('the storage is away; records wait in the log until it is back', describeFault(error));
      this.#storageStarting = this.#startStorageLater();
    }
    this.#queue.startDelivery();
  }

  async #startStorageLater(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(STORAGE_START_RETRY_MILLIS, undefined, { signal }).catch(() => undefined);
      // Until it has started, its reads and writes are refused; the log's next try tells when it is back.
      if (
        !signal.aborted &&
        (await this.#storage.start(signal).then(
          () => true,
          () => false,
        ))
      )
        return;
    }
  }

  async #stopParts(): Promise<void> {
    // From here on new requests are told to come back; those under way still find the storage open.
    const drained = this.#queue.shutdown();
    await Promise.all([this.#httpDoor.shutdown(), this.#grpcDoor.shutdown(), this.#queryServer?.shutdown(), drained]);
    this.#addresses = undefined;
    this.#stop.abort();
    await this.#storageStarting;
    await this.#storage.shutdown();
  }

  /** A storage that is away fails every query: each kind of such a fault is told once in a while, with how many there were. */
  #logQueryFault(error: unknown, request: { readonly method: string; readonly path: string }): void {
    const tell = (alike: LogFields) => this.#options.logger.error('a query failed', { ...request, ...describeFault(error), ...alike });
    if (error instanceof ThreadlineError && error.code !== 'internal') this.#queryFaults.tell(error.code, tell);
    else tell({});
  }

  #createQueryServer(otlpHttpUrl: string, otlpGrpcUrl: string): QueryServer {
    const { host, uiPort, readKey, uiAllowedHosts, retentionDays, elasticsearchPolicy } = this.#config;
    return createQueryServer({
      storage: this.#storage,
      arrivals: this.#arrivals,
      searches: this.#searches,
      delivered: (withinMillis) => this.#queue.delivered(withinMillis),
      collector: this.#view,
      host,
      port: uiPort,
      allowedHosts: uiAllowedHosts,
      // The same from the sources and from the build.
      uiDirectory: fileURLToPath(new URL('../../ui/dist', import.meta.url)),
      otlpHttpUrl,
      otlpGrpcUrl,
      version: this.#options.version,
      onError: (error, { method, path }) => this.#logQueryFault(error, { method, path }),
      ...(elasticsearchPolicy === undefined && { retentionDays }),
      ...(readKey !== undefined && { readKey }),
    });
  }
}

function createRepeatLimit(): RepeatLimit {
  return new RepeatLimit({ periodMillis: REPEATED_FAULT_MILLIS, now: () => performance.now() });
}

/** A log that is full to the brim may refuse and take in turns: that it takes again is told where it was told that it does not. */
function ingestLog(logger: Logger): IngestWatchOptions {
  const refusals = createRepeatLimit();
  let isTold = false;
  return {
    onIngestRefused: (error) =>
      refusals.tell('refused', (alike) => {
        isTold = true;
        logger.error('no records are taken; senders are told to come back', { ...describeFault(error), ...alike });
      }),
    onIngestBack: () => {
      if (isTold) logger.info('records are taken again');
      isTold = false;
    },
  };
}

/** Loads the adapter that is wanted and not the other: Elasticsearch's client alone is a fifth of a second at every start. */
async function createStorage(
  config: Config,
  { logger, reduced, damaged }: { readonly logger: Logger; readonly reduced: ReasonCounts; readonly damaged: ReasonCounts },
): Promise<StorageParts> {
  if (config.storage === 'elasticsearch') {
    const { createElasticsearchStorage } = await import('./storage/elasticsearch/elasticsearch-storage.ts');
    const [url, ...otherUrls] = config.elasticsearchUrls;
    const reducedRecords = createRepeatLimit();
    const storage = createElasticsearchStorage({
      url,
      otherUrls,
      ...(config.elasticsearchApiKey !== undefined && { apiKey: config.elasticsearchApiKey }),
      ...(config.elasticsearchCaFile !== undefined && { certificateAuthority: await readCertificates(config.elasticsearchCaFile) }),
      namespace: config.elasticsearchNamespace,
      shards: config.elasticsearchShards,
      retentionDays: config.retentionDays,
      ...(config.elasticsearchReplicas !== undefined && { replicas: config.elasticsearchReplicas }),
      ...(config.elasticsearchPolicy !== undefined && { lifecyclePolicy: config.elasticsearchPolicy }),
      onFault: (error) =>
        logger.error(
          'Elasticsearch did not do what nobody waits for, as deleting what is too old; it is asked again',
          describeFault(error),
        ),
      // The reason is Elasticsearch's word for the kind of error, which quotes nothing of the record. A field that somebody mapped by hand is in each record.
      onReduced: ({ id, form, reason }) => {
        reducedRecords.tell(`${form} ${reason}`, (alike) =>
          logger.warn('Elasticsearch refused a record as it was; it is kept with fewer searchable fields', { id, form, reason, ...alike }),
        );
        reduced.add(form === 'untyped' ? `${reason}: kept without typed fields` : `${reason}: kept without its attributes in the index`);
      },
    });
    return { storage, arrivals: storage.arrivals, searches: storage.searches };
  }
  const { createEmbeddedStorage } = await import('./storage/embedded/embedded-storage.ts');
  const { recordArrivals } = await import('./storage/embedded/arrivals/record-arrivals.ts');
  const { createFileSearchStore } = await import('./storage/embedded/searches/file-search-store.ts');
  const storage = createEmbeddedStorage({
    directory: join(config.dataDirectory, EMBEDDED_FOLDER),
    retention: { maxAgeMillis: config.retentionDays * MILLIS_A_DAY, maxBytes: config.retentionBytes },
    onDamage: (reason) => {
      logger.error('a part of the storage was damaged on disk or removed; its records are lost, all else is read', { reason });
      damaged.add(reason);
    },
    onGivenUp: ({ from, to, ...counts }) =>
      logger.info('retention gave up the oldest records, as the settings of retention say', {
        ...counts,
        from: isoTime(from),
        to: isoTime(to),
      }),
    onFault: (error) => logger.error('the storage could not tidy up; it tries again', describeFault(error)),
  });
  const searches = createFileSearchStore({
    directory: join(config.dataDirectory, SEARCHES_FOLDER),
    onDamage: (reason) => logger.error('the saved searches were damaged on disk; the list begins anew', { reason }),
  });
  return { ...recordArrivals(storage), searches };
}

/** A clock that was far off may have written any time. */
function isoTime(unixMillis: number): string {
  const date = new Date(unixMillis);
  return Number.isNaN(date.getTime()) ? String(unixMillis) : date.toISOString();
}

async function readCertificates(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`${SETTINGS.elasticsearchCaFile.name} names ${file}, which cannot be read`, error);
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new StartError(`${SETTINGS.elasticsearchCaFile.name} names ${file}, which has no certificate in PEM`);
  return text;
}

function hangingStorage(cause: unknown): ThreadlineError {
  return new ThreadlineError('storage_unavailable', `the storage gave no answer within ${STORAGE_START_WAIT_MILLIS / 1_000} seconds`, {
    cause,
  });
}

function storageError(error: unknown, { storage, dataDirectory }: Config): StartError {
  const reason = error instanceof Error ? error.message : String(error);
  const [place, remedy] =
    storage === 'elasticsearch'
      ? [`at ${SETTINGS.elasticsearchUrls.name}`, `look into its own log, or set ${SETTINGS.elasticsearchUrls.name} to another`]
      : [`in ${join(dataDirectory, EMBEDDED_FOLDER)}`, directoryRemedy(codeOf(error))];
  const setting = storage === 'elasticsearch' ? SETTINGS.elasticsearchUrls.name : SETTINGS.dataDirectory.name;
  // Most of the storages' own messages say already what to do, that Elasticsearch is not there and that another uses the directory among them.
  const whatToDo = reason.includes(setting) ? '' : `; ${remedy}`;
  return new StartError(`the ${storage} storage ${place} cannot start: ${reason.replace(/[.;\s]+$/, '')}${whatToDo}`, error);
}

async function probeDirectory(directory: string): Promise<void> {
  const probe = join(directory, PROBE_FILE);
  try {
    await makeDirectory(directory);
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    throw directoryError(error, directory);
  }
}

/** Node's own recursive mkdir never returns where the system answers ENOENT for an existing parent, as under /proc. */
async function makeDirectory(directory: string): Promise<void> {
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) return;
  const parent = dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  await mkdir(directory).catch((error: unknown) => {
    // Made by another process in between, or not a directory, which writing into it will tell.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

async function listening(started: Promise<void>, part: Parameters<typeof listenError>[1]): Promise<void> {
  try {
    await started;
  } catch (error) {
    throw listenError(error, part);
  }
}

function hostAndPort(host: string, port: number | undefined): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port ?? ''}`;
}
