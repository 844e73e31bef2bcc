import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { buildLog, buildSpan } from '../storage-contract/builders.ts';
import { text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, readContext, startStorage } from './reading.ts';

describe('two installations on one cluster', () => {
  const names = { production: newTenant('production'), staging: newTenant('staging') };
  const storages: Storage[] = [];
  beforeAll(async () => {
    for (const namespace of Object.values(names)) storages.push(await startStorage({ namespace }));
  });
  afterAll(() => Promise.all(storages.map((storage) => storage.shutdown())));

  it('have data streams of their own, and neither finds what is the other’s', async () => {
    const [production, staging] = storages;
    if (!production || !staging) throw new Error('they did not start');
    for (const [name, storage] of [['a', production] as const, ['b', staging] as const]) {
      await storage.writeLogs('default', [buildLog(`log-${name}`, { body: text(`said by ${name}`) })]);
      await storage.writeSpans('default', [buildSpan(`span-${name}`, { name: `GET /${name}` })]);
    }
    for (const [name, storage] of [['a', production] as const, ['b', staging] as const]) {
      expect(await findLogs(storage, 'default', '*')).toEqual([`log-${name}`]);
      const { rows } = await storage.searchSpans({ query: { type: 'all' }, range: {}, order: 'asc', limit: 10 }, readContext('default'));
      expect(rows.map(({ key }) => key.id)).toEqual([`span-${name}`]);
      const { figures } = await storage.serviceFigures({ range: {}, types: ['operation'] }, readContext('default'));
      expect(figures.map(({ key }) => key)).toMatchObject([{ type: 'operation', name: `GET /${name}` }]);
    }
    expect(await askNode(`/_resolve/index/logs-threadline-${names.staging}`)).toMatchObject({
      data_streams: [{ name: `logs-threadline-${names.staging}` }],
    });
  });
});
