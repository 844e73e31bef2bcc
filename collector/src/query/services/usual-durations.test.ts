import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bucketOf } from '../../storage/figures/duration-histogram.ts';
import type { FigureCounts, FiguresRequest, FiguresResult } from '../../storage/figures/figures.ts';
import { createUsualDurations } from './usual-durations.ts';

const MINUTE_NANOS = 60_000_000_000n;
const STEP_MINUTES = 15;
/** Minutes since 1970. */
const END = 1_000_005;
const MINUTE_MILLIS = 60_000;

/** Services that were called 30 times in each of four quarters of an hour, each call a millisecond. */
function storageOf(services: readonly string[], more: Partial<FiguresResult> = {}) {
  const asked: FiguresRequest[] = [];
  const counts: FigureCounts = { spans: 30, count: 30, errors: 0, durations: { buckets: [bucketOf(1e6)], counts: [30] } };
  return {
    asked,
    async serviceFigures(request: FiguresRequest): Promise<FiguresResult> {
      asked.push(request);
      const end = Number((request.range.toNanos ?? 0n) / MINUTE_NANOS) - 5;
      const points = [4, 3, 2, 1].map((steps) => ({ minute: end - steps * STEP_MINUTES, counts }));
      const figures = services
        .filter((service) => request.service === undefined || service === request.service)
        .map((service) => ({
          ...{ key: { type: 'service' as const, service }, counts, recent: counts, points },
          ...{ firstMinute: end - 60, lastMinute: end, bucketMinutes: 1 },
        }));
      return { figures, ...more };
    },
  };
}

const context = { tenant: 'default', deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

function quarterUntil(minute: number) {
  return { fromNanos: BigInt(minute - 15) * MINUTE_NANOS, toNanos: BigInt(minute) * MINUTE_NANOS, recentFromMinute: minute - 5 };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('asks the storage once a minute for what is usual until one end', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders']);
  const first = await usual.read(quarterUntil(END), { storage, context });
  expect(first.get('orders')).toHaveLength(4);
  vi.advanceTimersByTime(MINUTE_MILLIS - 1);
  expect(await usual.read(quarterUntil(END), { storage, context })).toEqual(first);
  expect(storage.asked).toHaveLength(1);
  vi.advanceTimersByTime(1);
  await usual.read(quarterUntil(END), { storage, context });
  expect(storage.asked).toHaveLength(2);
});

it('asks once a minute for what is usual of calls to a database too, of all that call it together, and of a long range', async () => {
  const usual = createUsualDurations();
  const counts: FigureCounts = { spans: 15, count: 15, errors: 0, durations: { buckets: [bucketOf(1e6)], counts: [15] } };
  const callOf = (service: string, { isSource }: { isSource: boolean }) => ({
    key: {
      type: 'peer' as const,
      service,
      peerType: 'database' as const,
      peer: 'postgresql shop',
      protocol: 'database' as const,
      isSource,
    },
    ...{ counts, recent: counts, firstMinute: END - 65, lastMinute: END, bucketMinutes: 1 },
    points: [4, 3, 2, 1, 0].map((steps) => ({ minute: END - 5 - steps * STEP_MINUTES, counts })),
  });
  const asked: FiguresRequest[] = [];
  const storage = {
    async serviceFigures(request: FiguresRequest): Promise<FiguresResult> {
      asked.push(request);
      return { figures: [callOf('orders', { isSource: false }), callOf('stock', { isSource: false }), callOf('mail', { isSource: true })] };
    },
  };
  const day = { ...quarterUntil(END), fromNanos: BigInt(END - 24 * 60) * MINUTE_NANOS };
  const found = await usual.readPeers(day, { storage, context });
  // The last step is not over before the last minutes.
  expect(Array.from(found, ([id, windows]) => [id, windows.map(({ count }) => count)])).toEqual([
    ['database:postgresql shop', [30, 30, 30, 30]],
  ]);
  expect(await usual.readPeers(day, { storage, context })).toBe(found);
  expect(asked.map(({ types, range }) => [types, Number(((range.toNanos ?? 0n) - (range.fromNanos ?? 0n)) / MINUTE_NANOS)])).toEqual([
    [['peer'], 360],
  ]);
  expect(await usual.readPeers(day, { storage, context: { ...context, tenant: 'other' } })).toEqual(found);
  expect(asked).toHaveLength(2);
});

it('asks anew for another end, and for another tenant', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders']);
  await usual.read(quarterUntil(END), { storage, context });
  await usual.read(quarterUntil(END + 1), { storage, context });
  await usual.read(quarterUntil(END), { storage, context: { ...context, tenant: 'other' } });
  expect(storage.asked.map(({ range }) => range.toNanos)).toEqual([END, END + 1, END].map((minute) => BigInt(minute) * MINUTE_NANOS));
});

it('asks anew for another environment, of services and of what they call', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders']);
  for (const environment of [undefined, 'staging', ''] as const) {
    const asked = { ...quarterUntil(END), environment };
    for (let time = 0; time < 2; time += 1) {
      await usual.read(asked, { storage, context });
      await usual.readPeers(asked, { storage, context });
    }
  }
  expect(storage.asked.map(({ types, environment }) => [types[0], environment])).toEqual([
    ['service', undefined],
    ['peer', undefined],
    ['service', 'staging'],
    ['peer', 'staging'],
    ['service', ''],
    ['peer', ''],
  ]);
});

it('knows of one service what it knows of all, not the other way round', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders', 'payments']);
  await usual.read({ ...quarterUntil(END), service: 'orders' }, { storage, context });
  expect(Array.from((await usual.read(quarterUntil(END), { storage, context })).keys())).toEqual(['orders', 'payments']);
  expect((await usual.read({ ...quarterUntil(END), service: 'payments' }, { storage, context })).get('payments')).toHaveLength(4);
  expect(storage.asked.map(({ service }) => service)).toEqual(['orders', undefined]);
});

it('asks for nothing where the range shows by itself what is usual', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders']);
  const range = { ...quarterUntil(END), fromNanos: BigInt(END - 6 * 60) * MINUTE_NANOS };
  expect(await usual.read(range, { storage, context })).toEqual(new Map());
  expect(storage.asked).toEqual([]);
});

it('keeps nothing that is partial', async () => {
  const usual = createUsualDurations();
  const storage = storageOf(['orders'], { partial: { searchedFromNanos: 1n, reason: 'deadline' } });
  for (let times = 0; times < 2; times += 1) await usual.read(quarterUntil(END), { storage, context });
  expect(storage.asked).toHaveLength(2);
});

it('keeps no more than its bound, the latest', async () => {
  const usual = createUsualDurations({ maxWindows: 10 });
  const storage = storageOf(['orders']);
  for (const minute of [END, END + 1, END + 2, END + 2, END + 1]) await usual.read(quarterUntil(minute), { storage, context });
  expect(storage.asked).toHaveLength(3);
  await usual.read(quarterUntil(END), { storage, context });
  expect(storage.asked).toHaveLength(4);
  const large = storageOf(['a', 'b', 'c']);
  for (let times = 0; times < 2; times += 1) await usual.read(quarterUntil(END + 9), { storage: large, context });
  expect(large.asked).toHaveLength(2);
});

it('lets go of what nobody asks for', async () => {
  const usual = createUsualDurations();
  await usual.read(quarterUntil(END), { storage: storageOf(['orders']), context });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2 * MINUTE_MILLIS);
  expect(vi.getTimerCount()).toBe(0);
});
