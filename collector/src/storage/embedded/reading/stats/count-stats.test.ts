import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexLog } from '../../../../model/indexed-record.ts';
import type { StatsRequest } from '../../../stats/stats.ts';
import type { ReadContext, Storage } from '../../../storage.ts';
import { StorageDirectory } from '../../testing/open-storage.ts';

/** More groups than there are cells of one pass, with three records each of the first hundred. */
const GROUPS = 20_500;
const BASE_NANOS = 1_795_168_800_000_000_000n;

describe('figures of more groups than one pass has room for', () => {
  let directory: StorageDirectory;
  let storage: Storage;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    storage = await directory.open();
    const logs = Array.from({ length: GROUPS + 200 }, (_, index) =>
      indexLog({
        id: `log-${index}`,
        timeUnixNano: String(BASE_NANOS + BigInt(index)),
        observedTimeUnixNano: '0',
        arrivalTimeUnixNano: String(BASE_NANOS),
        attributes: [
          { key: 'user', value: { stringValue: `u${index < GROUPS ? index : (index - GROUPS) % 100}` } },
          { key: 'n', value: { intValue: String(index) } },
        ],
        resource: { attributes: [] },
        scope: { attributes: [] },
      }),
    );
    for (let start = 0; start < logs.length; start += 5_000) await storage.writeLogs('default', logs.slice(start, start + 5_000));
  }, 60_000);
  afterAll(() => directory.remove());

  const request: StatsRequest = {
    target: 'logs',
    query: { type: 'all' },
    range: { fromNanos: 0n, toNanos: 2n ** 63n },
    measure: { type: 'attribute', place: 'any', key: 'n' },
    percentiles: [100],
    groupBy: [{ type: 'attribute', place: 'any', key: 'user' }],
    limit: 2,
  };
  const context = (): ReadContext => ({ tenant: 'default', deadline: performance.now() + 60_000, signal: new AbortController().signal });

  it('are those of the largest, and of all others together', async () => {
    const { total, groups, other, isCapped } = await storage.countStats(request, context());
    expect(total).toBe(GROUPS + 200);
    expect(isCapped).toBe(false);
    expect(groups).toEqual([
      {
        key: ['u0'],
        count: 3,
        points: [],
        numbers: { count: 3, min: 0, max: GROUPS + 100, sum: 2 * GROUPS + 100, percentiles: [expect.any(Number)] },
      },
      {
        key: ['u1'],
        count: 3,
        points: [],
        numbers: { count: 3, min: 1, max: GROUPS + 101, sum: 2 * GROUPS + 103, percentiles: [expect.any(Number)] },
      },
    ]);
    expect(other).toMatchObject({ count: GROUPS + 194, numbers: { count: GROUPS + 194, min: 2, max: GROUPS + 199 } });
  }, 60_000);
});

describe('figures of neighbours that are of one group', () => {
  const LOGS = 2_500;
  const serviceOf = (index: number): string => `service-${Math.floor(index / 150) % 3}`;
  let directory: StorageDirectory;
  let storage: Storage;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    storage = await directory.open();
    const logs = Array.from({ length: LOGS }, (_, index) =>
      indexLog({
        id: `log-${index}`,
        timeUnixNano: String(BASE_NANOS + BigInt(index)),
        observedTimeUnixNano: '0',
        arrivalTimeUnixNano: String(BASE_NANOS),
        // Not all have a number.
        attributes: index % 7 === 0 ? [] : [{ key: 'n', value: { intValue: String(index) } }],
        resource: { attributes: [{ key: 'service.name', value: { stringValue: serviceOf(index) } }] },
        scope: { attributes: [] },
      }),
    );
    await storage.writeLogs('default', logs);
  }, 60_000);
  afterAll(() => directory.remove());

  it.each([
    ['everything', 0, LOGS],
    ['a part of the pages', 700, 2_111],
  ])('are those of a plain count, of %s', async (_, from, to) => {
    for (const widthNanos of [undefined, 10_000n, 64n]) {
      const request: StatsRequest = {
        target: 'logs',
        query: { type: 'all' },
        range: { fromNanos: BASE_NANOS + BigInt(from), toNanos: BASE_NANOS + BigInt(to) },
        measure: { type: 'attribute', place: 'any', key: 'n' },
        percentiles: [],
        groupBy: [{ type: 'record', name: 'service' }],
        limit: 10,
        ...(widthNanos !== undefined && { widthNanos }),
      };
      const context = { tenant: 'default', deadline: performance.now() + 60_000, signal: new AbortController().signal };
      const { groups } = await storage.countStats(request, context);
      const indexes = Array.from({ length: to - from }, (_index, offset) => from + offset);
      for (const { key, count, numbers, points } of groups) {
        const own = indexes.filter((index) => serviceOf(index) === key[0]);
        const measured = own.filter((index) => index % 7 !== 0);
        expect(count).toBe(own.length);
        expect(numbers).toMatchObject({ count: measured.length, sum: measured.reduce((sum, index) => sum + index, 0) });
        if (widthNanos !== undefined) expect(points.reduce((sum, point) => sum + point.count, 0)).toBe(own.length);
      }
      expect(groups).toHaveLength(3);
    }
  });
});
