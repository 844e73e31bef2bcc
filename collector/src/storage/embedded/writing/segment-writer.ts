import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadlineError } from '../../../errors.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedRecord } from '../../../model/record.ts';
import type { TableName } from '../layout.ts';
import { KnownTemplates } from '../reading/known-templates.ts';
import { PageCache } from '../reading/page-cache.ts';
import { knownIds } from '../reading/read-log.ts';
import { requestPrefix } from '../rows/record-id.ts';
import { GROUP_ROWS } from '../rows/row-buffer.ts';
import type { SegmentCatalog } from '../segments/segment-catalog.ts';
import type { BatchPlace } from '../threads/writing-messages.ts';
import type { WritingThread } from '../threads/writing-thread-client.ts';
import { FlushPace } from './flush-pace.ts';

/** So many rows wait for no others: a row group that is never merged again row by row. */
const FULL_ROWS = GROUP_ROWS;
/** When no more has come for so long, none is waited for: a caller may wait for its own write before the next. */
const QUIET_MILLIS = 1_500;
/** Ids are looked up in pages that are not looked at again. */
const LOOKUP_CACHE_BYTES = 1024 * 1024;
const RETRY_AFTER_MILLIS = 1_000;

/** One thread has batches of several tables. */
let nextBatch = 0;

interface Call {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Rows that go into one file, and the calls that wait for it. The rows themselves are in the thread. */
class Batch {
  readonly calls: Call[] = [];
  readonly thread: WritingThread;
  readonly #place: BatchPlace;
  rows = 0;
  readonly #ids = new Set<string>();
  /** What the ids of a whole request start with. */
  readonly #prefixes = new Set<string>();

  constructor(thread: WritingThread, place: BatchPlace) {
    this.thread = thread;
    this.#place = place;
  }

  get number(): number {
    return this.#place.batch;
  }

  async add(tenant: string, records: readonly IndexedRecord[]): Promise<void> {
    for (const { id } of records) this.#ids.add(idKey(tenant, id));
    this.rows += records.length;
    await this.thread.addRecords(this.#place, tenant, records);
  }

  async addRequests(tenant: string, requests: readonly PlainRequest[]): Promise<void> {
    for (const request of requests) {
      this.#prefixes.add(idKey(tenant, requestPrefix(request.ids(0))));
      this.rows += request.wire.recordCount;
    }
    await this.thread.addRequests(this.#place, tenant, requests);
  }

  has(tenant: string, id: string): boolean {
    return this.#ids.has(idKey(tenant, id)) || this.#prefixes.has(idKey(tenant, requestPrefix(id)));
  }
}

export interface SegmentWriterOptions {
  readonly table: TableName;
  readonly catalog: SegmentCatalog;
  /** The thread that makes rows and files, whichever it is now. */
  readonly thread: () => WritingThread;
}

/**
 * Writes the records of one table: gathers what comes while the last file is being written, and some seconds longer where it comes without end and
 * nobody waits for it, then makes one segment of it. A call resolves when its rows are on disk and can be read. Rows whose id is there already are left out.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #pace = new FlushPace(() => performance.now());
  readonly #cache = new PageCache(LOOKUP_CACHE_BYTES);
  readonly #templates = new KnownTemplates();
  #gathering: Batch | undefined;
  #writing: { readonly batch: Batch; readonly done: Promise<void> } | undefined;
  #running: Promise<void> | undefined;
  #hurry = Promise.withResolvers<void>();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /** `mayRepeat`: as of the port's `WriteOptions`. */
  async write(tenant: string, records: readonly IndexedRecord[], mayRepeat: boolean): Promise<void> {
    if (records.length === 0) return;
    const { fresh, isBeingWritten } = mayRepeat ? this.#newOnes(tenant, records) : { fresh: records, isBeingWritten: false };
    // Those that were written a moment ago are there only if that write ends well.
    const before = isBeingWritten ? this.#writing?.done : undefined;
    const batch = this.#batch();
    await Promise.all([before, this.#written(batch, fresh.length > 0 ? batch.add(tenant, fresh) : Promise.resolve())]);
  }

  /** Of requests none of whose records was written before. */
  async writeRequests(tenant: string, requests: readonly PlainRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const batch = this.#batch();
    await this.#written(batch, batch.addRequests(tenant, requests));
  }

  /** The one that is being gathered. */
  #batch(): Batch {
    this.#gathering ??= new Batch(this.#options.thread(), { batch: nextBatch++, table: this.#options.table });
    return this.#gathering;
  }

  /** Resolves when the batch is written; not before, where adding to it failed: until then it is known as the one that has these records. */
  #written(batch: Batch, added: Promise<void>): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      batch.calls.push({ resolve: () => added.then(resolve, reject), reject });
    });
    added.catch(() => undefined);
    if (batch.rows >= FULL_ROWS) this.hasten();
    this.#running ??= this.#run();
    return written;
  }

  /** Somebody waits: what is gathered is written as soon as can be. */
  hasten(): void {
    this.#hurry.resolve();
  }

  /** Waits for the calls under way. Call once, after the last write. */
  async close(): Promise<void> {
    this.hasten();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Callers of the same moment share the first file too.
    await Promise.resolve();
    for (let batch = this.#gathering; batch; batch = this.#gathering) {
      await this.#gatherMore(batch);
      this.#gathering = undefined;
      this.#hurry = Promise.withResolvers();
      const done = this.#writeBatch(batch);
      this.#writing = { batch, done };
      try {
        await done;
        for (const { resolve } of batch.calls) resolve();
      } catch (error) {
        for (const { reject } of batch.calls) reject(error);
      }
      this.#writing = undefined;
    }
    this.#running = undefined;
  }

  /** While the pace leaves time and more comes. Rows that fill a row group, and readers who wait, end it. */
  async #gatherMore(batch: Batch): Promise<void> {
    const end = performance.now() + this.#pace.wait();
    const hurried = this.#hurry.promise.then(() => true);
    for (;;) {
      const calls = batch.calls.length;
      const wait = Math.min(end - performance.now(), QUIET_MILLIS);
      if (wait <= 0 || batch.rows >= FULL_ROWS) return;
      if (await Promise.race([hurried, sleep(wait, false)])) return;
      if (batch.calls.length === calls) return;
    }
  }

  async #writeBatch(batch: Batch): Promise<void> {
    if (batch.rows === 0) return;
    const { table, catalog } = this.#options;
    const name = { table, id: catalog.takeId() };
    const now = Date.now();
    try {
      const rows = await batch.thread.write(batch.number, { ...name, from: now, to: now, replaces: [] });
      this.#pace.note();
      if (rows > 0) catalog.add(name);
    } catch (error) {
      throw writeError(error);
    }
  }

  /** The records that are not there yet, each once: of those with one id the first. */
  #newOnes(
    tenant: string,
    records: readonly IndexedRecord[],
  ): { readonly fresh: readonly IndexedRecord[]; readonly isBeingWritten: boolean } {
    const byId = new Map<string, IndexedRecord>();
    let isBeingWritten = false;
    for (const record of records) {
      if (this.#writing?.batch.has(tenant, record.id)) isBeingWritten = true;
      else if (!byId.has(record.id) && !this.#gathering?.has(tenant, record.id)) byId.set(record.id, record);
    }
    const { table, catalog } = this.#options;
    const scope = {
      tenant,
      groups: (name: TableName) => catalog.open.groups(name),
      cache: this.#cache,
      templates: this.#templates,
      check: () => undefined,
    };
    for (const id of catalog.open.withoutDamaged(() => knownIds(scope, table, byId.keys()))) byId.delete(id);
    return { fresh: [...byId.values()], isBeingWritten };
  }
}

function idKey(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}

function writeError(cause: unknown): ThreadlineError {
  if (cause instanceof ThreadlineError) return cause;
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  return new ThreadlineError(
    'storage_unavailable',
    `The embedded storage could not write (${reason}): check the disk of THREADLINE_DATA_DIR`,
    { cause, retryAfterMillis: RETRY_AFTER_MILLIS },
  );
}
