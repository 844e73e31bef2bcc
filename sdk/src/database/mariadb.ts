import { EventEmitter } from 'node:events';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '../context/context-values.ts';
import { emitInContext, runningOf } from '../http/emit-in-context.ts';
import { isMethod, isObject, type Method, wrapMethod, wrapMethodUntil } from '../instrument/wrap-method.ts';
import { bindCallbacks, type EndCall, followPromise, inRootContext, textField } from './in-context.ts';
import { serverOf, startMysqlCall } from './mysql-span.ts';

const PATCHED = Symbol.for('threadline.mariadb.patched');
/** A connection has one of them at a time, by its state, for whatever is to be sent. */
const ADD_COMMAND = ['addCommandQueue', 'addCommandEnable', 'addCommandEnablePipeline', 'addCommandDisabled'];
/** How a pool opens a connection, since 3.5 and before. */
const OPEN_CONNECTION = ['_createPoolConnection', '_doCreateConnection'];

/**
 * Client spans for what the connector `mariadb` sends, of connections, pools and clusters, with promises, callbacks and streams; a batch is one span, whatever it takes.
 * Takes the exports of its main file, or of that for callbacks.
 */
export function patchMariadb(exports: unknown): void {
  for (const prototype of prototypesOf(exports)) {
    if (Object.hasOwn(prototype, PATCHED)) continue;
    Object.defineProperty(prototype, PATCHED, { value: true });
    if ('addCommandEnable' in prototype) patchConnection(prototype);
    else if ('_shouldCreateMoreConnections' in prototype) patchPool(prototype);
  }
}

/**
 * The classes are exported nowhere, and what `require` loads is one file with all of them: of a connection that fails at once, and of a pool that has none, it is
 * heard which prototypes they have, as they add listeners to themselves. Nothing is sent.
 */
function prototypesOf(exports: unknown): Set<object> {
  const prototypes = new Set<object>();
  const create = (name: string, options: object): unknown => {
    const creator: unknown = isObject(exports) ? Reflect.get(exports, name) : undefined;
    return isMethod(creator) ? creator(options) : undefined;
  };
  const stop = wrapMethodUntil(
    EventEmitter.prototype,
    'on',
    (original) =>
      function (...args) {
        if (isObject(this)) prototypes.add(Object.getPrototypeOf(this));
        return Reflect.apply(original, this, args);
      },
  );
  try {
    const pool = create('createPool', { connectionLimit: 0 });
    const end: unknown = isObject(pool) ? Reflect.get(pool, 'end') : undefined;
    if (isMethod(end)) followPromise(end.call(pool), () => undefined);
    const stream = (give: (error: Error) => void): void => give(new Error('not to be connected'));
    const connection = create('createConnection', { stream });
    followPromise(connection, () => undefined);
    const on: unknown = isObject(connection) ? Reflect.get(connection, 'on') : undefined;
    if (isMethod(on)) on.call(connection, 'error', () => undefined);
  } finally {
    stop();
  }
  return prototypes;
}

function patchPool(pool: object): void {
  wrapMethod(pool, 'getConnection', bindCallbacks);
  for (const name of OPEN_CONNECTION) wrapMethod(pool, name, inRootContext);
}

function patchConnection(connection: object): void {
  wrapMethod(connection, 'connect', inRootContext);
  // What a pool does to a connection that it got back.
  wrapMethod(connection, 'reset', (original) => bindCallbacks(inRootContext(original)));
  wrapMethod(connection, 'prepareExecute', (original) => wrapSteps(original, () => undefined));
  wrapMethod(connection, 'batch', (original) => wrapSteps(original, batchSizeOf));
  for (const name of ADD_COMMAND) wrapMethod(connection, name, wrapAddCommand);
}

/** What is prepared and executed, once or for many rows, is one call. */
function wrapSteps(original: Method, sizeOf: (parameters: unknown) => number | undefined): Method {
  return function (parameters, ...callbacks) {
    const caller = context.active();
    const sql = textField(parameters, 'sql');
    const end = isObject(this) && sql !== undefined ? startCall(this, sql, sizeOf(parameters)) : undefined;
    if (end === undefined) return Reflect.apply(original, this, [parameters, ...callbacks]);
    const [resolve, reject] = callbacks;
    const followed = isMethod(resolve) && isMethod(reject) ? [followResult(resolve, end), followError(reject, end)] : callbacks;
    const bound = followed.map((callback) => (isMethod(callback) ? context.bind(caller, callback) : callback));
    const result = context.with(suppressTracing(caller), () => Reflect.apply(original, this, [parameters, ...bound]));
    // Before 3.5.
    followPromise(result, end);
    return result;
  };
}

/** Whatever is sent passes here: it calls back, and its events are emitted, where it was asked for. */
function wrapAddCommand(original: Method): Method {
  return function (command, ...rest) {
    // One that waited for the connection comes again.
    if (isObject(this) && isObject(command) && runningOf(command) === undefined) followCommand(this, command);
    return Reflect.apply(original, this, [command, ...rest]);
  };
}

function followCommand(connection: object, command: object): void {
  const caller = context.active();
  emitInContext(command, caller);
  const stream: unknown = Reflect.get(command, 'inStream');
  if (isObject(stream)) emitInContext(stream, caller);
  else followLaterStream(Object.getPrototypeOf(command));
  const sql = isPreparing(command) ? undefined : textField(command, 'sql');
  const end = sql === undefined ? undefined : startCall(connection, sql);
  const { resolve, reject }: { resolve?: unknown; reject?: unknown } = command;
  if (isMethod(resolve)) Reflect.set(command, 'resolve', context.bind(caller, end === undefined ? resolve : followResult(resolve, end)));
  if (isMethod(reject)) Reflect.set(command, 'reject', context.bind(caller, end === undefined ? reject : followError(reject, end)));
}

/** A query with callbacks is made a stream of once it is sent. */
function followLaterStream(prototype: unknown): void {
  if (!isObject(prototype) || !Object.hasOwn(prototype, '_stream') || Object.hasOwn(prototype, PATCHED)) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  wrapMethod(
    prototype,
    '_stream',
    (original) =>
      function (...args) {
        const stream = Reflect.apply(original, this, args);
        if (isObject(stream)) emitInContext(stream, (isObject(this) && runningOf(this)) || context.active());
        return stream;
      },
  );
}

function isPreparing(command: object): boolean {
  return isMethod(Reflect.get(command, 'successPrepare'));
}

function followResult(resolve: Method, end: EndCall): Method {
  return function (...results) {
    end(undefined);
    return Reflect.apply(resolve, this, results);
  };
}

function followError(reject: Method, end: EndCall): Method {
  return function (error, ...rest) {
    end(error ?? new Error('rejected without an error'));
    return Reflect.apply(reject, this, [error, ...rest]);
  };
}

/** The rows of parameters that a batch has; undefined for one flat list, which may be one row. */
function batchSizeOf(parameters: unknown): number | undefined {
  const values: unknown = isObject(parameters) ? Reflect.get(parameters, 'values') : undefined;
  return Array.isArray(values) && isObject(values[0]) ? values.length : undefined;
}

function startCall(connection: object, sql: string, batchSize?: number): EndCall | undefined {
  return startMysqlCall({ sql, batchSize }, () => {
    const { info, opts }: { info?: unknown; opts?: unknown } = connection;
    const version: unknown = isObject(info) ? Reflect.get(info, 'serverVersion') : undefined;
    const isMariadb: unknown = isObject(version) ? Reflect.get(version, 'mariaDb') : undefined;
    return {
      isMariadb: typeof isMariadb === 'boolean' ? isMariadb : undefined,
      namespace: textField(info, 'database') ?? textField(opts, 'database'),
      server: serverOf(opts),
    };
  });
}
