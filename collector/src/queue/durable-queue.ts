import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';
import type { DecodedEntry } from '../model/decode-entry.ts';
import { idsByDigest, idsByPosition, type RecordIds, requestDigest } from '../model/record-ids.ts';
import { Consumer, type ConsumerOptions, type HandOver } from './consumer.ts';
import type { DeadLetter } from './dead-letter-file.ts';
import { DeadLetters } from './dead-letters.ts';
import { DeliveryWatch, type DeliveryWatchOptions } from './delivery-watch.ts';
import { IngestWatch, type IngestWatchOptions } from './ingest-watch.ts';
import { KeyLedger } from './key-ledger.ts';
import { DurableLog, type DurableLogOptions } from './log/durable-log.ts';
import { frameBytes, type LogEntry } from './log/log-format.ts';
import type { LogPlace } from './log/log-place.ts';
import type { AppendResult, Queue, QueueEntry } from './queue.ts';
import type { QueueState, QueueView } from './queue-state.ts';

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
    DeliveryWatchOptions,
    IngestWatchOptions,
    Pick<ConsumerOptions, 'storage' | 'onRefused'> {
  /** Decodes and normalizes a request; given so that the queue knows no encoding. Throws `malformed_body` for what is none. `isPlain`: see `ConsumerOptions`. */
  readonly decode: (entry: Omit<LogEntry, 'digest'>, ids: RecordIds, isPlain: boolean) => DecodedEntry;
  /** Told of a request that could be read and not be kept: the log is full, or its disk refuses. */
  readonly onNotKept: (request: { readonly tenant: string; readonly recordCount: number; readonly error: unknown }) => void;
  /** As of `KeyLedgerOptions.onForgotten`. */
  readonly onKeysForgotten: (keys: number) => void;
}

/** What there is between a start and a shutdown. */
interface OpenQueue {
  readonly log: DurableLog;
  readonly keys: KeyLedger;
  readonly deadLetters: DeadLetters;
  readonly ingest: IngestWatch;
  readonly watch: DeliveryWatch;
  readonly consumer: Consumer;
}

/**
 * The queue on disk: `append` resolves when the body is in the log, synced; the storage gets its records afterwards, whenever it can. A request
 * with an idempotency key that was acknowledged before is answered again and not stored again; its answer is made from its body, which
 * is the same.
 */
export class DurableQueue implements Queue, QueueView {
  readonly #options: DurableQueueOptions;
  readonly #underWay = new Map<string | symbol, Promise<AppendResult>>();
  #open: OpenQueue | undefined;
  #keysKnown: Promise<void> | undefined;
  #isDraining = false;
  /** Undefined until they are counted. */
  #requestsOfEarlierProcesses: number | undefined;
  #appendedRequests = 0;

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
    const { directory, storage, onRefused, onKeysForgotten } = this.#options;
    try {
      const keys = await KeyLedger.open(join(directory, KEYS_DIRECTORY), {
        nowMillis: () => performance.now(),
        onForgotten: onKeysForgotten,
      });
      const deadLetters = await DeadLetters.open(join(directory, DEAD_LETTERS_DIRECTORY));
      const watch = new DeliveryWatch(this.#options);
      const ingest = new IngestWatch({
        ...this.#options,
        checkRoom: (bytes) => log.checkRoom(bytes),
        checkInPlace: () => log.checkInPlace(),
      });
      const consumer = new Consumer({
        log,
        storage,
        deadLetters,
        decode: (entry, place, isPlain) => this.#options.decode(entry, idsOf(entry.digest, log.logId, place), isPlain),
        beforeRelease: async () => {
          // What is released cannot be read for its keys any more.
          await this.#learnKeys({ log, keys });
          await keys.sync();
        },
        watch,
        onRefused,
      });
      await ingest.start();
      this.#open = { log, keys, deadLetters, ingest, watch, consumer };
      // Whoever needs them meets the error, and tries again.
      this.#learnKeys({ log, keys }).catch(() => undefined);
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** From here on the storage gets what the log has. Safe to repeat. */
  startDelivery(): void {
    this.#open?.consumer.start();
  }

  /**
   * Resolves when what was acknowledged before this call is in the storage; at the latest after two seconds, or the time that is given, and at once while
   * the storage is away. Gives whether it is.
   */
  async delivered(withinMillis = DELIVERY_WAIT_MILLIS): Promise<boolean> {
    return (await this.#open?.consumer.reach(this.#open.log.end, withinMillis)) ?? false;
  }

  get state(): QueueState | undefined {
    if (!this.#open) return undefined;
    const { log, deadLetters, ingest, watch, consumer } = this.#open;
    const earlier = this.#requestsOfEarlierProcesses;
    const waiting = earlier === undefined ? undefined : earlier + this.#appendedRequests - consumer.deliveredRequests;
    return {
      usedBytes: log.heldBytes,
      capacityBytes: this.#options.maxBytes,
      // Frames that were damaged are counted and never delivered, or the other way round.
      waitingRequests: waiting === undefined ? undefined : Math.max(0, log.heldBytes === 0 ? 0 : waiting),
      oldestArrivalNanos: consumer.oldestArrivalNanos,
      ingest: ingest.state,
      delivery: watch.state,
      setAside: log.setAside,
      deadLetters: { ...deadLetters.count, reasons: deadLetters.reasons },
    };
  }

  async listDeadLetters(request: { readonly before?: number; readonly limit: number }): Promise<readonly DeadLetter[]> {
    return (await this.#open?.deadLetters.list(request)) ?? [];
  }

  append(entry: QueueEntry): Promise<AppendResult> {
    const { idempotencyKey, sentBody = entry.body } = entry;
    const digest = idempotencyKey === undefined ? undefined : requestDigest({ ...entry, body: sentBody, idempotencyKey });
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
    open.ingest.stop();
    try {
      await open.consumer.shutdown(DRAIN_MILLIS);
    } finally {
      await open.log.close();
    }
  }

  async #append({ tenant, signal, encoding, body, arrivalNanos }: QueueEntry, digest: Uint8Array | undefined): Promise<AppendResult> {
    const { log, keys, ingest, consumer } = this.#opened();
    const entry: LogEntry = { tenant, signal, encoding, body, arrivalNanos, digest };
    if (digest) await this.#learnKeys({ log, keys });
    // From here to the append nothing may wait: the records' ids are made of the place that the request will have.
    const place = log.next;
    const isKnown = digest !== undefined && keys.has(digest);
    const { recordCount, result, handOver } = this.#decode(entry, { ids: idsOf(digest, log.logId, place), isKnown, consumer });
    if (isKnown || recordCount === 0) return result;
    const end = await log.append(entry).catch((error: unknown) => {
      handOver?.giveUp();
      ingest.noteRefused(error, frameBytes(entry));
      this.#options.onNotKept({ tenant, recordCount, error });
      throw error;
    });
    this.#appendedRequests += 1;
    handOver?.take({ place, entry, end });
    if (digest) keys.add(digest);
    return result;
  }

  /** What was decoded is held by its hand-over alone: it must not wait for the disk where there is no room for it. */
  #decode(
    entry: LogEntry,
    { ids, isKnown, consumer }: { readonly ids: RecordIds; readonly isKnown: boolean; readonly consumer: Consumer },
  ): { readonly recordCount: number; readonly result: AppendResult; readonly handOver: HandOver | undefined } {
    const decoded = this.#options.decode(entry, ids, false);
    const { recordCount, result } = summaryOf(decoded);
    return { recordCount, result, handOver: isKnown || recordCount === 0 ? undefined : consumer.reserve(entry, decoded) };
  }

  /** Resolves when what an earlier process left in the log is counted and the keys of its requests are known; once. */
  #learnKeys(open: Pick<OpenQueue, 'log' | 'keys'>): Promise<void> {
    this.#keysKnown ??= this.#readKeys(open).catch((error: unknown) => {
      this.#keysKnown = undefined;
      throw new ThreadlineError('storage_unavailable', 'the log cannot be read now; senders keep their batches', { cause: error });
    });
    return this.#keysKnown;
  }

  async #readKeys({ log, keys }: Pick<OpenQueue, 'log' | 'keys'>): Promise<void> {
    let requestCount = 0;
    for await (const { place, digest } of log.heads()) {
      if (digest) keys.add(digest);
      if (log.isOfEarlierProcess(place)) requestCount += 1;
    }
    this.#requestsOfEarlierProcesses = requestCount;
  }

  #opened(): OpenQueue {
    if (this.#open && !this.#isDraining) return this.#open;
    throw new ThreadlineError('shutting_down', 'the collector is shutting down or starting; send again to the next one', {
      retryAfterMillis: DRAIN_RETRY_MILLIS,
    });
  }
}

/** How many records are to be stored, and what the sender is told. */
function summaryOf(decoded: DecodedEntry): { readonly recordCount: number; readonly result: AppendResult } {
  if (decoded.plain) {
    const { recordCount } = decoded.plain.wire;
    return { recordCount, result: { acceptedCount: recordCount, rejectedCount: 0, message: '' } };
  }
  const { outcome, records } = decoded.batch;
  const result = { acceptedCount: outcome.acceptedCount, rejectedCount: outcome.rejectedCount, message: outcome.message() };
  return { recordCount: records.length, result };
}

function idsOf(digest: Uint8Array | undefined, logId: string, { file, offset }: LogPlace): RecordIds {
  return digest ? idsByDigest(digest) : idsByPosition({ logId, file, offset });
}
