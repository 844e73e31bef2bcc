import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';
import { codeOf, isNoRoom } from './error-code.ts';
import { isSameProcess, ownIdentity, type ProcessIdentity, parseIdentity } from './process-identity.ts';
import { acquireSystemLock, type SystemLock } from './system-lock.ts';

/** Says who holds the directory; the names of the lock's other files start with the same. */
export const LOCK_FILE = 'owner.lock';
/** What the system keeps the lock on. It stays, empty: with one that is removed and made anew two could hold one directory. */
const SYSTEM_LOCK_FILE = `${LOCK_FILE}.system`;

/**
 * The right to open a directory, held by one owner of one process. The system's own lock decides (see system-lock.ts); the file beside it only
 * names the holder, so that one which a kill left there, or which came with a copy of the directory, holds nobody. On a disk without room for the
 * name the lock is held without one: who restarts then is let in to read, and to remove what is old.
 */
export interface DirectoryLock {
  /** The owner before did not give the lock back: it was killed, or this is a copy of a directory that was in use. */
  readonly wasLeft: boolean;
  /** Gives the lock back. Safe to repeat. */
  release(): Promise<void>;
}

/** Throws `storage_unavailable`, naming the holder, when the directory is in use, and where its file system has no locks. */
export async function acquireDirectoryLock(directory: string): Promise<DirectoryLock> {
  const path = join(directory, LOCK_FILE);
  const own = await ownIdentity();
  const draft = `${path}.${randomUUID()}`;
  // Before the lock: where nothing can be written, the system's own reason says it best.
  try {
    const hasRoom = await writeName(draft, own);
    const lock = acquireSystemLock(join(directory, SYSTEM_LOCK_FILE));
    if (!lock) throw inUse(directory, await readHolder(path), own);
    const wasLeft = await exists(path);
    await releaseOnError(lock, () => (hasRoom ? rename(draft, path) : emptyName(path)));
    return { wasLeft, release: () => releaseLock(path, lock) };
  } finally {
    await rm(draft, { force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** False where the disk has no room for it. */
async function writeName(draft: string, own: ProcessIdentity): Promise<boolean> {
  try {
    await writeFile(draft, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isNoRoom(codeOf(error))) return false;
    throw error;
  }
}

/** The owner before is not who holds it. */
async function emptyName(path: string): Promise<void> {
  if (await exists(path)) await truncate(path);
}

async function releaseOnError(lock: SystemLock, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The name goes first: afterwards another owner's may stand there. */
async function releaseLock(path: string, lock: SystemLock): Promise<void> {
  if (!lock.isHeld) return;
  try {
    await rm(path, { force: true });
  } finally {
    lock.release();
  }
}

/** Undefined when there is none, or nothing in it that can be read. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  return parseIdentity(await readFile(path, 'utf8').catch(() => ''));
}

function inUse(directory: string, holder: ProcessIdentity | undefined, own: ProcessIdentity): ThreadlineError {
  return new ThreadlineError(
    'storage_unavailable',
    `The data directory ${directory} is in use by ${whoIs(holder, own)}: stop it, or choose another THREADLINE_DATA_DIR`,
  );
}

function whoIs(holder: ProcessIdentity | undefined, own: ProcessIdentity): string {
  // Where a network file system's lock service does not answer, the system says the same.
  if (!holder) return `another process, by the system's lock on ${SYSTEM_LOCK_FILE} in it`;
  if (isSameProcess(holder, own)) return `another storage of this process (${own.pid})`;
  return `process ${holder.pid} on ${holder.host}`;
}
