import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../api/index.ts';
import { LOCK_FILE } from '../../files/directory-lock.ts';
import { indexLog } from '../../model/indexed-record.ts';
import { PlainRequest } from '../../model/plain-request.ts';
import { idsByPosition } from '../../model/record-ids.ts';
import { logsBody, recordsBody } from '../../model/testing/logs-body.ts';
import { changedStorage } from '../changed-storage.ts';
import type { ReadContext, Storage } from '../storage.ts';
import { recordArrivals } from './arrivals/record-arrivals.ts';
import { createEmbeddedStorage } from './embedded-storage.ts';
import { LAYOUT_FILE, LAYOUT_NAME, LAYOUT_VERSION, SEGMENT_LIST_FILE, SEGMENTS_DIRECTORY } from './layout.ts';

const record = (id: string): LogRecord => ({
  id,
  timeUnixNano: '1795168800000000000',
  observedTimeUnixNano: '0',
  arrivalTimeUnixNano: '1795168800000000001',
  attributes: [],
  resource: { attributes: [] },
  scope: { attributes: [] },
});
const context = (): ReadContext => ({ tenant: 'default', deadline: performance.now() + 30_000, signal: new AbortController().signal });

describe('EmbeddedStorage', () => {
  let directory = '';
  const opened: Storage[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-storage-'));
  });
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.shutdown();
    await rm(directory, { recursive: true, force: true });
  });
  async function open(path = directory): Promise<Storage> {
    const storage = createEmbeddedStorage({ directory: path });
    opened.push(storage);
    await storage.start(AbortSignal.timeout(30_000));
    return storage;
  }

  it('makes its directory, and leaves only its own files in it', async () => {
    const storage = await open(join(directory, 'a', 'b'));
    await storage.writeLogs('default', [indexLog(record('one'))]);
    await storage.shutdown();
    expect((await readdir(join(directory, 'a', 'b'))).sort()).toEqual([
      LAYOUT_FILE,
      `${LOCK_FILE}.system`,
      SEGMENTS_DIRECTORY,
      SEGMENT_LIST_FILE,
    ]);
    expect(await readdir(join(directory, 'a', 'b', SEGMENTS_DIRECTORY))).toEqual(['logs-0000000001.parquet']);
  });

  it('has its records after a restart, and knows their ids', async () => {
    await (await open()).writeLogs('default', [indexLog(record('one'))]);
    await opened.pop()?.shutdown();
    const storage = await open();
    await storage.writeLogs('default', [indexLog({ ...record('one'), timeUnixNano: '1' }), indexLog(record('two'))], { mayRepeat: true });
    const page = await storage.searchLogs({ query: { type: 'all' }, range: {}, order: 'asc', limit: 10 }, context());
    expect(page.rows.map((row) => row.record)).toEqual([record('one'), record('two')]);
  });

  it('writes requests with their records, and none of those again, neither while they are gathered and written nor later', async () => {
    const storage = await open();
    const ids = idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset: 2 });
    const body = logsBody(['one', 'two', 'three']);
    const request = PlainRequest.of('logs', body, { arrivalNanos: 5n, ids });
    if (!request?.records()[0]) throw new Error('the request is not plain');
    const records = request.records().filter((one) => one.signal === 'logs');
    const again = () => storage.writeLogs('default', records, { mayRepeat: true });
    const first = storage.writeRequests?.('default', [request]);
    const whileGathered = again();
    await new Promise((resolve) => setImmediate(resolve));
    const whileWritten = again();
    await Promise.all([first, whileGathered, whileWritten]);
    await again();
    const page = await storage.searchLogs({ query: { type: 'all' }, range: {}, order: 'asc', limit: 10 }, context());
    expect(page.rows.map((row) => row.record)).toEqual(records.map((one) => one.record));
  });

  it('takes bodies that are much altogether, but none that is a part of a larger buffer, and has all their records', async () => {
    const storage = await open();
    const messages = ['a', 'b', 'c'].map((letter) => letter.repeat(500_000));
    const larger = Buffer.concat([Buffer.alloc(10), logsBody(messages.slice(2))]);
    const bodies = [...messages.slice(0, 2).map((message) => logsBody([message])), larger.subarray(10)];
    const requests = bodies.map((body, number) => {
      const request = PlainRequest.of('logs', body, {
        arrivalNanos: 5n,
        ids: idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset: number }),
      });
      if (!request) throw new Error('the request is not plain');
      return request;
    });
    await storage.writeRequests?.('default', requests);
    expect(requests.map(({ wire }) => wire.body.length > 0)).toEqual([false, false, true]);
    const page = await storage.searchLogs({ query: { type: 'all' }, range: {}, order: 'asc', limit: 10 }, context());
    expect(page.rows.map((row) => row.record.body?.stringValue).toSorted()).toEqual(messages);
  });

  it('keeps logs of requests with more different attributes than have columns, or than are remembered', async () => {
    const storage = await open();
    const records = Array.from({ length: 1_000 }, (_, number) => ({
      timeUnixNano: String(number + 1),
      observedTimeUnixNano: '0',
      attributes: Array.from({ length: 5 }, (_unused, place) =>
        // One key comes in every record, behind one that none had before.
        place === 3
          ? { key: 'n', value: { intValue: String(number) } }
          : { key: `key.${number}.${place}`, value: { doubleValue: number / 8 } },
      ),
    }));
    const ids = idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset: 2 });
    const request = PlainRequest.of('logs', recordsBody(records), { arrivalNanos: 5n, ids });
    if (!request) throw new Error('the request is not plain');
    await storage.writeRequests?.('default', [request]);
    const all = await storage.searchLogs({ query: { type: 'all' }, range: {}, order: 'asc', limit: 2_000 }, context());
    expect(all.rows.map((row) => row.record.attributes)).toEqual(records.map(({ attributes }) => attributes));
    for (const number of [0, 40, 999]) {
      for (const [key, value] of [
        ['n', String(number)],
        [`key.${number}.4`, String(number / 8)],
      ]) {
        const query = { type: 'equals', field: { type: 'attribute', place: 'any', key: key ?? '' }, value: value ?? '' } as const;
        const found = await storage.searchLogs({ query, range: {}, order: 'asc', limit: 10 }, context());
        expect(found.rows.map(({ key: { timeNanos } }) => timeNanos)).toEqual([BigInt(number + 1)]);
      }
    }
  });

  it('finds a UUID by each of its words, however they are written', async () => {
    const storage = await open();
    const ids = idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset: 2 });
    const request = PlainRequest.of('logs', logsBody(['order 8F3A1C2E-1A2B-4d5e-9f00-0123456789ab is paid', 'nothing']), {
      arrivalNanos: 5n,
      ids,
    });
    if (!request) throw new Error('the request is not plain');
    await storage.writeRequests?.('default', [request]);
    await storage.writeLogs('default', [
      indexLog({ ...record('two'), body: { stringValue: 'the 8f3a1c2e 1a2b 4d5e 9f00 0123456789ab of 주문' } }),
    ]);
    for (const words of [
      ['1a2b'],
      ['4d5e'],
      ['9f00'],
      ['8f3a1c2e'],
      ['4d5e', '9f00'],
      ['8f3a1c2e', '1a2b', '4d5e', '9f00', '0123456789ab'],
    ]) {
      const found = await storage.searchLogs({ query: { type: 'phrase', words }, range: {}, order: 'asc', limit: 10 }, context());
      expect(found.rows, words.join(' ')).toHaveLength(2);
    }
    const absent = await storage.searchLogs({ query: { type: 'phrase', words: ['1a2c'] }, range: {}, order: 'asc', limit: 10 }, context());
    expect(absent.rows).toEqual([]);
  });

  it('tells of the logs of requests in the order in which they came, as of all others', async () => {
    const { storage, arrivals } = recordArrivals(await open());
    const query = { type: 'all' } as const;
    const write = async (offset: number, ...messages: readonly string[]): Promise<void> => {
      const ids = idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset });
      const request = PlainRequest.of('logs', logsBody(messages), { arrivalNanos: 5n, ids });
      if (request) await storage.writeRequests?.('default', [request]);
    };
    await write(1, 'before');
    const start = await arrivals.read({ query, after: undefined, limit: 10 }, context());
    await write(2, 'one', 'two');
    await storage.writeLogs('default', [indexLog(record('three'))]);
    const page = await arrivals.read({ query, after: start.position, limit: 10 }, context());
    expect(page.records.map(({ id, body }) => body?.stringValue ?? id)).toEqual(['one', 'two', 'three']);
    expect([page.skippedCount, page.unreadCount, page.isBroken]).toEqual([0, 0, false]);
  });

  it('asks for what waits to be written when somebody looks for arrivals', async () => {
    let hastened = 0;
    const opened = await open();
    const { arrivals } = recordArrivals(
      changedStorage(opened, {
        hasten: () => {
          hastened += 1;
          opened.hasten();
        },
      }),
    );
    await arrivals.read({ query: { type: 'all' }, after: undefined, limit: 10 }, context());
    expect(hastened).toBe(1);
  });

  it('tells of a few logs that arrived whatever the clock says, as of a thread that waits for its processor, and counts those of many that it had no time for', async () => {
    let nowMillis = 0;
    const now = () => {
      nowMillis += 1_000;
      return nowMillis;
    };
    const { storage, arrivals } = recordArrivals(await open(), { now });
    const query = { type: 'all' } as const;
    const start = await arrivals.read({ query, after: undefined, limit: 10 }, context());
    await storage.writeLogs(
      'default',
      Array.from({ length: 12 }, (_, index) => indexLog(record(`few ${index}`))),
    );
    const few = await arrivals.read({ query, after: start.position, limit: 100 }, context());
    expect([few.records.length, few.skippedCount, few.unreadCount]).toEqual([12, 0, 0]);
    await storage.writeLogs(
      'default',
      Array.from({ length: 900 }, (_, index) => indexLog(record(`many ${index}`))),
    );
    const many = await arrivals.read({ query, after: few.position, limit: 100 }, context());
    expect(many.records.length).toBe(100);
    expect(many.unreadCount).toBeGreaterThan(0);
    expect(many.skippedCount + many.unreadCount).toBe(800);
  });

  it('refuses a directory that another storage of the same process has open, until that one shuts down', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(`The data directory ${directory} is in use by another storage of this process (${process.pid})`);
    await first.shutdown();
    await expect(open()).resolves.toBeDefined();
  });

  it('can be started again after a failure', async () => {
    const first = await open();
    const second = createEmbeddedStorage({ directory });
    opened.push(second);
    await expect(second.start(AbortSignal.timeout(30_000))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await first.shutdown();
    await second.start(AbortSignal.timeout(30_000));
    expect(await second.getLog('none', context())).toBeUndefined();
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), start: 'long ago' })],
    ['a process of another host', JSON.stringify({ pid: process.pid, host: 'another', start: 'long ago' })],
    ['nobody who could be read', '{ half a lo'],
  ])('takes over a lock that names %s and that nobody holds', async (_what, content) => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, LOCK_FILE), content);
    await expect(open()).resolves.toBeDefined();
  });

  it('names its holder in the lock', async () => {
    await open();
    expect(JSON.parse(await readFile(join(directory, LOCK_FILE), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
      start: expect.stringMatching(/./),
    });
  });

  it('says in one line that a directory is of a newer program, and leaves it alone', async () => {
    const layout = JSON.stringify({ name: LAYOUT_NAME, version: LAYOUT_VERSION + 1 });
    await writeFile(join(directory, LAYOUT_FILE), layout);
    await expect(open()).rejects.toThrow(
      /^The data directory .* was written by a newer Threadline \(layout 7, this one reads up to 6\): upgrade, or choose .*DATA_DIR$/,
    );
    expect(await readdir(directory)).toEqual([LAYOUT_FILE]);
    expect(await readFile(join(directory, LAYOUT_FILE), 'utf8')).toBe(layout);
  });

  it.each(['not json', '{}', '{"name":"other","version":2}', 'null'])(
    'says in one line that its layout file is damaged: %s',
    async (content) => {
      await writeFile(join(directory, LAYOUT_FILE), content);
      await expect(open()).rejects.toThrow(/^.*layout\.json is damaged or not Threadline's: .*DATA_DIR$/);
    },
  );

  it("says in one line that a directory holds someone else's files, and leaves it alone", async () => {
    await writeFile(join(directory, 'thesis.txt'), 'mine');
    await expect(open()).rejects.toThrow(/^The data directory .* holds files that are not Threadline's \("thesis\.txt"\): .*DATA_DIR$/);
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  it('opens a directory that only a file system or a tool has put something into', async () => {
    await writeFile(join(directory, '.gitkeep'), '');
    await mkdir(join(directory, 'lost+found'));
    await expect(open()).resolves.toBeDefined();
  });

  it('says in one line that a directory is from before the first release, and leaves it alone', async () => {
    await writeFile(join(directory, LAYOUT_FILE), JSON.stringify({ name: LAYOUT_NAME, version: 1 }));
    await expect(open()).rejects.toThrow(
      /^The data directory .* was written by a Threadline from before its first release \(layout 1\): choose/,
    );
    expect(await readdir(directory)).toEqual([LAYOUT_FILE]);
  });

  it('says in one line that a directory cannot be made, or is a file', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(open(join(file, 'below'))).rejects.toThrow(
      /^Cannot write to the data directory .* \(ENOTDIR\): check its path and owner, or .*DATA_DIR$/,
    );
    await expect(open(file)).rejects.toThrow(/^Cannot write to the data directory .* \(EEXIST\): check/);
  });

  it('says in one line that a directory must not be written to', async () => {
    // Root may write everywhere but where the system has no files to write.
    const readOnly = process.getuid?.() === 0 ? '/sys/threadline' : directory;
    if (readOnly === directory) await chmod(directory, 0o500);
    try {
      await expect(open(readOnly)).rejects.toThrow(
        /^Cannot write to the data directory .* \((EACCES|EPERM|EROFS|ENOENT)\): check its path and owner, or .*DATA_DIR$/,
      );
    } finally {
      if (readOnly === directory) await chmod(directory, 0o700);
    }
  });

  it('refuses to work before it has started', async () => {
    const storage = createEmbeddedStorage({ directory });
    await expect(storage.writeLogs('default', [indexLog(record('one'))])).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(storage.getLog('one', context())).rejects.toMatchObject({ code: 'storage_unavailable' });
    await storage.shutdown();
    await expect(storage.start(AbortSignal.timeout(1_000))).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('keeps what the other calls of a group write when one of them cannot be written', async () => {
    const storage = await open();
    const unwritable = { ...indexLog(record('bad')), record: Object.assign(record('bad'), { toJSON: () => BigInt(1) }) };
    const calls = [
      storage.writeLogs('default', [indexLog(record('one'))]),
      storage.writeLogs('default', [unwritable]),
      storage.writeLogs('default', [indexLog(record('two'))]),
    ];
    expect((await Promise.allSettled(calls)).map((call) => call.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await storage.getLog('one', context())).toEqual(record('one'));
    expect(await storage.getLog('two', context())).toEqual(record('two'));
    expect(await storage.getLog('bad', context())).toBeUndefined();
  });
});
