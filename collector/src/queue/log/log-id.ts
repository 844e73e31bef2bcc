import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../../errors.ts';
import { syncDirectory } from '../../files/sync-directory.ts';
import { readFileHeader } from './file-header.ts';
import { listFiles } from './log-files.ts';

/** In the log's own directory: who removes the log removes its id with it, and a new log makes no ids of the old one again. */
const LOG_ID_FILE = 'id';
const LOG_ID = /^[0-9a-f]{32}$/;

/**
 * The log's id: 128 random bits in hex, made with the log and on disk before this resolves. Called by the holder of the directory's lock. Where it is
 * missing beside files of a log, it is what the newest of them says.
 * Throws `internal` when the id is there and is none: with a new one, records that are replayed would be stored again.
 */
export async function openLogId(directory: string): Promise<string> {
  const path = join(directory, LOG_ID_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return writeLogId(directory, (await idOfFiles(directory)) ?? randomBytes(16).toString('hex'));
  }
  const logId = text.trim();
  if (!LOG_ID.test(logId)) throw new ThreadlineError('internal', `${path} must hold 32 hex digits and does not; restore it from a backup`);
  return logId;
}

async function idOfFiles(directory: string): Promise<string | undefined> {
  for (const { file, isFile } of (await listFiles(directory)).reverse()) {
    const header = isFile ? await readFileHeader(directory, file) : undefined;
    if (header) return header.logId;
  }
  return undefined;
}

async function writeLogId(directory: string, logId: string): Promise<string> {
  const path = join(directory, LOG_ID_FILE);
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${logId}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(directory);
  return logId;
}
