import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Batch, createBatchKey, type Loss, SIGNALS, type Signal } from '../batch.ts';
import { Spool, type SpoolOptions } from './spool.ts';
import { SpoolFolder } from './spool-folder.ts';

const MEBIBYTE = 1024 * 1024;

describe('Spool', () => {
  let parent = '';
  let root = '';
  let losses: Loss[] = [];
  let problems: string[] = [];
  let nowMillis = 1_700_000_000_000;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'threadline-spool-unit-'));
    root = join(parent, 'spool');
    losses = [];
    problems = [];
    nowMillis = 1_700_000_000_000;
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  function createSpool(changes: Partial<SpoolOptions> = {}): Spool {
    return new Spool({
      folder: new SpoolFolder(root, undefined),
      maxBytes: 64 * MEBIBYTE,
      nowMillis: () => nowMillis,
      onLoss: (loss) => void losses.push(loss),
      onProblem: (text) => void problems.push(text),
      ...changes,
    });
  }

  function createBatch({ signal = 'traces', byteCount = 20 }: { readonly signal?: Signal; readonly byteCount?: number } = {}): Batch {
    nowMillis += 1;
    // Random, so that it stays as long when it is packed.
    return { signal, key: createBatchKey(), itemCount: 10, createdMillis: nowMillis, body: randomBytes(byteCount) };
  }

  async function takeAll(spool: Spool, signal: Signal): Promise<Batch[]> {
    const batches: Batch[] = [];
    for (let taken = await spool.take(signal); taken !== undefined; taken = await spool.take(signal)) {
      batches.push(taken.batch);
      taken.settle();
    }
    return batches;
  }

  const keysOf = (batches: readonly Batch[]): string[] => batches.map(({ key }) => key);
  const files = (): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith('.batches'))
      .map(({ parentPath, name }) => join(parentPath, name));
  const lostCount = (): number => losses.reduce((sum, { count }) => sum + count, 0);

  it('gives each signal’s batches back in their order, as they were, and leaves no file', async () => {
    const spool = createSpool();
    const batches = [createBatch(), createBatch({ signal: 'logs' }), createBatch()];
    for (const batch of batches) await spool.append(batch);
    expect(files()).toHaveLength(2);
    const traces = await takeAll(spool, 'traces');
    expect(keysOf(traces)).toEqual([batches[0]?.key, batches[2]?.key]);
    expect(Buffer.from(traces[0]?.body ?? []).equals(batches[0]?.body ?? Buffer.alloc(0))).toBe(true);
    expect(keysOf(await takeAll(spool, 'logs'))).toEqual([batches[1]?.key]);
    await spool.tend();
    expect(files()).toEqual([]);
  });

  it('gives a batch that was put back again', async () => {
    const spool = createSpool();
    const batch = createBatch();
    await spool.append(batch);
    (await spool.take('traces'))?.putBack();
    expect(spool.hasWaiting('traces')).toBe(true);
    expect(keysOf(await takeAll(spool, 'traces'))).toEqual([batch.key]);
  });

  it('leaves what was not settled to the next process, and only that', async () => {
    const spool = createSpool();
    const batches = [createBatch(), createBatch(), createBatch()];
    for (const batch of batches) await spool.append(batch);
    (await spool.take('traces'))?.settle();
    await spool.take('traces');
    await spool.tend();
    spool.closeSync();
    const next = createSpool();
    await next.tend();
    expect(keysOf(await takeAll(next, 'traces'))).toEqual(keysOf(batches.slice(1)));
    expect(losses).toEqual([]);
  });

  it('writes what is in memory at the end of a process, and takes off again what arrived after all', async () => {
    const spool = createSpool();
    const batches = [createBatch(), createBatch(), createBatch({ signal: 'logs' })];
    void spool.append(batches[0] ?? createBatch());
    const saved = spool.saveSync(batches.slice(1));
    expect(saved.map(({ key }) => key)).toEqual(keysOf(batches));
    saved[1]?.settleSync();
    saved[2]?.settleSync();
    spool.closeSync();
    const next = createSpool();
    await next.tend();
    expect(keysOf(await takeAll(next, 'traces'))).toEqual(keysOf(batches.slice(0, 1)));
    expect(await takeAll(next, 'logs')).toEqual([]);
  });

  it('keeps on disk at once what cannot wait, as far as there is room', async () => {
    const spool = createSpool({ maxBytes: MEBIBYTE });
    const batches = [createBatch({ byteCount: 400_000 }), createBatch({ byteCount: 400_000 }), createBatch({ byteCount: 400_000 })];
    expect(keysOf(batches.flatMap((batch) => spool.keepNow([batch])))).toEqual(keysOf(batches.slice(2)));
    expect(files()).toHaveLength(2);
    expect(keysOf(await takeAll(spool, 'traces'))).toEqual(keysOf(batches.slice(0, 2)));
  });

  it('stays within its size with the note of what was lost, which is renewed', async () => {
    const spool = createSpool({ maxBytes: MEBIBYTE });
    for (let index = 0; index < 300; index += 1) {
      await spool.append(createBatch({ byteCount: 5_000 }));
      if (index % 10 === 0) await spool.keepNote(createBatch({ signal: 'logs', byteCount: 30_000 }));
      expect(files().reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThanOrEqual(MEBIBYTE);
    }
  });

  it('stays within its size, drops the oldest of both signals and reports them', async () => {
    const spool = createSpool({ maxBytes: MEBIBYTE });
    const batches: Batch[] = [];
    for (let index = 0; index < 60; index += 1) {
      const batch = createBatch({ signal: index % 2 === 0 ? 'traces' : 'logs', byteCount: 50_000 });
      batches.push(batch);
      await spool.append(batch);
      expect(files().reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThanOrEqual(MEBIBYTE);
    }
    const kept: Batch[] = [];
    for (const signal of SIGNALS) {
      const ofSignal = await takeAll(spool, signal);
      expect(ofSignal.length).toBeGreaterThanOrEqual(8);
      expect(keysOf(ofSignal)).toEqual(keysOf(batches.filter((batch) => batch.signal === signal).slice(-ofSignal.length)));
      kept.push(...ofSignal);
    }
    expect(lostCount()).toBe((60 - kept.length) * 10);
    expect(new Set(losses.map(({ reason }) => reason))).toEqual(new Set(['the spool was full']));
  });

  /** What a process leaves that is killed: batches of 50 kB, of both signals by turns, in a folder of its own. */
  async function leave(batchCount: number): Promise<Batch[]> {
    const folder = new SpoolFolder(root, undefined);
    const spool = createSpool({ folder });
    const batches = Array.from({ length: batchCount }, (_, index) =>
      createBatch({ signal: index % 2 === 0 ? 'traces' : 'logs', byteCount: 50_000 }),
    );
    for (const batch of batches) await spool.append(batch);
    folder.releaseSync();
    return batches;
  }

  it('sends what several processes left, the oldest first, and holds its size against its own alone', async () => {
    const left = [...(await leave(16)), ...(await leave(16)), ...(await leave(16))];
    const spool = createSpool({ maxBytes: MEBIBYTE });
    await spool.tend();
    const own = Array.from({ length: 40 }, () => createBatch({ byteCount: 50_000 }));
    for (const batch of own) await spool.append(batch);
    const traces = keysOf(await takeAll(spool, 'traces'));
    expect(traces.slice(0, 24)).toEqual(keysOf(left.filter(({ signal }) => signal === 'traces')));
    const ownKept = traces.slice(24);
    expect(ownKept.length).toBeGreaterThanOrEqual(16);
    expect(ownKept).toEqual(keysOf(own).slice(-ownKept.length));
    expect(keysOf(await takeAll(spool, 'logs'))).toEqual(keysOf(left.filter(({ signal }) => signal === 'logs')));
    expect(lostCount()).toBe((40 - ownKept.length) * 10);
  });

  it('keeps of what processes left seven times its size beside one for each that lives, itself too, and drops the oldest beyond it', async () => {
    const left: Batch[] = [];
    for (let process = 0; process < 12; process += 1) left.push(...(await leave(20)));
    const living = createSpool({ maxBytes: MEBIBYTE });
    await living.append(createBatch({ byteCount: 50_000 }));
    const spool = createSpool({ maxBytes: MEBIBYTE });
    await spool.tend();
    const byteCount = files().reduce((sum, path) => sum + statSync(path).size, 0);
    expect(byteCount).toBeLessThanOrEqual(8 * MEBIBYTE);
    expect(byteCount).toBeGreaterThan(7 * MEBIBYTE);
    const kept: Batch[] = [];
    for (const signal of SIGNALS) {
      const ofSignal = await takeAll(spool, signal);
      expect(keysOf(ofSignal)).toEqual(keysOf(left.filter((batch) => batch.signal === signal).slice(-ofSignal.length)));
      kept.push(...ofSignal);
    }
    expect(lostCount()).toBe((240 - kept.length) * 10);
    expect(new Set(losses.map(({ reason }) => reason))).toEqual(new Set(['processes that ended left more than the spool may hold']));
  });

  it('leaves the last note of a process that was killed to the next one, and none that was forgotten', async () => {
    const folder = new SpoolFolder(root, undefined);
    const spool = createSpool({ folder });
    const notes = [createBatch({ signal: 'logs' }), createBatch({ signal: 'logs' }), createBatch({ signal: 'logs' })];
    for (const note of notes) await spool.keepNote(note);
    expect(spool.hasWaiting('logs')).toBe(false);
    expect(files()).toHaveLength(1);
    folder.releaseSync();
    const next = createSpool();
    await next.tend();
    expect(keysOf(await takeAll(next, 'logs'))).toEqual(keysOf(notes.slice(-1)));
    await next.keepNote(notes[0] ?? createBatch());
    const kept = next.keepNote(notes[1] ?? createBatch());
    next.forgetNoteSync();
    await kept;
    await next.tend();
    next.closeSync();
    expect(files()).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
    expect(losses).toEqual([]);
  });

  it('reports what waited for twelve hours instead of sending it', async () => {
    const spool = createSpool();
    await spool.append(createBatch());
    nowMillis += 12 * 3600 * 1000 + 1;
    const young = createBatch();
    await spool.append(young);
    expect(keysOf(await takeAll(spool, 'traces'))).toEqual([young.key]);
    expect(losses).toEqual([{ signal: 'traces', count: 10, reason: 'the collector took nothing for twelve hours', traceIds: new Set() }]);
  });

  it('gives what a torn or broken file still has, reports the rest and sets the broken one aside', async () => {
    const spool = createSpool();
    const traces = [createBatch(), createBatch()];
    const logs = [createBatch({ signal: 'logs' }), createBatch({ signal: 'logs' })];
    for (const batch of [...traces, ...logs]) await spool.append(batch);
    spool.closeSync();
    for (const path of files()) {
      const bytes = readFileSync(path);
      if (path.includes('traces-')) writeFileSync(path, bytes.subarray(0, -3));
      else writeFileSync(path, bytes.fill(0xff, 60, 62));
    }
    const next = createSpool();
    await next.tend();
    expect(keysOf(await takeAll(next, 'traces'))).toEqual(keysOf(traces.slice(0, 1)));
    expect(keysOf(await takeAll(next, 'logs'))).toEqual(keysOf(logs.slice(1)));
    await next.tend();
    expect(losses).toEqual([
      { signal: 'traces', count: 1, reason: 'a process died while it wrote a batch to disk', traceIds: [] },
      { signal: 'logs', count: 1, reason: 'a file of the spool was broken', traceIds: [] },
    ]);
    expect(files().filter((path) => path.includes('set-aside'))).toHaveLength(1);
    expect(problems).toEqual([expect.stringContaining('is set aside')]);
  });

  it.each([
    ['there is no disk', () => ({ folder: undefined })],
    ['the disk takes nothing', () => ({ folder: new SpoolFolder('/proc/threadline', undefined) })],
  ])('keeps batches in memory when %s, the oldest dropped beyond 8 MiB', async (_reason, change) => {
    const spool = createSpool(change());
    const batches = Array.from({ length: 12 }, () => createBatch({ byteCount: 2 * MEBIBYTE }));
    for (const batch of batches) await spool.append(batch);
    const kept = await takeAll(spool, 'traces');
    expect(kept.length).toBe(3);
    expect(keysOf(kept)).toEqual(keysOf(batches.slice(-kept.length)));
    expect(lostCount()).toBe((12 - kept.length) * 10);
  });

  it.each([
    ['there is no disk', () => ({ folder: undefined })],
    ['the disk takes nothing', () => ({ folder: new SpoolFolder('/proc/threadline', undefined) })],
  ])('keeps in memory at once what cannot wait when %s, up to 8 MiB', async (_reason, change) => {
    const spool = createSpool(change());
    const batches = Array.from({ length: 4 }, () => createBatch({ byteCount: 2.5 * MEBIBYTE }));
    expect(keysOf(batches.flatMap((batch) => spool.keepNow([batch])))).toEqual(keysOf(batches.slice(3)));
    expect(keysOf(await takeAll(spool, 'traces'))).toEqual(keysOf(batches.slice(0, 3)));
  });

  it.each([
    ['there is no disk', () => ({ folder: undefined })],
    ['the disk takes nothing', () => ({ folder: new SpoolFolder('/proc/threadline', undefined) })],
  ])('reports what is in memory alone at the end of a process as lost when %s', async (_reason, change) => {
    const spool = createSpool(change());
    await spool.append(createBatch());
    void spool.append(createBatch());
    expect(spool.saveSync([createBatch({ signal: 'logs' })])).toEqual([]);
    spool.closeSync();
    spool.closeSync();
    expect(losses).toEqual([
      { signal: 'traces', count: 10, reason: 'the process ended before the collector took them', traceIds: [] },
      { signal: 'traces', count: 10, reason: 'the process ended before the collector took them', traceIds: [] },
    ]);
  });

  it('says so when the disk takes nothing, and tries it again later', async () => {
    writeFileSync(root, 'a file in its place');
    const spool = createSpool();
    const batches = [createBatch(), createBatch()];
    await spool.append(batches[0] ?? createBatch());
    expect(problems).toEqual([expect.stringContaining('kept in memory')]);
    rmSync(root);
    nowMillis += 20_000;
    await spool.append(batches[1] ?? createBatch());
    expect(files()).toHaveLength(1);
    expect(keysOf(await takeAll(spool, 'traces'))).toEqual(keysOf(batches));
  });

  it('writes a batch once, also when another is put back meanwhile', async () => {
    writeFileSync(root, 'a file in its place');
    const folder = new SpoolFolder(root, undefined);
    const spool = createSpool({ folder });
    const batches = [createBatch(), createBatch()];
    await spool.append(batches[0] ?? createBatch());
    const taken = await spool.take('traces');
    rmSync(root);
    nowMillis += 20_000;
    folder.newFile = (signal, createdMillis) => {
      taken?.putBack();
      return SpoolFolder.prototype.newFile.call(folder, signal, createdMillis);
    };
    await spool.append(batches[1] ?? createBatch());
    expect(keysOf(await takeAll(spool, 'traces')).sort()).toEqual(keysOf(batches).sort());
  });
});
