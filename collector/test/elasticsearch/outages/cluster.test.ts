import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch, startElasticsearchCluster } from '../../../../deploy/elasticsearch/node.mjs';
import type { ServiceMapAnswer, StatusAnswer } from '../../../src/api/index.ts';
import { createElasticsearchStorage } from '../../../src/storage/elasticsearch/elasticsearch-storage.ts';
import { allLogs } from '../../end-to-end/reading.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../../running-collector.ts';
import { at, buildLog } from '../../storage-contract/builders.ts';
import { poll } from '../../storage-contract/reading.ts';
import { findLogs, newTenant } from '../reading.ts';

const FAILOVER_TIMEOUT_MILLIS = 90_000;
const WITHIN = { timeout: FAILOVER_TIMEOUT_MILLIS, interval: 500 };
const HEAP = '384m';
/** Between two requests of a sender: a load that three nodes and two collectors carry on a machine of two cores. */
const PACE_MILLIS = 100;
const RECORDS_A_REQUEST = 3;
const SPAN_TIMES = { startTimeUnixNano: '1790000000000000000', endTimeUnixNano: '1790000000100000000' };

type Node = Awaited<ReturnType<typeof startElasticsearch>>;

let directory: string;
let nodes: Node[];

beforeAll(async () => {
  directory = await makeNodeDirectory('threadline-cluster-');
  nodes = await startElasticsearchCluster({ directory, size: 3, heap: HEAP });
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.kill()));
  await rm(directory, { recursive: true, force: true });
});

describe('two collectors on a cluster of three nodes', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  async function start(firstNode: number): Promise<RunningCollector> {
    const data = await temporaryDirectory();
    cleanUps.push(() => data.remove());
    const urls = [...nodes.slice(firstNode), ...nodes.slice(0, firstNode)].map(({ url }) => url);
    const collector = await startCollector(data.path, {
      THREADLINE_STORAGE: 'elasticsearch',
      THREADLINE_ELASTICSEARCH_URL: urls.join(','),
    });
    cleanUps.push(() => collector.end('SIGKILL'));
    return collector;
  }

  /** Index of the node that is master now. */
  async function master(): Promise<number> {
    const name = (await (await fetch(`${nodes[0]?.url}/_cat/master?h=node`)).text()).trim();
    return Number(name.replace('node-', '')) - 1;
  }

  async function restart(index: number): Promise<void> {
    const { httpPort, transportPort } = nodes[index] ?? {};
    const name = `node-${index + 1}`;
    const seeds = nodes.map(({ transportAddress }) => transportAddress);
    const ports = { ...(httpPort !== undefined && { httpPort }), ...(transportPort !== undefined && { transportPort }) };
    nodes[index] = await startElasticsearch({ directory: join(directory, name), name, seeds, heap: HEAP, ...ports });
  }

  /** All three are there, and each record is on two of them. */
  const isWhole = async (): Promise<unknown> =>
    (await fetch(`${nodes[0]?.url}/_cluster/health/logs-threadline-default?wait_for_nodes=3&wait_for_status=green&timeout=5s`)).json();

  it('lose and double nothing while a node, then the master, then all of them die under load, and answer while one is away', async () => {
    const collectors = [await start(0), await start(1)];
    const acknowledged: string[] = [];
    const load = new AbortController();
    /** Sends until it is told to stop, each request until it is acknowledged. */
    const sender = async ({ otlpHttp }: RunningCollector, prefix: string): Promise<void> => {
      for (let request = 0; !load.signal.aborted; request += 1) {
        const names = Array.from({ length: RECORDS_A_REQUEST }, (_, record) => `${prefix}${request}-${record}`);
        const logRecords = names.map((name) => ({ timeUnixNano: '1790000000000000000', body: { stringValue: name } }));
        const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
        const headers = { 'content-type': 'application/json', 'idempotency-key': `${prefix}${request}` };
        while ((await fetch(`${otlpHttp}/v1/logs`, { method: 'POST', headers, body })).status !== 200) await sleep(PACE_MILLIS);
        acknowledged.push(...names);
        await sleep(PACE_MILLIS);
      }
    };
    let calls = 0;
    /** As `sender`: one span to the one collector, and the one that it caused to the other. */
    const caller = async ([one, other]: readonly RunningCollector[], prefix: string): Promise<void> => {
      for (let request = 0; !load.signal.aborted; request += 1) {
        const spanId = (part: number) => (request * 2 + part + 1).toString(16).padStart(16, prefix);
        const span = { traceId: (request + 1).toString(16).padStart(32, prefix), name: 'GET', kind: 2, ...SPAN_TIMES };
        const send = async (collector: RunningCollector | undefined, service: string, own: object): Promise<void> => {
          const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
          const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...span, ...own }] }] }] });
          const headers = { 'content-type': 'application/json', 'idempotency-key': `${prefix}${request} ${service}` };
          while ((await fetch(`${collector?.otlpHttp}/v1/traces`, { method: 'POST', headers, body })).status !== 200)
            await sleep(PACE_MILLIS);
        };
        await send(one, 'front', { spanId: spanId(0) });
        await send(other, 'back', { spanId: spanId(1), parentSpanId: spanId(0) });
        calls += 1;
        await sleep(PACE_MILLIS);
      }
    };
    const acknowledgedMore = async (): Promise<void> => {
      const wanted = acknowledged.length + 30;
      await expect.poll(() => acknowledged.length, WITHIN).toBeGreaterThan(wanted);
    };
    const answers = async (): Promise<number[]> =>
      Promise.all(collectors.map(async ({ ui }) => (await fetch(`${ui}/api/v1/logs?from=0&limit=1`)).status));
    const waiting = async (): Promise<unknown[]> =>
      Promise.all(
        collectors.map(async ({ ui }) => {
          const status: StatusAnswer = JSON.parse(await (await fetch(`${ui}/api/v1/status`)).text());
          return status.log?.waitingRequests;
        }),
      );
    const senders = [
      ...collectors.flatMap((collector, index) => ['a', 'b'].map((name) => sender(collector, `${index}${name}`))),
      caller(collectors, 'c'),
    ];
    try {
      await acknowledgedMore();
      await expect.poll(isWhole, WITHIN).toMatchObject({ status: 'green', number_of_nodes: 3 });

      const other = ((await master()) + 1) % 3;
      await nodes[other]?.kill();
      await acknowledgedMore();
      await expect.poll(answers, WITHIN).toEqual([200, 200]);
      const rollOver = () => fetch(`${nodes[(other + 1) % 3]?.url}/logs-threadline-default/_rollover`, { method: 'POST' });
      await expect.poll(async () => (await rollOver()).status, WITHIN).toBe(200);
      await restart(other);
      await expect.poll(isWhole, WITHIN).toMatchObject({ status: 'green', number_of_nodes: 3 });

      const first = await master();
      await nodes[first]?.kill();
      await acknowledgedMore();
      await expect.poll(answers, WITHIN).toEqual([200, 200]);
      await restart(first);
      await expect.poll(isWhole, WITHIN).toMatchObject({ status: 'green', number_of_nodes: 3 });

      await Promise.all(nodes.map((node) => node.kill()));
      await acknowledgedMore();
      await Promise.all([0, 1, 2].map(restart));
      await expect.poll(answers, WITHIN).toEqual([200, 200]);
    } finally {
      load.abort();
      await Promise.all(senders);
    }
    await expect.poll(waiting, WITHIN).toEqual([0, 0]);
    for (const { ui } of collectors) {
      const found = async () => (await allLogs(ui, '*')).map((log) => log.body?.stringValue).toSorted();
      await expect.poll(found, WITHIN).toEqual(acknowledged.toSorted());
      await expect
        .poll(() => countsOnMap(ui), WITHIN)
        .toEqual({ 'service:front': calls, 'service:back': calls, 'service:front > service:back': calls });
    }
  }, 600_000);
});

/** What was counted of each service and call. */
async function countsOnMap(ui: string): Promise<Record<string, number | undefined>> {
  const answer = await fetch(`${ui}/api/v1/service-map?from=2026-09-21T00:00:00Z&to=2026-09-22T00:00:00Z`);
  const { nodes: services, edges }: ServiceMapAnswer = JSON.parse(await answer.text());
  return Object.fromEntries([
    ...services.map(({ id, figures }) => [id, figures?.count]),
    ...edges.map(({ from, to, figures }) => [`${from} > ${to}`, figures.count]),
  ]);
}

describe('a cluster of three nodes', () => {
  it('loses no acknowledged record with its master, and takes more', async () => {
    const [first, ...others] = nodes;
    const storage = createElasticsearchStorage({ url: nodes[2]?.url ?? '' });
    await storage.start(AbortSignal.timeout(60_000));
    try {
      const tenant = newTenant('cluster');
      const logs = Array.from({ length: 500 }, (_, index) =>
        buildLog(`log-${String(index).padStart(3, '0')}`, { timeUnixNano: at(index) }),
      );
      await storage.writeLogs(tenant, logs.slice(0, 400));
      // The copy on a second node is what survives; it is made while the first writes come in.
      const health = await fetch(`${others[1]?.url}/_cluster/health?wait_for_status=green&timeout=60s`);
      expect(await health.json()).toMatchObject({ status: 'green', number_of_nodes: 3 });

      await first?.kill();
      await poll(
        () =>
          storage.writeLogs(tenant, logs).then(
            () => true,
            () => false,
          ),
        FAILOVER_TIMEOUT_MILLIS,
      );
      expect(await findLogs(storage, tenant, '*')).toEqual(logs.map((log) => log.id));
    } finally {
      await storage.shutdown();
    }
  });

  /** The first node is gone since the test before. */
  it('that has lost two says so to who reads what was just written, and soon', async () => {
    const [, ...pair] = nodes;
    const tenant = newTenant('quorum');
    const storages = pair.map(({ url }) => createElasticsearchStorage({ url }));
    try {
      for (const storage of storages) await storage.start(AbortSignal.timeout(60_000));
      await storages[0]?.writeLogs(tenant, [buildLog('first', { timeUnixNano: at(0) })]);
      const shards = await fetch(`${pair[0]?.url}/_cat/shards/logs-threadline-${tenant}?h=prirep,node`);
      const primary = /^p node-(\d)/m.exec(await shards.text())?.[1];
      const lost = Number(primary) - 2;
      const left = storages[1 - lost];
      await left?.writeLogs(tenant, [buildLog('last', { timeUnixNano: at(1) })]);
      await pair[lost]?.kill();
      const read = left && findLogs(left, tenant, '*');
      await expect(read).rejects.toMatchObject({
        code: 'storage_unavailable',
        message: `Elasticsearch at ${pair[1 - lost]?.url} has no master: start its other nodes, or see in their logs why they do not find each other`,
      });
    } finally {
      for (const storage of storages) await storage.shutdown();
    }
  });
});
