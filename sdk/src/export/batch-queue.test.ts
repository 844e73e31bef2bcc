import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchQueue, type BatchQueueOptions } from './batch-queue.ts';

const TAKEN: ExportResult = { code: ExportResultCode.SUCCESS };
const AWAY: ExportResult = { code: ExportResultCode.FAILED, error: new Error('away') };

function refused(status: number): ExportResult {
  return { code: ExportResultCode.FAILED, error: Object.assign(new Error(`status ${status}`), { code: status }) };
}

/** An exporter that answers when the test says so. */
function createExporter() {
  const batches: number[][] = [];
  const answers: ((result: ExportResult) => void)[] = [];
  return {
    batches,
    export(items: number[], done: (result: ExportResult) => void): void {
      batches.push([...items]);
      answers.push(done);
    },
    async answer(result: ExportResult): Promise<void> {
      answers.shift()?.(result);
      await vi.advanceTimersByTimeAsync(0);
    },
    shutdown: () => Promise.resolve(),
  };
}

describe('BatchQueue', () => {
  let exporter = createExporter();
  let drops: [number, string][] = [];
  let retries: string[] = [];
  const create = (changes: Partial<BatchQueueOptions<number>> = {}): BatchQueue<number> =>
    new BatchQueue({
      exporter,
      maxItems: 6,
      maxBatchItems: 2,
      delayMillis: 100,
      onDrop: (count, reason) => void drops.push([count, reason]),
      onRetry: (reason) => void retries.push(reason),
      onAdd: () => undefined,
      ...changes,
    });

  beforeEach(() => {
    vi.useFakeTimers();
    exporter = createExporter();
    drops = [];
    retries = [];
  });
  afterEach(() => vi.useRealTimers());

  it('waits for others, and sends at once when a batch is full', async () => {
    const queue = create();
    queue.add(1);
    await vi.advanceTimersByTimeAsync(99);
    expect(exporter.batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(exporter.batches).toEqual([[1]]);
    await exporter.answer(TAKEN);
    queue.add(2);
    queue.add(3);
    await vi.advanceTimersByTimeAsync(0);
    expect(exporter.batches).toEqual([[1], [2, 3]]);
  });

  it('has one batch under way at a time', async () => {
    const queue = create();
    for (const item of [1, 2, 3, 4]) queue.add(item);
    await vi.advanceTimersByTimeAsync(1000);
    expect(exporter.batches).toEqual([[1, 2]]);
    await exporter.answer(TAKEN);
    expect(exporter.batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(queue.pending()).toEqual([3, 4]);
  });

  it('sends a batch that failed again, in its order, ever more slowly', async () => {
    const queue = create();
    queue.add(1);
    queue.add(2);
    await vi.advanceTimersByTimeAsync(0);
    await exporter.answer(AWAY);
    expect([queue.isFailing(), queue.pending(), retries]).toEqual([true, [1, 2], ['away']]);
    queue.add(3);
    await vi.advanceTimersByTimeAsync(499);
    expect(exporter.batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(501);
    expect(exporter.batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await exporter.answer(AWAY);
    await vi.advanceTimersByTimeAsync(999);
    expect(exporter.batches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1001);
    await exporter.answer(TAKEN);
    await vi.advanceTimersByTimeAsync(100);
    await exporter.answer(TAKEN);
    expect(exporter.batches.at(-1)).toEqual([3]);
    expect([queue.isFailing(), queue.pending(), drops]).toEqual([false, [], []]);
  });

  it('drops the oldest when there is no more room, and counts each', async () => {
    const queue = create();
    for (let item = 1; item <= 9; item += 1) queue.add(item);
    expect(queue.pending()).toEqual([4, 5, 6, 7, 8, 9]);
    expect(drops.map(([count]) => count)).toEqual([1, 1, 1]);
  });

  it.each([400, 401, 413, 500])('gives up a batch that is refused with %i', async (status) => {
    const queue = create();
    queue.add(1);
    await vi.advanceTimersByTimeAsync(100);
    await exporter.answer(refused(status));
    expect([queue.pending(), drops]).toEqual([[], [[1, `status ${status}`]]]);
  });

  it.each([429, 502, 503, 504])('keeps a batch that is refused with %i', async (status) => {
    const queue = create();
    queue.add(1);
    await vi.advanceTimersByTimeAsync(100);
    await exporter.answer(refused(status));
    expect([queue.pending(), drops]).toEqual([[1], []]);
  });

  it('flushes batch by batch until all were taken', async () => {
    const queue = create();
    for (const item of [1, 2, 3]) queue.add(item);
    const flushed = queue.flush(1000);
    await vi.advanceTimersByTimeAsync(0);
    await exporter.answer(TAKEN);
    await exporter.answer(TAKEN);
    await flushed;
    expect(exporter.batches).toEqual([[1, 2], [3]]);
    expect(queue.pending()).toEqual([]);
  });

  it('ends a flush at a failure, and at the time when nobody answers', async () => {
    const queue = create();
    for (const item of [1, 2, 3]) queue.add(item);
    const failing = queue.flush(1000);
    await vi.advanceTimersByTimeAsync(0);
    await exporter.answer(AWAY);
    await failing;
    expect(queue.pending()).toEqual([1, 2, 3]);
    const hanging = queue.flush(1000);
    await vi.advanceTimersByTimeAsync(1000);
    await hanging;
    expect([queue.pending(), queue.isFailing()]).toEqual([[1, 2, 3], true]);
  });

  it('counts what a shutdown left and what comes after it', async () => {
    const queue = create();
    queue.add(1);
    const down = queue.shutdown(1000);
    await vi.advanceTimersByTimeAsync(0);
    await exporter.answer(AWAY);
    await down;
    await queue.shutdown(1000);
    queue.add(2);
    expect(drops).toEqual([
      [1, 'the SDK was shut down before the collector took them'],
      [1, 'the SDK was shut down'],
    ]);
  });

  it('survives an exporter that throws', async () => {
    const queue = create({
      exporter: {
        export() {
          throw new Error('broken');
        },
        shutdown: () => Promise.reject(new Error('broken too')),
      },
    });
    queue.add(1);
    await vi.advanceTimersByTimeAsync(100);
    expect([queue.pending(), retries]).toEqual([[1], ['broken']]);
    const down = queue.shutdown(10);
    await vi.advanceTimersByTimeAsync(100);
    await expect(down).resolves.toBeUndefined();
  });
});
