import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../../errors.ts';
import { acquireDirectoryLock, type DirectoryLock } from '../../files/directory-lock.ts';
import { codeOf } from '../../files/error-code.ts';
import { type Checkpoint, readCheckpoint, readEnd, writeCheckpoint, writeEnd } from './checkpoint.ts';
import { diskError } from './disk-error.ts';
import { readFileHeader } from './file-header.ts';
import { setForeignFilesAside } from './foreign-files.ts';
import { LogAppender } from './log-appender.ts';
import { type ListedFile, listFiles, removeFile } from './log-files.ts';
import { FILE_HEADER_BYTES, FRAME_HEADER_BYTES, frameBytes, type LogEntry, MAX_PAYLOAD_BYTES } from './log-format.ts';
import { openLogId } from './log-id.ts';
import { comparePlaces, type LogPlace } from './log-place.ts';
import { type Damage, type FileRead, LogReader } from './log-reader.ts';
import { probeDisk } from './probe-disk.ts';

const SET_ASIDE_DIRECTORY = 'set-aside';
/** To find the digests of requests, only the first bytes of each frame are wanted. */
const DIGEST_READ_BYTES = 16 * 1024;
/**
 * A copy of a directory in use has a storage that was copied after the log: records of files that the log began meanwhile are in it, and their
 * places may not be given again. 32 GB of log are more than comes in while a directory is copied.
 */
const COPIED_FILES = 1_000;
/** When a sender may try again while the log is full: the storage takes some time to make room. */
const FULL_RETRY_MILLIS = 5_000;

export interface DurableLogOptions {
  /** Made if it is not there. One log a directory, one owner a log. */
  readonly directory: string;
  /** What the log may hold that no storage has yet, and what waits to be written. */
  readonly maxBytes: number;
  /** Told once of each part of the log that is not what was written. */
  readonly onDamage: (damage: LogDamage) => void;
}

/** `foreign`: a whole file that is none of this log. `missing`: what was acknowledged and is not there any more. What is corrupt or foreign is kept at `path`. */
export interface LogDamage extends Omit<Damage, 'bytes' | 'kind'> {
  readonly kind: Damage['kind'] | 'foreign' | 'missing';
  readonly byteCount: number;
  readonly path?: string;
}

/** An entry with where it stands and where the next one does. */
export interface LogFrame {
  readonly place: LogPlace;
  readonly entry: LogEntry;
  readonly end: LogPlace;
}

/**
 * Requests on disk, in order, until the storage has them:
 *
 *     <directory>/
 *       owner.lock         names the one process that has it open (see directory-lock.ts)
 *       owner.lock.system  empty; what the system keeps the lock on
 *       id                 32 hex digits (see log-id.ts)
 *       00000001.log ...   frames (see log-format.ts); a new file at each start, at each 32 MiB and after each fault of the disk
 *       checkpoint         up to where the storage has everything (see checkpoint.ts); files wholly before it are removed
 *       end                up to where it was durable when it was closed; a file that is shorter was cut since
 *       keys/              digests of requests with an idempotency key (see key-ledger.ts)
 *       dead-letters/      records that the storage refuses for good (see dead-letters.ts)
 *       set-aside/         bytes that were damaged, under the name of their file and place, and files that are none of this log
 *
 * Opening reads no frame, only the files' headers. A file that an earlier process left is cut at its last whole frame when it is read.
 */
export class DurableLog {
  readonly logId: string;
  /** Up to where the storage had everything when this log was opened; undefined in a log that no storage has ever read. */
  readonly opened: Checkpoint | undefined;
  readonly #options: DurableLogOptions;
  readonly #lock: DirectoryLock;
  readonly #appender: LogAppender;
  readonly #reader: LogReader;
  #lastRead: Promise<unknown> = Promise.resolve();
  /** Bytes of each file that is there, as far as they are durable. */
  readonly #files: Map<number, number>;
  readonly #checked = new Set<number>();
  /** Of this process. */
  readonly #firstFile: number;
  #start: LogPlace;
  #end: LogPlace | undefined;
  #keptBytes: number;
  #waitingBytes = 0;
  readonly #setAsideBytes: Map<string, number>;
  /** Places of damage: a torn end is met at each read until the log goes on behind it. */
  readonly #reported = new Set<string>();
  #changed = Promise.withResolvers<void>();

  private constructor(
    options: DurableLogOptions,
    opening: {
      readonly lock: DirectoryLock;
      readonly logId: string;
      readonly files: Map<number, number>;
      readonly newest: number;
      readonly opened: Checkpoint | undefined;
      readonly setAsideBytes: Map<string, number>;
    },
  ) {
    const { lock, logId, files, newest, opened } = opening;
    this.#options = options;
    this.#lock = lock;
    this.logId = logId;
    this.opened = opened;
    this.#files = files;
    this.#setAsideBytes = opening.setAsideBytes;
    this.#reader = new LogReader(options.directory);
    this.#start = opened ?? startOf(files);
    this.#keptBytes = this.#bytesFrom(this.#start);
    this.#firstFile = Math.max(opened?.file ?? 0, newest) + (lock.wasLeft ? COPIED_FILES : 1);
    this.#appender = new LogAppender({
      directory: options.directory,
      logId: Buffer.from(logId, 'hex'),
      firstFile: this.#firstFile,
      onCommitted: (end) => {
        this.#keptBytes += end.offset - (this.#files.get(end.file) ?? 0);
        this.#files.set(end.file, end.offset);
        this.#end = end;
        const changed = this.#changed;
        this.#changed = Promise.withResolvers();
        changed.resolve();
      },
    });
  }

  /** Takes the directory's lock. Throws `storage_unavailable` when another process has it, `internal` for a directory that is damaged. */
  static async open(options: DurableLogOptions): Promise<DurableLog> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const lock = await acquireDirectoryLock(options.directory);
    try {
      const logId = await openLogId(options.directory);
      const { files, listed } = await openFiles(options, logId);
      const opened = await readCheckpoint(options.directory);
      reportMissing(options, { listed, start: opened ?? startOf(files), end: await readEnd(options.directory) });
      const newest = listed.at(-1)?.file ?? 0;
      const setAsideBytes = await sizesIn(join(options.directory, SET_ASIDE_DIRECTORY));
      return new DurableLog(options, { lock, logId, files, newest, opened, setAsideBytes });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Where the next entry will stand; true until the next call of `append`. */
  get next(): LogPlace {
    return this.#appender.next;
  }

  /** Up to where this process has made entries durable; undefined when it has made none. */
  get end(): LogPlace | undefined {
    return this.#end;
  }

  /** Everything before it is in the storage. */
  get start(): LogPlace {
    return this.#start;
  }

  /** Whether the entry at a place was there when the log was opened: an earlier process may have brought it into the storage. */
  isOfEarlierProcess({ file }: LogPlace): boolean {
    return file < this.#firstFile;
  }

  /** What is kept or waits to be, before the storage has it. */
  get heldBytes(): number {
    return this.#keptBytes + this.#waitingBytes;
  }

  /** What is kept of damage, of earlier processes too. */
  get setAside(): { readonly count: number; readonly bytes: number } {
    return { count: this.#setAsideBytes.size, bytes: [...this.#setAsideBytes.values()].reduce((sum, bytes) => sum + bytes, 0) };
  }

  /** Where the entry's frame ends, once it is on disk. Throws `queue_full` when there is no room, which the storage makes, `body_too_large` for what could not be read back. Otherwise as `LogAppender.append`. */
  async append(entry: LogEntry): Promise<LogPlace> {
    const bytes = frameBytes(entry);
    const { file, offset } = this.next;
    if (bytes - FRAME_HEADER_BYTES > MAX_PAYLOAD_BYTES) {
      throw new ThreadlineError(
        'body_too_large',
        `the request takes more than ${MAX_PAYLOAD_BYTES} bytes as it is kept; send smaller batches`,
      );
    }
    this.#checkSize(bytes);
    this.#waitingBytes += bytes;
    try {
      await this.#appender.append(entry);
      return { file, offset: offset + bytes };
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  /** Resolves when an entry of so many bytes would be kept now; of the disk at most 1 MiB is tried. Throws as `append` would. */
  async checkRoom(bytes: number): Promise<void> {
    this.#checkSize(bytes);
    await this.checkInPlace();
    await probeDisk(this.#options.directory, bytes);
  }

  /** Throws `storage_unavailable`, as `append` would, when the directory or the file that is written to is not where it was. Writes nothing. */
  async checkInPlace(): Promise<void> {
    const { directory } = this.#options;
    await stat(directory).catch((error: unknown) => {
      throw diskError(directory, error);
    });
    this.#appender.checkInPlace();
  }

  #checkSize(bytes: number): void {
    const { maxBytes } = this.#options;
    if (this.heldBytes + bytes <= maxBytes) return;
    throw new ThreadlineError('queue_full', `the collector holds ${maxBytes} bytes that the storage has not taken; send again later`, {
      retryAfterMillis: FULL_RETRY_MILLIS,
    });
  }

  /**
   * The first frame at or after a place; undefined when there is none yet. Damaged bytes in between are reported, corrupt ones set aside first.
   * Throws Node's own error when the disk cannot be read or written.
   */
  read(from: LogPlace): Promise<LogFrame | undefined> {
    // The reader is at one place at a time.
    const read = this.#lastRead.then(() => this.#read(from));
    this.#lastRead = read.catch(() => undefined);
    return read;
  }

  async #read(from: LogPlace): Promise<LogFrame | undefined> {
    let place = from;
    for (;;) {
      const fileEnd = this.#files.get(place.file);
      if (fileEnd !== undefined) {
        const read = await this.#readFile(place, fileEnd);
        if (read.type === 'frame') return { place, entry: read.entry, end: { file: place.file, offset: read.end } };
        if (read.type === 'damage') {
          await this.#setAside(read.damage);
          place = { file: place.file, offset: read.end };
          continue;
        }
      }
      const next = this.#fileAfter(place.file);
      if (next === undefined) return undefined;
      place = { file: next, offset: FILE_HEADER_BYTES };
    }
  }

  async #readFile(place: LogPlace, fileEnd: number): Promise<FileRead> {
    try {
      return (await this.#isReadable(place.file)) ? await this.#reader.read(place, fileEnd) : { type: 'end' };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Where all is gone it may come back, as a mount does; one file does not.
      await stat(this.#options.directory).catch((cause: unknown) => {
        throw diskError(this.#options.directory, cause);
      });
      this.#files.delete(place.file);
      this.#keptBytes = this.#bytesFrom(this.#start);
      this.#options.onDamage({ ...place, kind: 'missing', byteCount: fileEnd - place.offset });
      return { type: 'end' };
    }
  }

  /** Each entry from `start` on, without reading any body. Damage is passed over: whoever reads the frames reports it. */
  async *heads(): AsyncGenerator<{ readonly place: LogPlace; readonly digest: Uint8Array | undefined }> {
    const reader = new LogReader(this.#options.directory, DIGEST_READ_BYTES);
    try {
      const ends = [...this.#files].filter(([file]) => file >= this.#start.file).sort(([left], [right]) => left - right);
      for (const [file, fileEnd] of ends) {
        let offset = file === this.#start.file ? this.#start.offset : FILE_HEADER_BYTES;
        for (;;) {
          const read = await reader.readDigest({ file, offset }, fileEnd);
          if (!read) break;
          yield { place: { file, offset }, digest: read.digest };
          offset = read.end;
        }
      }
    } finally {
      await reader.close();
    }
  }

  /** Keeps a frame's body among what is set aside: it is whole, and nobody can read it any more. */
  async keepAside({ place, entry }: LogFrame): Promise<void> {
    await this.#setAside({ ...place, bytes: Buffer.from(entry.body), kind: 'corrupt' });
  }

  /** Resolves at the next time that something became durable. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** The storage has everything before the place, durably: says so on disk and removes the files that hold nothing else. */
  async release(place: LogPlace): Promise<void> {
    if (comparePlaces(place, this.#start) < 0) return;
    await writeCheckpoint(this.#options.directory, place).catch((error: unknown) => {
      throw diskError(this.#options.directory, error);
    });
    this.#start = place;
    // The newest stays, so that no number is ever given twice.
    const newest = newestOf(this.#files);
    for (const file of [...this.#files.keys()]) {
      if (file >= place.file || file === newest) continue;
      await removeFile(this.#options.directory, file);
      this.#files.delete(file);
      this.#checked.delete(file);
    }
    this.#keptBytes = this.#bytesFrom(place);
  }

  /** Waits for the appends under way and gives the directory back. */
  async close(): Promise<void> {
    await this.#appender.close();
    await this.#reader.close();
    this.#changed.resolve();
    // Only tells the next start what is missing by then.
    if (this.#end) await writeEnd(this.#options.directory, this.#end).catch(() => undefined);
    await this.#lock.release();
  }

  #bytesFrom(start: LogPlace): number {
    let bytes = 0;
    for (const [file, size] of this.#files) {
      if (file > start.file) bytes += size;
      else if (file === start.file) bytes += Math.max(0, size - start.offset);
    }
    return bytes;
  }

  #fileAfter(file: number): number | undefined {
    let next: number | undefined;
    for (const other of this.#files.keys()) if (other > file && (next === undefined || other < next)) next = other;
    return next;
  }

  /** A file without a header never had a frame, unless its header was damaged since: its frames are looked for all the same. */
  async #isReadable(file: number): Promise<boolean> {
    if (this.#checked.has(file)) return true;
    const bytes = this.#files.get(file) ?? 0;
    if ((await readFileHeader(this.#options.directory, file)) === undefined) {
      this.#options.onDamage({
        file,
        offset: 0,
        kind: bytes < FILE_HEADER_BYTES ? 'torn' : 'corrupt',
        byteCount: Math.min(bytes, FILE_HEADER_BYTES),
      });
    }
    this.#checked.add(file);
    return bytes >= FILE_HEADER_BYTES;
  }

  async #setAside({ bytes, ...damage }: Damage): Promise<void> {
    const place = `${damage.file} ${damage.offset}`;
    if (this.#reported.has(place)) return;
    this.#reported.add(place);
    if (damage.kind === 'torn') {
      this.#options.onDamage({ ...damage, byteCount: bytes.length });
      return;
    }
    const directory = join(this.#options.directory, SET_ASIDE_DIRECTORY);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const name = `${String(damage.file).padStart(8, '0')}-${damage.offset}`;
    const path = join(directory, name);
    // Met again after a restart, it is the same file.
    const isThere = await stat(path).then(
      (found) => found.size === bytes.length,
      () => false,
    );
    if (!isThere) await writeWhole(path, bytes);
    this.#setAsideBytes.set(name, bytes.length);
    this.#options.onDamage({ ...damage, byteCount: bytes.length, path });
  }
}

/** The log's own files with their sizes, and of all that is listed; what else stands among them is set aside first. */
async function openFiles(
  { directory, onDamage }: DurableLogOptions,
  logId: string,
): Promise<{ readonly files: Map<number, number>; readonly listed: readonly ListedFile[] }> {
  const listed = await listFiles(directory);
  const files = new Map(listed.map(({ file, bytes }) => [file, bytes]));
  const asideDirectory = join(directory, SET_ASIDE_DIRECTORY);
  for (const { file, bytes, path } of await setForeignFilesAside(directory, { files: listed, logId, asideDirectory })) {
    files.delete(file);
    onDamage({ file, offset: 0, kind: 'foreign', byteCount: bytes, path });
  }
  return { files, listed };
}

function startOf(files: ReadonlyMap<number, number>): LogPlace {
  return { file: files.keys().next().value ?? 0, offset: FILE_HEADER_BYTES };
}

/** What the log had when it was closed, and neither the storage nor a file has now. */
function reportMissing(
  { onDamage }: DurableLogOptions,
  { listed, start, end }: { readonly listed: readonly ListedFile[]; readonly start: LogPlace; readonly end: LogPlace | undefined },
): void {
  if (!end || comparePlaces(start, end) >= 0) return;
  const bytes = listed.find(({ file }) => file === end.file)?.bytes ?? 0;
  const offset = Math.max(bytes, end.file === start.file ? start.offset : FILE_HEADER_BYTES);
  if (offset < end.offset) onDamage({ file: end.file, offset, kind: 'missing', byteCount: end.offset - offset });
}

async function sizesIn(directory: string): Promise<Map<string, number>> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const whole = names.filter((name) => !name.endsWith('.tmp'));
  return new Map(await Promise.all(whole.map(async (name) => [name, (await stat(join(directory, name))).size] as const)));
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** 0 of none. There may be more of them than a call takes arguments. */
function newestOf(files: ReadonlyMap<number, number>): number {
  let newest = 0;
  for (const file of files.keys()) newest = Math.max(newest, file);
  return newest;
}
