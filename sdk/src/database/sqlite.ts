import { basename } from 'node:path';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { failDatabaseSpan, startDatabaseSpan } from './db-span.ts';
import { readSql } from './sql-text.ts';

const PATCHED = Symbol.for('threadline.sqlite.patched');
/** Of which database a statement is; its own object does not say. */
const namespaceOfStatement = new WeakMap<object, string | undefined>();

/**
 * Client spans for node:sqlite: `exec`, and `get`, `all`, `run` and `iterate` of a prepared statement. They block the
 * thread for as long as the span lasts; one of `iterate` lasts until its rows are read.
 */
export function patchSqlite(sqlite: unknown): void {
  const database = exportedPrototype(sqlite, 'DatabaseSync');
  const statement = exportedPrototype(sqlite, 'StatementSync');
  if (database === undefined || statement === undefined || PATCHED in database) return;
  Object.defineProperty(database, PATCHED, { value: true });
  wrapMethod(
    database,
    'exec',
    (original) =>
      function (sql, ...rest) {
        return follow(String(sql), isObject(this) ? namespaceOf(this) : undefined, () => Reflect.apply(original, this, [sql, ...rest]));
      },
  );
  wrapMethod(
    database,
    'prepare',
    (original) =>
      function (...args) {
        const prepared = Reflect.apply(original, this, args);
        if (isObject(prepared) && isObject(this)) namespaceOfStatement.set(prepared, namespaceOf(this));
        return prepared;
      },
  );
  for (const name of ['get', 'all', 'run', 'iterate']) wrapMethod(statement, name, wrapExecution);
}

function wrapExecution(original: Method): Method {
  return function (...args) {
    const call = (): unknown => Reflect.apply(original, this, args);
    const sql: unknown = isObject(this) ? Reflect.get(this, 'sourceSQL') : undefined;
    return isObject(this) && typeof sql === 'string' ? follow(sql, namespaceOfStatement.get(this), call) : call();
  };
}

function follow(sql: string, namespace: string | undefined, call: () => unknown): unknown {
  const { summary, operation, text } = readSql(sql, 'sqlite');
  const span = startDatabaseSpan({ system: 'sqlite', summary, operation, namespace, text: () => text });
  if (span === undefined) return call();
  const fail = (error: unknown): void => failDatabaseSpan(span, error, statusOf(error));
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    fail(error);
    throw error;
  }
  if (isIterator(result)) followIterator(result, () => span.end(), fail);
  else span.end();
  return result;
}

function followIterator(iterator: object, end: () => void, fail: (error: unknown) => void): void {
  for (const name of ['next', 'return'])
    wrapMethod(
      iterator,
      name,
      (original) =>
        function (...args) {
          try {
            const step = Reflect.apply(original, this, args);
            if (name === 'return' || (isObject(step) && Reflect.get(step, 'done') === true)) end();
            return step;
          } catch (error) {
            fail(error);
            throw error;
          }
        },
    );
}

/** Rows are objects without a prototype or lists: neither has a `next` of its own that can be called. */
function isIterator(value: unknown): value is object {
  return isObject(value) && isMethod(Reflect.get(value, 'next')) && isMethod(Reflect.get(value, Symbol.iterator));
}

/** SQLite's extended result code. */
function statusOf(error: unknown): string | undefined {
  const code: unknown = isObject(error) ? Reflect.get(error, 'errcode') : undefined;
  return typeof code === 'number' ? String(code) : undefined;
}

/** The file's name without its folder, which is the machine's. */
function namespaceOf(database: object): string | undefined {
  const location: unknown = Reflect.get(database, 'location');
  try {
    const path = isMethod(location) ? Reflect.apply(location, database, []) : undefined;
    return typeof path === 'string' && path !== '' ? basename(path) : ':memory:';
  } catch {
    // A closed database: the call itself says so to the app.
    return undefined;
  }
}
