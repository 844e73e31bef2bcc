import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { ThreadlineError } from '../../errors.ts';
import type { ReadContext } from '../storage.ts';
import type { Database } from './database.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** More would take the writer's core, and all of libuv's four threads. */
const MAX_READS = 2;
/** DuckDB forgets an interruption that comes before the statement runs: it is repeated until the statement ends. */
const INTERRUPT_EVERY_MILLIS = 20;
/** A deadline further away is none: timers hold at most 2^31 − 1 ms. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** Runs one statement of a read and gives all its rows. */
export type RunStatement = (sql: string, parameters: SqlParameters) => Promise<DuckDBValue[][]>;

/** Connections that only read: two statements at once, the others wait their turn. */
export class ReadPool {
  readonly #database: Database;
  readonly #idle: DuckDBConnection[] = [];
  readonly #turns: (() => void)[] = [];
  readonly #closing = new AbortController();
  #active = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Runs a read in one transaction, so that its statements see the same rows. Rejects with the signal's reason when it is aborted,
   * with `deadline_exceeded` past the deadline (also while it waits for its turn), with `shutting_down` once the pool closes.
   */
  async read<T>(context: ReadContext, action: (run: RunStatement) => Promise<T>): Promise<T> {
    const limit = new ReadLimit(context, this.#closing.signal);
    try {
      const connection = await this.#acquire(limit);
      try {
        return await inTransaction(connection, limit, action);
      } finally {
        this.#release(connection);
      }
    } finally {
      limit.dispose();
    }
  }

  /** Ends the reads under way with `shutting_down` and closes their connections. Safe to repeat. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#active > 0) await new Promise<void>((resolve) => this.#turns.push(resolve));
    for (const connection of this.#idle.splice(0)) connection.closeSync();
  }

  async #acquire(limit: ReadLimit): Promise<DuckDBConnection> {
    limit.check();
    while (this.#active >= MAX_READS) {
      await Promise.race([new Promise<void>((resolve) => this.#turns.push(resolve)), limit.ended]);
      limit.check();
    }
    this.#active += 1;
    try {
      return this.#idle.pop() ?? (await this.#database.connect());
    } catch (error) {
      this.#active -= 1;
      throw error;
    }
  }

  #release(connection: DuckDBConnection): void {
    this.#idle.push(connection);
    this.#active -= 1;
    // All look again: one that gave up meanwhile must not keep the turn.
    for (const turn of this.#turns.splice(0)) turn();
  }
}

async function inTransaction<T>(connection: DuckDBConnection, limit: ReadLimit, action: (run: RunStatement) => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  try {
    return await action(async (sql, parameters) => {
      limit.check();
      const stopInterrupting = limit.interrupt(connection);
      try {
        return await (await connection.run(sql, parameters.values, parameters.types)).getRows();
      } catch (error) {
        limit.check();
        throw readError(error);
      } finally {
        stopInterrupting();
      }
    });
  } finally {
    await connection.run('ROLLBACK');
  }
}

/** When a read has to stop, whatever the reason. */
class ReadLimit {
  /** Resolves when the read has to stop. */
  readonly ended: Promise<void>;
  readonly #context: ReadContext;
  readonly #closing: AbortSignal;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #end = (): void => this.#stop.abort();

  constructor(context: ReadContext, closing: AbortSignal) {
    this.#context = context;
    this.#closing = closing;
    const remaining = Math.min(Math.max(context.deadline - performance.now(), 0), MAX_TIMER_MILLIS);
    this.#timer = setTimeout(this.#end, remaining);
    context.signal.addEventListener('abort', this.#end, { once: true });
    closing.addEventListener('abort', this.#end, { once: true });
    this.ended = new Promise((resolve) => this.#stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Throws the reason to stop, if there is one. */
  check(): void {
    this.#context.signal.throwIfAborted();
    if (this.#closing.aborted) throw new ThreadlineError('shutting_down', 'The storage is shutting down');
    // Timers may be a moment early: once this one has stopped the read, its reason is the deadline.
    if (this.#stop.signal.aborted || performance.now() >= this.#context.deadline)
      throw new ThreadlineError('deadline_exceeded', 'The search took too long: narrow its time range or its query');
  }

  /** Interrupts what the connection runs once the read has to stop, until the function it gives is called. */
  interrupt(connection: DuckDBConnection): () => void {
    let repeat: NodeJS.Timeout | undefined;
    const begin = (): void => {
      connection.interrupt();
      repeat = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MILLIS);
    };
    if (this.#stop.signal.aborted) begin();
    else this.#stop.signal.addEventListener('abort', begin, { once: true });
    return () => {
      this.#stop.signal.removeEventListener('abort', begin);
      clearInterval(repeat);
    };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#context.signal.removeEventListener('abort', this.#end);
    this.#closing.removeEventListener('abort', this.#end);
  }
}

function readError(cause: unknown): unknown {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/pattern too large|invalid repetition|bad repetition/.test(message)) {
    return new ThreadlineError('unsupported_query', 'The regular expression is too large for the embedded storage: make it shorter', {
      cause,
    });
  }
  if (/^Out of Memory/.test(message)) {
    return new ThreadlineError('storage_unavailable', 'The search needs more memory than the embedded storage has: narrow its time range', {
      cause,
    });
  }
  return new ThreadlineError('internal', `The embedded storage could not read: ${message.split('\n', 1)[0]}`, { cause });
}
