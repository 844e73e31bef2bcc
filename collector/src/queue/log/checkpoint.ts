import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_HEADER_BYTES } from './log-format.ts';
import type { LogPlace } from './log-place.ts';

const CHECKPOINT_FILE = 'checkpoint';

/** Up to where the storage has everything. */
export type Checkpoint = LogPlace;

/** Undefined when there is none or it is damaged: everything that is there is then read again, which changes nothing in the storage. */
export async function readCheckpoint(directory: string): Promise<Checkpoint | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, CHECKPOINT_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const [file = Number.NaN, offset = Number.NaN] = /^(\d+) (\d+)\n$/.exec(text)?.slice(1).map(Number) ?? [];
  return Number.isSafeInteger(file) && Number.isSafeInteger(offset) && offset >= FILE_HEADER_BYTES ? { file, offset } : undefined;
}

/** In one step: a reader finds the old one or the new one. Durable before this resolves. */
export async function writeCheckpoint(directory: string, { file, offset }: Checkpoint): Promise<void> {
  const path = join(directory, CHECKPOINT_FILE);
  const handle = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await handle.writeFile(`${file} ${offset}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
}
