import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../../deploy/elasticsearch/node.mjs';
import type { DeadLettersAnswer, StatusAnswer } from '../../../src/api/index.ts';
import { allLogs } from '../../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../../running-collector.ts';

/** A node on a busy machine reads its own log first. */
const BACK_WITHIN = { timeout: 90_000, interval: 500 };

let nodeDirectory: string;
let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let node: Awaited<ReturnType<typeof startElasticsearch>>;
let collector: RunningCollector;

beforeAll(async () => {
  nodeDirectory = await makeNodeDirectory('threadline-delivery-');
  data = await temporaryDirectory();
  node = await startElasticsearch({ directory: nodeDirectory });
  collector = await start();
});

afterAll(async () => {
  await collector?.end('SIGKILL');
  await node?.stop();
  await rm(nodeDirectory, { recursive: true, force: true });
  await data?.remove();
});

function start(settings: Record<string, string> = {}): Promise<RunningCollector> {
  return startCollector(data.path, { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url, ...settings });
}

/** Sends requests of one record each and answers with the names of those that were acknowledged. */
async function send(prefix: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, number) => `${prefix}-${number}`);
  const statuses = await Promise.all(
    names.map(async (name) => {
      const logRecords = [{ timeUnixNano: '1790000000000000000', body: { stringValue: name } }];
      const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      const headers = { 'content-type': 'application/json', 'idempotency-key': name };
      return (await fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers, body })).status;
    }),
  );
  expect(statuses).toEqual(names.map(() => 200));
  return names;
}

const found = async (): Promise<(string | undefined)[]> =>
  (await allLogs(collector.ui, '*').catch(() => [])).map((log) => log.body?.stringValue).toSorted();

async function ask<Answer>(path: string): Promise<Answer> {
  return JSON.parse(await (await fetch(`${collector.ui}${path}`)).text());
}

/** `null` takes it back. */
function clusterSetting(name: string, value: number | boolean | null): Promise<Response> {
  return fetch(`${node.url}/_cluster/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persistent: { [name]: value } }),
  });
}

const status = (): Promise<StatusAnswer> => ask('/api/v1/status');

it('a collector takes records while Elasticsearch is away, over its own restarts and kills too, and delivers each once', async () => {
  const sent = await send('before', 50);
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());

  await node.kill();
  await node.exited;
  sent.push(...(await send('away', 50)));
  await collector.end('SIGTERM');
  collector = await start();
  sent.push(...(await send('restarted', 50)));
  await collector.end('SIGKILL');
  collector = await start();
  // Senders whose answer got lost come again.
  await send('restarted', 10);
  expect((await fetch(`${collector.ui}/api/v1/logs`)).status).toBe(503);
  await expect.poll(status, BACK_WITHIN).toMatchObject({
    storage: { kind: 'elasticsearch', status: 'unavailable' },
    log: { waitingRequests: 100, delivery: { state: 'waiting', lastFault: { reason: expect.stringContaining('cannot be reached') } } },
  });

  node = await startElasticsearch({ directory: nodeDirectory, httpPort: node.httpPort });
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  sent.push(...(await send('after', 50)));
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  await expect.poll(status, BACK_WITHIN).toMatchObject({
    storage: { status: 'ok' },
    log: { usedBytes: 0, waitingRequests: 0, delivery: { state: 'delivering' }, deadLetters: { total: 0 } },
  });
  expect(await collector.end('SIGTERM')).toBe(0);
});

it('a collector that starts while Elasticsearch hangs takes records before that answers, and delivers them', async () => {
  collector = await start();
  const before = await found();
  await collector.end('SIGTERM');
  const sent: string[] = [];
  process.kill(node.pid, 'SIGSTOP');
  try {
    collector = await start();
    expect(collector.stderr()).toContain('the storage is away; records wait in the log');
    sent.push(...(await send('hanging', 5)));
    expect(await status()).toMatchObject({ storage: { status: 'unavailable' }, log: { waitingRequests: 5, ingest: { state: 'taking' } } });
    // Long before the request that nobody answers is given up.
    await expect.poll(status, BACK_WITHIN).toMatchObject({
      log: { delivery: { state: 'waiting', lastFault: { reason: expect.stringContaining('has not answered a write') } } },
    });
  } finally {
    process.kill(node.pid, 'SIGCONT');
  }
  await expect.poll(found, BACK_WITHIN).toEqual([...before, ...sent].toSorted());
  expect(await collector.end('SIGTERM')).toBe(0);
});

it('records that Elasticsearch refuses for good are listed with the reason, over a restart too, and hold up no others', async () => {
  collector = await start();
  const dataStream = `${node.url}/logs-threadline-default`;
  const settings = (pipeline: string) =>
    fetch(`${dataStream}/_settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 'index.final_pipeline': pipeline }),
    });
  const before = await found();
  expect((await settings('that-nobody-made')).status).toBe(200);
  await send('refused', 3);
  await expect.poll(status, BACK_WITHIN).toMatchObject({
    log: { waitingRequests: 0, delivery: { state: 'delivering' }, deadLetters: { kept: 3, total: 3, reasons: [{ count: 3 }] } },
    // None of them is kept, with less to search by or not.
    storage: { reduced: { count: 0 } },
  });
  expect((await settings('_none')).status).toBe(200);
  await send('kept', 2);
  await expect.poll(found, BACK_WITHIN).toEqual([...before, 'kept-0', 'kept-1'].toSorted());
  await collector.end('SIGTERM');
  collector = await start();
  const answer = await ask<DeadLettersAnswer>('/api/v1/dead-letters?limit=2');
  expect(answer).toEqual({
    deadLetters: [3, 2].map((number) =>
      expect.objectContaining({
        number,
        tenant: 'default',
        signal: 'logs',
        reason: expect.stringContaining('illegal_argument_exception: pipeline with id [that-nobody-made] does not exist'),
      }),
    ),
    nextCursor: expect.any(String),
  });
  expect(JSON.stringify(answer)).not.toContain('refused-');
});

it('records come into a cluster that makes no index by itself', async () => {
  await collector.end('SIGTERM');
  expect((await clusterSetting('action.auto_create_index', false)).status).toBe(200);
  collector = await start({ THREADLINE_ELASTICSEARCH_NAMESPACE: 'strict' });
  const sent = await send('strict', 3);
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: 'strict',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000000000001',
  };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${collector.otlpHttp}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
  await expect.poll(() => ask(`/api/v1/traces/${span.traceId}`), BACK_WITHIN).toMatchObject({ spans: [{ name: 'strict' }] });
  expect((await clusterSetting('action.auto_create_index', null)).status).toBe(200);
});

it('records wait while the cluster has no room for another shard, which it says with 400 of each of them', async () => {
  await collector.end('SIGTERM');
  expect((await clusterSetting('cluster.max_shards_per_node', 1)).status).toBe(200);
  collector = await start({ THREADLINE_ELASTICSEARCH_NAMESPACE: 'crowded' });
  const { log: before } = await status();
  const sent = await send('crowded', 3);
  await expect.poll(status, BACK_WITHIN).toMatchObject({
    log: { delivery: { state: 'waiting', lastFault: { reason: expect.stringContaining('validation_exception') } } },
  });
  expect((await clusterSetting('cluster.max_shards_per_node', null)).status).toBe(200);
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  expect((await status()).log?.deadLetters).toEqual(before?.deadLetters);
});

it('tells of a field that somebody mapped by hand once in a while, not for each record that has it', async () => {
  await collector.end('SIGTERM');
  collector = await start({ THREADLINE_ELASTICSEARCH_NAMESPACE: 'mapped' });
  await send('mapped', 1);
  await expect.poll(found, BACK_WITHIN).toEqual(['mapped-0']);
  const string = { type: 'object', subobjects: false, properties: { code: { type: 'long' } } };
  const mapping = await fetch(`${node.url}/logs-threadline-mapped/_mapping`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { attributes: { properties: { string } } } }),
  });
  expect(mapping.status).toBe(200);
  const logRecords = Array.from({ length: 300 }, (_, number) => ({
    timeUnixNano: '1790000000000000000',
    body: { stringValue: `coded-${number}` },
    attributes: [{ key: 'code', value: { stringValue: 'E42' } }],
  }));
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  expect(
    (await fetch(`${collector.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status,
  ).toBe(200);
  await expect.poll(status, BACK_WITHIN).toMatchObject({ storage: { reduced: { count: 300 } }, log: { waitingRequests: 0 } });
  const lines = collector
    .stderr()
    .split('\n')
    .filter((line) => line.includes('refused a record'));
  expect(lines[0]).toContain('reason=document_parsing_exception');
  // One in ten seconds: of three hundred in a row.
  expect(lines.length).toBeLessThan(30);
});
