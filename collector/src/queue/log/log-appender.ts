import { statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../files/error-code.ts';
import { syncDirectory } from '../../files/sync-directory.ts';
import { diskError } from './disk-error.ts';
import { fileName, removeFile } from './log-files.ts';
import { encodeFileHeader, encodeFrame, FILE_HEADER_BYTES, frameBytes, type LogEntry } from './log-format.ts';
import type { LogPlace } from './log-place.ts';

/** A file that is whole is removed whole: small enough that space comes back soon, large enough that new files are rare. */
const FILE_BYTES = 32 * 1024 * 1024;
/** One system call's worth; what waits beyond it goes into the next. */
const MAX_GROUP_BYTES = 8 * 1024 * 1024;

export interface LogAppenderOptions {
  readonly directory: string;
  readonly logId: Uint8Array;
  /** Greater than that of every file there ever was in this log. */
  readonly firstFile: number;
  /** Told when frames became durable, in order: everything before `end` is. */
  readonly onCommitted: (end: LogPlace) => void;
}

interface OpenFile {
  readonly file: number;
  readonly handle: FileHandle;
  readonly path: string;
  /** What stands at the path is this file while it has this number. */
  readonly inode: number;
  durableEnd: number;
}

interface Waiting {
  readonly place: LogPlace;
  readonly pieces: readonly [Buffer, Uint8Array];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes frames at the log's end. Everything that waits goes into one write and one fdatasync; while that runs the next ones gather, so
 * that a lone request is durable at once and a thousand together cost one disk write. After a fault the file is cut back to
 * what is durable and left, and the next append begins a new one; one in which nothing is durable is removed, and its number given again: of two entries
 * with one place only the second was ever acknowledged.
 */
export class LogAppender {
  readonly #options: LogAppenderOptions;
  /** Where the next entry will stand. */
  #next: LogPlace;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** The file that is open, and how far it is durable. */
  #open: OpenFile | undefined;

  constructor(options: LogAppenderOptions) {
    this.#options = options;
    this.#next = { file: options.firstFile, offset: FILE_HEADER_BYTES };
  }

  /** Where an entry will stand that is appended before anything else is: the record ids of its request are made of it. */
  get next(): LogPlace {
    return this.#next;
  }

  /**
   * Resolves when the entry is on disk. Throws `storage_unavailable` when the disk refuses; nothing of the entry will then be read.
   * The entry stands where `next` said when this was called.
   */
  append(entry: LogEntry): Promise<void> {
    const place = this.#next;
    const end = place.offset + frameBytes(entry);
    this.#next = end >= FILE_BYTES ? { file: place.file + 1, offset: FILE_HEADER_BYTES } : { file: place.file, offset: end };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ place, pieces: encodeFrame(entry), resolve, reject });
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Throws as `append` would when the file that is open is not where it was made: the next append then fails, and the one after it begins another. */
  checkInPlace(): void {
    try {
      if (this.#open) checkInPlace(this.#open);
    } catch (error) {
      throw diskError(this.#options.directory, error);
    }
  }

  /** Waits for what is under way. Call once, after the last append. */
  async close(): Promise<void> {
    while (this.#running) await this.#running;
    await this.#closeFile();
  }

  async #run(): Promise<void> {
    // Requests of the same turn share the first write too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        const end = await this.#write(group);
        this.#options.onCommitted(end);
        for (const { resolve } of group) resolve();
      } catch (error) {
        await this.#giveUpFile(group[0]?.place.file ?? this.#next.file, error);
        const fault = diskError(this.#options.directory, error);
        // What waits stands behind what failed, in a file that is given up.
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(fault);
      }
    }
  }

  /** Of one file, in order. */
  #takeGroup(): Waiting[] {
    const file = this.#waiting[0]?.place.file;
    let bytes = 0;
    let count = 0;
    for (const { place, pieces } of this.#waiting) {
      if (place.file !== file || (count > 0 && bytes > MAX_GROUP_BYTES)) break;
      bytes += pieces[0].length + pieces[1].length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Waiting[]): Promise<LogPlace> {
    const first = group[0];
    if (!first) throw new Error('a group has at least one entry');
    const open = await this.#fileFor(first.place);
    const buffers = group.flatMap(({ pieces }) => pieces);
    const length = buffers.reduce((sum, { length: bytes }) => sum + bytes, 0);
    await writeAll(open.handle, buffers, first.place.offset);
    await open.handle.datasync();
    checkInPlace(open);
    open.durableEnd = first.place.offset + length;
    return { file: first.place.file, offset: open.durableEnd };
  }

  async #fileFor({ file }: LogPlace): Promise<OpenFile> {
    if (this.#open?.file === file) return this.#open;
    await this.#closeFile();
    const path = join(this.#options.directory, fileName(file));
    const handle = await open(path, 'wx', 0o600);
    const opened = { file, handle, path, inode: (await handle.stat()).ino, durableEnd: 0 };
    this.#open = opened;
    await writeAll(handle, [encodeFileHeader(this.#options.logId, file)], 0);
    await handle.datasync();
    await syncDirectory(this.#options.directory);
    opened.durableEnd = FILE_HEADER_BYTES;
    return opened;
  }

  async #closeFile(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
  }

  /** After a fault of a write nobody knows what the file holds, and after one of a sync a later sync would lie: it is not gone on with. */
  async #giveUpFile(failed: number, error: unknown): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    const isLeft = await this.#leavesFile(open, failed, error);
    this.#next = { file: isLeft ? failed + 1 : failed, offset: FILE_HEADER_BYTES };
  }

  /** False where there is no file of the number any more. A disk that is full for days would else have one for each refusal. */
  async #leavesFile(open: OpenFile | undefined, failed: number, error: unknown): Promise<boolean> {
    // Where none could be made another one may stand there.
    if (open?.file !== failed) return codeOf(error) === 'EEXIST';
    const isEmpty = open.durableEnd <= FILE_HEADER_BYTES;
    // What cannot be cut is a torn tail, which a reader cuts: nothing of it was acknowledged.
    if (!isEmpty) await open.handle.truncate(open.durableEnd).catch(ignored);
    await open.handle.close().catch(ignored);
    if (!isEmpty) return true;
    return removeFile(this.#options.directory, failed).then(
      () => false,
      () => true,
    );
  }
}

/** What is written into a file that was removed or moved away is on disk and nobody will find it. Asked at once: a turn of the loop would cost more than the call. */
function checkInPlace({ path, inode }: OpenFile): void {
  if (statSync(path).ino !== inode) throw Object.assign(new Error(`another file stands at ${path}`), { code: 'ENOENT' });
}

/** One call may write less than it was given. */
async function writeAll(handle: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let rest = [...buffers];
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = withoutStart(rest, bytesWritten);
  }
}

function withoutStart(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return buffers.flatMap((buffer) => {
    const cut = Math.min(skip, buffer.length);
    skip -= cut;
    return cut === buffer.length ? [] : [buffer.subarray(cut)];
  });
}

function ignored(): void {
  // The file is left as it is; its tail was never acknowledged.
}
