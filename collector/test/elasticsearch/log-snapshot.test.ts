import { parseQuery } from '@threadline/query-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogSnapshot, RowSearch, Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { askNode, newTenant, readContext, startStorage } from './reading.ts';

describe('a snapshot of logs', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage();
  });
  afterAll(() => storage.shutdown());

  async function open(tenant: string): Promise<LogSnapshot> {
    const snapshot = await storage.openLogSnapshot?.(readContext(tenant));
    if (!snapshot) throw new Error('the storage has no snapshots');
    return snapshot;
  }

  it.each(['asc', 'desc'] as const)(
    'has each row of its moment once, page by page (%s), though others are written in between',
    async (order) => {
      const tenant = newTenant('snapshot');
      const logs = Array.from({ length: 2_500 }, (_, index) => buildLog(idOf(index), { timeUnixNano: at(index % 7) }));
      await storage.writeLogs(tenant, logs.slice(0, 1_000));
      // So that the rows of one page are of several indices.
      await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });
      await storage.writeLogs(tenant, logs.slice(1_000));
      const snapshot = await open(tenant);
      const rows: RowSearch = { query: parseQuery('*', 'logs'), range: {}, order, limit: 400 };
      const ids = await readAll(snapshot, { tenant, rows }, async (number) => {
        const written = Array.from({ length: 7 }, (_, second) => buildLog(`${idOf(number)}-${second}`, { timeUnixNano: at(second) }));
        await storage.writeLogs(tenant, written);
        await askNode(`/logs-threadline-${tenant}/_refresh`, { method: 'POST' });
      });
      const ascending = logs.toSorted((a, b) => Number(a.timeNanos - b.timeNanos) || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
      expect(ids).toEqual(order === 'asc' ? ascending : ascending.toReversed());
      await snapshot.close();
      await snapshot.close();
      await expect(snapshot.searchLogs(rows, readContext(tenant))).rejects.toThrow();
    },
  );

  it.each(['asc', 'desc'] as const)(
    'goes on without the indices that are deleted while it is read (%s), as retention does it',
    async (order) => {
      const tenant = newTenant('snapshotgone');
      const indices: unknown[] = [];
      for (const part of ['first', 'second', 'kept']) {
        const logs = Array.from({ length: 30 }, (_, index) => buildLog(`${part}-${idOf(index)}`, { timeUnixNano: at(index) }));
        await storage.writeLogs(tenant, logs);
        const rolledOver: { readonly old_index?: unknown } = Object(
          await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' }),
        );
        indices.push(rolledOver.old_index);
      }
      const snapshot = await open(tenant);
      const rows: RowSearch = { query: parseQuery('*', 'logs'), range: {}, order, limit: 20 };
      const ids = await readAll(snapshot, { tenant, rows }, async (number) => {
        if (number < 2) await askNode(`/${indices[number]}`, { method: 'DELETE' });
      });
      const kept = Array.from({ length: 30 }, (_, index) => `kept-${idOf(index)}`);
      expect(ids.filter((id) => id.startsWith('kept-'))).toEqual(order === 'asc' ? kept : kept.toReversed());
      expect(ids).toHaveLength(new Set(ids).size);
      await snapshot.close();
    },
  );

  it('has what was written just before it, and nothing of a tenant without logs', async () => {
    const tenant = newTenant('snapshotnew');
    const search: RowSearch = { query: parseQuery('*', 'logs'), range: {}, order: 'desc', limit: 10 };
    const empty = await open(tenant);
    await storage.writeLogs(tenant, [buildLog('one')]);
    expect(await empty.searchLogs(search, readContext(tenant))).toEqual({ rows: [], hasMore: false });
    const snapshot = await open(tenant);
    expect((await snapshot.searchLogs(search, readContext(tenant))).rows.map(({ key }) => key.id)).toEqual(['one']);
    await Promise.all([empty.close(), snapshot.close()]);
  });
});

/** The ids of all rows, page by page; something may happen behind each but the last, which are counted from 0. */
async function readAll(
  snapshot: LogSnapshot,
  { tenant, rows: first }: { readonly tenant: string; readonly rows: RowSearch },
  between: (page: number) => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let rows = first;
  for (let number = 0; ; number += 1) {
    const page = await snapshot.searchLogs(rows, readContext(tenant));
    ids.push(...page.rows.map(({ key }) => key.id));
    const after = page.rows.at(-1)?.key;
    if (!page.hasMore || !after) return ids;
    rows = { ...rows, after };
    await between(number);
  }
}

function idOf(index: number): string {
  return `log-${String(index).padStart(5, '0')}`;
}
