import { ThreadlineError } from '../errors.ts';
import type { NormalizedBatch } from '../model/normalize.ts';
import type { IndexedLog, IndexedSpan } from '../model/record.ts';
import { idsByKey, idsByPosition, type RecordIds } from '../model/record-ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { LogIdentity } from './log-identity.ts';
import type { AppendResult, Queue, QueueEntry } from './queue.ts';

/** When a sender may try again while the storage is away: soon enough to lose nothing, late enough not to hammer it. */
const STORAGE_RETRY_MILLIS = 5_000;
/** A restart takes about as long. */
const DRAIN_RETRY_MILLIS = 2_000;

export interface DirectQueueOptions {
  readonly storage: Pick<Storage, 'writeLogs' | 'writeSpans'>;
  /** Decodes and normalizes an entry; given so that the queue knows no encoding. Throw `malformed_body` for what is none. */
  readonly decodeLogs: (entry: QueueEntry, ids: RecordIds) => NormalizedBatch<IndexedLog>;
  readonly decodeSpans: (entry: QueueEntry, ids: RecordIds) => NormalizedBatch<IndexedSpan>;
  readonly openIdentity: () => Promise<LogIdentity>;
  /** Told of a fault of the storage that is not its own word for being away. */
  readonly onStorageFault: (error: unknown) => void;
  /** Told once when the storage stops to take records, and why. */
  readonly onStorageAway?: (error: ThreadlineError) => void;
  /** Told once when it takes records again. */
  readonly onStorageBack?: () => void;
}

/**
 * The queue that holds nothing: a body is safe when the storage has it, so `append` resolves when the storage's write has.
 * While the storage is away every append fails with `storage_unavailable`, which senders repeat. How much may be under way at
 * once is the receivers' admission; here each entry is one write.
 */
export class DirectQueue implements Queue {
  readonly #options: DirectQueueOptions;
  #identity: LogIdentity | undefined;
  #offset = 0;
  #isDraining = false;
  #isStorageAway = false;
  readonly #underWay = new Set<Promise<AppendResult>>();

  constructor(options: DirectQueueOptions) {
    this.#options = options;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#identity ??= await this.#options.openIdentity();
  }

  append(entry: QueueEntry): Promise<AppendResult> {
    const appended = this.#append(entry);
    this.#underWay.add(appended);
    const forget = (): boolean => this.#underWay.delete(appended);
    // Owned here only for the drain; the caller has the result and the error.
    appended.then(forget, forget);
    return appended;
  }

  async shutdown(): Promise<void> {
    this.#isDraining = true;
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #append(entry: QueueEntry): Promise<AppendResult> {
    if (this.#isDraining) {
      throw new ThreadlineError('shutting_down', 'the collector is shutting down; send again to the next one', {
        retryAfterMillis: DRAIN_RETRY_MILLIS,
      });
    }
    const ids = this.#idsFor(entry);
    if (entry.signal === 'logs') {
      const batch = this.#options.decodeLogs(entry, ids);
      return this.#store(batch, (logs) => this.#options.storage.writeLogs(entry.tenant, logs));
    }
    const batch = this.#options.decodeSpans(entry, ids);
    return this.#store(batch, (spans) => this.#options.storage.writeSpans(entry.tenant, spans));
  }

  #idsFor(entry: QueueEntry): RecordIds {
    if (entry.idempotencyKey !== undefined) return idsByKey(entry.tenant, entry.signal, entry.idempotencyKey);
    if (!this.#identity) throw new ThreadlineError('shutting_down', 'the collector is starting', { retryAfterMillis: DRAIN_RETRY_MILLIS });
    const { logId, startNumber } = this.#identity;
    const ids = idsByPosition({ logId, file: startNumber, offset: this.#offset });
    // An empty body still takes a place, so that no two requests have one offset.
    this.#offset += Math.max(1, entry.body.length);
    return ids;
  }

  async #store<R>(batch: NormalizedBatch<R>, write: (records: readonly R[]) => Promise<void>): Promise<AppendResult> {
    const { outcome, records } = batch;
    if (records.length > 0) {
      await write(records).catch((error: unknown) => this.#throwRetryable(error));
      this.#noteStorageBack();
    }
    return { acceptedCount: outcome.acceptedCount, rejectedCount: outcome.rejectedCount, message: outcome.message() };
  }

  /** Whatever went wrong in the storage, the records are good: the sender keeps them and tries again. */
  #throwRetryable(error: unknown): never {
    if (error instanceof ThreadlineError && error.code === 'storage_unavailable') this.#noteStorageAway(error);
    if (error instanceof ThreadlineError && error.retryAfterMillis !== undefined) throw error;
    if (!(error instanceof ThreadlineError && error.code === 'storage_unavailable')) this.#options.onStorageFault(error);
    const message = 'the storage did not take the records; nothing is lost when they are sent again';
    throw new ThreadlineError('storage_unavailable', message, { cause: error, retryAfterMillis: STORAGE_RETRY_MILLIS });
  }

  /** Every sender meets it; the operator is told at the first and at the last. */
  #noteStorageAway(error: ThreadlineError): void {
    if (this.#isStorageAway) return;
    this.#isStorageAway = true;
    this.#options.onStorageAway?.(error);
  }

  #noteStorageBack(): void {
    if (!this.#isStorageAway) return;
    this.#isStorageAway = false;
    this.#options.onStorageBack?.();
  }
}
