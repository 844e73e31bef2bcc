import { type Batch, createBatchKey, type Loss, type Signal, traceIdsOf } from './batch.ts';

/** Far below the 20 MiB that the collector takes: a batch of long records is cut into several. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** How long a batch may grow when it cannot be sent at once: a process that is killed loses this much. */
const MAX_HOLD_MILLIS = 2000;
const MAX_TRACE_IDS = 100;
const NO_ROOM = 'more was waiting in memory than there is room for';

export interface ItemBufferOptions<Item> {
  readonly signal: Signal;
  readonly maxItems: number;
  readonly maxBatchItems: number;
  readonly delayMillis: number;
  /** OTLP of some items. May throw for an item that cannot be written. */
  serialize(items: Item[]): Uint8Array | undefined;
  traceIdOf(item: Item): string | undefined;
  nowMillis(): number;
  /** Whether a batch would be sent at once. Until it would, batches grow, since each costs a request later. */
  isReady(): boolean;
  submit(batch: Batch): void;
  /** Puts batches on disk at once; answers with those that cannot be there. Undefined where there is no disk. */
  readonly keepNow: ((batches: readonly Batch[]) => readonly Batch[]) | undefined;
  onLoss(loss: Loss): void;
}

/**
 * Collects spans or log records into batches. `add` is all that a request pays for: it neither waits nor serializes nor
 * throws. A batch is made when it is full or when its first item has waited long enough, in a turn of the event loop of
 * its own. When the process finds no such turn before there is no more room, the oldest items go to disk at once; what
 * cannot is dropped and reported.
 */
export class ItemBuffer<Item> {
  readonly #options: ItemBufferOptions<Item>;
  #items: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #addedCount = 0;
  /** When the oldest item was added, or the last batch cut. */
  #sinceMillis = 0;
  #divert: ((item: Item) => void) | undefined;

  constructor(options: ItemBufferOptions<Item>) {
    this.#options = options;
  }

  /** How many items were ever added. */
  get addedCount(): number {
    return this.#addedCount;
  }

  add(item: Item): void {
    this.#addedCount += 1;
    if (this.#divert !== undefined) {
      this.#divert(item);
      return;
    }
    const { length } = this.#items;
    if (length >= this.#options.maxItems) this.#makeRoom();
    this.#items.push(item);
    if (length === 0) this.#sinceMillis = this.#options.nowMillis();
    if (length + 1 >= this.#options.maxBatchItems) this.#immediate ??= setImmediate(() => this.#cutNext()).unref();
    else this.#timer ??= setTimeout(() => this.#cutNext(), this.#options.delayMillis).unref();
  }

  /** Makes batches of everything that was added. */
  cut(): Batch[] {
    this.#clearTimers();
    const batches: Batch[] = [];
    while (this.#items.length > 0) batches.push(...this.serialize(this.#items.splice(0, this.#options.maxBatchItems)));
    return batches;
  }

  /** From now on items are lost, for this reason. */
  close(reason: string): void {
    this.#clearTimers();
    this.#divert = (item) => this.#lose([item], reason);
  }

  /** From now on items go there. What was added before is to be `cut`. */
  divert(to: (item: Item) => void): void {
    this.#divert = to;
  }

  /** Usually one batch; several for long items, none for items that cannot be written. */
  serialize(items: Item[]): Batch[] {
    const { signal, nowMillis } = this.#options;
    const body = this.#bodyOf(items);
    if (items.length > 1 && (body === undefined || body.length > MAX_BODY_BYTES)) {
      const half = Math.ceil(items.length / 2);
      return [...this.serialize(items.slice(0, half)), ...this.serialize(items.slice(half))];
    }
    if (body !== undefined) return [{ signal, key: createBatchKey(), itemCount: items.length, createdMillis: nowMillis(), body }];
    this.#lose(items, 'they cannot be written as OTLP');
    return [];
  }

  #makeRoom(): void {
    const { keepNow, maxBatchItems, onLoss, signal } = this.#options;
    if (keepNow === undefined) {
      this.#lose(this.#items.splice(0, 1), NO_ROOM);
      return;
    }
    for (const batch of keepNow(this.serialize(this.#items.splice(0, maxBatchItems))))
      onLoss({ signal, count: batch.itemCount, reason: NO_ROOM, traceIds: traceIdsOf(batch, MAX_TRACE_IDS) });
  }

  #bodyOf(items: Item[]): Uint8Array | undefined {
    try {
      return this.#options.serialize(items);
    } catch {
      return undefined;
    }
  }

  #cutNext(): void {
    this.#clearTimers();
    const { delayMillis, isReady, maxBatchItems, nowMillis } = this.#options;
    const isHeld = this.#items.length < maxBatchItems && nowMillis() - this.#sinceMillis < MAX_HOLD_MILLIS && !isReady();
    if (isHeld) {
      this.#timer = setTimeout(() => this.#cutNext(), delayMillis).unref();
      return;
    }
    this.#sinceMillis = nowMillis();
    for (const batch of this.serialize(this.#items.splice(0, this.#options.maxBatchItems))) this.#options.submit(batch);
    if (this.#items.length >= this.#options.maxBatchItems) this.#immediate = setImmediate(() => this.#cutNext()).unref();
    else if (this.#items.length > 0) this.#timer = setTimeout(() => this.#cutNext(), this.#options.delayMillis).unref();
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #lose(items: readonly Item[], reason: string): void {
    const { signal, traceIdOf, onLoss } = this.#options;
    const traceIds = items.map(traceIdOf).filter((id) => id !== undefined);
    onLoss({ signal, count: items.length, reason, traceIds: traceIds.slice(0, MAX_TRACE_IDS) });
  }
}
