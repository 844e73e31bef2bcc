import type { Batch, Loss } from './batch.ts';
import { batchHeaders, createCollectorClient } from './collector-client.ts';
import type { CollectorConfig } from './collector-config.ts';
import { Delivery, MAX_PARALLEL_REQUESTS } from './delivery.ts';
import { ItemBuffer, type ItemBufferOptions } from './item-buffer.ts';
import type { SyncRequest } from './send-sync.ts';
import type { Spool } from './spool/spool.ts';

export interface SignalExportOptions<Item>
  extends Pick<ItemBufferOptions<Item>, 'signal' | 'encoder' | 'prepare' | 'mayChange' | 'traceIdOf'> {
  readonly url: string;
  readonly config: CollectorConfig;
  readonly spool: Spool;
  onTaken(): void;
  onNote(message: string): void;
  onLoss(loss: Loss): void;
  onRetry(reason: string): void;
}

/** Spans or log records on their way to the collector: collected into batches, sent, and kept where that fails. */
export class SignalExport<Item> {
  readonly #options: SignalExportOptions<Item>;
  readonly #buffer: ItemBuffer<Item>;
  readonly #delivery: Delivery;
  readonly #close: () => void;

  constructor(options: SignalExportOptions<Item>) {
    const { url, config, spool, signal } = options;
    const { maxQueueItems, maxBatchItems, delayMillis } = config.batching[signal];
    const client = createCollectorClient({ ...config.requests[options.signal], url, maxConnections: MAX_PARALLEL_REQUESTS });
    this.#options = options;
    this.#delivery = new Delivery({ ...options, spool, post: (batch) => client.post(batch), nowMillis: () => performance.now() });
    this.#buffer = new ItemBuffer({
      ...options,
      maxItems: maxQueueItems,
      maxBatchItems,
      delayMillis,
      nowMillis: Date.now,
      isReady: () => this.#delivery.isReady(),
      submit: (batch) => this.#delivery.submit(batch),
      keepNow: (batches) => spool.keepNow(batches),
    });
    this.#close = () => client.close();
  }

  /** How many items were ever added. */
  get addedCount(): number {
    return this.#buffer.addedCount;
  }

  /** One that was written, if any is at hand. */
  get writtenItem(): Item | undefined {
    return this.#buffer.writtenItem;
  }

  /** Takes an item to send. Never waits and never throws. */
  add(item: Item): void {
    this.#buffer.add(item);
  }

  /** As `add`, of items that another thread wrote. */
  addBody(body: Uint8Array, itemCount: number): void {
    this.#buffer.addBody(body, itemCount);
  }

  /** Sends what waits in the spool, as far as the collector takes it now. */
  resume(): void {
    this.#delivery.resume();
  }

  /** Whether the last attempt failed or is taking long, so that another is likely to be in vain for now. */
  isFailing(): boolean {
    return this.#delivery.isFailing();
  }

  /** Sends what was added up to now. */
  submitAll(): void {
    for (const batch of this.#buffer.cut()) this.#delivery.submit(batch);
  }

  /** Resolves when all that was submitted, and what waited in the spool, was taken or cannot be sent now. Never rejects. */
  flush(): Promise<void> {
    return this.#delivery.flush();
  }

  /** What is in memory alone. From now on `keep` is given each item that is added, as a batch. */
  endSync(keep: (batches: readonly Batch[]) => void): Batch[] {
    this.#buffer.divert(keep);
    return [...this.#delivery.onlyInMemory(), ...this.#buffer.cut()];
  }

  /** The request that a batch would be sent in. */
  requestFor(batch: Batch): SyncRequest {
    const { url, config, signal } = this.#options;
    const { headers, certificates } = config.requests[signal];
    return { url, headers: batchHeaders(headers, batch), certificates, body: batch.body };
  }

  /** Lets go of timers and connections; what is under way is cut off, what is added later is lost and reported. */
  close(): void {
    this.#buffer.close('the SDK was shut down');
    this.#delivery.stop();
    this.#close();
  }
}
