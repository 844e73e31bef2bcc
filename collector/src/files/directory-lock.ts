import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** The lock's name in its directory; temporary files of it start with the same. */
export const LOCK_FILE = 'owner.lock';

/**
 * The right to open a directory, held by one owner of one process. The lock is a file that names its holder; it is made whole in
 * one step (a hard link), so nobody reads half of one. A holder that was killed is recognized by its process's start time and
 * its lock is taken over. Locks of the system would not do: they hold for a whole process, so two owners in one would both have it.
 */
export interface DirectoryLock {
  /** Gives the lock back. Safe to repeat; never removes a lock that another owner took since. */
  release(): Promise<void>;
}

interface LockContent extends ProcessIdentity {
  /** Of this one storage: two in one process are two holders. */
  readonly instance: string;
}

/** A race with others that find the same stale lock is lost at most once for each of them. */
const MAX_ATTEMPTS = 10;

/** Throws `storage_unavailable`, naming the holder, when the directory is in use. */
export async function acquireDirectoryLock(directory: string): Promise<DirectoryLock> {
  const path = join(directory, LOCK_FILE);
  const own: LockContent = { ...(await ownIdentity()), instance: randomUUID() };
  const draft = `${path}.${own.instance}`;
  await writeFile(draft, JSON.stringify(own), { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (await linkIfAbsent(draft, path)) return { release: () => releaseLock(path, own) };
      const holder = await readHolder(path);
      if (holder && (await isAlive(holder))) throw inUse(directory, holder, own);
      await removeStale(path, holder);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new ThreadlineError(
    'storage_unavailable',
    `The data directory ${directory} is being opened by several processes at once: start one collector a directory`,
  );
}

async function linkIfAbsent(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock is moved aside first: whoever moved it looks at what it got, so that a lock taken a moment ago is put back. */
async function removeStale(path: string, stale: LockContent | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved && moved.instance !== stale?.instance) await linkIfAbsent(aside, path);
  await rm(aside, { force: true });
}

async function releaseLock(path: string, own: LockContent): Promise<void> {
  if ((await readHolder(path))?.instance === own.instance) await rm(path, { force: true });
}

/** Undefined when there is none, or nothing in it that can be read: such a lock holds nobody. */
async function readHolder(path: string): Promise<LockContent | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isLockContent(content) ? content : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return undefined;
    throw error;
  }
}

function isLockContent(content: unknown): content is LockContent {
  if (typeof content !== 'object' || content === null) return false;
  const { pid, host, start, instance }: Partial<Record<keyof LockContent, unknown>> = content;
  return typeof pid === 'number' && typeof host === 'string' && typeof start === 'string' && typeof instance === 'string';
}

function inUse(directory: string, holder: LockContent, own: LockContent): ThreadlineError {
  const who =
    holder.pid === own.pid && holder.start === own.start
      ? `another storage of this process (${own.pid})`
      : `process ${holder.pid} on ${holder.host}`;
  return new ThreadlineError(
    'storage_unavailable',
    `The data directory ${directory} is in use by ${who}: stop it, or choose another THREADLINE_DATA_DIR`,
  );
}
