import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch, Loss } from './batch.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import { ItemBuffer, type ItemBufferOptions } from './item-buffer.ts';

/** Writes numbers with commas between them. */
class NumberEncoder implements BatchEncoder<number> {
  readonly #bytesOfOne: number;
  readonly #unwritable: number | undefined;
  #items: number[] = [];

  constructor(bytesOfOne = 1, unwritable?: number) {
    this.#bytesOfOne = bytesOfOne;
    this.#unwritable = unwritable;
  }

  get byteCount(): number {
    return this.#items.length * this.#bytesOfOne;
  }

  add(item: number): void {
    if (item === this.#unwritable) throw new Error('a cycle');
    this.#items.push(item);
  }

  undo(): void {
    this.#items.pop();
  }

  take(): Uint8Array {
    return Buffer.from(this.#items.splice(0).join());
  }
}

describe('ItemBuffer', () => {
  let submitted: string[] = [];
  let losses: Loss[] = [];
  let isReady = true;
  const textOf = (batch: Batch): string => Buffer.from(batch.body).toString();
  const create = (changes: Partial<ItemBufferOptions<number>> = {}): ItemBuffer<number> =>
    new ItemBuffer({
      signal: 'traces',
      maxItems: 6,
      maxBatchItems: 2,
      delayMillis: 100,
      encoder: new NumberEncoder(),
      prepare: undefined,
      mayChange: () => false,
      traceIdOf: (item) => `trace-${item}`,
      nowMillis: Date.now,
      isReady: () => isReady,
      submit: (batch) => void submitted.push(textOf(batch)),
      keepNow: (batches) => batches,
      onLoss: (loss) => void losses.push(loss),
      ...changes,
    });

  beforeEach(() => {
    vi.useFakeTimers();
    submitted = [];
    losses = [];
    isReady = true;
  });
  afterEach(() => vi.useRealTimers());

  it('waits for others, and makes a batch at once when it is full', async () => {
    const buffer = create();
    buffer.add(1);
    await vi.advanceTimersByTimeAsync(99);
    expect(submitted).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(submitted).toEqual(['1']);
    buffer.add(2);
    buffer.add(3);
    expect(submitted).toEqual(['1']);
    await vi.advanceTimersByTimeAsync(0);
    expect(submitted).toEqual(['1', '2,3']);
  });

  it('lets a batch grow while none would be sent, for two seconds', async () => {
    isReady = false;
    const buffer = create({ maxBatchItems: 100 });
    buffer.add(1);
    await vi.advanceTimersByTimeAsync(1500);
    buffer.add(2);
    expect(submitted).toEqual([]);
    await vi.advanceTimersByTimeAsync(600);
    expect(submitted).toEqual(['1,2']);
  });

  it('puts what other threads wrote into the same batches', async () => {
    const buffer = create({ maxBatchItems: 4 });
    buffer.add(1);
    buffer.addBody(Buffer.from('[a,b]'), 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(submitted).toEqual(['[a,b]1']);
    buffer.addBody(Buffer.from('[c,d]'), 2);
    buffer.addBody(Buffer.from('[e,f]'), 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(submitted.slice(1)).toEqual(['[c,d][e,f]']);
    expect(buffer.addedCount).toBe(7);
  });

  it('has no more room for what other threads wrote than for its own', () => {
    const buffer = create();
    for (const name of ['a', 'b', 'c', 'd']) buffer.addBody(Buffer.from(name), 2);
    expect(losses.map(({ count, reason }) => [count, reason])).toEqual([[2, 'more was waiting in memory than there is room for']]);
    expect(buffer.cut().map(textOf)).toEqual(['b', 'c', 'd']);
  });

  it('gives what other threads wrote away with the rest at the end, and loses it after the end', () => {
    const buffer = create();
    const given: string[] = [];
    buffer.divert((batches) => void given.push(...batches.map(textOf)));
    buffer.addBody(Buffer.from('a'), 1);
    expect(given).toEqual(['a']);
    buffer.close('the SDK was shut down');
    buffer.addBody(Buffer.from('b'), 3);
    expect(losses.map(({ count, reason }) => [count, reason])).toEqual([[3, 'the SDK was shut down']]);
  });

  it('drops the oldest batch when the event loop has no turn for it, and reports it', async () => {
    const buffer = create();
    for (const item of [1, 2, 3, 4, 5, 6, 7, 8]) buffer.add(item);
    expect(losses.map(({ count, reason }) => [count, reason])).toEqual([[2, 'more was waiting in memory than there is room for']]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(submitted).toEqual(['3,4', '5,6', '7,8']);
  });

  it('puts the oldest batch on disk when the event loop has no turn for it, and reports what does not go there', async () => {
    const kept: string[] = [];
    let isFull = false;
    const buffer = create({
      keepNow(batches) {
        if (!isFull) kept.push(...batches.map(textOf));
        return isFull ? batches : [];
      },
    });
    for (const item of [1, 2, 3, 4, 5, 6, 7, 8]) buffer.add(item);
    isFull = true;
    buffer.add(9);
    expect(kept).toEqual(['1,2']);
    expect(losses.map(({ count, reason }) => [count, reason])).toEqual([[2, 'more was waiting in memory than there is room for']]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(submitted).toEqual(['5,6', '7,8', '9']);
  });

  it('makes another batch of what would be too long for one request', () => {
    const buffer = create({ maxBatchItems: 6, encoder: new NumberEncoder(2 * 1024 * 1024) });
    for (const item of [1, 2, 3, 4, 5]) buffer.add(item);
    expect(buffer.cut().map(textOf)).toEqual(['1,2', '3,4', '5']);
  });

  it('sends what is too long by itself, and alone', () => {
    const buffer = create({ maxBatchItems: 6, encoder: new NumberEncoder(5 * 1024 * 1024) });
    for (const item of [1, 2, 3]) buffer.add(item);
    expect(buffer.cut().map(textOf)).toEqual(['1', '2', '3']);
  });

  it('writes items a few dozen at a time, each prepared right before, and at once one that somebody may still change', async () => {
    const done: string[] = [];
    class TellingEncoder extends NumberEncoder {
      override add(item: number): void {
        done.push(`write ${item}`);
        super.add(item);
      }
    }
    const buffer = create({
      maxItems: 100,
      maxBatchItems: 100,
      encoder: new TellingEncoder(),
      prepare: (item) => void done.push(`prepare ${item}`),
      mayChange: (item) => item === 33,
    });
    for (let item = 1; item <= 31; item += 1) buffer.add(item);
    expect(done).toEqual([]);
    buffer.add(32);
    expect(done).toHaveLength(64);
    expect(done.slice(0, 4)).toEqual(['prepare 1', 'write 1', 'prepare 2', 'write 2']);
    buffer.add(33);
    expect(done.slice(64)).toEqual(['prepare 33', 'write 33']);
    buffer.add(34);
    await vi.advanceTimersByTimeAsync(100);
    expect(done.slice(66)).toEqual(['prepare 34', 'write 34']);
    expect(submitted).toEqual([Array.from({ length: 34 }, (_, index) => index + 1).join()]);
  });

  it('loses only the item that cannot be written', () => {
    const buffer = create({ maxBatchItems: 6, encoder: new NumberEncoder(1, 3) });
    for (const item of [1, 2, 3, 4]) buffer.add(item);
    expect(buffer.cut().map(textOf)).toEqual(['1,2,4']);
    expect(losses).toEqual([{ signal: 'traces', count: 1, reason: 'they cannot be written as OTLP', traceIds: ['trace-3'] }]);
  });

  it('gives each batch a key of its own and counts what was added', () => {
    const buffer = create();
    for (const item of [1, 2, 3, 4]) buffer.add(item);
    const [first, second] = buffer.cut();
    expect(first?.key).not.toBe(second?.key);
    expect(buffer.addedCount).toBe(4);
  });

  it('hands later items elsewhere once it is told to, and loses them once it is closed', () => {
    const buffer = create();
    const diverted: string[] = [];
    buffer.divert((batches) => void diverted.push(...batches.map(textOf)));
    buffer.add(1);
    buffer.close('the SDK was shut down');
    buffer.add(2);
    expect(diverted).toEqual(['1']);
    expect(losses).toEqual([{ signal: 'traces', count: 1, reason: 'the SDK was shut down', traceIds: ['trace-2'] }]);
  });
});
