import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { SETTLED_BYTE, STATE_OFFSET } from './batch-record.ts';
import { FILE_MODE, type SpoolFile } from './spool-folder.ts';

/** A record that a process that ends has written to disk. */
export interface SavedRecord {
  /** The collector has taken it after all; the file goes when this was said of all that is in it. Throws what the file system says. */
  settleSync(): void;
}

/** Writes records, as `encodeRecord` makes them, into a new file. Throws what the file system says. */
export function saveRecordsSync(file: SpoolFile, records: readonly Buffer[]): SavedRecord[] {
  let byteCount = 0;
  let left = records.length;
  return withFileSync(file.path, 'ax', (descriptor) =>
    records.map((bytes) => {
      const stateOffset = byteCount + STATE_OFFSET;
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      byteCount += bytes.length;
      return {
        settleSync() {
          left -= 1;
          if (left === 0) unlinkSync(file.path);
          else withFileSync(file.path, 'r+', (opened) => writeSync(opened, SETTLED_BYTE, 0, 1, stateOffset));
        },
      };
    }),
  );
}

function withFileSync<Result>(path: string, flags: string, use: (descriptor: number) => Result): Result {
  const descriptor = openSync(path, flags, FILE_MODE);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
