import { chmod, stat } from 'node:fs/promises';

/** A directory's own bits; what is in it needs none where nobody else gets to it. */
const OWNER_ONLY = 0o700;
const OF_OTHERS = 0o077;

/**
 * Lets nobody but its owner into a directory that is ours and was open to others, as those of earlier versions are. One that is not there, or
 * that another user owns, stays as it is.
 */
export async function closeToOthers(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || found.uid !== process.getuid?.() || (found.mode & OF_OTHERS) === 0) return;
  // Some file systems keep no modes.
  await chmod(directory, OWNER_ONLY).catch(() => undefined);
}
