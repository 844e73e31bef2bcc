import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { buildLog, buildSpan } from '../storage-contract/builders.ts';
import { poll } from '../storage-contract/reading.ts';
import { askNode, findLogs, newTenant, startStorage } from './reading.ts';

const SECONDS_A_DAY = 24 * 60 * 60;
/** Long enough that a loaded machine reads a record that it has just written. */
const SHORT_RETENTION_DAYS = 12 / SECONDS_A_DAY;

describe('on a cluster without a lifecycle of its own, the retention of the collector', () => {
  const started: Storage[] = [];
  const start = async (...options: Parameters<typeof startStorage>) => {
    const storage = await startStorage(...options);
    started.push(storage);
    return storage;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((storage) => storage.shutdown()));
  });

  it('gives up whole indices of logs and spans that are too old, and keeps what arrived since', async () => {
    const tenant = newTenant('expires');
    const faults: unknown[] = [];
    const options = { retentionDays: SHORT_RETENTION_DAYS, onFault: (error: unknown) => faults.push(error) };
    const [storage] = [await start(options), await start(options)];
    await storage.writeLogs(tenant, [buildLog('old')]);
    await storage.writeSpans(tenant, [buildSpan('old')]);
    expect(await findLogs(storage, tenant, '*')).toEqual(['old']);
    await poll(async () => (await documentCount(tenant)) === 0, 90_000);
    await storage.writeLogs(tenant, [buildLog('new')]);
    expect(await findLogs(storage, tenant, '*')).toEqual(['new']);
    expect(faults).toEqual([]);
  });

  it('rolls over by age and keeps what is younger', async () => {
    const tenant = newTenant('keeps');
    const storage = await start({ retentionDays: 100 / SECONDS_A_DAY });
    await storage.writeLogs(tenant, [buildLog('kept')]);
    await poll(async () => (await backingIndices(tenant)).length === 2, 90_000);
    await storage.writeLogs(tenant, [buildLog('next')]);
    expect(await findLogs(storage, tenant, '*')).toEqual(['kept', 'next']);
  });

  it('is named to the operator', async () => {
    expect((await start({ retentionDays: 7 })).capabilities.notes.retention).toContain('7 days, deleted by the collector');
    expect((await start()).capabilities.notes.retention).toBe('none');
  });
});

async function backingIndices(tenant: string): Promise<string[]> {
  const answer: { readonly data_streams?: readonly { readonly backing_indices: string | readonly string[] }[] } = Object(
    await askNode(`/_resolve/index/*-threadline-${tenant}`),
  );
  return (answer.data_streams ?? []).flatMap(({ backing_indices }) => backing_indices);
}

async function documentCount(tenant: string): Promise<number> {
  const answer: { readonly count?: number } = Object(await askNode(`/*-threadline-${tenant}/_count`));
  return answer.count ?? 0;
}
