import { parseQuery } from '@threadline/query-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { attributes, text } from '../storage-contract/values.ts';
import { findLogs, newTenant, readContext, startStorage } from './reading.ts';

const longText = (middle: string) => `${'a'.repeat(9_000)}${middle}${'z'.repeat(9_000)}`;

describe('values longer than a term', () => {
  const tenant = newTenant('long');
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage();
    await storage.writeLogs(tenant, [
      buildLog('needle', { timeUnixNano: at(0), attributes: attributes({ stack: longText('needle') }) }),
      buildLog('thread', { timeUnixNano: at(1), attributes: attributes({ stack: longText('thread') }) }),
      buildLog('short', { timeUnixNano: at(2), attributes: attributes({ stack: 'a needle' }) }),
      buildLog('elsewhere', { timeUnixNano: at(3), attributes: attributes({ other: longText('needle') }) }),
      buildLog('eventName', { timeUnixNano: at(4), eventName: longText('event') }),
      buildLog('longService', { timeUnixNano: at(5), service: longText('service') }),
    ]);
  });
  afterAll(() => storage.shutdown());

  it('are found by equality and by any pattern', async () => {
    expect(await findLogs(storage, tenant, `stack:${longText('thread')}`)).toEqual(['thread']);
    expect(await findLogs(storage, tenant, 'stack:*needle*')).toEqual(['needle', 'short']);
    expect(await findLogs(storage, tenant, 'stack:aaa*zzz')).toEqual(['needle', 'thread']);
    expect(await findLogs(storage, tenant, 'stack:* -stack:*needle*')).toEqual(['thread']);
    expect(await findLogs(storage, tenant, 'stack:a*needle')).toEqual(['short']);
    expect(await findLogs(storage, tenant, 'event.name:*event*')).toEqual(['eventName']);
  });

  it('are never found by the hash that stands for them', async () => {
    expect(await findLogs(storage, tenant, String.raw`service:\\#*`)).toEqual([]);
    expect(await findLogs(storage, tenant, 'event.name:?*0*')).toEqual([]);
  });

  it('are whole again in the lists of services and operations', async () => {
    await storage.writeSpans(tenant, [buildSpan('long', { service: longText('service'), name: longText('name') })]);
    const services = await storage.services({}, readContext(tenant));
    expect(services.map(({ name, logCount, spanCount }) => [name, logCount, spanCount])).toEqual([
      [longText('service'), 1, 1],
      ['shop', 5, 0],
    ]);
    const operations = await storage.operations(longText('service'), {}, readContext(tenant));
    expect(operations).toEqual([{ name: longText('name'), kind: 0, spanCount: 1, errorCount: 0 }]);
    const [summary] = await storage.summarizeTraces([buildSpan('long').record.traceId], readContext(tenant));
    expect(summary?.services).toEqual([{ name: longText('service'), spanCount: 1, errorCount: 0 }]);
  });

  it('are refused by name when a pattern would have to read more than a thousand of them', async () => {
    const many = newTenant('manylong');
    const value = text('y'.repeat(8_200));
    await storage.writeLogs(
      many,
      Array.from({ length: 1_001 }, (_, index) =>
        buildLog(`log-${index}`, { timeUnixNano: at(index), attributes: [{ key: 'big', value }] }),
      ),
    );
    const search = { query: parseQuery('big:*x*', 'logs'), order: 'asc', limit: 10 } as const;
    await expect(storage.searchLogs({ ...search, range: {} }, readContext(many))).rejects.toMatchObject({
      code: 'unsupported_query',
      message: expect.stringContaining('a pattern on big'),
    });
    const range = { toNanos: BigInt(at(500)) };
    expect(await storage.searchLogs({ ...search, range }, readContext(many))).toEqual({ rows: [], hasMore: false });
  });
});
