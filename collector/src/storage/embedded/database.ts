import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ThreadlineError } from '../../errors.ts';
import { acquireDirectoryLock } from '../../files/directory-lock.ts';
import { syncDirectory } from '../../files/sync-directory.ts';
import { claimDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { DATABASE_FILE, SCHEMA, SPILL_DIRECTORY, WAL_FILE } from './layout.ts';

/** What DuckDB may hold in memory; what needs more goes to the spill directory. The collector itself needs room beside it. */
const MEMORY_LIMIT = '512MB';
/** For all queries together: the event loop and the writer need a core of their own on a small machine. */
const THREADS = '2';
/** DuckDB's own checkpoint runs inside a commit and can stall it for seconds; ours runs between two (see `group-writer.ts`). */
const AUTOMATIC_CHECKPOINT = '1TB';
/** Rows of a sorted page are read in full only once it is known which: up to the API's greatest page and the one that says "more". */
const LATE_MATERIALIZATION_ROWS = '1001';

/**
 * DuckDB would merge small row groups in some checkpoints, reading and writing hundreds of thousands of rows again while writes wait: measured
 * as seconds instead of a fraction of one. Our checkpoints make row groups of tens of thousands of rows, which need none of it.
 */
const MERGES_IN_CHECKPOINT = '0';

/**
 * This one orders a sorted page's row groups by their statistics and leaves out the ones that it takes for empty: while a checkpoint runs it
 * leaves out rows that are there (DuckDB 1.5.6; `reads-during-checkpoints.test.ts`).
 */
const OPTIMIZERS_LEFT_OUT = 'row_group_pruner';

/** The open database of a data directory. Whoever has one is the directory's only owner. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  /** Bytes that were committed since the last checkpoint; a restart reads them again. */
  walBytes(): Promise<number>;
  /** What the disk has left for this process. */
  freeBytes(): Promise<number>;
  /** Makes the names of the database's files durable. */
  syncDirectory(): Promise<void>;
  /** All connections must be closed. Gives the directory back. */
  close(): Promise<void>;
}

/** Opens or makes the database. Throws `ThreadlineError` with one line that says what is wrong with the directory. */
export async function openDatabase(directory: string): Promise<Database> {
  await prepareDataDirectory(directory);
  const lock = await acquireDirectoryLock(directory);
  try {
    await claimDataDirectory(directory);
    const instance = await openInstance(directory);
    return {
      connect: () => instance.connect(),
      walBytes: () => fileBytes(join(directory, WAL_FILE)),
      freeBytes: async () => {
        const { bavail, bsize } = await statfs(directory);
        return bavail * bsize;
      },
      syncDirectory: () => syncDirectory(directory),
      close: async () => {
        instance.closeSync();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openInstance(directory: string): Promise<DuckDBInstance> {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(join(directory, DATABASE_FILE), {
      memory_limit: MEMORY_LIMIT,
      threads: THREADS,
      checkpoint_threshold: AUTOMATIC_CHECKPOINT,
      late_materialization_max_rows: LATE_MATERIALIZATION_ROWS,
      temp_directory: join(directory, SPILL_DIRECTORY),
      storage_compatibility_version: 'latest',
      max_vacuum_tasks: MERGES_IN_CHECKPOINT,
      disabled_optimizers: OPTIMIZERS_LEFT_OUT,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    try {
      // Ours has looked for room first (see `group-writer.ts`).
      await connection.run('PRAGMA disable_checkpoint_on_shutdown');
      for (const statement of SCHEMA) await connection.run(statement);
    } finally {
      connection.closeSync();
    }
    return instance;
  } catch (error) {
    instance?.closeSync();
    throw openError(directory, error);
  }
}

function openError(directory: string, cause: unknown): ThreadlineError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const holder = /Conflicting lock is held in (.*?)(?:\. See|$)/s.exec(message)?.[1];
  if (holder !== undefined) {
    return new ThreadlineError(
      'storage_unavailable',
      `The data directory ${directory} is in use by ${holder}: stop it, or choose another THREADLINE_DATA_DIR`,
      { cause },
    );
  }
  const file = join(directory, DATABASE_FILE);
  const reason = message.split('\n', 1)[0] ?? '';
  return new ThreadlineError(
    'internal',
    `Cannot open ${file}: it is damaged or of another program (${reason}): restore it from a backup, or choose another THREADLINE_DATA_DIR`,
    {
      cause,
    },
  );
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
