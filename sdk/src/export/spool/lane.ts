import { close, ftruncate, open, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Batch } from '../batch.ts';
import type { SpoolFileReader } from './spool-file-reader.ts';
import { FILE_MODE, type SpoolFile } from './spool-folder.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const writeBytes = promisify(write);
const truncateFile = promisify(ftruncate);

/** A record in memory, packed and ready to be written. */
export interface PackedBatch {
  readonly batch: Omit<Batch, 'body'>;
  readonly bytes: Buffer;
}

export interface WrittenFile {
  readonly file: SpoolFile;
  readonly byteCount: number;
}

interface OpenFile extends WrittenFile {
  readonly descriptor: number;
}

/** One signal's batches: in memory, in the file that is being written, in files that wait, in files that are being read. */
export interface Lane {
  readonly packed: PackedBatch[];
  writing: OpenFile | undefined;
  closed: readonly WrittenFile[];
  reading: readonly SpoolFileReader[];
}

/** An empty one. */
export function createLane(): Lane {
  return { packed: [], writing: undefined, closed: [], reading: [] };
}

/** Which files are meant. */
export type FileFilter = (written: { readonly file: SpoolFile }) => boolean;

export const isAny: FileFilter = () => true;
export const isInherited: FileFilter = ({ file }) => file.isInherited;
export const isOwn: FileFilter = ({ file }) => !file.isInherited;

/** When the oldest of the files with waiting batches was begun; infinite without one. */
export function oldestMillis({ writing, closed, reading }: Lane, isMeant: FileFilter): number {
  const waiting = reading.filter((file) => file.waiting.length > 0);
  const file = [...waiting, ...closed, ...(writing ? [writing] : [])].find(isMeant);
  return file?.file.createdMillis ?? Number.POSITIVE_INFINITY;
}

/** Throws what the file system says, as `writeWhole` does. */
export async function beginFile(file: SpoolFile): Promise<OpenFile> {
  return { file, descriptor: await openFile(file.path, 'wx', FILE_MODE), byteCount: 0 };
}

/** A record that does not fit on the disk leaves no part of itself behind. */
export async function writeWhole(open: OpenFile, bytes: Buffer): Promise<OpenFile> {
  const { descriptor, byteCount } = open;
  try {
    for (let offset = 0; offset < bytes.length; ) {
      offset += (await writeBytes(descriptor, bytes, offset, bytes.length - offset, byteCount + offset)).bytesWritten;
    }
  } catch (error) {
    await truncateFile(descriptor, byteCount).catch(() => undefined);
    throw error;
  }
  return { ...open, byteCount: byteCount + bytes.length };
}

/** What was written can be read from now on. */
export async function endFile(lane: Lane): Promise<void> {
  const { writing } = lane;
  if (writing === undefined) return;
  lane.writing = undefined;
  lane.closed = [...lane.closed, writing];
  await closeFile(writing.descriptor);
}
