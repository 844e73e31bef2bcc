import { renameSync, rmSync } from 'node:fs';
import { stat, unlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Batch, type Loss, MAX_BATCH_AGE_MILLIS, MAX_TRACE_IDS, SIGNALS, type Signal, traceIdsOf } from '../batch.ts';
import { decodeRecord, encodeRecord, type FoundRecord, recordFacts } from './batch-record.ts';
import {
  beginFile,
  createLane,
  endFile,
  type FileFilter,
  isAny,
  isInherited,
  isOwn,
  type Lane,
  oldestMillis,
  type PackedBatch,
  type WrittenFile,
  writeWhole,
} from './lane.ts';
import { type SavedRecord, saveRecordsSync } from './save-sync.ts';
import { SpoolFileReader } from './spool-file-reader.ts';
import { FILE_MODE, type SpoolFile, type SpoolFolder } from './spool-folder.ts';

const compress = promisify(gzip);

/** A file is read and dropped as a whole, so it is small against the memory and the room on disk that a process may use. */
const MAX_FILE_BYTES = 1024 * 1024;
const MIN_FILES = 16;
/** How often there is room for what ended processes left beside what each living one may write: a service that crashes again and again must not fill the disk. */
const INHERITED_SIZES = 7;
/** What waits for the disk, or stays in memory when there is none: packed, more than half a minute of 250 requests a second. */
const MAX_MEMORY_BYTES = 8 * 1024 * 1024;
/** Why what is nowhere but in memory is lost at the end. */
export const PROCESS_ENDED = 'the process ended before the collector took them';
/** A full or missing disk is tried again after this time. */
const DISK_RETRY_MILLIS = 10_000;

export interface SpoolOptions {
  /** Undefined keeps everything in memory. */
  readonly folder: SpoolFolder | undefined;
  /** Of files that this process writes, all signals together; what ended ones left has a bound of its own. */
  readonly maxBytes: number;
  nowMillis(): number;
  onLoss(loss: Loss): void;
  /** Something that a person should know of, in one line. */
  onProblem(text: string): void;
}

/** A batch that was taken out to be sent. One of its two functions is to be called, once. */
export interface TakenBatch {
  readonly batch: Batch;
  /** Whether a later process finds it, should this one end before it was settled. */
  readonly isOnDisk: boolean;
  /** It needs no more sending. */
  settle(): void;
  /** It has to be sent again. */
  putBack(): void;
}

/** A batch that is on disk at the end of a process. */
export interface SavedBatch extends SavedRecord {
  readonly key: string;
}

/**
 * Batches that wait for the collector: on disk, bounded, the oldest dropped first, and what a process leaves is sent by
 * the next. Where the disk takes nothing they stay in memory, bounded more closely. Nothing here throws, and nothing but
 * `keepNow` and `saveSync` waits for the disk; files are not forced to it, since they are to survive the process and not the machine.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #maxFileBytes: number;
  readonly #lanes: Record<Signal, Lane> = { traces: createLane(), logs: createLane() };
  /** Batches that are being packed. */
  readonly #packing = new Set<Batch>();
  /** Disk work is done one thing at a time, in the order in which it was asked for. */
  #last: Promise<void> = Promise.resolve();
  #diskRetryMillis = Number.NEGATIVE_INFINITY;
  #note: { readonly file: SpoolFile; readonly byteCount: number } | undefined;
  /** The last one that was to be kept; undefined when none is. */
  #latestNote: Batch | undefined;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#maxFileBytes = Math.min(MAX_FILE_BYTES, Math.floor(options.maxBytes / MIN_FILES));
  }

  /** Takes over what ended processes left, and tells others that this one lives. For the start and now and then; never rejects. */
  tend(): Promise<void> {
    const { folder } = this.#options;
    return this.#queue(async () => {
      if (folder === undefined) return;
      await folder.touch();
      for (const file of await folder.adopt()) {
        const { size } = await stat(file.path);
        const lane = this.#lanes[file.signal];
        lane.closed = [...lane.closed, { file, byteCount: size }].sort((a, b) => a.file.createdMillis - b.file.createdMillis);
      }
      await this.#trimInherited(folder);
    });
  }

  /** Keeps a batch. Resolves when it can be taken; never rejects. */
  async append(batch: Batch): Promise<void> {
    this.#packing.add(batch);
    const bytes = await compress(batch.body, { level: 1 }).then(
      (stored) => encodeRecord(batch, stored, true),
      () => encodeRecord(batch, batch.body, false),
    );
    // Saved meanwhile, for a process that ends.
    if (!this.#packing.delete(batch)) return;
    const { body: _body, ...facts } = batch;
    this.#lanes[batch.signal].packed.push({ batch: facts, bytes });
    await this.#queue(() => this.#writePacked());
    this.#trimMemory();
  }

  /** Whether anything is to be kept on disk. */
  get hasDisk(): boolean {
    return this.#options.folder !== undefined;
  }

  /**
   * Keeps batches of one signal before it returns, on disk, else in memory, for a process that has no time for `append`. Answers with those for which there is no
   * room.
   */
  keepNow(batches: readonly Batch[]): readonly Batch[] {
    const { folder, maxBytes, nowMillis } = this.#options;
    const [first] = batches;
    if (first === undefined) return batches;
    if (folder === undefined || nowMillis() < this.#diskRetryMillis) return this.#keepInMemory(batches);
    const records = batches.map((batch) => encodeRecord(batch, batch.body, false));
    const byteCount = records.reduce((sum, { length }) => sum + length, 0);
    if (this.#ownBytes + byteCount > maxBytes) return batches;
    try {
      const file = folder.newFile(first.signal, first.createdMillis);
      saveRecordsSync(file, records);
      const lane = this.#lanes[first.signal];
      lane.closed = [...lane.closed, { file, byteCount }];
      return [];
    } catch (error) {
      this.#diskFailed(error);
      return this.#keepInMemory(batches);
    }
  }

  /** Answers with those for which there is no room. */
  #keepInMemory(batches: readonly Batch[]): readonly Batch[] {
    return batches.filter((batch) => {
      const record = asRecord(batch);
      if (this.#memoryBytes + record.bytes.length > MAX_MEMORY_BYTES) return true;
      this.#lanes[batch.signal].packed.push(record);
      return false;
    });
  }

  /** Keeps a batch that is for the next process alone, in place of the one that was kept so before; never rejects. */
  keepNote(note: Batch): Promise<void> {
    const { folder, nowMillis } = this.#options;
    this.#latestNote = note;
    return this.#queue(async () => {
      if (folder === undefined || nowMillis() < this.#diskRetryMillis || this.#latestNote !== note) return;
      // A new name, with its time: by that of the first one it would be the oldest file, and go first where there is no room.
      const file = folder.newFile(note.signal, note.createdMillis);
      const { bytes } = asRecord(note);
      await this.#makeRoom(bytes.length);
      await writeFile(folder.draftPath, bytes, { mode: FILE_MODE });
      if (this.#latestNote !== note) return;
      renameSync(folder.draftPath, file.path);
      if (this.#note !== undefined) rmSync(this.#note.file.path, { force: true });
      this.#note = { file, byteCount: bytes.length };
    });
  }

  /** What the note says is said otherwise. Never throws. */
  forgetNoteSync(): void {
    this.#latestNote = undefined;
    if (this.#note === undefined) return;
    try {
      rmSync(this.#note.file.path, { force: true });
    } catch (error) {
      this.#diskFailed(error);
    }
    this.#note = undefined;
  }

  /** Whether `take` has something to give. */
  hasWaiting(signal: Signal): boolean {
    const lane = this.#lanes[signal];
    return lane.packed.length > 0 || oldestMillis(lane, isAny) !== Number.POSITIVE_INFINITY;
  }

  /** Whether a batch of the signal is about to be one that `take` gives. */
  isPacking(signal: Signal): boolean {
    for (const batch of this.#packing) if (batch.signal === signal) return true;
    return false;
  }

  /** The next batch of the signal, or undefined when there is none; never rejects. */
  async take(signal: Signal): Promise<TakenBatch | undefined> {
    let taken: TakenBatch | undefined;
    await this.#queue(async () => {
      const lane = this.#lanes[signal];
      while (taken === undefined && (await this.#prepare(lane))) taken = this.#takeFromFile(lane) ?? this.#takeFromMemory(lane);
    });
    return taken;
  }

  /** Writes these and what is still in memory to disk now, for a process that ends. Answers with those that are on disk. */
  saveSync(batches: readonly Batch[]): SavedBatch[] {
    for (const batch of this.#packing) this.#lanes[batch.signal].packed.push(asRecord(batch));
    this.#packing.clear();
    const records = batches.map(asRecord);
    return SIGNALS.flatMap((signal) => {
      const waiting = [...this.#lanes[signal].packed, ...records.filter(({ batch }) => batch.signal === signal)];
      const saved = this.#saveSignalSync(signal, waiting);
      if (saved.length > 0) this.#lanes[signal].packed.splice(0);
      return saved;
    });
  }

  /** The last thing to be called: what is on disk is the next process's, what is not is lost. Safe to repeat. */
  closeSync(): void {
    for (const signal of SIGNALS) for (const packed of this.#lanes[signal].packed.splice(0)) this.#losePacked(packed, PROCESS_ENDED);
    this.#options.folder?.releaseSync();
  }

  /** Never rejects: whatever goes wrong is the disk's. */
  #queue(run: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(run).catch((error: unknown) => this.#diskFailed(error));
    return this.#last;
  }

  #diskFailed(error: unknown): void {
    this.#diskRetryMillis = this.#options.nowMillis() + DISK_RETRY_MILLIS;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onProblem(`what waits for the collector is kept in memory, since it cannot be kept on disk (${reason})`);
  }

  async #writePacked(): Promise<void> {
    const { folder, nowMillis } = this.#options;
    if (folder === undefined || nowMillis() < this.#diskRetryMillis) return;
    for (const signal of SIGNALS) {
      const lane = this.#lanes[signal];
      for (let next = lane.packed[0]; next !== undefined; next = lane.packed[0]) {
        await this.#makeRoom(next.bytes.length);
        lane.writing ??= await beginFile(folder.newFile(signal, next.batch.createdMillis));
        lane.writing = await writeWhole(lane.writing, next.bytes);
        // No longer the first when another was put back meanwhile.
        const place = lane.packed.indexOf(next);
        if (place !== -1) lane.packed.splice(place, 1);
        if (lane.writing.byteCount >= this.#maxFileBytes) await endFile(lane);
      }
    }
  }

  /** Drops what is oldest of what this process wrote until there is room for so many bytes more. */
  async #makeRoom(byteCount: number): Promise<void> {
    while (this.#ownBytes + byteCount > this.#options.maxBytes) if (!(await this.#dropOldest(isOwn, 'the spool was full'))) return;
  }

  /** Drops what is oldest of what ended processes left while that is more than the folder may hold beside what each living one may write. */
  async #trimInherited(folder: SpoolFolder): Promise<void> {
    if (this.#byteCount(isInherited) === 0) return;
    const others = await folder.measureOthers();
    const mostBytes = (others.folderCount + INHERITED_SIZES) * this.#options.maxBytes - others.byteCount;
    const reason = 'processes that ended left more than the spool may hold';
    while (this.#byteCount(isInherited) > mostBytes) if (!(await this.#dropOldest(isInherited, reason))) return;
  }

  /** Drops the oldest of these files. False when there is none whose bytes go at once. */
  async #dropOldest(isMeant: FileFilter, reason: string): Promise<boolean> {
    const ageOf = (lane: Lane): number => oldestMillis(lane, isMeant);
    const [lane] = Object.values(this.#lanes).sort((a, b) => ageOf(a) - ageOf(b));
    if (lane === undefined || ageOf(lane) === Number.POSITIVE_INFINITY) return false;
    if (!(await this.#openOldest(lane, isMeant))) return true;
    const oldest = lane.reading.find((file) => file.waiting.length > 0 && isMeant(file));
    if (oldest === undefined) return false;
    this.#lose(oldest.file.signal, oldest.waiting.splice(0), reason);
    await this.#endReading(lane, oldest);
    // What is being sent of it may still arrive, and its bytes go then.
    return oldest.isDone;
  }

  /** Of what this process wrote. */
  get #ownBytes(): number {
    return this.#byteCount(isOwn) + (this.#note?.byteCount ?? 0);
  }

  get #memoryBytes(): number {
    return Object.values(this.#lanes)
      .flatMap(({ packed }) => packed)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #byteCount(isMeant: FileFilter): number {
    const files: WrittenFile[] = Object.values(this.#lanes).flatMap(({ writing, closed, reading }) => [
      ...closed,
      ...reading,
      ...(writing ? [writing] : []),
    ]);
    return files.filter(isMeant).reduce((sum, file) => sum + file.byteCount, 0);
  }

  /** True when a batch waits in memory or in a file that is open for reading; opens the next file if need be. */
  async #prepare(lane: Lane): Promise<boolean> {
    while (oldestMillis(lane, isAny) !== Number.POSITIVE_INFINITY) if (await this.#openOldest(lane, isAny)) return true;
    return lane.packed.length > 0;
  }

  /** True when a batch waits in one of these files that is open for reading. */
  async #openOldest(lane: Lane, isMeant: FileFilter): Promise<boolean> {
    if (lane.reading.some((file) => file.waiting.length > 0 && isMeant(file))) return true;
    if (!lane.closed.some(isMeant)) await endFile(lane);
    const next = lane.closed.find(isMeant);
    lane.closed = lane.closed.filter((file) => file !== next);
    const reader = next === undefined ? undefined : await SpoolFileReader.open(next.file);
    if (next !== undefined && reader === undefined)
      this.#options.onProblem(`what waited for the collector is gone from disk (${next.file.path})`);
    if (reader === undefined) return false;
    const { signal } = reader.file;
    const reason = reader.isTorn ? 'a process died while it wrote a batch to disk' : 'a file of the spool was broken';
    const count = reader.broken + (reader.isTorn ? 1 : 0);
    // How much was in them cannot be read any more: each place counts as one.
    if (count > 0) this.#options.onLoss({ signal, count, reason, traceIds: [] });
    lane.reading = [...lane.reading, reader];
    if (reader.waiting.length > 0) return true;
    await this.#endReading(lane, reader);
    return false;
  }

  #takeFromFile(lane: Lane): TakenBatch | undefined {
    const file = lane.reading.find(({ waiting }) => waiting.length > 0);
    const record = file?.take();
    if (file === undefined || record === undefined) return undefined;
    const settle = (): void => {
      void this.#queue(async () => {
        await file.settle(record);
        await this.#endReading(lane, file);
      });
    };
    if (!this.#isTooOld(recordFacts(record.bytes).createdMillis)) {
      return { batch: decodeRecord(record.bytes, file.file.signal), isOnDisk: true, settle, putBack: () => file.putBack(record) };
    }
    this.#lose(file.file.signal, [record], 'the collector took nothing for twelve hours');
    settle();
    return undefined;
  }

  #takeFromMemory(lane: Lane): TakenBatch | undefined {
    const packed = lane.packed.shift();
    if (packed === undefined) return undefined;
    const batch = decodeRecord(packed.bytes, packed.batch.signal);
    if (!this.#isTooOld(batch.createdMillis))
      return { batch, isOnDisk: false, settle: () => undefined, putBack: () => void lane.packed.unshift(packed) };
    this.#losePacked(packed, 'the collector took nothing for twelve hours');
    return undefined;
  }

  /** A file of which nothing is left to send goes away. */
  async #endReading(lane: Lane, reader: SpoolFileReader): Promise<void> {
    if (!reader.isDone || !lane.reading.includes(reader)) return;
    lane.reading = lane.reading.filter((other) => other !== reader);
    await reader.close();
    if (reader.broken === 0) {
      await unlink(reader.file.path).catch(() => undefined);
      return;
    }
    const path = await this.#options.folder?.setAside(reader.file);
    if (path !== undefined) this.#options.onProblem(`a file of the spool was broken and is set aside (${path})`);
  }

  #trimMemory(): void {
    while (this.#memoryBytes > MAX_MEMORY_BYTES) {
      const [lane] = Object.values(this.#lanes)
        .filter(({ packed }) => packed.length > 0)
        .sort((a, b) => createdMillis(a.packed[0]) - createdMillis(b.packed[0]));
      const oldest = lane?.packed.shift();
      if (oldest === undefined) return;
      this.#losePacked(oldest, 'more was waiting for the collector than there is room for in memory');
    }
  }

  #saveSignalSync(signal: Signal, records: readonly PackedBatch[]): SavedBatch[] {
    const { folder, nowMillis } = this.#options;
    if (folder === undefined || records.length === 0) return [];
    try {
      const file = folder.newFile(signal, Math.min(...records.map(({ batch }) => batch.createdMillis), nowMillis()));
      const saved = saveRecordsSync(
        file,
        records.map(({ bytes }) => bytes),
      );
      return saved.map((record, index) => ({ key: records[index]?.batch.key ?? '', settleSync: () => record.settleSync() }));
    } catch (error) {
      this.#diskFailed(error);
      return [];
    }
  }

  #isTooOld(createdMillis: number): boolean {
    return this.#options.nowMillis() - createdMillis > MAX_BATCH_AGE_MILLIS;
  }

  #lose(signal: Signal, records: readonly FoundRecord[], reason: string): void {
    const count = records.reduce((sum, { bytes }) => sum + recordFacts(bytes).itemCount, 0);
    const traceIds = new Set<string>();
    for (const { bytes } of records) {
      if (traceIds.size >= MAX_TRACE_IDS) break;
      for (const id of traceIdsOf(decodeRecord(bytes, signal))) traceIds.add(id);
    }
    if (count > 0) this.#options.onLoss({ signal, count, reason, traceIds });
  }

  #losePacked({ batch, bytes }: PackedBatch, reason: string): void {
    const traceIds = traceIdsOf(decodeRecord(bytes, batch.signal));
    this.#options.onLoss({ signal: batch.signal, count: batch.itemCount, reason, traceIds });
  }
}

/** As it is: packing takes time. */
function asRecord({ body, ...facts }: Batch): PackedBatch {
  return { batch: facts, bytes: encodeRecord({ ...facts, body }, body, false) };
}

function createdMillis(packed: PackedBatch | undefined): number {
  return packed?.batch.createdMillis ?? Number.POSITIVE_INFINITY;
}
