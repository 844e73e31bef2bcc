import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireDirectoryLock, type DirectoryLock, LOCK_FILE } from './directory-lock.ts';

/** Takes the lock of the directory that it is given, says so, and keeps it until it is ended. */
const HOLDER = `
  const { acquireDirectoryLock } = await import(process.argv[1]);
  globalThis.held = await acquireDirectoryLock(process.argv[2]);
  console.log('held');
  setInterval(() => undefined, 1_000);
`;
const LOCK_MODULE = fileURLToPath(new URL('./directory-lock.ts', import.meta.url));

let directory: string;
const locks: DirectoryLock[] = [];
const holders: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-lock-'));
});

afterEach(async () => {
  for (const lock of locks.splice(0)) await lock.release();
  await Promise.all(holders.splice(0).map(kill));
  await rm(directory, { recursive: true, force: true });
});

async function acquire(where = directory): Promise<DirectoryLock> {
  const lock = await acquireDirectoryLock(where);
  locks.push(lock);
  return lock;
}

async function startHolder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, LOCK_MODULE, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(child);
  await once(child.stdout ?? child, 'data', { signal: AbortSignal.timeout(30_000) });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the lock of a directory', () => {
  it('is one owner’s in a process, and is free again once that one gave it back', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toThrow(`is in use by another storage of this process (${process.pid})`);
    await expect(acquire()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await lock.release();
    await acquire();
    await lock.release();
    await expect(acquire()).rejects.toThrow('is in use');
  });

  it('is one process’s, whatever host and process its file names, and ends with it', async () => {
    const holder = await startHolder();
    await expect(acquire()).rejects.toThrow(`is in use by process ${holder.pid} on ${hostname()}: stop it`);
    await writeFile(join(directory, LOCK_FILE), JSON.stringify({ pid: 1, host: 'a-container', start: 'then' }));
    await expect(acquire()).rejects.toThrow('is in use by process 1 on a-container: stop it');
    await rm(join(directory, LOCK_FILE));
    await expect(acquire()).rejects.toThrow('is in use by another process');
    await kill(holder);
    await acquire();
  });

  it('is not copied with the directory', async () => {
    expect((await acquire()).wasLeft).toBe(false);
    const copy = `${directory}-copy`;
    await cp(directory, copy, { recursive: true });
    try {
      const lock = await acquire(copy);
      expect(lock.wasLeft).toBe(true);
      await lock.release();
      expect((await acquire(copy)).wasLeft).toBe(false);
      await expect(acquire()).rejects.toThrow('is in use');
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it('leaves nothing behind but the empty file that the system keeps it on', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toThrow();
    await lock.release();
    expect(await readdir(directory)).toEqual([`${LOCK_FILE}.system`]);
    expect(await readFile(join(directory, `${LOCK_FILE}.system`), 'utf8')).toBe('');
  });

  it('is refused with the reason where the file cannot be locked', async () => {
    await mkdir(join(directory, `${LOCK_FILE}.system`));
    await expect(acquire()).rejects.toThrow(/owner\.lock\.system cannot be locked \(.+\), so that .+ THREADLINE_DATA_DIR$/);
    expect(await readdir(directory)).toEqual([`${LOCK_FILE}.system`]);
  });
});
