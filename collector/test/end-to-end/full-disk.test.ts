import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthAnswer } from '../../src/api/index.ts';
import { failToStart, type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { allLogs, FOUND_WITHIN } from './reading.ts';

/** A file system of its own that is soon full: only root of a Linux machine may make one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const DISK_MIB = 96;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
  execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', directory.path]);
});

afterEach(async () => {
  await collector?.end('SIGKILL');
  execFileSync('/usr/bin/umount', [directory.path]);
  await directory.remove();
});

function send(to: RunningCollector, name: string): Promise<Response> {
  const logRecords = [{ timeUnixNano: '1790000000000000000', body: { stringValue: name } }];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  return fetch(`${to.otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function health(of: RunningCollector): Promise<HealthAnswer> {
  const response = await fetch(`${of.ui}/api/v1/health`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

/** Others' bytes, until nothing more goes in. */
async function fillDisk(): Promise<string> {
  const filler = join(directory.path, 'filler');
  await expect(writeFile(filler, Buffer.alloc(2 * DISK_MIB * 1024 * 1024))).rejects.toMatchObject({ code: 'ENOSPC' });
  return filler;
}

describe.runIf(canMount)('a collector whose disk is full', () => {
  it('answers 503 with Retry-After, goes on answering readers, and takes records again once there is room, without a restart', async () => {
    const running = await startCollector(directory.path);
    collector = running;
    const bodies = async () => (await allLogs(running.ui, '*')).map((log) => log.body?.stringValue).toSorted();
    expect((await send(running, 'before')).status).toBe(200);
    await expect.poll(bodies, FOUND_WITHIN).toEqual(['before']);

    const filler = await fillDisk();
    // The last block of a file may still have room for a record or two.
    const acknowledged = ['before'];
    let refused: Response | undefined;
    for (let number = 0; !refused && number < 5_000; number += 1) {
      const name = `full-${number}`;
      const answer = await send(running, name);
      if (answer.status === 200) acknowledged.push(name);
      else refused = answer;
    }
    expect(refused?.status).toBe(503);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    // However often it is tried, nothing is left of it.
    const logFiles = async () => (await readdir(join(directory.path, 'log'))).filter((name) => name.endsWith('.log'));
    for (let number = 0; number < 50; number += 1) expect((await send(running, `refused-${number}`)).status).toBe(503);
    const names = await logFiles();
    expect(names.length).toBeLessThanOrEqual(2);
    expect(Math.max(...names.map((name) => Number.parseInt(name, 10)))).toBeLessThanOrEqual(3);
    expect((await fetch(`${running.ui}/api/v1/logs?from=1970-01-01T00:00:00Z&query=before`)).status).toBe(200);
    expect((await health(running)).ingest).toMatchObject({ state: 'refusing', reason: 'disk' });
    expect(running.stderr().match(/ERROR no records are taken/g)).toHaveLength(1);

    await rm(filler);
    await expect.poll(async () => (await send(running, 'after')).status, FOUND_WITHIN).toBe(200);
    acknowledged.push('after');
    await expect.poll(async () => (await health(running)).ingest, FOUND_WITHIN).toEqual({ state: 'taking' });
    expect(running.stderr().match(/INFO records are taken again/g)).toHaveLength(1);
    await expect.poll(bodies, FOUND_WITHIN).toEqual(acknowledged.toSorted());
  });

  it('starts to be read, and says at once that it takes no records', async () => {
    collector = await startCollector(directory.path);
    expect((await send(collector, 'before')).status).toBe(200);
    await expect.poll(() => allLogs(`${collector?.ui}`, 'before'), FOUND_WITHIN).toHaveLength(1);
    // Killed, so that nothing is given back that a start would need.
    await collector.end('SIGKILL');
    const filler = await fillDisk();
    const running = await startCollector(directory.path);
    collector = running;
    expect(running.stderr()).toMatch(/ERROR no records are taken.*the disk is full: make room/);
    expect((await health(running)).ingest).toMatchObject({ state: 'refusing', reason: 'disk' });
    expect(await allLogs(running.ui, 'before')).toHaveLength(1);
    const { exitCode, stderr } = await failToStart(directory.path, {});
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('is in use by another process') });
    await rm(filler);
    await expect.poll(async () => (await send(running, 'after')).status, FOUND_WITHIN).toBe(200);
  });

  it('says what to do where a new directory has no room', async () => {
    await fillDisk();
    const { exitCode, stderr } = await failToStart(directory.path, {});
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('(ENOSPC); the disk is full: make room') });
  });
});
