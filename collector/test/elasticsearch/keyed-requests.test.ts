import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { IndexedRecord } from '../../src/model/record.ts';
import { idsByDigest, requestDigest } from '../../src/model/record-ids.ts';
import { type BulkWriter, createBulkWriter } from '../../src/storage/elasticsearch/bulk-writer.ts';
import { type Connection, createConnection, type ElasticsearchRequest } from '../../src/storage/elasticsearch/connection.ts';
import { FigureBatches } from '../../src/storage/elasticsearch/figures/figure-batches.ts';
import { FigureStore } from '../../src/storage/elasticsearch/figures/figure-store.ts';
import { FIGURE_TIMES } from '../../src/storage/elasticsearch/figures/figure-times.ts';
import { FieldMaker } from '../../src/storage/elasticsearch/new-fields.ts';
import { PatternMiner } from '../../src/storage/patterns/pattern-miner.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { askNode, findLogs, newTenant, startStorage } from './reading.ts';

const HOUR_MILLIS = 3_600_000;

describe('a request with an idempotency key that comes to two collectors', () => {
  let storage: Storage;
  let connection: Connection;
  let batches: FigureBatches;
  const asked: string[] = [];
  /** Done once, just before the next bulk request goes out. */
  let beforeBulk: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    storage = await startStorage();
    connection = createConnection({ url: inject('elasticsearchUrl') });
    const recount = () => Promise.reject(new Error('every write is sure'));
    batches = new FigureBatches({
      store: new FigureStore(connection, async () => undefined),
      times: FIGURE_TIMES,
      recount,
      now: Date.now,
      onFault: () => undefined,
    });
  });
  afterAll(async () => {
    await storage.shutdown();
    await connection.close();
  });

  function writerAt(millisFromNow: number): BulkWriter {
    const watched: Connection = {
      ...connection,
      request: async (request: ElasticsearchRequest) => {
        asked.push(request.path.split('/').at(-1) ?? '');
        const meanwhile = beforeBulk;
        if (request.bulkBody && meanwhile) {
          beforeBulk = undefined;
          await meanwhile();
        }
        return connection.request(request);
      },
    };
    return createBulkWriter({
      connection: watched,
      miner: new PatternMiner(),
      batches,
      fields: new FieldMaker(watched),
      installTemplates: async () => undefined,
      now: () => Date.now() + millisFromNow,
    });
  }
  const logsOf = (key: string, count = 3): IndexedRecord[] => {
    const digest = requestDigest({ tenant: 'any', signal: 'logs', idempotencyKey: key, body: Buffer.from(key) });
    return Array.from({ length: count }, (_, index) => buildLog(idsByDigest(digest)(index), { timeUnixNano: at(index) }));
  };
  const rollOver = (tenant: string) => askNode(`/logs-threadline-${tenant}/_rollover`, { method: 'POST' });

  it.each([
    ['just now', 0],
    ['an hour ago', HOUR_MILLIS],
  ])('is stored once, though the data stream rolled over %s', async (_when, millis) => {
    const tenant = newTenant('keyed');
    const records = logsOf('a');
    await writerAt(0)({ of: 'logs', tenant, records: records.slice(0, 2), isKeyed: true });
    await askNode(`/logs-threadline-${tenant}/_refresh`, { method: 'POST' });
    await rollOver(tenant);
    await writerAt(millis)({ of: 'logs', tenant, records: [...records, ...logsOf('b')], isKeyed: true });
    const ids = [...records, ...logsOf('b')].map(({ id }) => id).toSorted();
    expect(await documentCount(tenant)).toBe(ids.length);
    expect((await findLogs(storage, tenant, '*')).toSorted()).toEqual(ids);
  });

  it('is stored once, though both write it while the data stream rolls over', async () => {
    const tenant = newTenant('race');
    const records = logsOf('a');
    await writerAt(0)({ of: 'logs', tenant, records: logsOf('first', 1), isKeyed: true });
    beforeBulk = async () => {
      await writerAt(0)({ of: 'logs', tenant, records, isKeyed: true });
      await rollOver(tenant);
    };
    await writerAt(0)({ of: 'logs', tenant, records, isKeyed: true });
    expect(await documentCount(tenant)).toBe(4);
  });

  it('is stored once also where a collector ended between its write and its look at it', async () => {
    const tenant = newTenant('ended');
    const records = logsOf('a');
    await writerAt(0)({ of: 'logs', tenant, records });
    await rollOver(tenant);
    await writerAt(0)({ of: 'logs', tenant, records });
    expect(await documentCount(tenant)).toBe(6);
    await writerAt(0)({ of: 'logs', tenant, records, mayRepeat: true, isKeyed: true });
    expect(await documentCount(tenant)).toBe(3);
  });

  it('costs one search where the data stream has rolled over long ago, and none where it never has', async () => {
    const tenant = newTenant('cost');
    const write = async (key: string) => {
      asked.length = 0;
      await writerAt(HOUR_MILLIS)({ of: 'logs', tenant, records: logsOf(key), isKeyed: true });
      return asked.filter((each) => each !== 'index.creation_date');
    };
    expect(await write('a')).toEqual(['_bulk']);
    await rollOver(tenant);
    expect(await write('b')).toEqual(['_search', '_bulk']);
  });

  it('and may repeat waits once for what Elasticsearch works on, and again after a call failed', async () => {
    const tenant = newTenant('repeats');
    const writer = writerAt(HOUR_MILLIS);
    const write = async (key: string, mayRepeat = true) => {
      asked.length = 0;
      await writer({ of: 'logs', tenant, records: logsOf(key), isKeyed: true, mayRepeat }).catch(() => asked.push('failed'));
      return asked.filter((each) => each !== 'index.creation_date');
    };
    expect(await write('a')).toEqual(['_tasks', '_refresh', '_search', '_bulk']);
    expect(await write('b')).toEqual(['_search', '_bulk']);
    beforeBulk = () => Promise.reject(new Error('cut off'));
    expect(await write('c', false)).toEqual(['_bulk', 'failed']);
    expect(await write('c')).toEqual(['_tasks', '_refresh', '_search', '_bulk']);
    expect(await documentCount(tenant)).toBe(9);
  });
});

/** Documents, as often as they are there. */
async function documentCount(tenant: string): Promise<number> {
  await askNode(`/logs-threadline-${tenant}/_refresh`, { method: 'POST' });
  const answer: { readonly count?: number } = Object(await askNode(`/logs-threadline-${tenant}/_count`));
  return answer.count ?? 0;
}
