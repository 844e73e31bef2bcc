import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ThreadlineError } from '../../../errors.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedRecord } from '../../../model/record.ts';
import type { OtherPatterns } from '../../storage.ts';
import type { NewSegment } from '../segments/write-segment.ts';
import { errorOf } from './failure.ts';
import { THREAD_LIMITS } from './thread-limits.ts';
import type { BatchPlace, FromWriter, ToWriter, Written } from './writing-messages.ts';

/** The same from the sources and from the build. */
const THREAD_FILE = new URL(`./writing-thread${extname(import.meta.url)}`, import.meta.url);
const RETRY_AFTER_MILLIS = 1_000;

/** Less is copied: of few records a reader who comes only now is to see all (`RecentLogs`). */
const MIN_MOVED_BYTES = 1024 * 1024;

/** A message before it has its number. */
type Unnumbered<M> = M extends unknown ? Omit<M, 'number'> : never;

interface Pending {
  readonly resolve: (written: Written | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The thread that makes rows and files. What it is told is done in order. When it ends before its time all that was not yet answered is rejected with
 * `storage_unavailable`, and so is all that it is told later: a new one starts empty.
 */
export class WritingThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #next = 0;
  #failure: Error | undefined;
  #others: readonly OtherPatterns[] = [];

  constructor(directory: string) {
    this.#worker = new Worker(THREAD_FILE, { workerData: { directory }, resourceLimits: THREAD_LIMITS });
    // Only what is under way keeps the process alive.
    this.#worker.unref();
    this.#worker.on('message', (message: FromWriter) => this.#take(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(new Error('it ended'));
        resolve();
      });
    });
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  /** As of the last file. */
  get others(): readonly OtherPatterns[] {
    return this.#others;
  }

  /**
   * Adds rows to a batch. Rejects at a record that cannot be encoded: it and those behind are left out. Bodies that are much altogether go to the thread as
   * they are and are empty here then: so the most that waits is in memory once.
   */
  async addRequests(place: BatchPlace, tenant: string, requests: readonly PlainRequest[]): Promise<void> {
    const isMuch = requests.reduce((sum, { wire }) => sum + wire.body.length, 0) >= MIN_MOVED_BYTES;
    const sent = requests.map(({ wire: { body }, parts }) => ({ parts, body: (isMuch && movable(body)) || copyOf(body) }));
    const memory = sent.map(({ body }) => body.buffer);
    await this.#tell({ type: 'requests', place, tenant, requests: sent }, memory);
  }

  /** As `addRequests`. */
  async addRecords(place: BatchPlace, tenant: string, records: readonly IndexedRecord[]): Promise<void> {
    await this.#tell({ type: 'records', place, tenant, records });
  }

  /** Resolves when what was added to the batches is on disk as this segment. Gives its rows: where there are none there is no file. */
  async write(batches: readonly number[], segment: NewSegment): Promise<number> {
    const written = await this.#tell({ type: 'write', batches, segment });
    return written?.rows ?? 0;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #tell(message: Unnumbered<ToWriter>, transferred: readonly ArrayBuffer[] = []): Promise<Written | undefined> {
    if (this.#failure) return Promise.reject(this.#failure);
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ ...message, number } satisfies ToWriter, transferred);
      this.#pending.set(number, { resolve, reject });
      this.#worker.ref();
    });
  }

  #take({ number, failure, written }: FromWriter): void {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (written) this.#others = written.others;
    if (this.#pending.size === 0) this.#worker.unref();
    if (failure) pending?.reject(errorOf(failure));
    else pending?.resolve(written);
  }

  #end(cause: unknown): void {
    this.#failure ??= new ThreadlineError(
      'storage_unavailable',
      `The thread that writes the embedded storage ended (${cause instanceof Error ? cause.message : String(cause)}); it is started again`,
      { cause, retryAfterMillis: RETRY_AFTER_MILLIS },
    );
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}

/** Undefined for bytes that are a part of a larger buffer, which others have parts of. */
function movable({ buffer, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? new Uint8Array(buffer) : undefined;
}

function copyOf(body: Buffer): Uint8Array<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(body.length);
  body.copy(copy);
  return copy;
}
