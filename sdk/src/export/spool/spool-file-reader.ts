import { close, open, readFile, write } from 'node:fs';
import { promisify } from 'node:util';
import { type FoundRecord, findRecords, SETTLED_BYTE } from './batch-record.ts';
import type { SpoolFile } from './spool-folder.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const writeBytes = promisify(write);
const readWhole = promisify(readFile);

/** A file whose batches are being sent. It is in memory as a whole, which is why files are small. */
export class SpoolFileReader {
  readonly file: SpoolFile;
  readonly byteCount: number;
  /** Not taken yet, oldest first. */
  readonly waiting: FoundRecord[];
  /** How many places in it could not be read. */
  readonly broken: number;
  /** Whether it ends in the middle of a record. */
  readonly isTorn: boolean;
  readonly #descriptor: number;
  #taken = 0;

  private constructor(file: SpoolFile, bytes: Buffer, descriptor: number) {
    const { records, tornBytes, broken } = findRecords(bytes);
    this.file = file;
    this.byteCount = bytes.length;
    this.waiting = records.filter((record) => record.isWaiting);
    this.broken = broken;
    this.isTorn = tornBytes > 0;
    this.#descriptor = descriptor;
  }

  /** Undefined when the file is gone or cannot be read. */
  static async open(file: SpoolFile): Promise<SpoolFileReader | undefined> {
    const descriptor = await openFile(file.path, 'r+').catch(() => undefined);
    if (descriptor === undefined) return undefined;
    const bytes = await readWhole(descriptor).catch(() => undefined);
    if (bytes !== undefined) return new SpoolFileReader(file, bytes, descriptor);
    await closeFile(descriptor);
    return undefined;
  }

  /** Whether nothing of it waits or is taken. */
  get isDone(): boolean {
    return this.waiting.length === 0 && this.#taken === 0;
  }

  take(): FoundRecord | undefined {
    const record = this.waiting.shift();
    if (record !== undefined) this.#taken += 1;
    return record;
  }

  putBack(record: FoundRecord): void {
    this.#taken -= 1;
    this.waiting.unshift(record);
  }

  /** Marks a taken record in the file, so that a later process leaves it out. */
  async settle(record: FoundRecord): Promise<void> {
    this.#taken -= 1;
    await writeBytes(this.#descriptor, SETTLED_BYTE, 0, 1, record.stateOffset).catch(() => undefined);
  }

  async close(): Promise<void> {
    await closeFile(this.#descriptor);
  }
}
