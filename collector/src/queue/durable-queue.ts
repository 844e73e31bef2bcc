import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';
import { idsByDigest, idsByPosition, type RecordIds, requestDigest } from '../model/record-ids.ts';
import { Consumer, type ConsumerOptions, type DecodedEntry } from './consumer.ts';
import { DeadLetters } from './dead-letters.ts';
import { KeyLedger } from './key-ledger.ts';
import { DurableLog, type DurableLogOptions } from './log/durable-log.ts';
import type { LogEntry } from './log/log-format.ts';
import type { LogPlace } from './log/log-place.ts';
import type { AppendResult, Queue, QueueEntry } from './queue.ts';

const KEYS_DIRECTORY = 'keys';
const DEAD_LETTERS_DIRECTORY = 'dead-letters';
/** A reader who sent something a moment ago waits so long for it; a storage that is further behind answers with what it has. */
const DELIVERY_WAIT_MILLIS = 2_000;
/** A restart takes about as long. */
const DRAIN_RETRY_MILLIS = 2_000;
/** What the storage has not taken by then waits in the log for the next start. */
const DRAIN_MILLIS = 5_000;

export interface DurableQueueOptions
  extends DurableLogOptions,
    Pick<ConsumerOptions, 'storage' | 'onStorageAway' | 'onStorageBack' | 'onRefused'> {
  /** Decodes and normalizes a request; given so that the queue knows no encoding. Throws `malformed_body` for what is none. */
  readonly decode: (entry: Omit<LogEntry, 'digest'>, ids: RecordIds) => DecodedEntry;
}

/** What there is between a start and a shutdown. */
interface OpenQueue {
  readonly log: DurableLog;
  readonly keys: KeyLedger;
  readonly consumer: Consumer;
}

/**
 * The queue on disk: `append` resolves when the body is in the log, synced; the storage gets its records afterwards, whenever it can. A request
 * with an idempotency key that was acknowledged before is answered again and not stored again; its answer is made from its body, which
 * is the same.
 */
export class DurableQueue implements Queue {
  readonly #options: DurableQueueOptions;
  readonly #underWay = new Map<string | symbol, Promise<AppendResult>>();
  #open: OpenQueue | undefined;
  #keysKnown: Promise<void> | undefined;
  #isDraining = false;

  constructor(options: DurableQueueOptions) {
    this.#options = options;
  }

  /** Whether a storage has taken records of this log before. */
  get hasHistory(): boolean {
    return this.#open?.log.opened !== undefined;
  }

  /** Opens the log. Nothing goes to the storage before `startDelivery`. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#open) return;
    const log = await DurableLog.open(this.#options);
    const { directory, storage, onStorageAway, onStorageBack, onRefused } = this.#options;
    try {
      const keys = await KeyLedger.open(join(directory, KEYS_DIRECTORY), Date.now);
      const deadLetters = new DeadLetters(join(directory, DEAD_LETTERS_DIRECTORY));
      const consumer = new Consumer({
        log,
        storage,
        deadLetters,
        decode: (entry, place) => this.#options.decode(entry, idsOf(entry.digest, log.logId, place)),
        beforeRelease: () => keys.sync(),
        onStorageAway,
        onStorageBack,
        onRefused,
      });
      this.#open = { log, keys, consumer };
      // Whoever needs them meets the error, and tries again.
      this.#learnKeys().catch(() => undefined);
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** From here on the storage gets what the log has. Safe to repeat. */
  startDelivery(): void {
    this.#open?.consumer.start();
  }

  /** Resolves when what was acknowledged before this call is in the storage; at the latest after two seconds, and at once while the storage is away. */
  async delivered(): Promise<void> {
    await this.#open?.consumer.reach(this.#open.log.end, DELIVERY_WAIT_MILLIS);
  }

  append(entry: QueueEntry): Promise<AppendResult> {
    const digest = entry.idempotencyKey === undefined ? undefined : requestDigest({ ...entry, idempotencyKey: entry.idempotencyKey });
    const key = digest ? Buffer.from(digest).toString('latin1') : Symbol('request');
    // The same request twice at once is one.
    const same = this.#underWay.get(key);
    if (same) return same;
    const appended = this.#append(entry, digest);
    this.#underWay.set(key, appended);
    const forget = (): boolean => this.#underWay.delete(key);
    // Owned here only for the drain; the caller has the result and the error.
    appended.then(forget, forget);
    return appended;
  }

  async shutdown(): Promise<void> {
    this.#isDraining = true;
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    try {
      await open.consumer.shutdown(DRAIN_MILLIS);
    } finally {
      await open.log.close();
    }
  }

  async #append({ tenant, signal, encoding, body, arrivalNanos }: QueueEntry, digest: Uint8Array | undefined): Promise<AppendResult> {
    const { log, keys, consumer } = this.#opened();
    const entry: LogEntry = { tenant, signal, encoding, body, arrivalNanos, digest };
    if (digest) await this.#learnKeys();
    // From here to the append nothing may wait: the records' ids are made of the place that the request will have.
    const place = log.next;
    const decoded = this.#options.decode(entry, idsOf(digest, log.logId, place));
    const { outcome, records } = decoded.batch;
    const result = { acceptedCount: outcome.acceptedCount, rejectedCount: outcome.rejectedCount, message: outcome.message() };
    if (records.length === 0 || (digest && keys.has(digest))) return result;
    const end = await log.append(entry);
    consumer.handOver({ place, entry, end }, decoded);
    if (digest) keys.add(digest);
    return result;
  }

  /** Resolves when the keys of the requests that an earlier process left in the log are known; once. */
  #learnKeys(): Promise<void> {
    this.#keysKnown ??= this.#readKeys().catch((error: unknown) => {
      this.#keysKnown = undefined;
      throw new ThreadlineError('storage_unavailable', 'the log cannot be read now; senders keep their batches', { cause: error });
    });
    return this.#keysKnown;
  }

  async #readKeys(): Promise<void> {
    const { log, keys } = this.#opened();
    for await (const digest of log.digests()) keys.add(digest);
  }

  #opened(): OpenQueue {
    if (this.#open && !this.#isDraining) return this.#open;
    throw new ThreadlineError('shutting_down', 'the collector is shutting down or starting; send again to the next one', {
      retryAfterMillis: DRAIN_RETRY_MILLIS,
    });
  }
}

function idsOf(digest: Uint8Array | undefined, logId: string, { file, offset }: LogPlace): RecordIds {
  return digest ? idsByDigest(digest) : idsByPosition({ logId, file, offset });
}
