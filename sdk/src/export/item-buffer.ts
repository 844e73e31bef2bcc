import { clearImmediate, clearTimeout, setImmediate, setTimeout } from '../own-timers.ts';
import { type Batch, createBatchKey, type Loss, type Signal, traceIdsOf } from './batch.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import { joinBodies } from './join-bodies.ts';

/** Far below the 20 MiB that the collector takes: long records make more batches. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** How long a batch may grow when it cannot be sent at once: a process that is killed loses this much. */
const MAX_HOLD_MILLIS = 2000;
/** Enough that what they share costs each of them hardly anything, and so few that no collection finds them grown old. */
const MAX_HELD_ITEMS = 32;
/** Spans of a server, of a client and of a few libraries, and records. */
const KEPT_MODELS = 8;
/** A large item is no model of others, and would fill the memory of a service that is quiet for hours. */
const MAX_MODEL_BYTES = 16 * 1024;
const NO_ROOM = 'more was waiting in memory than there is room for';

export interface ItemBufferOptions<Item> {
  readonly signal: Signal;
  readonly maxItems: number;
  /** At most `maxItems`. */
  readonly maxBatchItems: number;
  readonly delayMillis: number;
  readonly encoder: BatchEncoder<Item>;
  /** Changes an item before it is written: what hides its secrets. Never throws. */
  readonly prepare: ((item: Item) => void) | undefined;
  /** Whether somebody else may still change an item, so that it is written at once. */
  mayChange(item: Item): boolean;
  traceIdOf(item: Item): string | undefined;
  nowMillis(): number;
  /** Whether a batch would be sent at once. Until it would, batches grow, since each costs a request later. */
  isReady(): boolean;
  submit(batch: Batch): void;
  /** Keeps batches elsewhere at once, on disk if there is one; answers with those for which there is no room. */
  keepNow(batches: readonly Batch[]): readonly Batch[];
  onLoss(loss: Loss): void;
}

/**
 * Collects spans or log records into batches. `add` is all that a request pays for: it neither waits nor throws. Items are written
 * as OTLP a few dozen at a time: one by one, each would find the code for it gone from the processor's caches, and a thousand
 * spans that are held for half a second cost the collector of garbage more than their bytes do. A batch is submitted when it is
 * full or when its first item has waited long enough, in a turn of the event loop of its own. When the process finds no such turn before there is no more room, the oldest batch is kept elsewhere at once;
 * what cannot be is dropped and reported.
 */
export class ItemBuffer<Item> {
  readonly #options: ItemBufferOptions<Item>;
  /** Those that are full and wait for their turn, the oldest first. */
  #full: Batch[] = [];
  #fullCount = 0;
  /** How many items the encoder has. */
  #count = 0;
  /** Those that are not written yet. */
  #held: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #addedCount = 0;
  /** The place of the next model. */
  #writtenCount = 0;
  /** When the oldest item was added, or the last batch submitted. */
  #sinceMillis = 0;
  #divert: ((item: Item) => void) | undefined;
  #divertBatch: ((batch: Batch) => void) | undefined;
  /** Bodies that other threads wrote, of the batch that is made. */
  #foreign: Uint8Array[] = [];
  #foreignBytes = 0;
  /**
   * The last items. V8 forgets a hidden class with the last object that has it, and throws away all code that was compiled for
   * it: after each full collection in a quiet moment whatever makes and reads items would have to be compiled again.
   */
  readonly #models: Item[] = [];

  constructor(options: ItemBufferOptions<Item>) {
    this.#options = options;
  }

  /** How many items were ever added. */
  get addedCount(): number {
    return this.#addedCount;
  }

  /** One that was written, if any is at hand. */
  get writtenItem(): Item | undefined {
    return this.#models.find((item) => item !== undefined);
  }

  /** Whether there is anything that was not submitted. */
  get hasItems(): boolean {
    return this.#fullCount + this.#count + this.#held.length > 0;
  }

  add(item: Item): void {
    this.#addedCount += 1;
    if (this.#divert !== undefined) {
      this.#divert(item);
      return;
    }
    const { maxBatchItems, maxItems, mayChange, nowMillis } = this.#options;
    const waitingCount = this.#fullCount + this.#count + this.#held.length;
    if (waitingCount === 0) this.#sinceMillis = nowMillis();
    this.#held.push(item);
    const isDue = this.#held.length >= Math.min(MAX_HELD_ITEMS, maxBatchItems) || waitingCount >= maxItems;
    if (isDue || mayChange(item)) this.#writeHeld();
    this.#schedule();
  }

  /** Takes items that another thread wrote, as a whole body in the encoding of this one's. */
  addBody(body: Uint8Array, itemCount: number): void {
    this.#addedCount += itemCount;
    const { encoder, maxBatchItems, maxItems, nowMillis } = this.#options;
    if (this.#divertBatch !== undefined) {
      this.#divertBatch(this.#batchOf(body, itemCount));
      return;
    }
    if (!this.hasItems) this.#sinceMillis = nowMillis();
    if (encoder.byteCount + this.#foreignBytes + body.length > MAX_BODY_BYTES) this.#finish();
    if (this.#fullCount + this.#count >= maxItems) this.#makeRoom();
    this.#foreign.push(body);
    this.#foreignBytes += body.length;
    this.#count += itemCount;
    if (this.#count >= maxBatchItems) this.#finish();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#full.length > 0) this.#immediate ??= setImmediate(() => this.#submitNext()).unref();
    else this.#timer ??= setTimeout(() => this.#submitNext(), this.#options.delayMillis).unref();
  }

  /** Takes the batches of everything that was added. */
  cut(): Batch[] {
    this.#clearTimers();
    this.#writeHeld();
    this.#finish();
    this.#fullCount = 0;
    return this.#full.splice(0);
  }

  /** From now on items are lost, for this reason. */
  close(reason: string): void {
    this.#clearTimers();
    this.#models.length = 0;
    this.#divert = (item) => this.#lose(item, reason);
    this.#divertBatch = (batch) => this.#loseBatch(batch, reason);
  }

  /** From now on each item goes there, as a batch of its own. What was added before is to be `cut`. */
  divert(to: (batches: readonly Batch[]) => void): void {
    this.#divert = (item) => {
      if (this.#write(item)) to(this.cut());
    };
    this.#divertBatch = (batch) => to([batch]);
  }

  #writeHeld(): void {
    if (this.#held.length === 0) return;
    const { maxBatchItems, maxItems } = this.#options;
    const held = this.#held;
    this.#held = [];
    for (const item of held) {
      if (this.#fullCount + this.#count >= maxItems) this.#makeRoom();
      if (this.#write(item) && this.#count >= maxBatchItems) this.#finish();
    }
  }

  /** False for an item that cannot be written: it is lost. */
  #write(item: Item): boolean {
    const { encoder, prepare } = this.#options;
    let bytesBefore = encoder.byteCount;
    try {
      prepare?.(item);
      encoder.add(item);
    } catch {
      this.#lose(item, 'they cannot be written as OTLP');
      return false;
    }
    if (encoder.byteCount > MAX_BODY_BYTES && this.#count > 0) {
      encoder.undo();
      this.#finish();
      bytesBefore = 0;
      encoder.add(item);
    }
    this.#count += 1;
    this.#writtenCount += 1;
    if (encoder.byteCount - bytesBefore <= MAX_MODEL_BYTES) this.#models[this.#writtenCount % KEPT_MODELS] = item;
    return true;
  }

  /** Makes a batch of what the encoder has. */
  #finish(): void {
    if (this.#count === 0) return;
    const { encoder } = this.#options;
    const bodies = this.#foreign;
    this.#foreign = [];
    this.#foreignBytes = 0;
    if (encoder.byteCount > 0) bodies.push(encoder.take());
    this.#full.push(this.#batchOf(joinBodies(bodies), this.#count));
    this.#fullCount += this.#count;
    this.#count = 0;
  }

  #batchOf(body: Uint8Array, itemCount: number): Batch {
    const { nowMillis, signal } = this.#options;
    return { signal, key: createBatchKey(), itemCount, createdMillis: nowMillis(), body };
  }

  #takeOldest(): Batch | undefined {
    const batch = this.#full.shift();
    this.#fullCount -= batch?.itemCount ?? 0;
    return batch;
  }

  #makeRoom(): void {
    const { keepNow } = this.#options;
    const oldest = this.#takeOldest();
    if (oldest === undefined) return;
    for (const batch of keepNow([oldest])) this.#loseBatch(batch, NO_ROOM);
  }

  #submitNext(): void {
    this.#clearTimers();
    this.#writeHeld();
    const { delayMillis, isReady, nowMillis, submit } = this.#options;
    const isHeld = this.#full.length === 0 && nowMillis() - this.#sinceMillis < MAX_HOLD_MILLIS && !isReady();
    if (!isHeld) {
      if (this.#full.length === 0) this.#finish();
      this.#sinceMillis = nowMillis();
      const batch = this.#takeOldest();
      if (batch !== undefined) submit(batch);
    }
    if (this.#full.length > 0) this.#immediate = setImmediate(() => this.#submitNext()).unref();
    else if (this.#count > 0) this.#timer = setTimeout(() => this.#submitNext(), delayMillis).unref();
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #loseBatch(batch: Batch, reason: string): void {
    const { signal, onLoss } = this.#options;
    onLoss({ signal, count: batch.itemCount, reason, traceIds: traceIdsOf(batch) });
  }

  #lose(item: Item, reason: string): void {
    const { signal, traceIdOf, onLoss } = this.#options;
    const traceId = traceIdOf(item);
    onLoss({ signal, count: 1, reason, traceIds: traceId === undefined ? [] : [traceId] });
  }
}
