import { cp, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DurableLog, type DurableLogOptions, type LogDamage, type LogFrame } from './durable-log.ts';
import { FILE_HEADER_BYTES, FRAME_HEADER_BYTES, frameBytes, type LogEntry, MAX_PAYLOAD_BYTES } from './log-format.ts';

let directory: string;
let damage: LogDamage[];
const logs: DurableLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-log-'));
  damage = [];
});

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  await rm(directory, { recursive: true, force: true });
});

async function openLog(options: Partial<DurableLogOptions> = {}): Promise<DurableLog> {
  const log = await DurableLog.open({ directory, maxBytes: 2 ** 30, onDamage: (found) => damage.push(found), ...options });
  logs.push(log);
  return log;
}

async function reopen(log: DurableLog): Promise<DurableLog> {
  logs.splice(logs.indexOf(log), 1);
  await log.close();
  return openLog();
}

const entryOf = (text: string, more: Partial<LogEntry> = {}): LogEntry => ({
  tenant: 'default',
  signal: 'logs',
  encoding: 'json',
  body: Buffer.from(text),
  arrivalNanos: 7n,
  digest: undefined,
  ...more,
});

async function framesOf(log: DurableLog): Promise<LogFrame[]> {
  const frames: LogFrame[] = [];
  for (let frame = await log.read(log.start); frame; frame = await log.read(frame.end)) frames.push(frame);
  return frames;
}

const bodiesOf = async (log: DurableLog): Promise<string[]> => (await framesOf(log)).map(({ entry }) => Buffer.from(entry.body).toString());

/** The path of the log's only file. */
async function onlyFile(): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log'));
  expect(names).toHaveLength(1);
  return join(directory, names[0] ?? '');
}

describe('a durable log', () => {
  it('gives back every field of what was appended, in order, also after it was opened again', async () => {
    const log = await openLog();
    const digest = Buffer.alloc(32, 9);
    const entries = [
      entryOf('{"a":1}'),
      entryOf('two', { tenant: 'team', signal: 'traces', encoding: 'protobuf', arrivalNanos: 2n ** 63n, digest }),
      entryOf(''),
    ];
    const places = entries.map((entry) => {
      const place = log.next;
      return { place, end: log.append(entry) };
    });
    const expected = [];
    for (const [index, { place, end }] of places.entries()) expected.push({ place, entry: entries[index], end: await end });
    const plain = (frames: readonly LogFrame[]) =>
      frames.map(({ place, entry, end }) => ({
        place,
        end,
        entry: { ...entry, body: Buffer.from(entry.body), digest: entry.digest && Buffer.from(entry.digest) },
      }));
    expect(plain(await framesOf(log))).toEqual(expected);
    expect(plain(await framesOf(await reopen(log)))).toEqual(expected);
  });

  it('gives each entry the place that it said it would have, and uses no place twice over starts', async () => {
    const seen = new Set<string>();
    let log = await openLog();
    for (let start = 0; start < 3; start += 1) {
      for (let entry = 0; entry < 5; entry += 1) {
        const { file, offset } = log.next;
        seen.add(`${file} ${offset}`);
        await log.append(entryOf('x'));
      }
      log = await reopen(log);
    }
    expect(seen.size).toBe(15);
    expect((await framesOf(log)).map(({ place }) => `${place.file} ${place.offset}`)).toEqual([...seen]);
  });

  it('forgets what the storage has, and gives its space back', async () => {
    let log = await openLog();
    await log.append(entryOf('old'));
    log = await reopen(log);
    await log.append(entryOf('new'));
    const [, second] = await framesOf(log);
    expect(log.heldBytes).toBeGreaterThan(100);
    if (second) await log.release(second.place);
    expect(await bodiesOf(log)).toEqual(['new']);
    expect((await readdir(directory)).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    if (second) await log.release(second.end);
    expect(log.heldBytes).toBe(0);
    log = await reopen(log);
    expect(await bodiesOf(log)).toEqual([]);
    const { file } = log.next;
    expect(file).toBe((second?.place.file ?? 0) + 1);
  });

  it('refuses what it has no room for, and takes it once there is room', async () => {
    const log = await openLog({ maxBytes: 300 });
    const end = await log.append(entryOf('x'.repeat(150)));
    await expect(log.append(entryOf('y'.repeat(150)))).rejects.toMatchObject({ code: 'queue_full', retryAfterMillis: 5_000 });
    await log.release(end);
    await log.append(entryOf('y'.repeat(150)));
    expect(await bodiesOf(log)).toEqual(['y'.repeat(150)]);
  });

  it('refuses what is too large to be read back', async () => {
    const log = await openLog();
    await expect(log.append(entryOf('', { body: Buffer.alloc(MAX_PAYLOAD_BYTES) }))).rejects.toMatchObject({ code: 'body_too_large' });
    const largest = MAX_PAYLOAD_BYTES - (frameBytes(entryOf('')) - FRAME_HEADER_BYTES);
    await log.append(entryOf('', { body: Buffer.alloc(largest) }));
    await log.append(entryOf('after'));
    const again = await reopen(log);
    expect((await framesOf(again)).map(({ entry }) => entry.body.length)).toEqual([largest, 5]);
    expect(damage).toEqual([]);
  });

  it('is one owner’s at a time', async () => {
    await openLog();
    await expect(DurableLog.open({ directory, maxBytes: 1, onDamage: () => undefined })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  });

  it('gives no place of the log that it is a copy of, which went on while it was copied', async () => {
    const original = await openLog();
    await original.append(entryOf('one'));
    const copy = `${directory}-copy`;
    await cp(directory, copy, { recursive: true });
    try {
      const log = await openLog({ directory: copy });
      expect(await bodiesOf(log)).toEqual(['one']);
      expect(log.next.file).toBeGreaterThan(original.next.file + 100);
      await log.append(entryOf('two'));
      expect(await bodiesOf(log)).toEqual(['one', 'two']);
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it('answers an append that the disk refuses with a fault that senders repeat, and goes on in a new file once it takes more', async () => {
    const log = await openLog();
    await log.append(entryOf('before'));
    const { file } = log.next;
    const occupied = join(directory, `${String(file + 1).padStart(8, '0')}.log`);
    await writeFile(occupied, 'not ours');
    // It fills its file, so that the next one needs another.
    await log.append(entryOf('x'.repeat(32 * 2 ** 20)));
    const refused = await Promise.allSettled([log.append(entryOf('refused')), log.append(entryOf('behind it'))]);
    for (const { status } of refused) expect(status).toBe('rejected');
    await expect(Promise.reject(refused[0]?.status === 'rejected' && refused[0].reason)).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryAfterMillis: 5_000,
    });
    await rm(occupied);
    await log.append(entryOf('after'));
    expect((await bodiesOf(log)).map((text) => text.slice(0, 6))).toEqual(['before', 'xxxxxx', 'after']);
  });

  it('remembers everything again when its checkpoint is lost or damaged', async () => {
    let log = await openLog();
    await log.append(entryOf('one'));
    await log.release((await framesOf(log))[0]?.end ?? log.start);
    await writeFile(join(directory, 'checkpoint'), 'garbage');
    log = await reopen(log);
    expect(log.opened).toBeUndefined();
    expect(await bodiesOf(log)).toEqual(['one']);
  });

  it('finds its requests and their digests without their bodies', async () => {
    let log = await openLog();
    const digest = Buffer.alloc(32, 3);
    await log.append(entryOf('x'.repeat(50_000)));
    await log.append(entryOf('y'.repeat(50_000), { digest }));
    log = await reopen(log);
    const found: (Uint8Array | undefined)[] = [];
    for await (const each of log.heads()) found.push(each.digest && Uint8Array.from(each.digest));
    expect(found).toEqual([undefined, Uint8Array.from(digest)]);
  });
});

describe('a log that is removed while it is open', () => {
  it('refuses what it would write into a file that nobody finds, and goes on once the directory is back', async () => {
    const log = await openLog();
    const end = await log.append(entryOf('before'));
    const elsewhere = `${directory}-elsewhere`;
    await rename(directory, elsewhere);
    for (const attempt of ['one', 'two']) {
      await expect(log.append(entryOf(attempt))).rejects.toMatchObject({
        code: 'storage_unavailable',
        message: `nothing can be kept in ${directory} now: it, or a file in it, was removed or moved while in use: put it back, or restart the collector; senders keep their batches`,
      });
    }
    await expect(log.release(end)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await rename(elsewhere, directory);
    await log.append(entryOf('after'));
    expect(await bodiesOf(log)).toEqual(['before', 'after']);
    expect(damage).toEqual([]);
  });

  it('says once which file is gone, refuses what would go into it, and reads on', async () => {
    const log = await openLog();
    const end = await log.append(entryOf('gone'));
    await log.checkInPlace();
    await rm(await onlyFile());
    for (const check of [log.checkInPlace(), log.checkRoom(0)]) await expect(check).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    await expect(log.append(entryOf('refused'))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await log.append(entryOf('after'));
    await log.checkInPlace();
    for (let read = 0; read < 2; read += 1) expect(await bodiesOf(log)).toEqual(['after']);
    expect(damage).toEqual([{ kind: 'missing', file: 1, offset: FILE_HEADER_BYTES, byteCount: end.offset - FILE_HEADER_BYTES }]);
  });
});

describe('a log that a crash or a disk damaged', () => {
  it('is cut at its last whole frame, wherever the write was cut off, and takes more', async () => {
    let log = await openLog();
    await log.append(entryOf('one'));
    await log.append(entryOf('two'));
    const [first, second] = await framesOf(log);
    const path = await onlyFile();
    for (let size = (second?.end.offset ?? 0) - 1; size > (first?.end.offset ?? 0); size -= 1) {
      await truncate(path, size);
      log = await reopen(log);
      expect(await bodiesOf(log)).toEqual(['one']);
    }
    expect(damage.length).toBeGreaterThan(0);
    expect(damage.every(({ kind }) => kind === 'torn' || kind === 'missing')).toBe(true);
    await log.append(entryOf('three'));
    expect(await bodiesOf(log)).toEqual(['one', 'three']);
  });

  it('says at the next start how much of what it had when it was closed is gone, and of a torn end once', async () => {
    let log = await openLog();
    for (let entry = 0; entry < 10; entry += 1) await log.append(entryOf('x'.repeat(1_000)));
    const path = await onlyFile();
    log = await reopen(log);
    expect(damage).toEqual([]);
    const { size } = await stat(path);
    await truncate(path, size - 5_500);
    log = await reopen(log);
    for (let read = 0; read < 3; read += 1) expect(await bodiesOf(log)).toHaveLength(4);
    expect(damage).toEqual([
      { kind: 'missing', file: 1, offset: size - 5_500, byteCount: 5_500 },
      expect.objectContaining({ kind: 'torn', file: 1 }),
    ]);
  });

  it('says nothing of what is gone from its files and is in the storage', async () => {
    const log = await openLog();
    await log.release(await log.append(entryOf('x'.repeat(1_000))));
    const path = await onlyFile();
    await log.close();
    await truncate(path, FILE_HEADER_BYTES);
    const again = await openLog();
    expect(await bodiesOf(again)).toEqual([]);
    expect(damage).toEqual([]);
  });

  it('reads over blocks that were given out and never written', async () => {
    let log = await openLog();
    await log.append(entryOf('one'));
    const path = await onlyFile();
    await truncate(path, (await stat(path)).size + 4096);
    log = await reopen(log);
    expect(await bodiesOf(log)).toEqual(['one']);
    expect(damage).toEqual([expect.objectContaining({ kind: 'torn', byteCount: 4096 })]);
  });

  it('loses only the frame in which a bit flipped, keeps its bytes aside, and says so', async () => {
    const log = await openLog();
    for (const text of ['one', 'two', 'three']) await log.append(entryOf(text));
    const [, second] = await framesOf(log);
    const path = await onlyFile();
    const whole = await readFile(path);
    const from = second?.place.offset ?? 0;
    const to = second?.end.offset ?? 0;
    let current = log;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: from, max: to - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        damage = [];
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        await writeFile(path, flipped);
        current = await reopen(current);
        expect(await bodiesOf(current)).toEqual(['one', 'three']);
        expect(damage).toEqual([expect.objectContaining({ kind: 'corrupt', byteCount: to - from })]);
        expect(await readFile(damage[0]?.path ?? '')).toEqual(flipped.subarray(from, to));
        await rm(join(directory, 'set-aside'), { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  it('reads the frames of a file whose header is damaged', async () => {
    let log = await openLog();
    await log.append(entryOf('one'));
    const path = await onlyFile();
    const file = await open(path, 'r+');
    await file.write(Buffer.from([0xff]), 0, 1, 9);
    await file.close();
    log = await reopen(log);
    expect(await bodiesOf(log)).toEqual(['one']);
    expect(damage).toEqual([expect.objectContaining({ kind: 'corrupt', byteCount: FILE_HEADER_BYTES })]);
  });

  it('has its id again from its files when that is lost, and so reads them as before', async () => {
    let log = await openLog();
    const { logId } = log;
    await log.append(entryOf('one'));
    await rm(join(directory, 'id'));
    log = await reopen(log);
    expect(log.logId).toBe(logId);
    expect(await bodiesOf(log)).toEqual(['one']);
    expect(damage).toEqual([]);
  });

  it('sets aside what is none of its files, says so once, and reads on behind it', async () => {
    let log = await openLog();
    await log.append(entryOf('of another log'));
    await writeFile(join(directory, 'id'), `${'ab'.repeat(16)}\n`);
    log = await reopen(log);
    expect(await bodiesOf(log)).toEqual([]);
    await log.append(entryOf('one'));
    await mkdir(join(directory, '00000001.log'));
    log = await reopen(log);
    expect(await bodiesOf(log)).toEqual(['one']);
    const heads = [];
    for await (const head of log.heads()) heads.push(head);
    expect(heads).toHaveLength(1);
    expect(damage).toEqual([expect.objectContaining({ kind: 'foreign', file: 1 }), expect.objectContaining({ kind: 'foreign', file: 1 })]);
    expect((await readdir(join(directory, 'set-aside'))).map((name) => join(directory, 'set-aside', name)).sort()).toEqual(
      damage.map(({ path }) => path ?? '').sort(),
    );
    expect(log.setAside.count).toBe(2);
  });

  it('is not opened when a newer program wrote a file of it, and is left as it is', async () => {
    const log = await openLog();
    await log.append(entryOf('one'));
    const path = await onlyFile();
    const bytes = await readFile(path);
    bytes.writeUInt8(2, 7);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
    await writeFile(path, bytes);
    await expect(reopen(log)).rejects.toThrow(/00000001\.log was written by a newer Threadline \(format 2\): upgrade, or move the file/);
    expect(await readFile(path)).toEqual(bytes);
  });

  it('gives up no request whose body looks like a frame', async () => {
    const inner = await openLog();
    await inner.append(entryOf('inner'));
    const bytes = await readFile(await onlyFile());
    await inner.append(entryOf('', { body: bytes.subarray(FILE_HEADER_BYTES) }));
    await inner.append(entryOf('last'));
    expect((await framesOf(inner)).map(({ entry }) => entry.body.length)).toEqual([5, bytes.length - FILE_HEADER_BYTES, 4]);
  });
});
