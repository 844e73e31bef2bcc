import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LogRecord } from '../../api/index.ts';
import { indexLog } from '../../model/indexed-record.ts';
import { openDatabase } from './database.ts';
import { GroupWriter } from './group-writer.ts';
import { ReadPool } from './read-pool.ts';
import { searchRows } from './row-reads.ts';

const OLD_RECORDS = 400;
const CHECKPOINTS = 12;
const RANGE = { fromNanos: 1_000n, toNanos: 2_000n };

const record = (id: string, timeUnixNano: string, text: string): LogRecord => ({
  id,
  timeUnixNano,
  observedTimeUnixNano: '0',
  arrivalTimeUnixNano: '1',
  body: { stringValue: text },
  attributes: [],
  resource: { attributes: [] },
  scope: { attributes: [] },
});

it('a page has all of its rows while checkpoints run beside it, in both orders', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-checkpoints-'));
  const database = await openDatabase(directory);
  const writer = await GroupWriter.open({ ...database, walBytes: async () => 2 ** 30, freeBytes: async () => 2 ** 40 });
  const reads = new ReadPool(database);
  try {
    const old = Array.from({ length: OLD_RECORDS }, (_, index) => indexLog(record(`old-${index}`, String(1_000 + index), 'old')));
    await writer.writeLogs('default', old);
    const state = { isWriting: true };
    const write = async (): Promise<void> => {
      // What no compression makes small: the longer a checkpoint takes, the more reads it has beside it.
      const text = randomBytes(128 * 1024).toString('base64');
      for (let count = 0; count < CHECKPOINTS; count += 1) {
        await writer.writeLogs(
          'default',
          Array.from({ length: 6 }, (_, index) => indexLog(record(`new-${count}-${index}`, '3000', `${count} ${index} ${text}`))),
        );
      }
      state.isWriting = false;
    };
    const lengths = new Set<number>();
    const read = async (order: 'asc' | 'desc'): Promise<void> => {
      while (state.isWriting) {
        const context = { tenant: 'default', deadline: performance.now() + 60_000, signal: new AbortController().signal };
        const search = { query: { type: 'all' }, range: RANGE, order, limit: 1_000 } as const;
        lengths.add((await reads.read(context, (run) => searchRows('logs', search, 'default', run))).rows.length);
      }
    };
    await Promise.all([write(), read('asc'), read('desc')]);
    expect([...lengths]).toEqual([OLD_RECORDS]);
  } finally {
    await reads.close();
    await writer.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  }
}, 60_000);
