import { ThreadlineError } from '../errors.ts';

/** What SQLite answers where another connection has the lock. Source: sqlite.org/rescode.html. */
const SQLITE_BUSY = 5;
const NO_ROLLBACK_FILE = 'PRAGMA journal_mode=MEMORY';

/**
 * A lock that the system itself keeps on a file: over containers and hosts that share the file system, until the process ends, however it
 * ends. It belongs to the file, so that a copy of it holds nobody. Node has no call for it, its SQLite does: a transaction that
 * is begun and never ended, on a database without a byte in it (ADR 37). Whoever else opens the file in this process must do so by SQLite: when another
 * handle is closed, the system forgets the lock.
 */
export interface SystemLock {
  readonly isHeld: boolean;
  /** Safe to repeat. */
  release(): void;
}

/** Makes the file if it is not there. Undefined when somebody has the lock, in this process too. Throws `storage_unavailable` where the file cannot be locked. */
export function acquireSystemLock(path: string): SystemLock | undefined {
  const database = openDatabase(path);
  try {
    database.exec(`${NO_ROLLBACK_FILE}; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw cannotLock(path, error);
  }
  // The lock would end with a database that nobody refers to.
  return {
    get isHeld() {
      return database.isOpen;
    },
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

function openDatabase(path: string) {
  const { DatabaseSync } = loadSqlite();
  try {
    return new DatabaseSync(path);
  } catch (error) {
    throw cannotLock(path, error);
  }
}

/** Node 22 calls it experimental at its first use, which says nothing to an operator. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function cannotLock(path: string, cause: unknown): ThreadlineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ThreadlineError(
    'storage_unavailable',
    `${path} cannot be locked (${reason}), so that a second collector would not be noticed: put the data on a file system with locks, or choose another THREADLINE_DATA_DIR`,
    { cause },
  );
}
