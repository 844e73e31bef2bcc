import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { bool, double, int, text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, startStorage } from './reading.ts';

const LOGS = 30;

/** Each brings fields of every type that no other has. */
function logsWithFields() {
  return Array.from({ length: LOGS }, (_, log) =>
    buildLog(`log-${log}`, {
      timeUnixNano: at(log),
      attributes: [text('x'), int(1), double(0.5), bool(true)].map((value, index) => ({ key: `own.${log}.${index}`, value })),
    }),
  );
}

/** The mapping of a data stream's index, whatever the index is called. */
async function mappingOf(dataStream: string): Promise<unknown> {
  return Object.values(Object(await askNode(`/${dataStream}/_mapping`)))[0];
}

async function stateVersion(): Promise<number> {
  const { version }: { readonly version?: unknown } = Object(await askNode('/_cluster/state/version'));
  return Number(version);
}

describe('a bulk request that brings hundreds of new fields', () => {
  const started: Storage[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });

  async function write(slowBulkMillis: number): Promise<{ readonly mapping: unknown; readonly changes: number }> {
    const tenant = newTenant('fields');
    const storage = await startStorage({ slowBulkMillis });
    started.push(storage);
    await storage.writeLogs(tenant, [buildLog('first', { timeUnixNano: at(LOGS) })]);
    const before = await stateVersion();
    await storage.writeLogs(tenant, logsWithFields());
    const changes = (await stateVersion()) - before;
    expect(await findLogs(storage, tenant, 'own.29.0:x own.29.1:1')).toEqual(['log-29']);
    return { mapping: await mappingOf(`logs-threadline-${tenant}`), changes };
  }

  it('has them made at once where it takes long, as they would be one by one', async () => {
    const alone = await write(600_000);
    const helped = await write(0);
    expect(alone.changes).toBeGreaterThan(LOGS / 2);
    expect(helped.changes).toBeLessThan(alone.changes / 2);
    expect(helped.mapping).toEqual(alone.mapping);
  });
});
