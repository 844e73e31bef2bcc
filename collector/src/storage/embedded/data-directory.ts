import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadlineError } from '../../errors.ts';
import { LOCK_FILE } from '../../files/directory-lock.ts';
import { codeOf, isNoRoom } from '../../files/error-code.ts';
import { syncDirectory } from '../../files/sync-directory.ts';
import { IGNORED_ENTRIES, KNOWN_ENTRIES, LAYOUT_FILE, LAYOUT_NAME, LAYOUT_VERSION, OLDEST_LAYOUT_VERSION } from './layout.ts';

/**
 * Makes the directory if it is not there and checks that it is ours to use. Throws one clear line for a directory that cannot be
 * written, holds someone else's files, or was written by a newer program. Nothing in such a directory is changed.
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  await asOwnError(directory, async () => {
    await mkdir(directory, { recursive: true });
    const entries = await readdir(directory);
    if (entries.includes(LAYOUT_FILE)) checkLayout(directory, await readFile(join(directory, LAYOUT_FILE), 'utf8'));
    else checkForeign(directory, entries);
  });
}

/** Marks the directory as ours, and as of this version: what is written from now on an older program cannot read. Called by the holder of the lock. */
export async function claimDataDirectory(directory: string): Promise<void> {
  await asOwnError(directory, async () => {
    const isKnown = (await readdir(directory)).includes(LAYOUT_FILE);
    if (isKnown && parseLayout(await readFile(join(directory, LAYOUT_FILE), 'utf8')) === LAYOUT_VERSION) return;
    const draft = join(directory, `${LOCK_FILE}.layout`);
    await writeFile(draft, `${JSON.stringify({ name: LAYOUT_NAME, version: LAYOUT_VERSION })}\n`, { flush: true });
    await rename(draft, join(directory, LAYOUT_FILE));
    await syncDirectory(directory);
  });
}

function checkLayout(directory: string, text: string): void {
  const version = parseLayout(text);
  if (version === undefined) {
    throw new ThreadlineError(
      'internal',
      `${join(directory, LAYOUT_FILE)} is damaged or not Threadline's: restore it from a backup, or choose another THREADLINE_DATA_DIR`,
    );
  }
  if (version < OLDEST_LAYOUT_VERSION) {
    throw new ThreadlineError(
      'internal',
      `The data directory ${directory} was written by a Threadline from before its first release (layout ${version}): choose another THREADLINE_DATA_DIR`,
    );
  }
  if (version > LAYOUT_VERSION) {
    throw new ThreadlineError(
      'internal',
      `The data directory ${directory} was written by a newer Threadline (layout ${version}, this one reads up to ${LAYOUT_VERSION}): upgrade, or choose another THREADLINE_DATA_DIR`,
    );
  }
}

function parseLayout(text: string): number | undefined {
  try {
    const layout: unknown = JSON.parse(text);
    if (typeof layout !== 'object' || layout === null || !('name' in layout) || !('version' in layout)) return undefined;
    return layout.name === LAYOUT_NAME && typeof layout.version === 'number' && layout.version >= 1 ? layout.version : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checkForeign(directory: string, entries: readonly string[]): void {
  const foreign = entries.find((entry) => !KNOWN_ENTRIES.has(entry) && !IGNORED_ENTRIES.has(entry) && !entry.startsWith(`${LOCK_FILE}.`));
  if (foreign === undefined) return;
  throw new ThreadlineError(
    'internal',
    `The data directory ${directory} holds files that are not Threadline's (${JSON.stringify(foreign)}): choose an empty THREADLINE_DATA_DIR`,
  );
}

async function asOwnError(directory: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ThreadlineError || !(error instanceof Error) || !('code' in error)) throw error;
    const hint = isNoRoom(codeOf(error))
      ? 'make room on the disk, or choose another THREADLINE_DATA_DIR'
      : 'check its path and owner, or choose another THREADLINE_DATA_DIR';
    throw new ThreadlineError('storage_unavailable', `Cannot write to the data directory ${directory} (${String(error.code)}): ${hint}`, {
      cause: error,
    });
  }
}
