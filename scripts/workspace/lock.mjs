import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CACHE_DIRECTORY } from './repository.mjs';

const RETRY_MILLIS = 200;

/**
 * Runs one preparation of the checkout at a time: a second `npm start` waits for the first one's install and build.
 * A lock whose process is gone is taken over, so a killed install leaves nothing to clean up.
 *
 * @template T
 * @param {{ readonly onWait: (pid: number) => void, readonly signal?: AbortSignal, readonly file?: string }} options `signal` ends the waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock({ onWait, signal, file = path.join(CACHE_DIRECTORY, 'prepare.lock') }, work) {
  await mkdir(path.dirname(file), { recursive: true });
  let announced = false;
  while (!(await take(file))) {
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (!announced) onWait(holder);
    announced = true;
    await delay(RETRY_MILLIS);
    signal?.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** @param {string} file */
async function take(file) {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * The pid in the lock; undefined when the lock has just gone. An empty file is a holder between its two writes.
 *
 * @param {string} file
 * @returns {Promise<number | undefined>}
 */
async function readHolder(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined && text !== '') return Number(text);
  await delay(RETRY_MILLIS);
  const again = await readFile(file, 'utf8').catch(() => undefined);
  return again === undefined ? undefined : Number(again);
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
