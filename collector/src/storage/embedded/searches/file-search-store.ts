import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ThreadlineError } from '../../../errors.ts';
import { syncDirectory } from '../../../files/sync-directory.ts';
import { parseStoredSearches } from '../../searches/parse-searches.ts';
import type { SearchStore, StoredSearches } from '../../searches/search-store.ts';

interface FileSearchStoreOptions {
  /** Made with the first search. Whoever uses it holds the data directory's lock. */
  readonly directory: string;
  /** Told of a file that cannot be read; it is kept aside under another name, and the list begins anew. */
  readonly onDamage: (reason: string) => void;
}

/**
 * Saved searches in the data directory, a file a tenant:
 *
 *     searches/<tenant>.json          { "version": 7, "crc32": 305419896, "searches": [ … ] }
 *     searches/<tenant>.json.draft    what is being written: synced, then renamed
 *     searches/<tenant>.json.damaged  what could not be read
 *
 * A crash leaves the list as it was before or after, never a part. What is read is what was written: the checksum is that of version and searches
 * (files from before there was one have none). A disk that refuses is `storage_unavailable`.
 */
export function createFileSearchStore({ directory, onDamage }: FileSearchStoreOptions): SearchStore {
  // One after the other: what a replacement compares with is what it replaces.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  async function read(tenant: string): Promise<StoredSearches> {
    const path = pathOf(directory, tenant);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw refused('read', error);
    });
    if (text === undefined) return { searches: [], version: undefined };
    try {
      return parseFile(text);
    } catch (error) {
      await rename(path, `${path}.damaged`).catch((cause: unknown) => {
        throw refused('read', cause);
      });
      onDamage(
        `${path} could not be read (${error instanceof Error ? error.message : 'for no known reason'}); it is kept as ${path}.damaged`,
      );
      return { searches: [], version: undefined };
    }
  }

  async function write(tenant: string, { searches, version }: StoredSearches): Promise<void> {
    const path = pathOf(directory, tenant);
    const draft = `${path}.draft`;
    await mkdir(directory, { recursive: true });
    const file = await open(draft, 'w');
    try {
      const next = Number(version ?? 0) + 1;
      await file.writeFile(JSON.stringify({ version: next, crc32: checksumOf(next, searches), searches }, undefined, 1));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncDirectory(directory);
  }

  return {
    read: ({ tenant }) => inTurn(() => read(tenant)),
    replace: (list, { tenant }) =>
      inTurn(async () => {
        if ((await read(tenant)).version !== list.version) return false;
        await write(tenant, list).catch((error: unknown) => {
          throw refused('written', error);
        });
        return true;
      }),
  };
}

/** A tenant's name is any text; a file's is not. */
function pathOf(directory: string, tenant: string): string {
  return join(directory, `${encodeURIComponent(tenant).replace(/\./g, '%2E')}.json`);
}

function parseFile(text: string): StoredSearches {
  const file: { readonly version?: unknown; readonly crc32?: unknown; readonly searches?: unknown } = Object(JSON.parse(text));
  const { version, searches } = file;
  if (!Number.isSafeInteger(version)) throw new TypeError('a list of saved searches has no version');
  if (file.crc32 !== undefined && file.crc32 !== checksumOf(version, searches)) throw new TypeError('it is not what was written');
  return { searches: parseStoredSearches(searches), version: String(version) };
}

function checksumOf(version: unknown, searches: unknown): number {
  return crc32(JSON.stringify([version, searches]));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function refused(what: 'read' | 'written', cause: unknown): ThreadlineError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new ThreadlineError('storage_unavailable', `The saved searches could not be ${what} on the collector's disk${code}: try again.`, {
    retryAfterMillis: 1_000,
    cause,
  });
}
