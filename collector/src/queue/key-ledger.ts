import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../files/error-code.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { DigestSet } from './digest-set.ts';

const HOUR_MILLIS = 3_600_000;
/** Longer than a sender keeps a batch. */
const REMEMBERED_HOURS = 24;
/** About 100 MB. At more the oldest are forgotten before their time, which is told: the embedded storage then takes a retry of one for a new request. */
const MAX_DIGESTS = 3_000_000;
/** So many are forgotten at once, a small part of all. */
const MAX_FILE_DIGESTS = 250_000;
const DIGEST_BYTES = 32;
const KEYS_FILE = /^(\d{1,9})(?:-(\d{1,9}))?$/;
/** Behind the directory's name. */
const CLOCK_SUFFIX = '-clock';
/** What a crash loses of the time that has passed, which only makes keys stay longer. */
const CLOCK_MILLIS = 60_000;

/** The requests of an hour, or those of them that one file has room for. */
interface KeysOfFile {
  readonly hour: number;
  readonly part: number;
  readonly digests: DigestSet;
}

export interface KeyLedgerOptions {
  /** A clock that nobody sets: milliseconds since whenever, as `performance.now` has them. */
  readonly nowMillis: () => number;
  /** Told how many keys were forgotten before 24 hours had passed, as there are more than are remembered. */
  readonly onForgotten: (keys: number) => void;
  /** For tests: how many are remembered, and how many of them stand in one file. */
  readonly limits?: { readonly digests: number; readonly fileDigests: number };
}

/**
 * The requests with an idempotency key that were acknowledged in the last 24 hours:
 *
 *     keys/496972     digests of that hour, 32 bytes each, one behind the other
 *     keys/496972-1   more of them
 *     keys-clock      how far the ledger's clock has come, in milliseconds
 *
 * Hours are of the ledger's own clock, which goes on only while a collector runs, from where the last one left it: however the system's clock is set, while it
 * runs or while it does not, a key is remembered for at least 24 hours of the sender's time. What a restart or a crash takes from the clock makes that longer.
 *
 * An entry is on disk once `sync` has resolved; until then the log has its frame. A torn entry at a file's end is left out.
 */
export class KeyLedger {
  readonly #directory: string;
  readonly #options: KeyLedgerOptions;
  readonly #limits: { readonly digests: number; readonly fileDigests: number };
  /** The oldest first. */
  #files: KeysOfFile[] = [];
  #unwritten: { readonly file: KeysOfFile; readonly digest: Uint8Array }[] = [];
  /** The ledger's clock is that much ahead of the one that is given. */
  #aheadMillis = 0;
  #notedMillis = 0;

  private constructor(directory: string, options: KeyLedgerOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#limits = options.limits ?? { digests: MAX_DIGESTS, fileDigests: MAX_FILE_DIGESTS };
  }

  /** Reads what is remembered and removes what is older. */
  static async open(directory: string, options: KeyLedgerOptions): Promise<KeyLedger> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const ledger = new KeyLedger(directory, options);
    await ledger.#read();
    await ledger.#forget();
    return ledger;
  }

  has(digest: Uint8Array): boolean {
    return this.#files.some(({ digests }) => digests.has(digest));
  }

  /** Remembers it from now on, on disk with the next `sync`. */
  add(digest: Uint8Array): void {
    const file = this.#currentFile();
    // Not a part of a larger buffer, which would stay in memory with it.
    if (file.digests.add(digest)) this.#unwritten.push({ file, digest: Uint8Array.from(digest) });
  }

  /** Everything added before this call is on disk when it resolves. After an error it may be called again. */
  async sync(): Promise<void> {
    await this.#noteClock();
    const entries = this.#unwritten;
    if (entries.length === 0) return;
    this.#unwritten = [];
    try {
      for (const [file, ofFile] of Map.groupBy(entries, (entry) => entry.file)) await this.#appendTo(nameOf(file), ofFile);
      await this.#forget();
    } catch (error) {
      this.#unwritten = [...entries, ...this.#unwritten];
      throw error;
    }
  }

  async #read(): Promise<void> {
    const names = await readdir(this.#directory);
    const found = names.flatMap((name) => {
      const [, hour, part] = KEYS_FILE.exec(name) ?? [];
      return hour === undefined ? [] : [{ name, hour: Number(hour), part: Number(part ?? 0) }];
    });
    found.sort((left, right) => left.hour - right.hour || left.part - right.part);
    for (const { name, hour, part } of found) {
      const digests = new DigestSet();
      const bytes = await readFile(join(this.#directory, name));
      for (let at = 0; at + DIGEST_BYTES <= bytes.length; at += DIGEST_BYTES) digests.add(bytes.subarray(at, at + DIGEST_BYTES));
      this.#files.push({ hour, part, digests });
    }
    const newest = found.at(-1);
    // Hours that are there have begun, whatever a crash left of the clock.
    const clockMillis = await this.#readClock();
    const atMillis = Math.max(clockMillis ?? 0, (newest?.hour ?? 0) * HOUR_MILLIS);
    if (newest || clockMillis !== undefined) this.#aheadMillis = atMillis - this.#options.nowMillis();
    this.#notedMillis = atMillis;
  }

  /** Undefined where there is none. */
  async #readClock(): Promise<number | undefined> {
    const text = await readFile(`${this.#directory}${CLOCK_SUFFIX}`, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const millis = Number(text);
    return Number.isSafeInteger(millis) ? millis : 0;
  }

  async #appendTo(name: string, entries: readonly { readonly digest: Uint8Array }[]): Promise<void> {
    const file = await open(join(this.#directory, name), 'a', 0o600);
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

  /** Not synced, and left for later where the disk refuses, as the log must give its room back on a full one: an old one makes keys stay longer. */
  async #noteClock(): Promise<void> {
    const atMillis = this.#clockMillis();
    if (atMillis - this.#notedMillis < CLOCK_MILLIS) return;
    this.#notedMillis = atMillis;
    const path = `${this.#directory}${CLOCK_SUFFIX}`;
    try {
      await writeFile(`${path}.new`, String(Math.floor(atMillis)), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch {
      // The next one is due in a minute.
    }
  }

  async #forget(): Promise<void> {
    const oldestHour = this.#hour() - REMEMBERED_HOURS;
    const kept = this.#files.filter(({ hour }) => hour >= oldestHour);
    let count = kept.reduce((sum, { digests }) => sum + digests.size, 0);
    let early = 0;
    // Never the one to which keys are added.
    while (count > this.#limits.digests && kept.length > 1) {
      const size = kept.shift()?.digests.size ?? 0;
      count -= size;
      early += size;
    }
    this.#files = kept;
    if (early > 0) this.#options.onForgotten(early);
    const names = new Set(kept.map(nameOf));
    for (const name of await readdir(this.#directory)) {
      if (KEYS_FILE.test(name) && !names.has(name)) await rm(join(this.#directory, name), { force: true });
    }
  }

  #currentFile(): KeysOfFile {
    const hour = this.#hour();
    const last = this.#files.at(-1);
    if (last?.hour === hour && last.digests.size < this.#limits.fileDigests) return last;
    const created = { hour, part: last?.hour === hour ? last.part + 1 : 0, digests: new DigestSet() };
    this.#files.push(created);
    return created;
  }

  #hour(): number {
    return Math.floor(this.#clockMillis() / HOUR_MILLIS);
  }

  #clockMillis(): number {
    return this.#options.nowMillis() + this.#aheadMillis;
  }
}

function nameOf({ hour, part }: KeysOfFile): string {
  return part === 0 ? String(hour) : `${hour}-${part}`;
}
