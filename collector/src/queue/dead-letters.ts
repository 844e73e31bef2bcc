import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';
import type { IndexedRecord } from '../model/record.ts';
import { nowNanos } from '../now-nanos.ts';
import { type DeadLetter, DeadLetterFile } from './dead-letter-file.ts';

/** One file and its predecessor are kept: enough to see what is wrong, bounded when everything is. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const FILE = 'records.ndjson';
const EARLIER_FILE = 'records.1.ndjson';
/** Different reasons that are told apart: a reason names no value of a record, so there are few. */
const MAX_REASONS = 50;
/** What a crash makes the storage refuse again is not more than was under way. */
const REMEMBERED_IDS = 10_000;
const MAX_TEXT_LENGTH = 500;

export interface DeadLetterReason {
  readonly reason: string;
  readonly count: number;
  readonly lastAtUnixNano: string;
}

/**
 * Records that the storage refuses for good, so that one of them does not hold up all others:
 *
 *     dead-letters/records.ndjson     one line each, oldest first: { number, atUnixNano, tenant, signal, recordId, service, reason, record }
 *     dead-letters/records.1.ndjson   the lines before, once the file is full
 *
 * What a line says beside its record quotes none of its values but the service's name.
 */
export class DeadLetters {
  readonly #directory: string;
  readonly #reasons = new Map<string, DeadLetterReason>();
  readonly #recentIds = new Set<string>();
  #earlier: DeadLetterFile;
  #current: DeadLetterFile;
  #lastNumber = 0;
  /** Letters are written one behind the other. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#earlier = new DeadLetterFile(join(directory, EARLIER_FILE));
    this.#current = new DeadLetterFile(join(directory, FILE));
  }

  /** Reads what is kept: at most 64 MiB, once. */
  static async open(directory: string): Promise<DeadLetters> {
    const letters = new DeadLetters(directory);
    letters.#earlier = await DeadLetterFile.open(join(directory, EARLIER_FILE), (letter) => letters.#note(letter));
    letters.#current = await DeadLetterFile.open(join(directory, FILE), (letter) => letters.#note(letter));
    return letters;
  }

  /** How many are kept; `total` counts also those that made room for newer ones. */
  get count(): { readonly kept: number; readonly total: number } {
    return { kept: this.#earlier.count + this.#current.count, total: this.#lastNumber };
  }

  /** Why records were refused, the latest reason first; at most 50. */
  get reasons(): readonly DeadLetterReason[] {
    return [...this.#reasons.values()].reverse();
  }

  /** Resolves when the letter is on disk. A record that is there already, as after a crash, is not added again. */
  add(tenant: string, indexed: IndexedRecord, error: unknown): Promise<void> {
    const added = this.#writing.then(() => this.#add(tenant, indexed, reasonOf(error)));
    this.#writing = added.catch(() => undefined);
    return added;
  }

  /** The newest first; `before` leaves out that number and what is newer. */
  async list({ before = Number.POSITIVE_INFINITY, limit }: { readonly before?: number; readonly limit: number }): Promise<DeadLetter[]> {
    await this.#writing;
    const letters = await this.#current.heads({ before, limit });
    if (letters.length < limit) letters.push(...(await this.#earlier.heads({ before, limit: limit - letters.length })));
    return letters;
  }

  async #add(tenant: string, { id: recordId, signal, service, record }: IndexedRecord, reason: string): Promise<void> {
    if (this.#recentIds.has(recordId)) return;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    if (this.#current.bytes > MAX_FILE_BYTES) {
      await this.#current.moveTo(join(this.#directory, EARLIER_FILE));
      this.#earlier = this.#current;
      this.#current = new DeadLetterFile(join(this.#directory, FILE));
    }
    const atUnixNano = String(nowNanos());
    const letter = { number: this.#lastNumber + 1, atUnixNano, tenant, signal, recordId, service: shorten(service), reason };
    await this.#current.append(letter, record);
    this.#note(letter);
  }

  #note({ number, recordId, reason, atUnixNano: lastAtUnixNano }: DeadLetter): void {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.#recentIds.add(recordId);
    for (const oldest of this.#recentIds) {
      if (this.#recentIds.size <= REMEMBERED_IDS) break;
      this.#recentIds.delete(oldest);
    }
    const count = (this.#reasons.get(reason)?.count ?? 0) + 1;
    // The latest stands last.
    this.#reasons.delete(reason);
    this.#reasons.set(reason, { reason, count, lastAtUnixNano });
    for (const oldest of this.#reasons.keys()) {
      if (this.#reasons.size <= MAX_REASONS) break;
      this.#reasons.delete(oldest);
    }
  }
}

/** What an operator is told of a fault: our own words. Those of a library might quote a record. */
export function reasonOf(error: unknown): string {
  if (error instanceof ThreadlineError) return shorten(error.message);
  return `an unexpected fault (${error instanceof Error ? error.name : typeof error}): the collector's own log says more`;
}

function shorten(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
