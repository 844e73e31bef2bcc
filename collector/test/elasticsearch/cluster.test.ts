import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startElasticsearchCluster } from '../../../deploy/elasticsearch/node.mjs';
import { createElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { findLogs, newTenant } from './reading.ts';

const FAILOVER_TIMEOUT_MILLIS = 90_000;

describe('a cluster of three nodes', () => {
  let directory: string;
  let nodes: Awaited<ReturnType<typeof startElasticsearchCluster>>;
  let storage: Storage;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-cluster-'));
    nodes = await startElasticsearchCluster({ directory, size: 3, heap: '384m' });
    storage = createElasticsearchStorage({ url: nodes[2]?.url ?? '' });
    await storage.start(AbortSignal.timeout(60_000));
  });
  afterAll(async () => {
    await storage.shutdown();
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(directory, { recursive: true, force: true });
  });

  it('loses no acknowledged record with its first master, and takes more', async () => {
    const tenant = newTenant('cluster');
    const logs = Array.from({ length: 500 }, (_, index) => buildLog(`log-${String(index).padStart(3, '0')}`, { timeUnixNano: at(index) }));
    await storage.writeLogs(tenant, logs.slice(0, 400));
    // The copy on a second node is what survives; it is made while the first writes come in.
    const health = await fetch(`${nodes[2]?.url}/_cluster/health?wait_for_status=green&timeout=60s`);
    expect(await health.json()).toMatchObject({ status: 'green', number_of_nodes: 3 });

    await nodes[0]?.kill();
    await poll(
      () =>
        storage.writeLogs(tenant, logs).then(
          () => true,
          () => false,
        ),
      FAILOVER_TIMEOUT_MILLIS,
    );
    expect(await findLogs(storage, tenant, '*')).toEqual(logs.map((log) => log.id));
  });
});
