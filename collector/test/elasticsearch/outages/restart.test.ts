import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNodeDirectory } from '../../../../deploy/elasticsearch/make-directory.mjs';
import { startElasticsearch } from '../../../../deploy/elasticsearch/node.mjs';
import { createElasticsearchStorage } from '../../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { at, buildLog } from '../../storage-contract/builders.ts';
import { poll } from '../../storage-contract/reading.ts';
import { findLogs, newTenant, readContext } from '../reading.ts';

const RECOVERY_TIMEOUT_MILLIS = 90_000;

describe('Elasticsearch goes away', () => {
  const tenant = newTenant('outage');
  let directory: string;
  let node: Awaited<ReturnType<typeof startElasticsearch>>;
  let storage: Storage;
  beforeAll(async () => {
    directory = await makeNodeDirectory('threadline-outage-');
    node = await startElasticsearch({ directory });
    storage = createElasticsearchStorage({ url: node.url });
    await storage.start(AbortSignal.timeout(60_000));
  });
  afterAll(async () => {
    await storage.shutdown();
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('and what was acknowledged under load is there when it is back, without a start of the storage', async () => {
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    const writeUntilRefused = async (writer: number): Promise<void> => {
      for (let call = 0; refused.length < 4; call += 1) {
        const logs = Array.from({ length: 20 }, (_, index) => buildLog(`${writer}-${call}-${index}`, { timeUnixNano: at(call) }));
        try {
          await storage.writeLogs(tenant, logs);
          acknowledged.push(...logs.map((log) => log.id));
        } catch (error) {
          refused.push(error);
        }
        // Not before there is something to lose.
        if (writer === 0 && call === 5) void node.kill();
      }
    };
    await Promise.all([0, 1, 2, 3].map(writeUntilRefused));
    await node.exited;

    expect(acknowledged.length).toBeGreaterThan(100);
    for (const error of refused) expect(error).toMatchObject({ code: 'storage_unavailable' });
    await expect(storage.getLog('0-0-0', readContext(tenant))).rejects.toMatchObject({ code: 'storage_unavailable' });
    const late = createElasticsearchStorage({ url: node.url });
    await expect(late.start(AbortSignal.timeout(60_000))).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('THREADLINE_ELASTICSEARCH_URL'),
    });

    node = await startElasticsearch({ directory, httpPort: node.httpPort });
    // The node answers before it has read its log on disk again.
    await poll(() => storage.getLog('0-0-0', readContext(tenant)).then(Boolean, () => false), RECOVERY_TIMEOUT_MILLIS);
    const found = new Set(await findLogs(storage, tenant, '*'));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);

    await late.start(AbortSignal.timeout(60_000));
    const again = Array.from({ length: 20 }, (_, index) => buildLog(`0-0-${index}`, { timeUnixNano: at(0) }));
    await late.writeLogs(tenant, [...again, buildLog('after', { timeUnixNano: at(9_000) })]);
    expect(await findLogs(late, tenant, '*')).toHaveLength(found.size + 1);
    await late.shutdown();
  });

  it('and a read ends at its deadline or when it is aborted', async () => {
    await expect(storage.getLog('0-0-0', readContext(tenant, { deadline: performance.now() }))).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    const reason = new Error('the caller left');
    await expect(storage.getLog('0-0-0', readContext(tenant, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });
});
