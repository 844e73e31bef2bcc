import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_HEADER_BYTES } from './log-format.ts';
import type { LogPlace } from './log-place.ts';

const CHECKPOINT_FILE = 'checkpoint';
const END_FILE = 'end';

/** Up to where the storage has everything. */
export type Checkpoint = LogPlace;

/** Undefined when there is none or it is damaged: everything that is there is then read again, which changes nothing in the storage. */
export function readCheckpoint(directory: string): Promise<Checkpoint | undefined> {
  return readPlace(join(directory, CHECKPOINT_FILE));
}

/** In one step: a reader finds the old one or the new one. Durable before this resolves. */
export function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  return writePlace(join(directory, CHECKPOINT_FILE), checkpoint);
}

/** Up to where the log was durable when a process last closed it: what of that is neither in a file nor in the storage is lost. Undefined when nobody knows. */
export function readEnd(directory: string): Promise<LogPlace | undefined> {
  return readPlace(join(directory, END_FILE));
}

/** As `writeCheckpoint`. */
export function writeEnd(directory: string, end: LogPlace): Promise<void> {
  return writePlace(join(directory, END_FILE), end);
}

async function readPlace(path: string): Promise<LogPlace | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const [file = Number.NaN, offset = Number.NaN] = /^(\d+) (\d+)\n$/.exec(text)?.slice(1).map(Number) ?? [];
  return Number.isSafeInteger(file) && Number.isSafeInteger(offset) && offset >= FILE_HEADER_BYTES ? { file, offset } : undefined;
}

async function writePlace(path: string, { file, offset }: LogPlace): Promise<void> {
  const handle = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await handle.writeFile(`${file} ${offset}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
}
