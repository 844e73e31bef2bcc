import type { QueryNode } from '@threadline/query-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../storage.ts';
import { EVERYTHING, numberedLog, readContext, StorageDirectory } from '../testing/open-storage.ts';

const EVENT: QueryNode = { type: 'equals', field: { type: 'attribute', place: 'any', key: 'event.name' }, value: 'odd' };

describe('pages that match as a whole', () => {
  let directory: StorageDirectory;
  let storage: Storage;
  beforeAll(async () => {
    directory = await StorageDirectory.make();
    storage = await directory.open();
    // Three pages; of the second one record is what is left out, and one of another tenant.
    const logs = Array.from({ length: 3_000 }, (_, number) =>
      numberedLog(number, number === 1_500 ? [{ key: 'event.name', value: { stringValue: 'odd' } }] : []),
    );
    await storage.writeLogs('default', logs);
    await storage.writeLogs('other', [numberedLog(5_000)]);
  });
  afterAll(() => directory.remove());

  const count = async (query: QueryNode, tenant: string, widthNanos = 2n ** 40n): Promise<number> => {
    const range = { fromNanos: numberedLog(10).timeNanos, toNanos: numberedLog(6_000).timeNanos };
    const { counts } = await storage.logHistogram({ query, range, widthNanos }, readContext({ tenant }));
    return counts.reduce((sum, own) => sum + own.count, 0);
  };

  it('count without those that are left out, of other tenants, or out of the range', async () => {
    for (const widthNanos of [2n ** 40n, 100n]) {
      expect(await count({ type: 'all' }, 'default', widthNanos)).toBe(2_990);
      expect(await count({ type: 'not', child: EVENT }, 'default', widthNanos)).toBe(2_989);
      expect(await count({ type: 'or', children: [EVENT, { type: 'not', child: EVENT }] }, 'default', widthNanos)).toBe(2_990);
      expect(await count({ type: 'and', children: [EVENT, { type: 'not', child: EVENT }] }, 'default', widthNanos)).toBe(0);
      expect(await count({ type: 'not', child: EVENT }, 'other', widthNanos)).toBe(1);
      expect(await count({ type: 'all' }, 'nobody', widthNanos)).toBe(0);
    }
  });

  it('find each record once', async () => {
    const page = await storage.searchLogs({ ...EVERYTHING, query: { type: 'not', child: EVENT }, limit: 4_000 }, readContext());
    expect(new Set(page.rows.map(({ key }) => key.id)).size).toBe(2_999);
  });
});
