import { context } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';

/** What sends one batch and calls back once. Every OpenTelemetry exporter is one. */
export interface BatchExporter<Item> {
  export(items: Item[], done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

export interface BatchQueueOptions<Item> {
  readonly exporter: BatchExporter<Item>;
  readonly maxItems: number;
  readonly maxBatchItems: number;
  readonly delayMillis: number;
  /** Items that were given up: too many were waiting, or the collector refused them for good (`reason` says so). */
  onDrop(count: number, reason: string): void;
  /** A batch did not arrive and will be sent again. */
  onRetry(reason: string): void;
  /** An item was taken. */
  onAdd(): void;
}

/** The first wait after a failure and the longest; doubled each time. */
const FIRST_RETRY_MILLIS = 1000;
const MAX_RETRY_MILLIS = 30_000;

/**
 * A bounded buffer in front of an exporter. `add` never waits and never throws; what does not fit drops the oldest.
 * One batch is under way at a time; a batch that failed for now goes back to the front and is tried again, ever more
 * slowly, for as long as there is room. Its timers never keep a process alive.
 */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>;
  #waiting: Item[] = [];
  #sending: readonly Item[] = [];
  #inFlight: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStalled = false;
  #isShutdown = false;

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options;
  }

  /** Takes an item to send. After `shutdown` it is dropped and counted. */
  add(item: Item): void {
    if (this.#isShutdown) {
      this.#options.onDrop(1, 'the SDK was shut down');
      return;
    }
    this.#waiting.push(item);
    this.#options.onAdd();
    this.#trim();
    if (this.#failures === 0 && this.#waiting.length >= this.#options.maxBatchItems) this.#sendSoon(0);
    else this.#sendSoon(this.#failures === 0 ? this.#options.delayMillis : this.#retryMillis());
  }

  /** What has not been accepted yet, oldest first; a batch under way is in it. */
  pending(): readonly Item[] {
    return [...this.#sending, ...this.#waiting];
  }

  /** Whether the last attempt failed or was too slow for a flush, so that another is likely to be in vain. */
  isFailing(): boolean {
    return this.#failures > 0 || this.#isStalled;
  }

  /** Forgets what was handed over in another way. */
  clear(): void {
    this.#waiting = [];
    this.#sending = [];
  }

  /**
   * Sends everything that is waiting now. Resolves when it was accepted, when an attempt failed or when the time is
   * up, whichever is first; never rejects. Items that were not accepted stay.
   */
  async flush(timeoutMillis: number): Promise<void> {
    const deadline = Promise.withResolvers<void>();
    // Not unref'ed: it is what keeps the process alive while the exporter's sockets may not.
    const timer = setTimeout(deadline.resolve, timeoutMillis);
    let timeIsUp = false;
    const expired = deadline.promise.then(() => {
      timeIsUp = true;
      return false;
    });
    try {
      let accepted = true;
      while (accepted && !timeIsUp && (this.#inFlight !== undefined || this.#waiting.length > 0)) {
        accepted = await Promise.race([this.#inFlight ?? this.#send(), expired]);
      }
      this.#isStalled = timeIsUp;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Flushes, then lets go of the exporter. Safe to repeat; never rejects. */
  async shutdown(timeoutMillis: number): Promise<void> {
    if (this.#isShutdown) return;
    this.#isShutdown = true;
    await this.flush(timeoutMillis);
    clearTimeout(this.#timer);
    const left = this.pending().length;
    if (left > 0) this.#options.onDrop(left, 'the SDK was shut down before the collector took them');
    this.clear();
    const closed = this.#options.exporter.shutdown().catch(() => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, timeoutMillis).unref())]);
  }

  #sendSoon(delayMillis: number): void {
    if (this.#inFlight !== undefined) return;
    if (this.#timer !== undefined) {
      if (delayMillis > 0) return;
      clearTimeout(this.#timer);
    }
    this.#timer = setTimeout(() => void this.#send(), delayMillis).unref();
  }

  /** True when the batch left the queue, accepted or refused for good; false when it is back in the queue. */
  #send(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#options.maxBatchItems);
    if (batch.length === 0) return Promise.resolve(true);
    this.#sending = batch;
    const sent = this.#export(batch).then((result) => {
      this.#inFlight = undefined;
      const isGone = this.#settle(batch, result);
      if (this.#waiting.length > 0) this.#sendSoon(isGone ? this.#nextDelay() : this.#retryMillis());
      return isGone;
    });
    this.#inFlight = sent;
    return sent;
  }

  #settle(batch: readonly Item[], result: ExportResult): boolean {
    const stillOurs = this.#sending === batch;
    this.#sending = [];
    if (result.code === ExportResultCode.SUCCESS) {
      this.#failures = 0;
      return true;
    }
    const reason = result.error?.message ?? 'unknown error';
    if (isPermanent(result)) {
      this.#failures = 0;
      this.#options.onDrop(batch.length, reason);
      return true;
    }
    this.#failures += 1;
    if (stillOurs) this.#waiting = [...batch, ...this.#waiting];
    this.#trim();
    this.#options.onRetry(reason);
    return false;
  }

  #export(batch: Item[]): Promise<ExportResult> {
    return new Promise((resolve) => {
      try {
        context.with(suppressTracing(context.active()), () => this.#options.exporter.export(batch, resolve));
      } catch (error) {
        resolve({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) });
      }
    });
  }

  #trim(): void {
    const over = this.#waiting.length + this.#sending.length - this.#options.maxItems;
    if (over <= 0) return;
    const dropped = this.#waiting.splice(0, over).length;
    if (dropped > 0) this.#options.onDrop(dropped, 'more were waiting for the collector than there is room for');
  }

  #nextDelay(): number {
    return this.#waiting.length >= this.#options.maxBatchItems ? 0 : this.#options.delayMillis;
  }

  /** Half to all of the step, so that a fleet does not come back at once. */
  #retryMillis(): number {
    const step = Math.min(FIRST_RETRY_MILLIS * 2 ** (this.#failures - 1), MAX_RETRY_MILLIS);
    return step * (0.5 + Math.random() / 2);
  }
}

/** A status that the OTLP specification does not list as retryable; the exporter reports it as the error's code. */
function isPermanent(result: ExportResult): boolean {
  const code: unknown = result.error === undefined ? undefined : Reflect.get(result.error, 'code');
  return typeof code === 'number' && ![429, 502, 503, 504].includes(code);
}
