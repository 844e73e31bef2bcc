import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../api/index.ts';
import { indexLog } from '../../model/indexed-record.ts';
import { type Database, openDatabase } from './database.ts';
import { GroupWriter } from './group-writer.ts';

const record = (id: string): LogRecord => ({
  id,
  timeUnixNano: '1',
  observedTimeUnixNano: '0',
  arrivalTimeUnixNano: '1',
  attributes: [],
  resource: { attributes: [] },
  scope: { attributes: [] },
});
const logs = (...ids: readonly string[]) => ids.map((id) => indexLog(record(id)));

describe('GroupWriter', () => {
  let directory = '';
  let database: Database;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-writer-'));
    database = await openDatabase(directory);
  });
  afterEach(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });
  async function storedIds(): Promise<unknown[]> {
    const connection = await database.connect();
    const rows = await (await connection.run('SELECT id FROM logs ORDER BY id')).getRows();
    connection.closeSync();
    return rows.map(([id]) => id);
  }

  it('has written what it resolved, once, and leaves no log of writes behind when it closes', async () => {
    const writer = await GroupWriter.open(database);
    await Promise.all([writer.writeLogs('default', logs('a', 'b', 'a')), writer.writeLogs('default', logs('b', 'c'))]);
    await writer.writeLogs('default', logs('c', 'd'));
    expect(await storedIds()).toEqual(['a', 'b', 'c', 'd']);
    expect(await database.walBytes()).toBeGreaterThan(0);
    await writer.close();
    expect(await database.walBytes()).toBe(0);
  });

  it('makes no checkpoint where the disk has no room for one', async () => {
    const writer = await GroupWriter.open({ ...database, walBytes: async () => 2 ** 40, freeBytes: async () => 0 });
    await writer.writeLogs('default', logs('a'));
    await writer.close();
    expect(await database.walBytes()).toBeGreaterThan(0);
    expect(await storedIds()).toEqual(['a']);
  });

  it('makes a checkpoint between two writes once the log of writes has grown', async () => {
    const writer = await GroupWriter.open({ ...database, walBytes: async () => 2 ** 30, freeBytes: async () => 2 ** 40 });
    await writer.writeLogs('default', logs('a'));
    await writer.writeLogs('default', logs('b'));
    await writer.close();
    expect(await database.walBytes()).toBe(0);
    expect(await storedIds()).toEqual(['a', 'b']);
  });
});
