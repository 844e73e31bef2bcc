import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexedRecord } from '../model/record.ts';

/** One file and its predecessor are kept: enough to see what is wrong, bounded when everything is. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/**
 * Records that the storage refuses for good, so that one of them does not hold up all others:
 *
 *     dead-letters/logs.ndjson       one line each: { tenant, reason, record }
 *     dead-letters/logs.1.ndjson     the lines before, once the file is full
 *
 * Resolves when the line is on disk.
 */
export class DeadLetters {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async add(tenant: string, indexed: IndexedRecord, reason: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, `${indexed.signal}.ndjson`);
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    if (bytes > MAX_FILE_BYTES) await rename(path, join(this.#directory, `${indexed.signal}.1.ndjson`));
    await appendFile(path, `${JSON.stringify({ tenant, reason, record: indexed.record })}\n`, { mode: 0o600, flush: true });
  }
}
