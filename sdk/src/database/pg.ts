import { context, type Span } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { failDatabaseSpan, startDatabaseSpan } from './db-span.ts';
import { bindCallbacks, type EndCall, followCallback, followPromise, inRootContext, numberField, textField } from './in-context.ts';
import { readSql } from './sql-text.ts';

const PATCHED = Symbol.for('threadline.pg.patched');

/**
 * Client spans for `query` of pg's clients and pools. A connection belongs to nobody: it is opened in the root context,
 * so that a notification which arrives on it never runs in the request that happened to open it. Callbacks run in their
 * caller's context, also those of a pool whose connection was given back by another request.
 */
export function patchPg(pg: unknown): void {
  const client = exportedPrototype(pg, 'Client');
  const pool = exportedPrototype(pg, 'Pool');
  if (client === undefined || PATCHED in client) return;
  Object.defineProperty(client, PATCHED, { value: true });
  wrapMethod(client, 'connect', (original) => bindCallbacks(inRootContext(original)));
  wrapMethod(client, 'query', wrapQuery);
  if (pool !== undefined) wrapMethod(pool, 'connect', bindCallbacks);
}

function wrapQuery(original: Method): Method {
  return function (query, ...rest) {
    const caller = context.active();
    const span = isObject(this) ? startSpan(this, textOf(query)) : undefined;
    const end: EndCall = (error) => {
      if (span !== undefined) endSpan(span, error);
    };
    const args = rest.map((arg) => (isMethod(arg) ? context.bind(caller, followCallback(arg, end)) : arg));
    const hasCallback = rest.some(isMethod);
    if (isObject(query) && isMethod(Reflect.get(query, 'submit'))) followSubmittable(query, end, hasCallback);
    else if (isObject(query) && isMethod(Reflect.get(query, 'callback')) && !hasCallback)
      return Reflect.apply(original, this, followConfig(query));
    try {
      const result = Reflect.apply(original, this, [query, ...args]);
      followPromise(result, end);
      return result;
    } catch (error) {
      end(error);
      throw error;
    }

    /** `query({ text, callback })`: the app's own object stays as it was. */
    function followConfig(config: object): unknown[] {
      const callback: unknown = Reflect.get(config, 'callback');
      const followed = Object.create(config, {
        callback: { value: isMethod(callback) ? context.bind(caller, followCallback(callback, end)) : callback, enumerable: true },
      });
      return [followed, ...rest];
    }
  };
}

/** pg's own Query, pg-cursor, pg-query-stream: objects that pg calls. Their listeners run where they were sent from. */
function followSubmittable(query: object, end: EndCall, hasCallback: boolean): void {
  const caller = context.active();
  // Listeners may have been there before: it is the call of them that is followed.
  wrapMethod(
    query,
    'emit',
    (emit) =>
      function (...args) {
        return context.with(caller, () => Reflect.apply(emit, this, args));
      },
  );
  // pg-cursor calls back from whatever the connection hears next.
  for (const name of ['read', 'close']) wrapMethod(query, name, bindCallbacks);
  for (const name of ['handleError', 'handleReadyForQuery'])
    wrapMethod(
      query,
      name,
      (original) =>
        function (...args) {
          end(name === 'handleError' ? args[0] : undefined);
          return Reflect.apply(original, this, args);
        },
    );
  const callback: unknown = Reflect.get(query, 'callback');
  if (isMethod(callback) && !hasCallback) Reflect.set(query, 'callback', context.bind(caller, callback));
}

function startSpan(client: object, text: string): Span | undefined {
  const sql = readSql(text, 'postgresql');
  return startDatabaseSpan({
    system: 'postgresql',
    summary: sql.summary,
    operation: sql.operation,
    namespace: textField(client, 'database'),
    text: () => sql.text,
    server: { address: textField(client, 'host'), port: portOf(client) },
  });
}

function endSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  if (!isObject(error)) span.end();
  else failDatabaseSpan(span, error, SQLSTATE.exec(textField(error, 'code') ?? '')?.[0]);
}

/** Five capitals and digits; an error of the connection has another code, which is no answer of the server's. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  if (!isObject(query)) return '';
  const inner: unknown = Reflect.get(query, 'cursor');
  return textField(query, 'text') ?? (isObject(inner) ? textOf(inner) : '');
}

function portOf(client: object): number | undefined {
  return textField(client, 'host')?.startsWith('/') ? undefined : numberField(client, 'port');
}
