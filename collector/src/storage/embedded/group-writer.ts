import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { ThreadlineError } from '../../errors.ts';
import type { IndexedLog, IndexedSpan } from '../../model/record.ts';
import type { Database } from './database.ts';
import { IdFilter } from './id-filter.ts';
import type { TableName } from './layout.ts';
import { hashNumber, hashRecord } from './record-hash.ts';
import { logChunks, type NewRow, spanChunks } from './row-columns.ts';
import { SqlParameters } from './sql-parameters.ts';

/** Enough for one commit's disk write to be shared by many callers, few enough that nobody waits long for the others' rows. */
const MAX_GROUP_ROWS = 4_000;
/** About 100,000 records: a checkpoint of so many takes a small part of a second, and so does reading them again after a crash. */
const CHECKPOINT_WAL_BYTES = 64 * 1024 * 1024;
/** A checkpoint that runs out of disk makes DuckDB refuse everything until a restart; a commit that does only fails. So much must be free for one. */
const CHECKPOINT_ROOM_BYTES = 16 * 1024 * 1024;

type Rows =
  | { readonly table: 'logs'; readonly rows: readonly NewRow<IndexedLog>[] }
  | { readonly table: 'spans'; readonly rows: readonly NewRow<IndexedSpan>[] };
type Call = Rows & { readonly resolve: () => void; readonly reject: (error: unknown) => void };

/**
 * Writes all calls that wait as one transaction: one disk write for all of them, while the next ones gather. A call resolves when its
 * rows are on disk. Rows whose id is there already are left out. One writer a database.
 */
export class GroupWriter {
  readonly #database: Database;
  readonly #connection: DuckDBConnection;
  readonly #known: Readonly<Record<TableName, IdFilter>> = { logs: new IdFilter(), spans: new IdFilter() };
  readonly #waiting: Call[] = [];
  #running: Promise<void> | undefined;
  /** A file that was just created has no durable name yet. */
  #walIsNew = true;
  /** Why the database takes nothing any more; only a restart helps. */
  #fault: unknown;

  private constructor(database: Database, connection: DuckDBConnection) {
    this.#database = database;
    this.#connection = connection;
  }

  /** Reads the hashes of all ids there are, to know new ones from old ones. */
  static async open(database: Database): Promise<GroupWriter> {
    const writer = new GroupWriter(database, await database.connect());
    for (const table of ['logs', 'spans'] as const) await writer.#learnIds(table);
    return writer;
  }

  writeLogs(tenant: string, logs: readonly IndexedLog[]): Promise<void> {
    return this.#enqueue({ table: 'logs', rows: logs.map((indexed) => ({ tenant, hash: hashRecord(tenant, indexed.id), indexed })) });
  }

  writeSpans(tenant: string, spans: readonly IndexedSpan[]): Promise<void> {
    return this.#enqueue({ table: 'spans', rows: spans.map((indexed) => ({ tenant, hash: hashRecord(tenant, indexed.id), indexed })) });
  }

  /** Waits for the calls under way, then leaves everything in the database file, where there is room. Call once, after the last write. */
  async close(): Promise<void> {
    await this.#running;
    await this.#checkpoint();
    this.#connection.closeSync();
  }

  #enqueue(rows: Rows): Promise<void> {
    if (rows.rows.length === 0) return Promise.resolve();
    if (this.#fault !== undefined) return Promise.reject(writeError(this.#fault));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...rows, resolve, reject });
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  async #run(): Promise<void> {
    // Callers of the same moment share the first commit too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#writeGroup(this.#takeGroup());
      if ((await this.#database.walBytes()) > CHECKPOINT_WAL_BYTES) await this.#checkpoint();
    }
  }

  #takeGroup(): Call[] {
    let count = 0;
    const end = this.#waiting.findIndex((call, index) => {
      count += call.rows.length;
      return index > 0 && count > MAX_GROUP_ROWS;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /** A group that fails is tried call by call: a fault in one must not fail the others. */
  async #writeGroup(calls: readonly Call[]): Promise<void> {
    try {
      await this.#commit(calls);
      for (const call of calls) call.resolve();
    } catch (error) {
      const [only] = calls;
      if (calls.length === 1 && only) only.reject(writeError(error));
      else for (const call of calls) await this.#writeGroup([call]);
    }
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    const logs = await this.#newRows(
      'logs',
      calls.flatMap((call) => (call.table === 'logs' ? call.rows : [])),
    );
    const spans = await this.#newRows(
      'spans',
      calls.flatMap((call) => (call.table === 'spans' ? call.rows : [])),
    );
    if (logs.length + spans.length === 0) return;
    const chunks = { logs: logChunks(logs), spans: spanChunks(spans) };
    await this.#connection.run('BEGIN');
    try {
      await this.#append('logs', chunks.logs);
      await this.#append('spans', chunks.spans);
      await this.#connection.run('COMMIT');
    } catch (error) {
      await this.#rollback();
      throw error;
    }
    if (this.#walIsNew) await this.#database.syncDirectory();
    this.#walIsNew = false;
    for (const { hash } of logs) this.#known.logs.add(hash);
    for (const { hash } of spans) this.#known.spans.add(hash);
  }

  async #append(table: TableName, chunks: readonly DuckDBDataChunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const appender = await this.#connection.createAppender(table);
    try {
      for (const chunk of chunks) appender.appendDataChunk(chunk);
    } finally {
      appender.closeSync();
    }
  }

  /** A failed commit has rolled back itself; there is then no transaction to end. */
  async #rollback(): Promise<void> {
    try {
      await this.#connection.run('ROLLBACK');
    } catch (error) {
      if (!(error instanceof Error && /no transaction is active/.test(error.message))) throw error;
    }
  }

  /** The rows that are not there yet, each once: of rows with one id the first. */
  async #newRows<R extends IndexedLog | IndexedSpan>(table: TableName, rows: readonly NewRow<R>[]): Promise<NewRow<R>[]> {
    const byId = new Map<string, NewRow<R>>();
    for (const row of rows) {
      const key = rowId(row.tenant, row.indexed.id);
      if (!byId.has(key)) byId.set(key, row);
    }
    const known = [...byId.values()].filter((row) => this.#known[table].mayHave(row.hash));
    for (const key of await this.#findIds(table, known)) byId.delete(key);
    return [...byId.values()];
  }

  async #findIds(table: TableName, rows: readonly NewRow[]): Promise<string[]> {
    if (rows.length === 0) return [];
    const parameters = new SqlParameters();
    const hashes = parameters.unsignedBigints(rows.map((row) => hashNumber(row.hash)));
    const sql = `SELECT tenant, id FROM ${table} WHERE id_hash IN (SELECT unnest(${hashes}))`;
    const found = await (await this.#connection.run(sql, parameters.values, parameters.types)).getRows();
    return found.map(([tenant, id]) => rowId(String(tenant), String(id)));
  }

  async #learnIds(table: TableName): Promise<void> {
    const result = await this.#connection.stream(`SELECT (id_hash >> 32)::UINTEGER, (id_hash & 4294967295)::UINTEGER FROM ${table}`);
    for await (const chunk of result) {
      const highs = chunk.getColumnValues(0);
      const lows = chunk.getColumnValues(1);
      for (const [index, high] of highs.entries()) this.#known[table].add({ high: Number(high), low: Number(lows[index]) });
    }
  }

  /** What is committed is safe without it: the next start reads the log of writes again. */
  async #checkpoint(): Promise<void> {
    const walBytes = await this.#database.walBytes();
    if (walBytes === 0 || (await this.#database.freeBytes()) < walBytes * 2 + CHECKPOINT_ROOM_BYTES) return;
    try {
      await this.#connection.run('CHECKPOINT');
      this.#walIsNew = true;
    } catch (error) {
      this.#fault = error;
    }
  }
}

function rowId(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}

function writeError(cause: unknown): ThreadlineError {
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  return new ThreadlineError(
    'storage_unavailable',
    `The embedded storage could not write (${reason}): check the disk of THREADLINE_DATA_DIR`,
    { cause, retryAfterMillis: 1_000 },
  );
}
