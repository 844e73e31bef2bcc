import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FILE_NAME = /^(\d{8,10})\.log$/;

/** `00000012.log`: in order of number, and of name up to 100 million. */
export function fileName(file: number): string {
  return `${String(file).padStart(8, '0')}.log`;
}

export interface ListedFile {
  readonly file: number;
  readonly bytes: number;
  /** False of a directory, and of whatever else may stand in a file's place. */
  readonly isFile: boolean;
}

/** The log's files in order. */
export async function listFiles(directory: string): Promise<ListedFile[]> {
  const numbers = (await readdir(directory))
    .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
  return Promise.all(
    numbers.map(async (file) => {
      const found = await stat(join(directory, fileName(file)));
      return { file, bytes: found.size, isFile: found.isFile() };
    }),
  );
}

export async function removeFile(directory: string, file: number): Promise<void> {
  await rm(join(directory, fileName(file)), { force: true });
}
