import { open } from 'node:fs/promises';

/** Makes the names of files that were just created durable, which syncing the files themselves does not. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories and keeps their entries itself.
  if (process.platform === 'win32') return;
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
