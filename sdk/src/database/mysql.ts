import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { emitInContext } from '../http/emit-in-context.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { bindCallbacks, type EndCall, followCallback, inRootContext, textField } from './in-context.ts';
import { isMariadbVersion, type MysqlServer, serverOf, startMysqlCall } from './mysql-span.ts';

const PATCHED = Symbol.for('threadline.mysql.patched');
/** What of mysql2 makes a connection, or a pool with a timer of its own. */
const CREATORS = ['createConnection', 'connect', 'createPool', 'createPoolCluster'];

/** How one of the two libraries does what both do. */
interface Driver {
  /** Where a command keeps what it calls once it is answered. */
  readonly callback: 'onResult' | '_callback';
  /** The server's first message, on whatever it is kept. */
  readonly greeting: (connection: object) => unknown;
}

const MYSQL2: Driver = { callback: 'onResult', greeting: (connection) => Reflect.get(connection, '_handshakePacket') };
const MYSQL: Driver = {
  callback: '_callback',
  greeting(connection) {
    const protocol: unknown = Reflect.get(connection, '_protocol');
    return isObject(protocol) ? Reflect.get(protocol, '_handshakeInitializationPacket') : undefined;
  },
};

/** Calls that are not over, by their connection: when it is lost or destroyed, not all of them are told. */
const open = new WeakMap<object, Set<EndCall>>();
/** As both call it. */
const CONNECTION_LOST = 'PROTOCOL_CONNECTION_LOST';

/**
 * Client spans for what mysql2 sends by `query`, `execute` and prepared statements, of connections, pools and clusters, with callbacks, promises and streams.
 * Not through the channels that it has since 3.20: what they tell of `query` has the values in it, a text of its own for each call, and nothing that runs in a
 * channel can give a callback its caller's context. Takes the exports of its main file, of `promise.js`, and of the files of its classes.
 */
export function patchMysql2(exports: unknown): void {
  if (!isObject(exports)) return;
  const prototype: unknown = Reflect.get(exports, 'prototype');
  if (!isObject(prototype)) {
    if (isFirst(exports)) for (const name of CREATORS) wrapMethod(exports, name, inRootContext);
  } else if (!isFirst(prototype)) return;
  // Of a pool; all else it has from the class of other connections.
  else if ('release' in prototype) openInRootContext(exports);
  // Which class has the methods changed over the versions.
  else if (Object.hasOwn(prototype, 'addCommand')) {
    for (const name of ['query', 'execute']) wrapMethod(prototype, name, (original) => wrapQuery(original, MYSQL2));
    wrapMethod(prototype, 'addCommand', wrapAddCommand);
    wrapMethod(prototype, '_notifyError', wrapNotifyError);
    wrapMethod(prototype, 'connect', bindCallbacks);
    wrapMethod(prototype, 'destroy', wrapDestroy);
  } else if (Object.hasOwn(prototype, 'releaseConnection')) patchPool(prototype);
}

/** The same for `mysql`. Takes the exports of the files of its classes. */
export function patchMysql(exports: unknown): void {
  const prototype: unknown = isObject(exports) ? Reflect.get(exports, 'prototype') : undefined;
  if (!isObject(prototype) || !isFirst(prototype)) return;
  if ('_enqueue' in prototype) wrapMethod(prototype, '_enqueue', (original) => wrapQueue(original, MYSQL));
  else if ('releaseConnection' in prototype) patchPool(prototype);
  else {
    wrapMethod(prototype, 'query', (original) => wrapQuery(original, MYSQL));
    wrapMethod(prototype, 'connect', (original) => bindCallbacks(inRootContext(original)));
    wrapMethod(prototype, 'destroy', wrapDestroy);
  }
}

function isFirst(patched: object): boolean {
  return !Object.hasOwn(patched, PATCHED) && Reflect.defineProperty(patched, PATCHED, { value: true });
}

function patchPool(prototype: object): void {
  for (const name of ['getConnection', 'end']) wrapMethod(prototype, name, bindCallbacks);
  // What is sent to a connection that is new is no request's.
  wrapMethod(
    prototype,
    'emit',
    (original) =>
      function (...args) {
        return args[0] === 'connection' ? inRootContext(original).apply(this, args) : Reflect.apply(original, this, args);
      },
  );
}

/** A connection's constructor opens its socket. Whoever has the class has it already, so that it is the class above which is constructed elsewhere. */
function openInRootContext(connection: object): void {
  const parent: unknown = Object.getPrototypeOf(connection);
  if (!isMethod(parent)) return;
  Object.setPrototypeOf(
    connection,
    new Proxy(parent, { construct: (...args) => context.with(ROOT_CONTEXT, () => Reflect.construct(...args)) }),
  );
}

function wrapQuery(original: Method, driver: Driver): Method {
  return function (...args) {
    const [query] = args;
    const end = isObject(this) ? startCall(this, textField(query, 'sql') ?? (typeof query === 'string' ? query : ''), driver) : undefined;
    if (end === undefined || !isObject(this)) return Reflect.apply(original, this, args);
    // A pool hands over a command that has its callback.
    const hasCallback = (isObject(query) && followCommand(query, driver, end)) || args.some(isMethod);
    try {
      const command = Reflect.apply(
        original,
        this,
        args.map((arg) => (isMethod(arg) ? followCallback(arg, end) : arg)),
      );
      if (!hasCallback) followEvents(command, end);
      if (!hasCallback && isClosed(this)) end(lost());
      return command;
    } catch (error) {
      end(error);
      throw error;
    }
  };
}

/** Whatever is sent passes here: it calls back, and its events are emitted, where it was asked for. */
function wrapQueue(original: Method, driver: Driver): Method {
  return function (command, ...rest) {
    if (isObject(command)) {
      const callback: unknown = Reflect.get(command, driver.callback);
      if (isMethod(callback)) Reflect.set(command, driver.callback, context.bind(context.active(), callback));
      emitInContext(command, context.active());
    }
    return Reflect.apply(original, this, [command, ...rest]);
  };
}

function wrapAddCommand(original: Method): Method {
  const enqueue = wrapQueue(original, MYSQL2);
  return function (command, ...rest) {
    // One that was prepared before; what comes from `execute` has its text with it.
    const statement: unknown = isObject(command) && textField(command, 'sql') === undefined ? Reflect.get(command, 'statement') : undefined;
    const sql = textField(statement, 'query');
    const end = sql !== undefined && isObject(this) ? startCall(this, sql, MYSQL2) : undefined;
    const hasCallback = end !== undefined && isObject(command) && followCommand(command, MYSQL2, end);
    const result = Reflect.apply(enqueue, this, [command, ...rest]);
    if (end !== undefined && !hasCallback) followEvents(command, end);
    return result;
  };
}

/** Whether the command has a callback. */
function followCommand(command: object, { callback: name }: Driver, end: EndCall): boolean {
  const callback: unknown = Reflect.get(command, name);
  if (!isMethod(callback)) return false;
  Reflect.set(command, name, followCallback(callback, end));
  return true;
}

/** For a command without a callback. */
function followEvents(command: unknown, end: EndCall): void {
  if (!isObject(command)) return;
  emitInContext(command, context.active(), (event, error) => {
    if (event === 'error' || event === 'end') end(event === 'error' ? error : undefined);
  });
}

/** mysql2's, once a connection is of no use any more. */
function wrapNotifyError(original: Method): Method {
  return function (error, ...rest) {
    if (isObject(this)) endAll(this, error);
    return Reflect.apply(original, this, [error, ...rest]);
  };
}

function wrapDestroy(original: Method): Method {
  return function (...args) {
    if (isObject(this)) endAll(this, lost());
    return Reflect.apply(original, this, args);
  };
}

function endAll(connection: object, error: unknown): void {
  for (const end of open.get(connection) ?? []) end(error);
}

function lost(): Error {
  return Object.assign(new Error('the connection is closed'), { code: CONNECTION_LOST });
}

/** What mysql2 is asked then fails on the connection, where the command has no callback. */
function isClosed(connection: object): boolean {
  return Reflect.get(connection, '_closing') === true;
}

function startCall(connection: object, sql: string, { greeting }: Driver): EndCall | undefined {
  const end = startMysqlCall({ sql }, (): MysqlServer => {
    const config: unknown = Reflect.get(connection, 'config');
    return {
      isMariadb: isMariadbVersion(textField(greeting(connection), 'serverVersion')),
      namespace: textField(config, 'database'),
      server: serverOf(config),
    };
  });
  if (end === undefined) return undefined;
  const calls = open.get(connection) ?? new Set();
  open.set(connection, calls.add(endAndForget));
  return endAndForget;

  function endAndForget(error: unknown): void {
    calls.delete(endAndForget);
    end?.(error);
  }
}
