import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startElasticsearch } from '../../../deploy/elasticsearch/node.mjs';
import { allLogs } from '../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';

/** A node on a busy machine reads its own log first. */
const BACK_WITHIN = { timeout: 90_000, interval: 500 };

let nodeDirectory: string;
let data: Awaited<ReturnType<typeof temporaryDirectory>>;
let node: Awaited<ReturnType<typeof startElasticsearch>>;
let collector: RunningCollector;

beforeAll(async () => {
  nodeDirectory = await mkdtemp(join(tmpdir(), 'threadline-delivery-'));
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

function start(): Promise<RunningCollector> {
  return startCollector(data.path, { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: node.url });
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

  node = await startElasticsearch({ directory: nodeDirectory, httpPort: node.httpPort });
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  sent.push(...(await send('after', 50)));
  await expect.poll(found, BACK_WITHIN).toEqual(sent.toSorted());
  expect(await collector.end('SIGTERM')).toBe(0);
});
