import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createElasticsearchStorage, type ElasticsearchStorage } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { ArrivalPage } from '../../src/storage/log-arrivals.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { ALL, poll } from '../storage-contract/reading.ts';
import { text } from '../storage-contract/values.ts';
import { askNode, newTenant, readContext } from './reading.ts';

const WRITERS = 3;
const WRITES = 25;
const A_WRITE = 20;

describe('the arrivals of a cluster', () => {
  const collectors: ElasticsearchStorage[] = [];
  beforeAll(async () => {
    for (let number = 0; number < WRITERS; number += 1) {
      const storage = createElasticsearchStorage({ url: inject('elasticsearchUrl') });
      await storage.start(AbortSignal.timeout(60_000));
      collectors.push(storage);
    }
  });
  afterAll(async () => {
    for (const storage of collectors) await storage.shutdown();
  });
  const read = (tenant: string, after: string | undefined, { by = 0, limit = 1_000 } = {}): Promise<ArrivalPage> => {
    const storage = collectors[by];
    if (!storage) throw new Error('there is no such collector');
    return storage.arrivals.read({ query: ALL, after, limit }, readContext(tenant));
  };
  const write = async (tenant: string, by: number, name: string): Promise<string[]> => {
    // Times in no order: arrival has its own.
    const logs = Array.from({ length: A_WRITE }, (_, index) =>
      buildLog(`${name}-${index}`, { timeUnixNano: at((index * 7_919) % 3_600), body: text(name) }),
    );
    await collectors[by]?.writeLogs(tenant, logs);
    return logs.map(({ id }) => id);
  };

  it('are each record once, while several collectors write, indices roll over and each look is by another collector', async () => {
    const tenant = newTenant('arrivals');
    let position = (await read(tenant, undefined)).position;
    const seen: string[] = [];
    let looks = 0;
    const look = async (): Promise<void> => {
      const page = await read(tenant, position, { by: looks % WRITERS });
      looks += 1;
      expect(page).toMatchObject({ skippedCount: 0, unreadCount: 0, isBroken: false });
      position = page.position;
      seen.push(...page.records.map(({ id }) => id));
    };
    let isWriting = true;
    const writing = Promise.all(
      Array.from({ length: WRITERS }, async (_, by) => {
        const ids: string[] = [];
        for (let number = 0; number < WRITES; number += 1) {
          ids.push(...(await write(tenant, by, `by-${by}-${number}`)));
          if (by === 0 && number % 10 === 9) await askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });
        }
        return ids;
      }),
    ).finally(() => {
      isWriting = false;
    });
    while (isWriting) await look();
    const written = (await writing).flat();
    await poll(async () => {
      await look();
      return seen.length >= written.length;
    });
    expect(seen.toSorted()).toEqual(written.toSorted());
  });

  it('are counted where they are more than are asked for, and the last are given', async () => {
    const tenant = newTenant('arrivals');
    await write(tenant, 0, 'before');
    const { position } = await read(tenant, undefined);
    await write(tenant, 1, 'first');
    const last = await write(tenant, 2, 'last');
    let page: ArrivalPage | undefined;
    // A look shares what another has found a moment ago.
    await poll(async () => {
      page = await read(tenant, position, { limit: 5 });
      return page.records.length > 0;
    });
    expect(page?.records.map(({ id }) => id)).toEqual(last.slice(-5));
    expect(page?.skippedCount).toBe(2 * A_WRITE - 5);
  });
});
