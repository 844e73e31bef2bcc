import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '../../../api/index.ts';
import { indexLog } from '../../../model/indexed-record.ts';
import type { IndexedLog } from '../../../model/record.ts';
import type { ReadContext, RowSearch, Storage } from '../../storage.ts';
import { createEmbeddedStorage, type EmbeddedStorageOptions } from '../embedded-storage.ts';
import { SEGMENTS_DIRECTORY } from '../layout.ts';

/** A directory for one test's storages, one after the other. */
export class StorageDirectory {
  readonly path: string;
  readonly damage: string[] = [];
  #storage: Storage | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<StorageDirectory> {
    return new StorageDirectory(await mkdtemp(join(tmpdir(), 'threadline-engine-')));
  }

  get segments(): string {
    return join(this.path, SEGMENTS_DIRECTORY);
  }

  async files(): Promise<string[]> {
    return (await readdir(this.segments)).sort();
  }

  /** Ends the one before. */
  async open(options: Partial<EmbeddedStorageOptions> = {}): Promise<Storage> {
    await this.close();
    const storage = createEmbeddedStorage({ directory: this.path, onDamage: (reason) => this.damage.push(reason), ...options });
    await storage.start(AbortSignal.timeout(30_000));
    this.#storage = storage;
    return storage;
  }

  async close(): Promise<void> {
    await this.#storage?.shutdown();
    this.#storage = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

export function readContext(overrides: Partial<ReadContext> = {}): ReadContext {
  return { tenant: 'default', deadline: performance.now() + 60_000, signal: new AbortController().signal, ...overrides };
}

/** Log number so-and-so: its time, text and attributes follow from the number. */
export function numberedLog(number: number, attributes: LogRecord['attributes'] = []): IndexedLog {
  return indexLog({
    id: number.toString(16).padStart(56, '0'),
    timeUnixNano: String(1_795_168_800_000_000_000n + BigInt(number) * 1_000n),
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: '1795168800000000001',
    severityNumber: 9,
    body: { stringValue: `number ${number} of many, ${['red', 'green', 'blue'][number % 3]}` },
    attributes: [{ key: 'number', value: { intValue: String(number) } }, ...attributes],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: `service-${number % 5}` } }] },
    scope: { attributes: [] },
  });
}

export function numberedLogs(from: number, to: number): IndexedLog[] {
  return Array.from({ length: to - from }, (_, index) => numberedLog(from + index));
}

export const EVERYTHING: RowSearch = { query: { type: 'all' }, range: {}, order: 'asc', limit: 1_000 };

/** The records of all pages. */
export async function readEverything(storage: Storage, context = readContext()): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let search = EVERYTHING; ; ) {
    const { rows, hasMore } = await storage.searchLogs(search, context);
    records.push(...rows.map((row) => row.record));
    const last = rows.at(-1);
    if (!hasMore || !last) return records;
    search = { ...EVERYTHING, after: last.key };
  }
}
