import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlainRequest } from '../../../model/plain-request.ts';
import { type IndexedLog, isLog } from '../../../model/record.ts';
import { idsByPosition } from '../../../model/record-ids.ts';
import { logsBody } from '../../../model/testing/logs-body.ts';
import { KnownTemplates } from '../reading/known-templates.ts';
import { PageCache } from '../reading/page-cache.ts';
import { knownIds } from '../reading/read-log.ts';
import { GROUP_ROWS } from '../rows/row-buffer.ts';
import { SegmentCatalog } from '../segments/segment-catalog.ts';
import { numberedLog } from '../testing/open-storage.ts';
import { WritingThread } from '../threads/writing-thread-client.ts';
import { SegmentWriter } from './segment-writer.ts';

describe('SegmentWriter', () => {
  let directory = '';
  let catalog: SegmentCatalog;
  const threads: WritingThread[] = [];
  const thread = (): WritingThread => {
    const last = threads.at(-1);
    if (last && !last.hasEnded) return last;
    const made = new WritingThread(directory);
    threads.push(made);
    return made;
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-writer-'));
    catalog = await SegmentCatalog.load({
      directory,
      listFile: `${directory}.list`,
      setAsideDirectory: join(directory, 'aside'),
      onDamage: (error) => expect.fail(error.message),
    });
  });
  afterEach(async () => {
    for (const one of threads.splice(0)) await one.close();
    await catalog.close();
    await rm(directory, { recursive: true, force: true });
    await rm(`${directory}.list`, { force: true });
  });
  const idsInFiles = (...logs: readonly IndexedLog[]): string[] =>
    [
      ...knownIds(
        {
          tenant: 'default',
          groups: (table) => catalog.open.groups(table),
          cache: new PageCache(1024),
          templates: new KnownTemplates(),
          check: () => undefined,
        },
        'logs',
        logs.map(({ id }) => id),
      ),
    ].sort();

  it('rejects what was under way when its thread ended, to be tried again, and then goes on with another', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const first = writer.write('default', [numberedLog(1)], false);
    await threads[0]?.close();
    await expect(first).rejects.toMatchObject({ code: 'storage_unavailable', retryAfterMillis: 1_000 });
    await writer.write('default', [numberedLog(1), numberedLog(2)], true);
    expect(idsInFiles(numberedLog(1), numberedLog(2), numberedLog(3))).toEqual([numberedLog(1).id, numberedLog(2).id]);
    expect(threads).toHaveLength(2);
    await writer.close();
  });

  it('writes the records before one that cannot be made a row, says so only then, and writes those behind when they are sent again', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const good = [numberedLog(1), numberedLog(2), numberedLog(3)] as const;
    // Nothing that comes through the doors is like this.
    const bad = { ...numberedLog(9), record: { ...numberedLog(9).record, attributes: undefined } } as unknown as IndexedLog;
    await expect(writer.write('default', [good[0], bad, good[1]], false)).rejects.toThrow('undefined');
    expect(idsInFiles(...good)).toEqual([good[0].id]);
    await writer.write('default', good, true);
    expect(idsInFiles(...good, bad)).toEqual(good.map(({ id }) => id));
    await writer.close();
  });

  it('makes no file of a batch whose records cannot be made rows', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const bad = { ...numberedLog(9), record: { ...numberedLog(9).record, attributes: undefined } } as unknown as IndexedLog;
    await expect(writer.write('default', [bad], false)).rejects.toThrow();
    expect(catalog.entries).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
    await writer.close();
  });

  it('makes few files of what comes without end, and one at once for whoever waits', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const files = (): Promise<number> => readdir(directory).then((names) => names.filter((name) => name.endsWith('.parquet')).length);
    let number = 0;
    const write = (): Promise<void> => writer.write('default', [numberedLog(number++)], false);
    // After a rest many small ones are written as they come.
    while (number < 40) await write();
    expect(await files()).toBe(40);
    const begun = performance.now();
    const written: Promise<void>[] = [];
    while (performance.now() - begun < 2_000) {
      written.push(write());
      await sleep(20);
    }
    // On a busy machine all this takes as long as a few more may be written in.
    const few = await files();
    expect(few).toBeLessThan(45);
    writer.hasten();
    await Promise.all(written);
    expect(await files()).toBeLessThanOrEqual(few + 2);
    await writer.close();
  }, 30_000);

  it('makes few files of what begins to come without end too', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    await writer.write('default', [numberedLog(0)], false);
    const written: Promise<void>[] = [];
    for (let call = 1; call <= 100; call += 1) {
      written.push(writer.write('default', [numberedLog(2 * call - 1)], false), writer.write('default', [numberedLog(2 * call)], false));
      await sleep(10);
    }
    writer.hasten();
    await Promise.all(written);
    const rows = catalog.open.groups('logs').map((group) => group.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(201);
    // A few, and another where the machine lets nothing come for a tenth of a second; as many as calls if each were written at once.
    expect(rows.length).toBeLessThan(20);
    await writer.close();
  }, 30_000);

  it('writes a single call at once, and much in one call after a moment in which nothing came', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const much = Array.from({ length: 2_000 }, (_, place) => numberedLog(place));
    await writer.write('default', much, false);
    await writer.write('default', [numberedLog(2_000)], false);
    expect(catalog.open.groups('logs').map(({ rows }) => rows)).toEqual([2_000, 1]);
    await writer.close();
  }, 30_000);

  it('parts much that comes at once by row groups, so that no row is made again by a merge, and ends a call when all of it is written', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const requests = Array.from({ length: 100 }, (_, offset) => {
      const body = logsBody(Array.from({ length: 700 }, (__, number) => `request ${offset} log ${number}`));
      const request = PlainRequest.of('logs', body, { arrivalNanos: 5n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 1, offset }) });
      if (!request) throw new Error('the request is not plain');
      return request;
    });
    const whole = writer.writeRequests('default', requests.slice(0, 99), false);
    const part = writer.writeRequests('default', requests.slice(99), false);
    const repeated = writer.write('default', requests[0]?.records().filter(isLog) ?? [], true);
    writer.hasten();
    await Promise.all([whole, part, repeated]);
    const rows = catalog.open.groups('logs').map((group) => group.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(70_000);
    // 47 requests have 32,900 logs.
    expect(rows).toEqual([GROUP_ROWS, 32_900 - GROUP_ROWS, GROUP_ROWS, 32_900 - GROUP_ROWS, 70_000 - 2 * 32_900]);
    const last = requests.at(-1)?.records().filter(isLog) ?? [];
    expect(idsInFiles(...last)).toHaveLength(700);
    await writer.close();
  }, 30_000);

  it('rejects a record that cannot be handed over, and is not held up by it', async () => {
    const writer = new SegmentWriter({ table: 'logs', catalog, thread });
    const bad = { ...numberedLog(9), message: () => 'no value' } as unknown as IndexedLog;
    await expect(writer.write('default', [bad], false)).rejects.toThrow('could not be cloned');
    await writer.write('default', [numberedLog(1)], false);
    expect(idsInFiles(numberedLog(1))).toEqual([numberedLog(1).id]);
    await writer.close();
  });
});
