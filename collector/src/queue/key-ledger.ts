import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/sync-directory.ts';
import { DigestSet } from './digest-set.ts';

const HOUR_MILLIS = 3_600_000;
/** Longer than a sender keeps a batch. */
const REMEMBERED_HOURS = 24;
/** About 100 MB: at more, the oldest hour is forgotten first. A sender's retry then meets the storage's own check by record id. */
const MAX_DIGESTS = 3_000_000;
const DIGEST_BYTES = 32;
const HOUR_FILE = /^\d{1,9}$/;

/**
 * The requests with an idempotency key that were acknowledged in the last 24 hours:
 *
 *     keys/496972   digests of that hour (since 1970), 32 bytes each, one behind the other
 *
 * An entry is on disk once `sync` has resolved; until then the log has its frame. A torn entry at a file's end is left out.
 */
export class KeyLedger {
  readonly #directory: string;
  readonly #nowMillis: () => number;
  readonly #hours = new Map<number, DigestSet>();
  #unwritten: { readonly hour: number; readonly digest: Uint8Array }[] = [];

  private constructor(directory: string, nowMillis: () => number) {
    this.#directory = directory;
    this.#nowMillis = nowMillis;
  }

  /** Reads what is remembered and removes what is older. */
  static async open(directory: string, nowMillis: () => number): Promise<KeyLedger> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const ledger = new KeyLedger(directory, nowMillis);
    const hours = (await readdir(directory)).filter((name) => HOUR_FILE.test(name)).map(Number);
    for (const hour of hours.sort((left, right) => left - right)) {
      if (hour < ledger.#hour() - REMEMBERED_HOURS) continue;
      const bytes = await readFile(join(directory, String(hour)));
      for (let at = 0; at + DIGEST_BYTES <= bytes.length; at += DIGEST_BYTES)
        ledger.#setOf(hour).add(bytes.subarray(at, at + DIGEST_BYTES));
    }
    await ledger.#forget();
    return ledger;
  }

  has(digest: Uint8Array): boolean {
    for (const set of this.#hours.values()) if (set.has(digest)) return true;
    return false;
  }

  /** Remembers it from now on, on disk with the next `sync`. */
  add(digest: Uint8Array): void {
    const hour = this.#hour();
    // Not a part of a larger buffer, which would stay in memory with it.
    if (this.#setOf(hour).add(digest)) this.#unwritten.push({ hour, digest: Uint8Array.from(digest) });
  }

  /** Everything added before this call is on disk when it resolves. After an error it may be called again. */
  async sync(): Promise<void> {
    const entries = this.#unwritten;
    if (entries.length === 0) return;
    this.#unwritten = [];
    try {
      for (const [hour, ofHour] of Map.groupBy(entries, (entry) => entry.hour)) await this.#appendTo(hour, ofHour);
      await this.#forget();
    } catch (error) {
      this.#unwritten = [...entries, ...this.#unwritten];
      throw error;
    }
  }

  async #appendTo(hour: number, entries: readonly { readonly digest: Uint8Array }[]): Promise<void> {
    const file = await open(join(this.#directory, String(hour)), 'a', 0o600);
    try {
      const { size } = await file.stat();
      // What a crash left torn would shift every entry behind it.
      if (size % DIGEST_BYTES !== 0) await file.truncate(size - (size % DIGEST_BYTES));
      await file.writeFile(Buffer.concat(entries.map(({ digest }) => digest)));
      await file.datasync();
      if (size === 0) await syncDirectory(this.#directory);
    } finally {
      await file.close();
    }
  }

  async #forget(): Promise<void> {
    let count = 0;
    const newestFirst = [...this.#hours.keys()].sort((left, right) => right - left);
    for (const hour of newestFirst) {
      count += this.#hours.get(hour)?.size ?? 0;
      if (hour < this.#hour() - REMEMBERED_HOURS || count > MAX_DIGESTS) this.#hours.delete(hour);
    }
    for (const name of await readdir(this.#directory)) {
      if (HOUR_FILE.test(name) && !this.#hours.has(Number(name))) await rm(join(this.#directory, name), { force: true });
    }
  }

  #setOf(hour: number): DigestSet {
    const existing = this.#hours.get(hour);
    if (existing) return existing;
    const created = new DigestSet();
    this.#hours.set(hour, created);
    return created;
  }

  #hour(): number {
    return Math.floor(this.#nowMillis() / HOUR_MILLIS);
  }
}
