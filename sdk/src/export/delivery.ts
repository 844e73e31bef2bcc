import { clearTimeout, setTimeout } from '../own-timers.ts';
import { type Batch, type Loss, type Signal, traceIdsOf } from './batch.ts';
import type { SendOutcome } from './collector-client.ts';
import { backoffMillis } from './retry-delay.ts';
import type { Spool, TakenBatch } from './spool/spool.ts';

/** How many requests of a signal are under way at once: with a collector that takes 3 s for each, some 1,300 spans a second. */
export const MAX_PARALLEL_REQUESTS = 8;
/** What waited leaves half of them to what comes. */
const MAX_PARALLEL_WAITING = 4;
/** A process that ends does not wait for a collector that has not answered within this time. */
const SLOW_ANSWER_MILLIS = 1000;

export interface DeliveryOptions {
  readonly signal: Signal;
  readonly spool: Spool;
  post(batch: Batch): Promise<SendOutcome>;
  nowMillis(): number;
  /** The collector has taken a batch. */
  onTaken(): void;
  /** It said something about a batch that it took. */
  onNote(message: string): void;
  onLoss(loss: Loss): void;
  /** A batch did not arrive and will be sent again. */
  onRetry(reason: string): void;
}

/**
 * One signal's way to the collector. A batch is sent at once, several at a time; when that fails, or too many are under
 * way, it goes to the spool. While the collector is away one batch is tried now and then; when it is back, the spool is
 * emptied beside what comes. Its timers never keep a process alive.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** With the time at which each was sent. */
  readonly #underWay = new Map<Batch, number>();
  /** Those of them that are nowhere else. */
  readonly #onlyInMemory = new Set<Batch>();
  #failures = 0;
  #pausedUntilMillis = Number.NEGATIVE_INFINITY;
  /** Whether the pause is one that the collector asked for. */
  #isAskedToWait = false;
  #isTaking = false;
  #flushes = 0;
  #timer: NodeJS.Timeout | undefined;
  #onChange: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Whether a batch would be sent at once. */
  isReady(): boolean {
    return this.#failures === 0 && this.#pauseMillis() <= 0 && this.#underWay.size < MAX_PARALLEL_REQUESTS;
  }

  /** Takes a batch over: it is sent, or kept, or reported as lost. */
  submit(batch: Batch): void {
    if (this.isReady()) {
      void this.#send({ batch, isOnDisk: false, settle: () => undefined, putBack: () => this.#keep(batch) });
    } else this.#keep(batch);
  }

  /** Sends what waits in the spool, as far as the collector takes it now. */
  resume(): void {
    const pauseMillis = this.#pauseMillis();
    if (pauseMillis > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.resume();
      }, pauseMillis).unref();
      return;
    }
    if (this.#isTaking || this.#underWay.size >= this.#maxWaitingRequests()) return;
    if (!this.#options.spool.hasWaiting(this.#options.signal)) return;
    this.#isTaking = true;
    void this.#options.spool.take(this.#options.signal).then((taken) => {
      this.#isTaking = false;
      if (taken !== undefined) void this.#send(taken);
      this.#changed();
    });
  }

  /** Whether the last attempt failed or is taking long, so that another is likely to be in vain for now. */
  isFailing(): boolean {
    const longAgo = this.#options.nowMillis() - SLOW_ANSWER_MILLIS;
    return this.#failures > 0 || [...this.#underWay.values()].some((sentMillis) => sentMillis < longAgo);
  }

  /** Batches under way that are nowhere else, for a process that ends. */
  onlyInMemory(): readonly Batch[] {
    return [...this.#onlyInMemory];
  }

  /** Resolves when nothing is under way and nothing more can be sent now; a collector that is away is tried once. Never rejects. */
  async flush(): Promise<void> {
    if (!this.#isAskedToWait) this.#pausedUntilMillis = Number.NEGATIVE_INFINITY;
    this.#flushes += 1;
    this.resume();
    while (this.#isBusy()) await new Promise<void>((resolve) => void this.#onChange.push(resolve));
    this.#flushes -= 1;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #maxWaitingRequests(): number {
    if (this.#failures > 0) return 1;
    return this.#flushes > 0 ? MAX_PARALLEL_REQUESTS : MAX_PARALLEL_WAITING;
  }

  #isBusy(): boolean {
    const { signal, spool } = this.#options;
    if (this.#isTaking || this.#underWay.size > 0) return true;
    return this.#pauseMillis() <= 0 && (spool.isPacking(signal) || spool.hasWaiting(signal));
  }

  async #send(taken: TakenBatch): Promise<void> {
    const { batch } = taken;
    const failuresBefore = this.#failures;
    if (!taken.isOnDisk) this.#onlyInMemory.add(batch);
    this.#underWay.set(batch, this.#options.nowMillis());
    const outcome = await this.#options.post(batch);
    this.#underWay.delete(batch);
    if (outcome.status === 'retry') this.#postpone(outcome.retryAfterMillis, failuresBefore);
    else this.#recover();
    // Kept before it is forgotten, so that it is never nowhere.
    if (outcome.status === 'retry') taken.putBack();
    else taken.settle();
    this.#onlyInMemory.delete(batch);
    this.#report(batch, outcome);
    this.#changed();
  }

  #report(batch: Batch, outcome: SendOutcome): void {
    const { signal, onLoss, onNote, onRetry, onTaken } = this.#options;
    if (outcome.status === 'retry') {
      onRetry(outcome.reason);
      return;
    }
    if (outcome.status === 'refused') {
      onLoss({ signal, count: batch.itemCount, reason: outcome.reason, traceIds: traceIdsOf(batch) });
      return;
    }
    const { rejectedItems, message } = outcome;
    // Which of them it was is not said, unless it was all.
    const traceIds = rejectedItems >= batch.itemCount ? traceIdsOf(batch) : [];
    if (rejectedItems > 0)
      onLoss({ signal, count: rejectedItems, reason: message === '' ? 'the collector rejected them' : message, traceIds });
    else if (message !== '') onNote(message);
    onTaken();
  }

  /** Several requests that fail together are one failure. */
  #postpone(retryAfterMillis: number | undefined, failuresBefore: number): void {
    if (this.#failures === failuresBefore) this.#failures += 1;
    const pausedUntilMillis = this.#options.nowMillis() + (retryAfterMillis ?? backoffMillis(this.#failures));
    this.#isAskedToWait = retryAfterMillis !== undefined || (this.#isAskedToWait && this.#pauseMillis() > 0);
    this.#pausedUntilMillis = Math.max(this.#pausedUntilMillis, pausedUntilMillis);
  }

  /** It answers again, unless it has asked for time meanwhile. */
  #recover(): void {
    this.#failures = 0;
    if (!this.#isAskedToWait) this.#pausedUntilMillis = Number.NEGATIVE_INFINITY;
  }

  #keep(batch: Batch): void {
    void this.#options.spool.append(batch).then(() => this.#changed());
  }

  #changed(): void {
    this.resume();
    for (const resolve of this.#onChange.splice(0)) resolve();
  }

  #pauseMillis(): number {
    return this.#pausedUntilMillis - this.#options.nowMillis();
  }
}
