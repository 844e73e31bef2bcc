import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadlineError } from '../../../errors.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedRecord } from '../../../model/record.ts';
import { missingOfRequests, missingRecords, recordIdsOf } from '../../missing-records.ts';
import type { TableName } from '../layout.ts';
import { KnownTemplates } from '../reading/known-templates.ts';
import { PageCache } from '../reading/page-cache.ts';
import { knownIds } from '../reading/read-log.ts';
import { requestPrefix } from '../rows/record-id.ts';
import { GROUP_ROWS } from '../rows/row-buffer.ts';
import type { SegmentCatalog } from '../segments/segment-catalog.ts';
import type { BatchPlace } from '../threads/writing-messages.ts';
import type { WritingThread } from '../threads/writing-thread-client.ts';
import { FlushPace, LONGEST_WAIT_MILLIS } from './flush-pace.ts';

/** So many rows wait for no others: a row group that is never merged again row by row. What comes behind it goes to the next batch. */
const FULL_ROWS = GROUP_ROWS;
/** Of a file. */
const MAX_BATCHES = 4;
/** When no more has come for so long, none is waited for: a caller may wait for its own write before the next. */
const QUIET_MILLIS = 600;
/** As much where the pace lets a file be written at once. */
const BRIEFLY_QUIET_MILLIS = 100;
/** One call with fewer rows, where the pace lets a file be written at once, waits for no others. */
const FEW_ROWS = 1_000;
/** Ids are looked up in pages that are not looked at again. */
const LOOKUP_CACHE_BYTES = 1024 * 1024;
const RETRY_AFTER_MILLIS = 1_000;

/** One thread has batches of several tables. */
let nextBatch = 0;

/** Rows that go into one file, up to about a row group. The rows themselves are in the thread. */
class Batch {
  /** How many calls have added to it. */
  calls = 0;
  readonly thread: WritingThread;
  readonly #place: BatchPlace;
  rows = 0;
  readonly #ids = new Set<string>();
  readonly #written = Promise.withResolvers<void>();
  /** What the ids of a whole request start with. */
  readonly #prefixes = new Set<string>();

  constructor(thread: WritingThread, place: BatchPlace) {
    this.thread = thread;
    this.#place = place;
    this.written.catch(() => undefined);
  }

  /** Resolves when its rows are on disk and can be read. */
  get written(): Promise<void> {
    return this.#written.promise;
  }

  /** Ends all calls as this promise does. */
  endAs(done: Promise<void>): void {
    this.#written.resolve(done);
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
  /** Those that wait for no more, the first to be written first. */
  readonly #full: Batch[] = [];
  #gathering: Batch | undefined;
  #writing: readonly Batch[] = [];
  #running: Promise<void> | undefined;
  /** Resolved when what is gathered is to be written, which is until the next one is gathered. */
  #hurry = Promise.withResolvers<void>();
  #isHurried = false;
  /** Resolved when what is gathered is full. */
  #filled = Promise.withResolvers<void>();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /** `mayRepeat`: as of the port's `WriteOptions`. */
  async write(tenant: string, records: readonly IndexedRecord[], mayRepeat: boolean): Promise<void> {
    if (!mayRepeat) return this.#addRecords(tenant, records);
    const { isThere, before } = this.#lookUp(
      tenant,
      records.map(({ id }) => id),
    );
    const missing = missingRecords(records, isThere);
    // Those that were given to be written a moment ago are there only if that write ends well.
    await Promise.all([...before, this.#addRecords(tenant, missing)]);
  }

  /** As `write`, of requests. */
  async writeRequests(tenant: string, requests: readonly PlainRequest[], mayRepeat: boolean): Promise<void> {
    if (!mayRepeat) return this.#addRequests(tenant, requests);
    const { isThere, before } = this.#lookUp(tenant, requests.flatMap(recordIdsOf));
    const missing = missingOfRequests(requests, isThere);
    await Promise.all([...before, this.#addRequests(tenant, missing.requests), this.#addRecords(tenant, missing.records)]);
  }

  async #addRecords(tenant: string, records: readonly IndexedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const batch = this.#batch();
    await this.#written(batch, batch.add(tenant, records));
  }

  async #addRequests(tenant: string, requests: readonly PlainRequest[]): Promise<void> {
    const written: Promise<void>[] = [];
    for (let from = 0; from < requests.length; ) {
      const batch = this.#batch();
      const to = endOfRows(requests, from, FULL_ROWS - batch.rows);
      written.push(this.#written(batch, batch.addRequests(tenant, requests.slice(from, to))));
      from = to;
    }
    await Promise.all(written);
  }

  /** The one that is being gathered. */
  #batch(): Batch {
    this.#gathering ??= new Batch(this.#options.thread(), { batch: nextBatch++, table: this.#options.table });
    return this.#gathering;
  }

  /** Resolves when the batch is written; not before, where adding to it failed: until then it is known as the one that has these records. */
  async #written(batch: Batch, added: Promise<void>): Promise<void> {
    added.catch(() => undefined);
    batch.calls += 1;
    if (batch.rows >= FULL_ROWS) {
      this.#full.push(batch);
      this.#gathering = undefined;
      this.#filled.resolve();
    }
    this.#running ??= this.#run();
    await batch.written;
    await added;
  }

  /** Somebody waits: what is gathered is written as soon as can be. */
  hasten(): void {
    this.#isHurried = true;
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
    while (this.#full.length > 0 || this.#gathering) {
      if (this.#full.length === 0 && this.#gathering) await this.#gatherMore(this.#gathering);
      const batches = this.#takeBatches();
      this.#writing = batches;
      const done = this.#writeBatches(batches);
      for (const batch of batches) batch.endAs(done);
      await done.catch(() => undefined);
      this.#writing = [];
    }
    this.#running = undefined;
  }

  /** What is to be written next, of one thread: full ones, and the one that is gathered where none is full or somebody waits. */
  #takeBatches(): Batch[] {
    const [first] = this.#full;
    const others = this.#full.findIndex(({ thread }) => thread !== first?.thread);
    const batches = this.#full.splice(0, Math.min(MAX_BATCHES, others === -1 ? MAX_BATCHES : others));
    const gathering = this.#gathering;
    const isNext = first === undefined || (this.#isHurried && this.#full.length === 0 && gathering?.thread === first.thread);
    if (gathering && isNext) {
      batches.push(gathering);
      this.#gathering = undefined;
      this.#hurry = Promise.withResolvers();
      this.#isHurried = false;
    }
    return batches;
  }

  /**
   * While more comes, for some seconds at most: what begins to come without end is to make no small files either, which are merged row by row. Rows that
   * fill a row group, and readers who wait, end it.
   */
  async #gatherMore(batch: Batch): Promise<void> {
    const paced = this.#pace.wait();
    if (paced === 0 && batch.calls === 1 && batch.rows < FEW_ROWS) return;
    const quiet = paced === 0 ? BRIEFLY_QUIET_MILLIS : QUIET_MILLIS;
    const end = performance.now() + (paced || LONGEST_WAIT_MILLIS);
    this.#filled = Promise.withResolvers();
    const enough = Promise.race([this.#hurry.promise, this.#filled.promise]).then(() => true);
    for (;;) {
      const { calls } = batch;
      const wait = Math.min(end - performance.now(), quiet);
      if (wait <= 0 || (await Promise.race([enough, sleep(wait, false)])) || batch.calls === calls) return;
    }
  }

  async #writeBatches(batches: readonly Batch[]): Promise<void> {
    const [first] = batches;
    if (!first || batches.every(({ rows }) => rows === 0)) return;
    const { table, catalog } = this.#options;
    const name = { table, id: catalog.takeId() };
    const now = Date.now();
    try {
      const rows = await first.thread.write(
        batches.map(({ number }) => number),
        { ...name, from: now, to: now, replaces: [] },
      );
      this.#pace.note();
      if (rows > 0) catalog.add(name);
    } catch (error) {
      throw writeError(error);
    }
  }

  /** Which of the ids are there, or given to be written. `before`: when the latter are. */
  #lookUp(
    tenant: string,
    ids: readonly string[],
  ): { readonly isThere: (id: string) => boolean; readonly before: readonly Promise<void>[] } {
    const there = new Set<string>();
    const before = new Set<Promise<void>>();
    const given = [...this.#writing, ...this.#full, ...(this.#gathering ? [this.#gathering] : [])];
    for (const id of ids) {
      const waiting = given.find((batch) => batch.has(tenant, id));
      if (!waiting) continue;
      there.add(id);
      before.add(waiting.written);
    }
    const { table, catalog } = this.#options;
    const scope = {
      tenant,
      groups: (name: TableName) => catalog.open.groups(name),
      cache: this.#cache,
      templates: this.#templates,
      check: () => undefined,
    };
    const left = ids.filter((id) => !there.has(id));
    for (const id of catalog.open.withoutDamaged(() => knownIds(scope, table, left))) there.add(id);
    return { isThere: (id) => there.has(id), before: [...before] };
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

/** Behind the requests from `from` on, one at least, that have so many rows together. */
function endOfRows(requests: readonly PlainRequest[], from: number, rows: number): number {
  let end = from;
  let left = rows;
  do left -= requests[end++]?.wire.recordCount ?? 0;
  while (left > 0 && end < requests.length);
  return end;
}
