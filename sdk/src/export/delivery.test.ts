import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Batch, createBatchKey, type Loss } from './batch.ts';
import type { SendOutcome } from './collector-client.ts';
import { Delivery, MAX_PARALLEL_REQUESTS } from './delivery.ts';
import { Spool } from './spool/spool.ts';

const TAKEN: SendOutcome = { status: 'taken', rejectedItems: 0, message: '' };
const AWAY: SendOutcome = { status: 'retry', reason: 'ECONNREFUSED', retryAfterMillis: undefined };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

function createBatch(): Batch {
  const body = Buffer.from(JSON.stringify({ spans: [{ traceId: TRACE }] }));
  return { signal: 'traces', key: createBatchKey(), itemCount: 5, createdMillis: Date.now(), body };
}

describe('Delivery', () => {
  let posted: Batch[] = [];
  let answers: ((outcome: SendOutcome) => void)[] = [];
  let losses: Loss[] = [];
  let notes: string[] = [];
  let delivery: Delivery;
  const keys = (): string[] => posted.map(({ key }) => key);

  /** Answers the oldest request and lets what follows from it happen: packing is real work of another thread. */
  async function answer(outcome: SendOutcome): Promise<void> {
    answers.shift()?.(outcome);
    await settled();
  }
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    posted = [];
    answers = [];
    losses = [];
    notes = [];
    const onLoss = (loss: Loss): void => void losses.push(loss);
    delivery = new Delivery({
      signal: 'traces',
      spool: new Spool({ folder: undefined, maxBytes: 0, nowMillis: Date.now, onLoss, onProblem: () => undefined }),
      post(batch) {
        posted.push(batch);
        return new Promise((resolve) => void answers.push(resolve));
      },
      nowMillis: () => performance.now(),
      onTaken: () => undefined,
      onNote: (message) => void notes.push(message),
      onLoss,
      onRetry: () => undefined,
    });
  });
  afterEach(() => {
    delivery.stop();
    vi.useRealTimers();
  });

  it('sends several batches at once, and what is more when there is room again', async () => {
    const batches = Array.from({ length: MAX_PARALLEL_REQUESTS + 1 }, createBatch);
    for (const batch of batches) delivery.submit(batch);
    expect(posted).toHaveLength(MAX_PARALLEL_REQUESTS);
    expect(delivery.isReady()).toBe(false);
    while (posted.length <= MAX_PARALLEL_REQUESTS) await answer(TAKEN);
    expect(keys()).toEqual(batches.map(({ key }) => key));
  });

  it('sends a batch that did not arrive again, under its key and byte for byte, after a while', async () => {
    const batch = createBatch();
    delivery.submit(batch);
    await answer(AWAY);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    expect(posted).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    await vi.waitFor(() => expect(posted).toHaveLength(2));
    expect(posted[1]?.key).toBe(batch.key);
    expect(Buffer.from(posted[1]?.body ?? []).equals(batch.body)).toBe(true);
  });

  it('tries one batch at a time while the collector is away, and none while it has asked for time', async () => {
    for (let index = 0; index < 3; index += 1) delivery.submit(createBatch());
    for (let index = 0; index < 3; index += 1) await answer({ ...AWAY, retryAfterMillis: 60_000 });
    delivery.submit(createBatch());
    const flushed = delivery.flush();
    await vi.advanceTimersByTimeAsync(59_000);
    await flushed;
    expect(posted).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1000);
    await vi.waitFor(() => expect(posted).toHaveLength(4));
    await settled();
    expect(posted).toHaveLength(4);
  });

  it('ends a flush when a collector that is away was tried once more', async () => {
    delivery.submit(createBatch());
    await answer(AWAY);
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    const flushed = delivery.flush();
    await vi.waitFor(() => expect(posted).toHaveLength(2));
    await answer(AWAY);
    await flushed;
    expect(posted).toHaveLength(2);
  });

  it('reports what the collector refused for good, with its traces, and does not send it again', async () => {
    delivery.submit(createBatch());
    await answer({ status: 'refused', reason: 'Bad Request' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toEqual([{ signal: 'traces', count: 5, reason: 'Bad Request', traceIds: [TRACE] }]);
    expect(posted).toHaveLength(1);
  });

  it.each([
    [2, 'too long', { count: 2, reason: 'too long', traceIds: [] }],
    [5, '', { count: 5, reason: 'the collector rejected them', traceIds: [TRACE] }],
  ])('reports %i rejected items of a batch that was taken', async (rejectedItems, message, loss) => {
    delivery.submit(createBatch());
    await answer({ status: 'taken', rejectedItems, message });
    expect(losses).toEqual([{ signal: 'traces', ...loss }]);
  });

  it('passes on what the collector says about a batch that it took whole', async () => {
    delivery.submit(createBatch());
    await answer({ ...TAKEN, message: 'an attribute was cut' });
    expect([losses, notes]).toEqual([[], ['an attribute was cut']]);
  });

  it('knows what is in memory alone, and that a slow answer is likely to stay away', async () => {
    const batch = createBatch();
    delivery.submit(batch);
    expect(delivery.onlyInMemory()).toEqual([batch]);
    expect(delivery.isFailing()).toBe(false);
    await vi.advanceTimersByTimeAsync(1500);
    expect(delivery.isFailing()).toBe(true);
    await answer(TAKEN);
    expect(delivery.onlyInMemory()).toEqual([]);
    expect(delivery.isFailing()).toBe(false);
  });
});
