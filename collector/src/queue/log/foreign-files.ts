import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../../errors.ts';
import { readFileHeader } from './file-header.ts';
import { fileName, type ListedFile } from './log-files.ts';

export interface ForeignFile extends ListedFile {
  /** Where it is now. */
  readonly path: string;
}

/**
 * Moves what stands among the log's files and is none of this log aside: files of another log, or of another number, and directories. What waits behind them
 * would wait for ever. Throws `internal` for a file of a newer program, before anything is read or written.
 */
export async function setForeignFilesAside(
  directory: string,
  { files, logId, asideDirectory }: { readonly files: readonly ListedFile[]; readonly logId: string; readonly asideDirectory: string },
): Promise<ForeignFile[]> {
  const foreign: ForeignFile[] = [];
  for (const listed of files) {
    if (listed.isFile && (await isOwn(directory, listed.file, logId))) continue;
    const name = fileName(listed.file);
    const path = join(asideDirectory, `${name}.${randomUUID()}`);
    await mkdir(asideDirectory, { recursive: true, mode: 0o700 });
    await rename(join(directory, name), path);
    foreign.push({ ...listed, path });
  }
  return foreign;
}

/** One whose header is damaged is taken for our own: its frames are looked for. */
async function isOwn(directory: string, file: number, logId: string): Promise<boolean> {
  const header = await readFileHeader(directory, file);
  if (header === undefined) return true;
  if (header.version === 1) return header.logId === logId && header.file === file;
  throw new ThreadlineError(
    'internal',
    `${join(directory, fileName(file))} was written by a newer Threadline (format ${header.version}): upgrade, or move the file elsewhere`,
  );
}
