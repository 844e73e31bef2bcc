import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import {
  indexTemplate,
  TEMPLATE_PRIORITY,
  TEMPLATE_VERSION,
  type TemplateOptions,
} from '../../src/storage/elasticsearch/index-template.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { attributes, text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, readContext, readLogs, startStorage } from './reading.ts';

/** As the storage of the tests makes them on the node of the tests. */
const OPTIONS: TemplateOptions = { shards: 1, replicas: undefined, hasMatchOnlyText: false, lifecycle: undefined };
const PATH = '/_index_template/threadline-logs';

describe('the index templates', () => {
  const started: Storage[] = [];
  const start = async (...options: Parameters<typeof startStorage>) => {
    const storage = await startStorage(...options);
    started.push(storage);
    return storage;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
    await askNode(PATH, { method: 'PUT', body: indexTemplate('logs', OPTIONS) });
  });
  const installed = async () => JSON.stringify(await askNode(PATH));

  it('of a newer collector are left alone, and those of an older one raised', async () => {
    const write = (version: number) =>
      askNode(PATH, { method: 'PUT', body: { ...indexTemplate('logs', OPTIONS), version, _meta: { by: 'test' } } });
    await write(TEMPLATE_VERSION + 1);
    await start();
    expect(await installed()).toContain(`"version":${TEMPLATE_VERSION + 1}`);
    await write(TEMPLATE_VERSION - 1);
    await start();
    expect(await installed()).toContain(`"version":${TEMPLATE_VERSION}`);
    expect(await installed()).not.toContain('"by":"test"');
  });

  it('follow the settings for shards and replicas', async () => {
    const tenant = newTenant('shards');
    const storage = await start({ shards: 2, replicas: 0 });
    await storage.writeLogs(tenant, [buildLog('one'), buildLog('two')]);
    expect(await indexSettings(`logs-threadline-${tenant}`)).toMatchObject([{ number_of_shards: '2', number_of_replicas: '0' }]);
    expect(await findLogs(storage, tenant, '*')).toEqual(['one', 'two']);
  });

  it('come before a stock template for all logs', async () => {
    await askNode('/_index_template/stock-logs', {
      method: 'PUT',
      body: { index_patterns: ['logs-*-*'], priority: 100, data_stream: {}, template: { settings: { 'index.number_of_shards': 5 } } },
    });
    try {
      const tenant = newTenant('stock');
      const storage = await start();
      await storage.writeLogs(tenant, [buildLog('one')]);
      expect(await indexSettings(`logs-threadline-${tenant}`)).toMatchObject([{ number_of_shards: '1', mode: 'logsdb' }]);
    } finally {
      await askNode('/_index_template/stock-logs', { method: 'DELETE' });
    }
  });

  describe('behind one of somebody else with a higher priority', () => {
    const shadow = (name: string, template: object = {}) =>
      askNode('/_index_template/shadow', {
        method: 'PUT',
        body: { index_patterns: [`logs-threadline-${name}`], priority: TEMPLATE_PRIORITY + 1, data_stream: {}, template },
      });
    const unshadow = () => askNode('/_index_template/shadow', { method: 'DELETE' });
    afterEach(unshadow);

    it('let no collector start and no record be written, and both say what to do', async () => {
      const namespace = newTenant('shadowed');
      await shadow(namespace);
      const storage = createElasticsearchStorage({ url: inject('elasticsearchUrl'), namespace });
      started.push(storage);
      const said = {
        code: 'storage_unavailable',
        message: expect.stringMatching(
          `would not make logs-threadline-${namespace} by the index template threadline-logs, .*lower that one's priority below ${TEMPLATE_PRIORITY}`,
        ),
      };
      await expect(storage.start(AbortSignal.timeout(60_000))).rejects.toMatchObject(said);
      await expect(storage.writeLogs('default', [buildLog('one')])).rejects.toMatchObject(said);
      await unshadow();
      await storage.writeLogs('default', [buildLog('one')]);
      expect(await findLogs(storage, 'default', '*')).toEqual(['one']);
      expect(await indexSettings(`logs-threadline-${namespace}`)).toMatchObject([{ mode: 'logsdb' }]);
    });

    const foreign = (tenant: string) => ({
      code: 'storage_unavailable',
      message: expect.stringMatching(`the index \\.ds-logs-threadline-${tenant}-[^ ]+-000001, which another index template than`),
    });

    it('an index that refuses the records is named, which are at no fault', async () => {
      const tenant = newTenant('refuses');
      const storage = await start();
      await shadow(tenant, { mappings: { properties: { recordId: { type: 'long' } } } });
      await expect(storage.writeLogs(tenant, [buildLog('one')])).rejects.toMatchObject(foreign(tenant));
      await unshadow();
      await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });
      await storage.writeLogs(tenant, [buildLog('one')]);
    });

    it('an index that cannot be searched is named, and not the query as too complex', async () => {
      const tenant = newTenant('takes');
      const storage = await start();
      await shadow(tenant);
      await storage.writeLogs(tenant, [buildLog('one')]);
      await expect(findLogs(storage, tenant, 'one')).rejects.toMatchObject(foreign(tenant));
    });
  });

  it('make logsdb indices that are sorted by time, newest first, for logs and spans', async () => {
    const tenant = newTenant('sorted');
    const storage = await start();
    await storage.writeLogs(tenant, [buildLog('one')]);
    await storage.writeSpans(tenant, [buildSpan('one')]);
    const sorted = {
      mode: 'logsdb',
      sort: { field: ['@timestamp', 'sequence', 'recordId'], order: ['desc', 'desc', 'desc'] },
    };
    expect(await indexSettings(`logs-threadline-${tenant}`)).toMatchObject([sorted]);
    expect(await indexSettings(`traces-threadline-${tenant}`)).toMatchObject([sorted]);
  });

  it.each(['synthetic', 'stored'])('give a record back as it was received where _source is %s', async (mode) => {
    const tenant = newTenant('source');
    const storage = await start();
    const template = indexTemplate('logs', OPTIONS);
    const changed = structuredClone({ ...template, priority: 600, index_patterns: [`logs-threadline-${tenant}`] });
    const { template: made }: { readonly template?: { readonly settings?: Record<string, unknown> } } = Object(changed);
    Object.assign(Object(made?.settings), { 'index.mapping.source.mode': mode });
    await askNode('/_index_template/source-mode', { method: 'PUT', body: changed });
    try {
      // What a synthetic source would sort, drop or write otherwise.
      const log = buildLog('odd', {
        body: text('x'.repeat(40_000)),
        attributes: [
          ...attributes({ z: 'b', a: 'a' }),
          { key: 'list', value: { arrayValue: { values: [text('b'), text('a'), text('b')] } } },
        ],
      });
      await storage.writeLogs(tenant, [log]);
      await askNode(`/logs-threadline-${tenant}/_forcemerge?max_num_segments=1`, { method: 'POST' });
      expect(await readLogs(storage, tenant, 'z:b')).toEqual([log.record]);
      expect(await storage.getLog('odd', readContext(tenant))).toEqual(log.record);
      expect(await indexSettings(`logs-threadline-${tenant}`)).toMatchObject([{ mapping: { source: { mode } } }]);
    } finally {
      await askNode('/_index_template/source-mode', { method: 'DELETE' });
    }
  });

  it('raised, give a data stream of older ones a new index with its next write, and both are read', async () => {
    const tenant = newTenant('upgraded');
    const dataStream = `logs-threadline-${tenant}`;
    const older: unknown = JSON.parse(await readFile(new URL('first-template.json', import.meta.url), 'utf8'));
    await askNode(PATH, { method: 'PUT', body: older });
    const log = buildLog('older', { attributes: attributes({ shop: 'berlin' }), body: text('paid twice') });
    const document = {
      ...{ '@timestamp': '2026-07-27T10:00:00.000000000Z', sequence: '0', recordId: 'older', message: 'paid twice', hasMessage: true },
      ...{ level: 'INFO', service: 'shop', record: JSON.stringify(log.record) },
      attributes: { keys: ['shop'], pairs: ['shop=berlin'] },
    };
    await askNode(`/${dataStream}/_create/older`, { method: 'PUT', body: document });

    // A collector of this version that had not heard of the templates yet.
    const early = buildLog('early', { attributes: attributes({ shop: 'berlin' }) });
    const { record: _record, ...fields } = document;
    await askNode(`/${dataStream}/_create/early`, {
      method: 'PUT',
      body: { ...fields, recordId: 'early', recordText: JSON.stringify(early.record) },
    });

    const storages = await Promise.all([start(), start(), start()]);
    const [storage] = storages;
    const newer = buildLog('newer', { attributes: attributes({ shop: 'berlin' }), timeUnixNano: at(1) });
    await Promise.all(storages.map((each, index) => each.writeLogs(tenant, index === 0 ? [newer] : [buildLog(`more-${index}`)])));
    const upgraded = (await indexSettings(dataStream)).map(({ mode }) => mode ?? 'standard');
    expect([upgraded[0], ...new Set(upgraded.slice(1))]).toEqual(['standard', 'logsdb']);
    expect(storage && (await findLogs(storage, tenant, 'shop:berlin'))).toEqual(['early', 'older', 'newer']);
    expect(await storage?.getLog('older', readContext(tenant))).toEqual(log.record);
    await start();
    await storage?.writeLogs(tenant, [buildLog('last')]);
    expect(await indexSettings(dataStream)).toHaveLength(upgraded.length);
  });
});

interface IndexSettings {
  readonly mode?: string;
}

/** Of each backing index, oldest first. */
async function indexSettings(dataStream: string): Promise<IndexSettings[]> {
  const answer: Readonly<Record<string, { readonly settings: { readonly index: IndexSettings } }>> = Object(
    await askNode(`/${dataStream}/_settings`),
  );
  return Object.keys(answer)
    .sort()
    .flatMap((name) => answer[name]?.settings.index ?? []);
}
