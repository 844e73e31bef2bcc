import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../../deploy/elasticsearch/node.mjs';
import { createElasticsearchStorage } from '../../../src/storage/elasticsearch/elasticsearch-storage.ts';
import { allLogs } from '../../end-to-end/reading.ts';
import { startCollector, temporaryDirectory } from '../../running-collector.ts';
import { at, buildLog, buildSpan } from '../../storage-contract/builders.ts';
import { findLogs, newTenant, readContext } from '../reading.ts';
import { type ResettingProxy, startResettingProxy } from './resetting-proxy.ts';

/** A busy machine's time for anything here. */
const WITHIN = { timeout: 90_000, interval: 200 };

let directory: string;
let node: Awaited<ReturnType<typeof startElasticsearch>>;
let proxy: ResettingProxy;

beforeAll(async () => {
  directory = await makeNodeDirectory('threadline-broken-');
  node = await startElasticsearch({ directory });
  proxy = await startResettingProxy(node.url);
});

afterAll(async () => {
  await proxy?.close();
  await node?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('connections that are given up when they are used again', () => {
  it('fail no read and no start', async () => {
    const tenant = newTenant('reads');
    const storage = createElasticsearchStorage({ url: proxy.url });
    try {
      proxy.resetsReused = true;
      await storage.start(AbortSignal.timeout(60_000));
      proxy.resetsReused = false;
      await storage.writeLogs(tenant, [buildLog('kept', { timeUnixNano: at(1) })]);
      await storage.writeSpans(tenant, [buildSpan('span')]);
      const before = proxy.resets.others;
      proxy.resetsReused = true;
      for (let time = 0; time < 10; time += 1) {
        expect(await findLogs(storage, tenant, '*')).toEqual(['kept']);
        expect((await storage.services({}, readContext(tenant))).length).toBeGreaterThan(0);
      }
      expect(proxy.resets.others).toBeGreaterThan(before + 5);
    } finally {
      proxy.resetsReused = false;
      await storage.shutdown();
    }
  });

  it('lose no record of a collector and double none, whether the bulk was done or not', async () => {
    const data = await temporaryDirectory();
    const collector = await startCollector(data.path, { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: proxy.url });
    try {
      proxy.resetsReused = true;
      const before = proxy.resets.bulks;
      const sent: string[] = [];
      // Until bulks of both kinds broke; each request waits for its answer, so that there are many of them.
      for (let number = 0; proxy.resets.bulks < before + 6 && number < 2_000; number += 1) {
        const names = [`${number}-a`, `${number}-b`];
        const logRecords = names.map((name) => ({ timeUnixNano: '1790000000000000000', body: { stringValue: name } }));
        const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
        const headers = { 'content-type': 'application/json' };
        expect((await fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers, body })).status).toBe(200);
        sent.push(...names);
        if (number % 20 === 0) await expect.poll(() => allLogs(collector.ui, '*').then((logs) => logs.length), WITHIN).toBe(sent.length);
      }
      expect(proxy.resets.bulks).toBeGreaterThanOrEqual(before + 6);
      const found = async () => (await allLogs(collector.ui, '*')).map((log) => log.body?.stringValue).toSorted();
      await expect.poll(found, WITHIN).toEqual(sent.toSorted());
    } finally {
      proxy.resetsReused = false;
      await collector.end('SIGKILL');
      await data.remove();
    }
  });
});
