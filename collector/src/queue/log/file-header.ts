import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileName } from './log-files.ts';
import { FILE_HEADER_BYTES, type FileHeader, parseFileHeader } from './log-format.ts';

/** Undefined when the file ends in its header, or that is damaged. */
export async function readFileHeader(directory: string, file: number): Promise<FileHeader | undefined> {
  const handle = await open(join(directory, fileName(file)), 'r');
  try {
    const bytes = Buffer.alloc(FILE_HEADER_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, FILE_HEADER_BYTES, 0);
    return parseFileHeader(bytes.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
