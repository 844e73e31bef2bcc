import { appendFile, copyFile, cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../storage.ts';
import { SEGMENT_LIST_FILE } from './layout.ts';
import { EVERYTHING, numberedLogs, readContext, readEverything, StorageDirectory } from './testing/open-storage.ts';

/** Waits for work behind the scenes. */
const eventually = { timeout: 30_000, interval: 50 };

describe('the files of the embedded storage', () => {
  let directory: StorageDirectory;
  beforeEach(async () => {
    directory = await StorageDirectory.make();
  });
  afterEach(() => directory.remove());

  /** So many files of so many records each, one written after the other. */
  async function writeFiles(storage: Storage, files: number, recordsAFile: number): Promise<void> {
    for (let file = 0; file < files; file += 1)
      await storage.writeLogs('default', numberedLogs(file * recordsAFile, (file + 1) * recordsAFile));
  }
  const records = (count: number) => numberedLogs(0, count).map(({ record }) => record);

  it('become fewer as they become more, and all records are found meanwhile and after, each once', async () => {
    const storage = await directory.open();
    const state = { isWriting: true };
    const counts: [atLeast: number, found: number][] = [];
    let written = 0;
    const write = async (): Promise<void> => {
      for (let file = 0; file < 60; file += 1) {
        await storage.writeLogs('default', numberedLogs(file * 20, (file + 1) * 20));
        written += 20;
      }
      state.isWriting = false;
    };
    const read = async (): Promise<void> => {
      while (state.isWriting) {
        const atLeast = written;
        const found = await readEverything(storage);
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
        counts.push([atLeast, found.length]);
      }
    };
    await Promise.all([write(), read(), read()]);
    expect(counts.filter(([atLeast, found]) => found < atLeast)).toEqual([]);
    await expect.poll(async () => (await directory.files()).length, eventually).toBeLessThan(16);
    expect(await readEverything(storage)).toEqual(records(1_200));
    expect(await readEverything(await directory.open())).toEqual(records(1_200));
    expect(directory.damage).toEqual([]);
  }, 60_000);

  it('are plain Parquet that other programs read, merged or not', async () => {
    const storage = await directory.open();
    await writeFiles(storage, 12, 700);
    await expect.poll(async () => (await directory.files()).length, eventually).toBeLessThan(8);
    await directory.close();
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const result = await connection.run(
      `SELECT count(*), count(DISTINCT id_index), min(message), max(service) FROM read_parquet('${directory.segments}/logs-*.parquet')`,
    );
    expect(await result.getRows()).toEqual([[8_400n, 8_400n, 'number 0 of many, red', 'service-4']]);
    connection.closeSync();
    instance.closeSync();
  }, 60_000);

  it('that a cut-off merge left behind are not read beside what was made of them', async () => {
    const storage = await directory.open();
    await writeFiles(storage, 7, 3);
    await directory.close();
    const before = await directory.files();
    for (const file of before) await copyFile(join(directory.segments, file), join(directory.path, file));
    const again = await directory.open();
    await again.writeLogs('default', numberedLogs(21, 24));
    await expect.poll(async () => (await directory.files()).length, eventually).toBe(1);
    await directory.close();
    for (const file of before) await rename(join(directory.path, file), join(directory.segments, file));
    await writeFile(join(directory.segments, 'logs-0000000099.parquet.draft'), 'half a file');
    expect(await readEverything(await directory.open())).toEqual(records(24));
    expect(await directory.files()).toHaveLength(1);
  }, 60_000);

  it('give up the oldest records and their space when there is too much, and keep the newest', async () => {
    const options = { retention: { maxAgeMillis: 1e12, maxBytes: 200_000 } };
    const storage = await directory.open(options);
    await writeFiles(storage, 30, 400);
    const reopened = await directory.open(options);
    await expect.poll(async () => (await readEverything(reopened)).length, eventually).toBeLessThan(12_000);
    const left = await readEverything(reopened);
    expect(left.length).toBeGreaterThan(0);
    expect(left).toEqual(records(12_000).slice(-left.length));
  }, 60_000);

  it('give up what is too old, counted from when it was written and not from its own time', async () => {
    const storage = await directory.open({ retention: { maxAgeMillis: 60_000, maxBytes: undefined } });
    await writeFiles(storage, 2, 10);
    expect(await readEverything(storage)).toHaveLength(20);
    const late = await directory.open({ retention: { maxAgeMillis: 1, maxBytes: undefined } });
    await expect.poll(async () => await readEverything(late), eventually).toEqual([]);
    await expect.poll(() => directory.files(), eventually).toEqual([]);
  }, 60_000);

  describe('that somebody removed', () => {
    const gone = 'logs-0000000002.parquet';
    const missed = `${gone}: it is gone, and with it 10 records from 2026-11-20T10:00:00.000Z to 2026-11-20T10:00:00.000Z`;
    const left = [...records(10), ...records(30).slice(20)];
    const writeThree = async (): Promise<void> => {
      await writeFiles(await directory.open(), 3, 10);
      await directory.close();
    };

    it('are missed at each start with what was in them, until they are back', async () => {
      await writeThree();
      await rename(join(directory.segments, gone), join(directory.path, gone));
      for (let start = 0; start < 2; start += 1) {
        const storage = await directory.open();
        expect(directory.damage.splice(0)).toEqual([missed]);
        expect(await readEverything(storage)).toEqual(left);
      }
      await directory.close();
      await rename(join(directory.path, gone), join(directory.segments, gone));
      expect(await readEverything(await directory.open())).toEqual(records(30));
      expect(directory.damage).toEqual([]);
    });

    it('are missed no more once retention would have given them up', async () => {
      await writeThree();
      await rm(join(directory.segments, gone));
      const retention = { maxAgeMillis: 1, maxBytes: undefined };
      const storage = await directory.open({ retention });
      await expect.poll(async () => await readEverything(storage), eventually).toEqual([]);
      await directory.open();
      expect(directory.damage).toEqual([]);
    });

    it('leave their number to nobody', async () => {
      await writeThree();
      await rm(join(directory.segments, 'logs-0000000003.parquet'));
      await (await directory.open()).writeLogs('default', numberedLogs(30, 31));
      expect(await directory.files()).toEqual(['logs-0000000001.parquet', gone, 'logs-0000000004.parquet']);
    });

    it('while they are in use are missed without a search, by all readers alike, and the others are merged', async () => {
      const storage = await directory.open();
      await writeFiles(storage, 3, 10);
      expect(await readEverything(storage)).toEqual(records(30));
      await rm(join(directory.segments, gone));
      await expect.poll(() => directory.damage, eventually).toEqual([missed]);
      for (const found of await Promise.all([readEverything(storage), readEverything(storage)])) expect(found).toEqual(left);
      for (let file = 3; file < 9; file += 1) await storage.writeLogs('default', numberedLogs(file * 10, (file + 1) * 10));
      await expect.poll(async () => (await directory.files()).length, eventually).toBe(1);
      expect(await readEverything(storage)).toEqual([...records(10), ...records(90).slice(20)]);
      await directory.open();
      expect(directory.damage).toEqual([missed, missed]);
    }, 60_000);

    it('are missed by the first search that cannot open them', async () => {
      const storage = await directory.open();
      await writeFiles(storage, 3, 10);
      await rm(join(directory.segments, gone));
      expect(await readEverything(storage)).toEqual(left);
      expect(directory.damage).toEqual([missed]);
    });

    it.each<[what: string, change: (list: string) => Promise<void>]>([
      ['came with a copy', async (list) => cp(list, `${list}.copy`).then(() => rename(`${list}.copy`, list))],
      ['is not what was written', async (list) => writeFile(list, (await readFile(list, 'utf8')).replace('"rows":10', '"rows":11'))],
      ['has a line that is none', async (list) => appendFile(list, '{}\n')],
      ['is not there', async (list) => rm(list)],
    ])('are not missed where the list of them %s', async (_what, change) => {
      await writeThree();
      await change(join(directory.path, SEGMENT_LIST_FILE));
      await rm(join(directory.segments, gone));
      expect(await readEverything(await directory.open())).toEqual(left);
      expect(directory.damage).toEqual([]);
    });

    it('are missed where a crash cut the end of the list off', async () => {
      await writeThree();
      await appendFile(join(directory.path, SEGMENT_LIST_FILE), '12345678 {"added":');
      await rm(join(directory.segments, gone));
      await directory.open();
      expect(directory.damage).toEqual([missed]);
    });

    it('are not missed beside a segment of a program that kept no list', async () => {
      await writeThree();
      await rename(join(directory.segments, gone), join(directory.segments, 'logs-0000000009.parquet'));
      expect(await readEverything(await directory.open())).toEqual(records(30));
      expect(directory.damage).toEqual([]);
    });

    it('are told apart from those that merges and retention gave up', async () => {
      const options = { retention: { maxAgeMillis: 1e12, maxBytes: 100_000 } };
      const storage = await directory.open(options);
      await writeFiles(storage, 40, 300);
      await expect.poll(async () => (await readEverything(storage)).length, eventually).toBeLessThan(12_000);
      await directory.open(options);
      expect(directory.damage).toEqual([]);
    }, 60_000);
  });

  describe('where bytes are not what was written', () => {
    it('give what they still have, never a wrong record, and say what is lost: a flipped bit anywhere', async () => {
      await (await directory.open()).writeLogs('default', numberedLogs(0, 300));
      await directory.close();
      const [file = ''] = await directory.files();
      const good = await readFile(join(directory.segments, file));
      const expected = new Map(records(300).map((record) => [record.id, record]));
      // Each is opened once, on a copy of what an empty one leaves.
      const empty = await StorageDirectory.make();
      await empty.open();
      await empty.close();
      const step = Math.ceil(good.length / 60);
      for (let at = 3; at < good.length; at += step) {
        const own = await StorageDirectory.make();
        try {
          await cp(empty.path, own.path, { recursive: true });
          const bytes = Buffer.from(good);
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (at & 7));
          await writeFile(join(own.segments, file), bytes);
          const storage = await own.open();
          const byWord = await storage.searchLogs({ ...EVERYTHING, query: { type: 'phrase', words: ['green'] } }, readContext());
          const found = await readEverything(storage);
          for (const record of found) expect(record).toEqual(expected.get(record.id));
          if (found.length < 300 || byWord.rows.length < 100) expect(own.damage, `byte ${at}`).not.toEqual([]);
          // A write starts one more thread, which takes a while.
          if (at % 5 !== 0) continue;
          await storage.writeLogs('default', numberedLogs(1_000, 1_001));
          expect((await readEverything(storage)).at(-1)).toEqual(numberedLogs(1_000, 1_001)[0]?.record);
        } finally {
          await own.remove();
        }
      }
      await empty.remove();
    }, 300_000);

    it('are set aside when they were cut off, and the others are read', async () => {
      const storage = await directory.open();
      await writeFiles(storage, 3, 10);
      await directory.close();
      await truncate(join(directory.segments, 'logs-0000000002.parquet'), 500);
      const reopened = await directory.open();
      expect(directory.damage).toEqual([expect.stringMatching(/^logs-0000000002\.parquet: /)]);
      expect(await readEverything(reopened)).toEqual([...records(10), ...records(30).slice(20)]);
      expect(await directory.files()).toEqual(['logs-0000000001.parquet', 'logs-0000000003.parquet']);
      expect(await readFile(join(directory.path, 'set-aside', 'logs-0000000002.parquet'))).toHaveLength(500);
    });
  });
});
