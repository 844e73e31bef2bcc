import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../errors.ts';

/** Beside the storage's own files in the data directory. */
const LOG_ID_FILE = 'log-id';
const STARTS_FOLDER = 'log-starts';
const LOG_ID = /^[0-9a-f]{32}$/;
const START_NUMBER = /^\d{8}$/;
/** Starts that are kept as files; the newest is what counts, the others show an operator when it was started. */
const KEPT_STARTS = 8;
/** Other processes that may take a start number at the same moment. */
const MAX_TRIES = 100;

/** What makes record ids unique over restarts and collectors. */
export interface LogIdentity {
  /** 128 random bits in hex, made with the data directory. */
  readonly logId: string;
  /** Greater at each start; no two starts on one directory have the same. */
  readonly startNumber: number;
}

/**
 * Reads or makes the data directory's log id and takes the next start number. Both are on disk before this resolves:
 *
 *     data/log-id                  32 hex digits
 *     data/log-starts/00000001     one empty file a start, made exclusively, so two processes never take one number
 *
 * Throws `internal` when the id is there and is not an id: a new one would bring ids that overlap in order with the old.
 */
export async function openLogIdentity(dataDirectory: string): Promise<LogIdentity> {
  const startsDirectory = join(dataDirectory, STARTS_FOLDER);
  await mkdir(startsDirectory, { recursive: true });
  const logId = (await readLogId(dataDirectory)) ?? (await createLogId(dataDirectory));
  const startNumber = await takeStartNumber(startsDirectory);
  await syncDirectory(startsDirectory);
  return { logId, startNumber };
}

async function readLogId(dataDirectory: string): Promise<string | undefined> {
  const path = join(dataDirectory, LOG_ID_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
  const logId = text.trim();
  if (!LOG_ID.test(logId)) throw new ThreadlineError('internal', `${path} must hold 32 hex digits and does not; restore it from a backup`);
  return logId;
}

async function createLogId(dataDirectory: string): Promise<string> {
  const logId = randomBytes(16).toString('hex');
  const path = join(dataDirectory, LOG_ID_FILE);
  const temporary = `${path}.${logId}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(`${logId}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dataDirectory);
  return logId;
}

async function takeStartNumber(directory: string): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const taken = (await readdir(directory)).filter((name) => START_NUMBER.test(name)).sort();
    const next = Number(taken.at(-1) ?? '0') + 1;
    try {
      const file = await open(join(directory, startName(next)), 'wx');
      await file.close();
    } catch (error) {
      if (isFileError(error, 'EEXIST')) continue;
      throw error;
    }
    for (const old of taken.slice(0, -KEPT_STARTS)) await rm(join(directory, old), { force: true });
    return next;
  }
  throw new ThreadlineError('internal', `${directory}: ${MAX_TRIES} start numbers in a row were taken by other processes; stop those`);
}

function startName(startNumber: number): string {
  return String(startNumber).padStart(8, '0');
}

/** A new name is durable only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
