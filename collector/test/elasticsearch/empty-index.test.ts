import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FiguresRequest } from '../../src/storage/figures/figures.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { ALL } from '../storage-contract/reading.ts';
import { askNode, newTenant, readContext, startStorage } from './reading.ts';

const MINUTE_NANOS = 60_000_000_000n;
const RANGE = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 60n * MINUTE_NANOS };

let storage: Storage;

beforeAll(async () => {
  storage = await startStorage();
});

afterAll(() => storage.shutdown());

/** All that is told by time. */
async function readByTime(tenant: string): Promise<readonly unknown[]> {
  const context = () => readContext(tenant);
  const byTime = { query: ALL, range: RANGE, widthNanos: MINUTE_NANOS };
  const stats = { ...byTime, groupBy: [], percentiles: [], limit: 10 };
  const sources: FiguresRequest = { range: RANGE, types: ['logs'], stepMinutes: 1 };
  const { counts } = await storage.logHistogram(byTime, context());
  const { patterns } = await storage.logPatterns({ ...byTime, order: 'count', limit: 10 }, context());
  const [logs, spans] = [
    await storage.countStats({ ...stats, target: 'logs' }, context()),
    await storage.countStats({ ...stats, target: 'spans' }, context()),
  ];
  const { figures } = await storage.serviceFigures(sources, context());
  return [counts, patterns, logs.groups, spans.groups, figures];
}

it('what is told by time is the same once an index is rolled over, before the new one has a record', async () => {
  const tenant = newTenant('empty');
  await storage.writeLogs(
    tenant,
    ['a', 'b', 'c'].map((id, index) => buildLog(id, { timeUnixNano: at(index * 60) })),
  );
  await storage.writeSpans(tenant, [buildSpan('d', { startTimeUnixNano: at(0), endTimeUnixNano: at(1) })]);
  const before = await readByTime(tenant);
  expect(before.map((part) => Array.isArray(part) && part.length > 0)).toEqual([true, true, true, true, true]);
  for (const signal of ['logs', 'traces']) {
    const rolledOver = await askNode(`/${signal}-threadline-${tenant}/_rollover`, { method: 'POST' });
    expect(rolledOver).toMatchObject({ rolled_over: true });
  }
  expect(await readByTime(tenant)).toEqual(before);
});
