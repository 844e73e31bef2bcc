import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../../deploy/elasticsearch/node.mjs';
import { createElasticsearchStorage } from '../../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { allLogs } from '../../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../../running-collector.ts';
import { at, buildLog, buildSpan } from '../../storage-contract/builders.ts';
import { findLogs, newTenant, readContext } from '../reading.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';

/** A busy machine's time for anything here. */
const WITHIN = { timeout: 90_000, interval: 200 };
/** Half of what a call of Elasticsearch may take; a shutdown that gives the calls up takes some seconds. */
const ENDS_WITHIN_MILLIS = 30_000;

let directory: string;
let node: Awaited<ReturnType<typeof startElasticsearch>>;
let proxy: CuttingProxy;

beforeAll(async () => {
  directory = await makeNodeDirectory('threadline-exactly-once-');
  node = await startElasticsearch({ directory });
  proxy = await startCuttingProxy(node.url);
});

afterAll(async () => {
  await proxy?.close();
  await node?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function rollOver(dataStream: string): Promise<void> {
  const answer = await fetch(`${node.url}/${dataStream}/_rollover`, { method: 'POST' });
  expect(await answer.json()).toMatchObject({ rolled_over: true });
}

describe('a write that may repeat', () => {
  let storage: Storage;
  beforeAll(async () => {
    storage = createElasticsearchStorage({ url: proxy.url });
    await storage.start(AbortSignal.timeout(60_000));
  });
  afterAll(() => storage.shutdown());

  it('after its answer got lost and the data stream rolled over writes only what is missing', async () => {
    const tenant = newTenant('lost');
    const logs = Array.from({ length: 20 }, (_, index) => buildLog(`log-${index}`, { timeUnixNano: at(index) }));
    proxy.loseAnswer('_bulk', () => rollOver(`logs-threadline-${tenant}`));
    await expect(storage.writeLogs(tenant, logs.slice(0, 12))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await storage.writeLogs(tenant, logs, { mayRepeat: true });
    expect(await findLogs(storage, tenant, '*')).toEqual(logs.map(({ id }) => id));
  });

  it('finds what is several indices back, of more records than one look-up names', async () => {
    const tenant = newTenant('far');
    const spans = Array.from({ length: 6_000 }, (_, index) =>
      buildSpan(`span-${String(index).padStart(4, '0')}`, { startTimeUnixNano: at(index) }),
    );
    for (const from of [0, 2_000, 4_000]) {
      await storage.writeSpans(tenant, spans.slice(from, from + 1_900));
      await rollOver(`traces-threadline-${tenant}`);
    }
    await storage.writeSpans(tenant, spans, { mayRepeat: true });
    const search = { query: { type: 'all' }, range: {}, order: 'asc', limit: 10_000 } as const;
    const rows = (await storage.searchSpans(search, readContext(tenant))).rows.map(({ key }) => key.id);
    expect(rows).toEqual(spans.map(({ id }) => id));
  });

  it('to a data stream that is not there yet makes it', async () => {
    const tenant = newTenant('absent');
    await storage.writeLogs(tenant, [buildLog('first')], { mayRepeat: true });
    expect(await findLogs(storage, tenant, '*')).toEqual(['first']);
  });

  it('waits for what Elasticsearch still works on, though its sender gave it up', async () => {
    const ended: string[] = [];
    // Waits for a copy that one node cannot have, until its time is over.
    const held = fetch(`${node.url}/held/_bulk?wait_for_active_shards=2&timeout=4s`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: '{"create":{"_id":"1"}}\n{}\n',
    }).then(() => ended.push('held'));
    await expect
      .poll(async () => (await fetch(`${node.url}/_tasks?actions=indices:data/write/bulk`)).text(), { interval: 20, timeout: 10_000 })
      .toContain('indices:data/write/bulk');
    await storage.writeLogs(newTenant('waits'), [buildLog('first')], { mayRepeat: true });
    ended.push('written');
    await held;
    expect(ended).toEqual(['held', 'written']);
  });

  it('is given up when its caller says so', async () => {
    const stop = new AbortController();
    const reason = new Error('the collector ends');
    const tenant = newTenant('given');
    proxy.loseAnswer('_bulk', async () => {
      stop.abort(reason);
      await rollOver(`logs-threadline-${tenant}`);
    });
    await expect(storage.writeLogs(tenant, [buildLog('kept')], { signal: stop.signal })).rejects.toBe(reason);
    await expect.poll(() => proxy.toLose).toBe(0);
    await storage.writeLogs(tenant, [buildLog('kept')], { mayRepeat: true });
    expect(await findLogs(storage, tenant, '*')).toEqual(['kept']);
  });
});

describe('a collector', () => {
  const collectors: RunningCollector[] = [];
  let data: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    data = await temporaryDirectory();
  });
  afterEach(async () => {
    for (const collector of collectors.splice(0)) await collector.end('SIGKILL');
  });
  afterAll(() => data.remove());

  async function start(): Promise<RunningCollector> {
    const collector = await startCollector(data.path, { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: proxy.url });
    collectors.push(collector);
    return collector;
  }

  async function send(collector: RunningCollector, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const logRecords = [1, 2, 3].map((part) => ({ timeUnixNano: '1790000000000000000', body: { stringValue: `${name}-${part}` } }));
      const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers, body })).status).toBe(200);
    }
  }

  const sent: string[] = [];
  const expected = () => sent.flatMap((name) => [1, 2, 3].map((part) => `${name}-${part}`)).toSorted();
  const found = async (collector: RunningCollector) =>
    (await allLogs(collector.ui, '*').catch(() => [])).map((log) => log.body?.stringValue).toSorted();
  const namesOf = (prefix: string) => Array.from({ length: 20 }, (_, number) => `${prefix}${number}`);

  it('whose bulk answers get lost while the data stream rolls over stores each record once', async () => {
    const collector = await start();
    // One after the other: what is sent meanwhile may be a single request more.
    for (let loss = 0; loss < 3; loss += 1) {
      proxy.loseAnswer('_bulk', () => rollOver('logs-threadline-default'));
      const names = namesOf(`lost${loss}-`).slice(0, 7);
      sent.push(...names);
      await send(collector, names);
      await expect.poll(() => proxy.toLose, WITHIN).toBe(0);
    }
    await expect.poll(() => found(collector), WITHIN).toEqual(expected());
    expect(await collector.end('SIGTERM')).toBe(0);
  });

  it('that is killed before it hears of a write, and started after a rollover, stores each record once', async () => {
    const first = await start();
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    proxy.loseAnswer('_bulk', () => {
      held.resolve();
      return release.promise;
    });
    const names = namesOf('killed');
    sent.push(...names);
    await send(first, names);
    await held.promise;
    await first.end('SIGKILL');
    await rollOver('logs-threadline-default');
    release.resolve();
    const second = await start();
    await expect.poll(() => found(second), WITHIN).toEqual(expected());
  });

  it('that is told to end while Elasticsearch is frozen ends soon, and stores each record once when both are back', async () => {
    const first = await start();
    process.kill(node.pid, 'SIGSTOP');
    try {
      const names = namesOf('frozen');
      sent.push(...names);
      await send(first, names);
      const tooLate = AbortSignal.timeout(ENDS_WITHIN_MILLIS);
      const ended = first.end('SIGTERM');
      expect(await Promise.race([ended, once(tooLate, 'abort').then(() => 'too late')])).toBe(0);
    } finally {
      process.kill(node.pid, 'SIGCONT');
    }
    const second = await start();
    await expect.poll(() => found(second), WITHIN).toEqual(expected());
  });

  it('that gets a request which another one took before a rollover stores it once', async () => {
    const other = await temporaryDirectory();
    try {
      const settings = { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url };
      const [first, second] = [await start(), await startCollector(other.path, settings)];
      collectors.push(second);
      const logRecords = [1, 2, 3].map((part) => ({ timeUnixNano: '1790000000000000000', body: { stringValue: `keyed-${part}` } }));
      const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'the batch' };
      const post = (collector: RunningCollector) => fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers, body });
      expect((await post(first)).status).toBe(200);
      sent.push('keyed');
      await expect.poll(() => found(first), WITHIN).toEqual(expected());
      await rollOver('logs-threadline-default');
      expect((await post(second)).status).toBe(200);
      // What comes after it is there once it is: requests are delivered in order.
      sent.push('behind');
      await send(second, ['behind']);
      await expect.poll(() => found(second), WITHIN).toEqual(expected());
    } finally {
      await other.remove();
    }
  });
});
