import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthAnswer, StatusAnswer } from '../../src/api/index.ts';
import { failToStart, type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { allLogs, FOUND_WITHIN } from './reading.ts';

type Command = readonly [program: string, ...words: string[]];

/** What a container changes for a process that has the same directory as one of another container. */
const CONTAINERS: readonly (readonly [what: string, command: Command])[] = [
  ['another host name', ['unshare', '--uts', 'sh', '-c', 'hostname another-container && exec "$@"', 'sh']],
  ['processes of its own', ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']],
];
/** Root may; where others may not, the other tests of the lock are all there is. Never left out in CI. */
const CAN_UNSHARE = process.env.CI !== undefined || spawnSync('unshare', ['--uts', '--pid', '--fork', 'true']).status === 0;

const run = promisify(execFile);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let data: string;
const running: RunningCollector[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory();
  data = join(directory.path, 'data');
});

afterEach(async () => {
  for (const collector of running.splice(0)) await collector.end('SIGKILL');
  await directory.remove();
});

async function start(where = data): Promise<RunningCollector> {
  const collector = await startCollector(where);
  running.push(collector);
  return collector;
}

/** Answers with the status of the answer. */
async function send(collector: RunningCollector, name: string): Promise<number> {
  const logRecords = [{ timeUnixNano: '1790000000000000000', body: { stringValue: name } }];
  const response = await fetch(`${collector.otlpHttp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  return response.status;
}

async function getJson<Answer>(collector: RunningCollector, path: string): Promise<Answer> {
  const response = await fetch(`${collector.ui}${path}`);
  // The API's answers are typed by the package under test.
  return (await response.json()) as Answer;
}

const ingestOf = async (collector: RunningCollector): Promise<unknown> => (await getJson<HealthAnswer>(collector, '/api/v1/health')).ingest;

const bodiesOf = async (collector: RunningCollector): Promise<string[]> =>
  (await allLogs(collector.ui, '')).map(({ body }) => String(body?.stringValue)).sort();

describe('a data directory in use', () => {
  it.skipIf(!CAN_UNSHARE).each(CONTAINERS)('is refused to a collector with %s, and what is in it stays', async (_what, command) => {
    const holder = await start();
    expect(await send(holder, 'one')).toBe(200);
    const { exitCode, stdout, stderr } = await failToStart(data, {}, command);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `threadline: The data directory ${join(data, 'log')} is in use by process ${holder.process.pid} on ${hostname()}: stop it, or choose another THREADLINE_DATA_DIR\n`,
    );
    expect(await send(holder, 'two')).toBe(200);
    await expect.poll(() => bodiesOf(holder), FOUND_WITHIN).toEqual(['one', 'two']);
  });

  it('is refused whatever its lock file says, and free once its holder was killed', async () => {
    const holder = await start();
    for (const part of ['log', 'embedded'])
      await writeFile(join(data, part, 'owner.lock'), JSON.stringify({ pid: 1, host: 'a-container', start: 'then' }));
    expect((await failToStart(data)).stderr).toContain('is in use by process 1 on a-container');
    await holder.end('SIGKILL');
    expect(await send(await start(), 'one')).toBe(200);
  });
});

describe('what a collector writes', () => {
  it('is open to its own user alone, where earlier versions left it open too', async () => {
    for (const folder of ['embedded', 'searches']) {
      await mkdir(join(data, folder), { recursive: true });
      await chmod(join(data, folder), 0o755);
    }
    const collector = await start();
    expect(await send(collector, 'one')).toBe(200);
    await expect.poll(() => bodiesOf(collector), FOUND_WITHIN).toEqual(['one']);
    const names = await readdir(data, { recursive: true });
    expect(names).toContain('embedded/segments/logs-0000000001.parquet');
    for (const name of names) expect([name, (await stat(join(data, name))).mode & 0o077]).toEqual([name, 0]);
  });
});

describe('a log directory that is removed while in use', () => {
  it('is noticed: nothing more is acknowledged, the reason is said, and the end is an end', async () => {
    const collector = await start();
    expect(await send(collector, 'one')).toBe(200);
    await expect.poll(() => bodiesOf(collector), FOUND_WITHIN).toEqual(['one']);
    await rm(join(data, 'log'), { recursive: true });
    await expect.poll(() => ingestOf(collector), FOUND_WITHIN).toMatchObject({ state: 'refusing', reason: 'removed' });
    for (const name of ['two', 'three']) expect(await send(collector, name)).toBe(503);
    await expect.poll(() => collector.stderr(), FOUND_WITHIN).toContain(`${join(data, 'log')} now: it, or a file in it, was removed`);
    expect(await bodiesOf(collector)).toEqual(['one']);
    expect(await collector.end('SIGTERM')).toBe(0);
    expect(collector.stderr()).not.toMatch(/the shutdown failed|ENOENT.* at /);
  });
});

describe('a log file that is removed while in use', () => {
  it('is told by the health before a sender meets it, and is over with the file that follows', async () => {
    const collector = await start();
    expect(await send(collector, 'one')).toBe(200);
    await expect.poll(() => bodiesOf(collector), FOUND_WITHIN).toEqual(['one']);
    await rm(join(data, 'log', '00000001.log'));
    await expect.poll(() => ingestOf(collector), FOUND_WITHIN).toMatchObject({ state: 'refusing', reason: 'removed' });
    expect(await send(collector, 'two')).toBe(503);
    expect(await send(collector, 'three')).toBe(200);
    await expect.poll(() => ingestOf(collector), FOUND_WITHIN).toEqual({ state: 'taking' });
    expect(await bodiesOf(collector)).toEqual(['one', 'three']);
  });
});

describe('a segment that is removed', () => {
  const missed = 'logs-0000000001.parquet: it is gone, and with it 1 record from 2026-09-21T14:13:20.000Z to 2026-09-21T14:13:20.000Z';
  const damagedOf = async (collector: RunningCollector): Promise<unknown> =>
    (await getJson<StatusAnswer>(collector, '/api/v1/status')).storage.damaged;
  const saysMissed = { count: 1, reasons: [{ reason: missed, count: 1, lastAtUnixNano: expect.any(String) }] };

  it('while in use, or while the collector is stopped, is told in its log and by the status', async () => {
    const first = await start();
    expect(await send(first, 'one')).toBe(200);
    await expect.poll(() => bodiesOf(first), FOUND_WITHIN).toEqual(['one']);
    expect(await send(first, 'two')).toBe(200);
    await expect.poll(() => bodiesOf(first), FOUND_WITHIN).toEqual(['one', 'two']);
    await rm(join(data, 'embedded', 'segments', 'logs-0000000001.parquet'));
    await expect.poll(() => damagedOf(first), FOUND_WITHIN).toEqual(saysMissed);
    expect(await bodiesOf(first)).toEqual(['two']);
    await first.end('SIGTERM');
    const second = await start();
    for (const { stderr } of [first, second])
      expect(stderr()).toMatch(/ERROR a part of the storage .*logs-0000000001\.parquet: it is gone/);
    expect(await damagedOf(second)).toEqual(saysMissed);
  });
});

describe('a storage that is removed while the collector is stopped', () => {
  it('is missed at the start', async () => {
    const first = await start();
    expect(await send(first, 'one')).toBe(200);
    await expect.poll(() => bodiesOf(first), FOUND_WITHIN).toEqual(['one']);
    await first.end('SIGTERM');
    const missed = /ERROR records were brought into a storage before, and there is none in the data directory/;
    const second = await start();
    expect(second.stderr()).not.toMatch(missed);
    await second.end('SIGTERM');
    await rm(join(data, 'embedded'), { recursive: true });
    expect((await start()).stderr()).toMatch(missed);
  });
});

describe('a backup', () => {
  it('that is copied under load, the log first, has what was acknowledged before, and takes records as the original does', async () => {
    const original = await start();
    const acknowledged: string[] = [];
    let isCopied = false;
    const load = (async () => {
      for (let number = 0; !isCopied; number += 1) {
        const name = `record-${number}`;
        if ((await send(original, name)) === 200) acknowledged.push(name);
      }
    })();
    await expect.poll(() => acknowledged.length, FOUND_WITHIN).toBeGreaterThan(200);
    const before = acknowledged.slice();
    const copy = join(directory.path, 'copy');
    await copyAsDocumented(data, copy);
    isCopied = true;
    await load;
    const restored = await start(copy);
    expect(await send(restored, 'after')).toBe(200);
    await expect.poll(() => bodiesOf(restored), FOUND_WITHIN).toContain('after');
    const bodies = await bodiesOf(restored);
    expect(bodies).toEqual(expect.arrayContaining(before));
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(restored.stderr()).not.toMatch(/ERROR/);
    expect(await send(original, 'last')).toBe(200);
    await expect.poll(() => bodiesOf(original), FOUND_WITHIN).toEqual([...acknowledged, 'last'].sort());
  });
});

/** As `docs/backup.md` says, until it ends without a fault. */
async function copyAsDocumented(from: string, to: string): Promise<void> {
  for (let isCopied = false; !isCopied; ) {
    await rm(to, { recursive: true, force: true });
    await mkdir(to);
    isCopied = (await copyFolder(join(from, 'log'), to)) && (await copyFolder(join(from, 'embedded'), to));
  }
}

function copyFolder(folder: string, to: string): Promise<boolean> {
  return run('cp', ['-a', folder, to]).then(
    () => true,
    () => false,
  );
}
