import { LOCK_FILE } from '../../files/directory-lock.ts';

/**
 * What the embedded storage has on disk, in one place.
 *
 *     <directory>/
 *       layout.json        which program made the directory, and the version of all that is in it
 *       owner.lock         the one process that has it open (see directory-lock.ts); gone when nobody does
 *       threadline.duckdb  tables `logs` and `spans`
 *       threadline.duckdb.wal  what was committed since the last checkpoint
 *       spill/             what a query cannot hold in memory; empty after a start
 */
export const LAYOUT_FILE = 'layout.json';
export const DATABASE_FILE = 'threadline.duckdb';
export const WAL_FILE = `${DATABASE_FILE}.wal`;
export const SPILL_DIRECTORY = 'spill';

/** Says that a directory is ours. */
export const LAYOUT_NAME = 'threadline-embedded-storage';
/** Raised by every change that an older program would read wrongly. */
export const LAYOUT_VERSION = 1;

/** Names of what a directory of ours may hold, beside the lock's own temporary files. */
export const KNOWN_ENTRIES: ReadonlySet<string> = new Set([
  LAYOUT_FILE,
  LOCK_FILE,
  DATABASE_FILE,
  WAL_FILE,
  `${DATABASE_FILE}.wal.checkpoint`,
  `${DATABASE_FILE}.tmp`,
  SPILL_DIRECTORY,
]);
/** What a file system or a tool puts into an empty directory; it belongs to nobody. */
export const IGNORED_ENTRIES: ReadonlySet<string> = new Set(['lost+found', '.gitkeep', '.keep', '.DS_Store']);

/**
 * Columns in the order that rows are appended in. The exact record is only read for the rows of an answer: a third of its size on disk is
 * worth the time to unpack it. Text columns of leaves are as `leaf-text.ts` writes them.
 */
const SHARED_COLUMNS = `
  tenant VARCHAR NOT NULL,
  time_nanos BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  id VARCHAR NOT NULL,
  id_hash UBIGINT NOT NULL,
  service VARCHAR NOT NULL,
  trace_id VARCHAR NOT NULL,
  span_id VARCHAR NOT NULL,
  correlation_id VARCHAR,
  scope VARCHAR NOT NULL,
  words VARCHAR,
  attributes VARCHAR NOT NULL,
  resource VARCHAR NOT NULL,
  scope_attributes VARCHAR NOT NULL,
  record VARCHAR NOT NULL USING COMPRESSION zstd`;

/** Statements that make the tables where they are not there. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS logs (${SHARED_COLUMNS},
  level UTINYINT NOT NULL,
  observed_nanos BIGINT,
  event_name VARCHAR NOT NULL,
  body VARCHAR NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS spans (${SHARED_COLUMNS},
  parent_span_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  kind INTEGER NOT NULL,
  status INTEGER NOT NULL,
  duration_nanos BIGINT NOT NULL,
  is_root BOOLEAN NOT NULL,
  is_error BOOLEAN NOT NULL,
  start_exact UBIGINT NOT NULL,
  end_exact UBIGINT NOT NULL,
  event_names VARCHAR NOT NULL,
  link_traces VARCHAR NOT NULL,
  event_attributes VARCHAR NOT NULL,
  link_attributes VARCHAR NOT NULL)`,
];

export type TableName = 'logs' | 'spans';
