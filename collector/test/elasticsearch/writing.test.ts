import { parseQuery, type QueryNode } from '@threadline/query-language';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, readContext, readLogs, startStorage } from './reading.ts';

describe('ElasticsearchStorage', () => {
  const started: Storage[] = [];
  const start = async (...options: Parameters<typeof startStorage>) => {
    const storage = await startStorage(...options);
    started.push(storage);
    return storage;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });

  it('starts any number of times at once where nothing is installed yet, and writes to one data stream from all', async () => {
    await askNode('/_index_template/threadline-*', { method: 'DELETE' });
    const storages = await Promise.all(Array.from({ length: 5 }, () => start()));
    const tenant = newTenant('starts');
    await Promise.all(storages.map((storage, index) => storage.writeLogs(tenant, [buildLog('same'), buildLog(`own-${index}`)])));
    const [first] = storages;
    await poll(async () => first !== undefined && (await findLogs(first, tenant, '*')).length === 6);
    expect(await askNode(`/_resolve/index/logs-threadline-${tenant}`)).toMatchObject({
      data_streams: [{ name: `logs-threadline-${tenant}` }],
    });
  });

  it('puts a template back that was taken away while it ran, instead of writing to an index that was guessed', async () => {
    const storage = await start();
    await askNode('/_index_template/threadline-logs', { method: 'DELETE' });
    const tenant = newTenant('notemplate');
    await storage.writeLogs(tenant, [buildLog('kept', { attributes: attributes({ n: int(5) }) })]);
    expect(await findLogs(storage, tenant, 'n:[4 TO 6]')).toEqual(['kept']);
    expect(JSON.stringify(await askNode(`/logs-threadline-${tenant}/_mapping`))).toContain('date_nanos');
  });

  it('answers reads while the first write makes the data stream', async () => {
    const storage = await start();
    for (let round = 0; round < 10; round += 1) {
      const tenant = newTenant('first');
      let isWritten = false;
      const reader = (async () => {
        while (!isWritten) await findLogs(storage, tenant, 'first');
      })();
      await storage.writeLogs(tenant, [buildLog('first', { body: text('first') })]);
      isWritten = true;
      await reader;
      expect(await findLogs(storage, tenant, 'first')).toEqual(['first']);
    }
  });

  it('keeps and finds a record by everything when Elasticsearch refuses a typed field of it', async () => {
    const reports: unknown[] = [];
    const storage = await start({ onReduced: (report) => reports.push(report) });
    const tenant = newTenant('refused');
    await storage.writeLogs(tenant, [buildLog('first')]);
    // Somebody gave a key another type.
    await askNode(`/logs-threadline-${tenant}/_mapping`, {
      method: 'PUT',
      body: {
        properties: {
          attributes: { properties: { string: { type: 'object', subobjects: false, properties: { code: { type: 'long' } } } } },
        },
      },
    });
    const log = buildLog('second', { timeUnixNano: at(1), attributes: attributes({ code: 'E42', n: int(7) }) });
    await storage.writeLogs(tenant, [log, buildLog('third', { timeUnixNano: at(2) })]);
    expect(reports).toEqual([{ id: 'second', form: 'untyped', reason: 'document_parsing_exception' }]);
    expect(await readLogs(storage, tenant, 'code:E* n:>6')).toEqual([log.record]);
    expect(await findLogs(storage, tenant, '*')).toEqual(['first', 'second', 'third']);
  });

  it('shows its records to another collector within a second', async () => {
    const [writer, reader] = [await start(), await start()];
    const tenant = newTenant('others');
    const delays: number[] = [];
    for (const id of ['first', 'second', 'third']) {
      await writer.writeLogs(tenant, [buildLog(id)]);
      const written = performance.now();
      let asked = written;
      await poll(async () => {
        asked = performance.now();
        return (await reader.getLog(id, readContext(tenant))) !== undefined;
      });
      delays.push(asked - written);
    }
    expect(Math.min(...delays)).toBeLessThanOrEqual(1_000);
  });

  it('takes a call of more than one bulk request, and pages whose answer would be too long for one', async () => {
    const storage = await start({ maxResponseBytes: 4 * 1024 * 1024 });
    const tenant = newTenant('large');
    const logs = Array.from({ length: 20 }, (_, index) =>
      buildLog(`log-${index}`, { timeUnixNano: at(index), body: text(`${index} ${'word '.repeat(100_000)}`) }),
    );
    await storage.writeLogs(tenant, logs);
    expect(await readLogs(storage, tenant, 'word')).toEqual(logs.map((log) => log.record));
  });

  it('answers a page of more rows than Elasticsearch gives in one search, and pages beyond its wall of 10,000', async () => {
    const storage = await start();
    const tenant = newTenant('wall');
    const logs = Array.from({ length: 12_000 }, (_, index) =>
      buildLog(`log-${String(index).padStart(5, '0')}`, { timeUnixNano: at(index % 7) }),
    );
    await storage.writeLogs(tenant, logs);
    const expected = logs.toSorted((a, b) => Number(b.timeNanos - a.timeNanos) || (a.id < b.id ? 1 : -1)).map((log) => log.id);
    const search = { query: { type: 'all' }, range: {}, order: 'desc', limit: 11_000 } as const;
    const first = await storage.searchLogs(search, readContext(tenant));
    expect(first.hasMore).toBe(true);
    const after = first.rows.at(-1)?.key;
    const second = await storage.searchLogs({ ...search, ...(after && { after }) }, readContext(tenant));
    expect(second.hasMore).toBe(false);
    expect([...first.rows, ...second.rows].map((row) => row.key.id)).toEqual(expected);
  });

  it('says what it found and uses', async () => {
    const storage = await start();
    expect(storage.capabilities).toMatchObject({
      regex: false,
      leadingWildcardScans: true,
      notes: { server: `Elasticsearch ${inject('elasticsearchVersion')}`, url: inject('elasticsearchUrl') },
    });
  });

  it('answers the largest queries that the language lets through', async () => {
    const storage = await start();
    const tenant = newTenant('largest');
    await storage.writeLogs(tenant, [
      buildLog('one', { attributes: attributes({ k: 'value 7', n: int(7) }), body: text('word7 at the end') }),
      buildLog('two'),
    ]);
    const largest = (leaf: (index: number) => string) => Array.from({ length: 1_000 }, (_, index) => leaf(index)).join(' OR ');
    expect(
      await findLogs(
        storage,
        tenant,
        largest((index) => `k:"value ${index}"`),
      ),
    ).toEqual(['one']);
    expect(
      await findLogs(
        storage,
        tenant,
        largest((index) => `k:*e?${index}`),
      ),
    ).toEqual(['one']);
    expect(
      await findLogs(
        storage,
        tenant,
        largest((index) => `word${index}*`),
      ),
    ).toEqual(['one']);
    expect(
      await findLogs(
        storage,
        tenant,
        largest((index) => `n:[${index} TO ${index}.5]`),
      ),
    ).toEqual(['one']);
    let deep: QueryNode = parseQuery('n:7', 'logs');
    for (let level = 0; level < 19; level += 1)
      deep = { type: level % 2 === 0 ? 'or' : 'and', children: [deep, { type: level % 2 === 0 ? 'none' : 'all' }] };
    const page = await storage.searchLogs({ query: deep, range: {}, order: 'asc', limit: 10 }, readContext(tenant));
    expect(page.rows.map((row) => row.record.id)).toEqual(['one']);
  });

  it('refuses by name what Elasticsearch cannot do', async () => {
    const storage = await start();
    const tenant = newTenant('refuses');
    await storage.writeSpans(tenant, [buildSpan('one', { name: 'a'.repeat(100) })]);
    const searchFor = (query: Parameters<Storage['searchSpans']>[0]['query']) =>
      storage.searchSpans({ query, range: {}, order: 'asc', limit: 1 }, readContext(tenant));
    const field = { type: 'record', name: 'name' } as const;
    const regex = { type: 'regex', field, regex: { type: 'anyCharacter' } } as const;
    await expect(searchFor(regex)).rejects.toMatchObject({ code: 'unsupported_query' });
    // An automaton with a state for each way that the part between can begin: more than Lucene makes.
    const pattern = [
      { type: 'any' },
      { type: 'literal', text: 'a' },
      ...Array.from({ length: 30 }, () => ({ type: 'one' }) as const),
      { type: 'any' },
    ] as const;
    await expect(searchFor({ type: 'pattern', field, pattern })).rejects.toMatchObject({ code: 'unsupported_query' });
  });

  it('asks another node of the cluster where one cannot be reached, for writes and reads', async () => {
    const storage = await start({ url: 'http://127.0.0.1:9', otherUrls: [inject('elasticsearchUrl')] });
    const tenant = newTenant('othernode');
    const ids = ['one', 'two', 'three', 'four'];
    for (const [index, id] of ids.entries()) {
      await storage.writeLogs(tenant, [buildLog(id, { timeUnixNano: at(index) })]);
      expect(await findLogs(storage, tenant, '*')).toEqual(ids.slice(0, index + 1));
    }
  });

  it('names an address where something else answers', async () => {
    const storage = createElasticsearchStorage({ url: 'http://127.0.0.1:9' });
    await expect(storage.start(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await storage.shutdown();
  });
});
