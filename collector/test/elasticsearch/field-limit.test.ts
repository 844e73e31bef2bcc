import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { double, int, text } from '../storage-contract/values.ts';
import { askNode, findLogs, newTenant, startStorage } from './reading.ts';

const LOGS = 60;
const KEYS_A_LOG = 50;

describe('thousands of attribute keys', () => {
  const tenant = newTenant('limit');
  const reduced: string[] = [];
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage({ onReduced: ({ id }) => reduced.push(id) });
    const logs = Array.from({ length: LOGS }, (_, log) =>
      buildLog(`log-${log}`, {
        timeUnixNano: at(log),
        attributes: Array.from({ length: KEYS_A_LOG }, (_, index) => {
          const key = `key-${log}-${index}`;
          return { key, value: index % 3 === 0 ? text(`value ${index}`) : index % 3 === 1 ? int(index) : double(index + 0.5) };
        }),
      }),
    );
    await storage.writeLogs(tenant, logs);
  });
  afterAll(() => storage.shutdown());

  it('stop at the limit of the index without a record refused or reduced', async () => {
    const mappings = JSON.stringify(await askNode(`/logs-threadline-${tenant}/_mapping`));
    const mapped = mappings.match(/"key-\d+-\d+"/g)?.length ?? 0;
    expect(mapped).toBeGreaterThan(500);
    expect(mapped).toBeLessThan(1_000);
    expect(reduced).toEqual([]);
    expect(await findLogs(storage, tenant, '*')).toHaveLength(LOGS);
  });

  it('are all found by equality, prefix, wildcard, range and presence, on both sides of the limit', async () => {
    for (const log of [0, LOGS - 1]) {
      const only = [`log-${log}`];
      expect(await findLogs(storage, tenant, `key-${log}-48:"value 48"`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-48:val*`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-48:*48`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-49:[49 TO 50}`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-47:>47.25`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-47:{47.5 TO 48]`)).toEqual([]);
      expect(await findLogs(storage, tenant, `key-${log}-49:*`)).toEqual(only);
      expect(await findLogs(storage, tenant, `key-${log}-49:50`)).toEqual([]);
    }
  });
});
