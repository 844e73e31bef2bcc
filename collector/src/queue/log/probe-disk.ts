import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from './disk-error.ts';

const PROBE_FILE = 'room.probe';
/** Most requests are smaller. Trying more would take what somebody just made room for. */
const MAX_PROBE_BYTES = 1024 * 1024;

/** Writes so many bytes into the directory, at most 1 MiB, and takes them away again. Throws `storage_unavailable` when the disk refuses them. */
export async function probeDisk(directory: string, bytes: number): Promise<void> {
  const path = join(directory, PROBE_FILE);
  try {
    const file = await open(path, 'w', 0o600);
    try {
      // Zeros would take no room on file systems that compress.
      await file.writeFile(randomBytes(Math.min(bytes, MAX_PROBE_BYTES)));
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(directory, error);
  } finally {
    // Where it cannot be removed the next probe writes over it.
    await rm(path, { force: true }).catch(() => undefined);
  }
}
