import { context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { failDatabaseSpan, type ServerAddress, startDatabaseSpan } from './db-span.ts';
import { readMongoCommand } from './mongodb-text.ts';

const PATCHED = Symbol.for('threadline.mongodb.patched');
/** What the driver says on its own when it opens a connection or watches a server. */
const OWN_COMMANDS = new Set(['hello', 'ismaster', 'isMaster', 'saslStart', 'saslContinue', 'authenticate', 'endSessions']);

/**
 * Client spans for the commands that MongoDB's driver sends, one for each `getMore` of a cursor too. A client is
 * connected in the root context: its monitors and its pool belong to no request. Takes the package's exports, and those
 * of its `lib/cmap/connection.js`: every command passes there, while the public command events decode each reply twice.
 */
export function patchMongodb(exports: unknown): void {
  const client = exportedPrototype(exports, 'MongoClient');
  if (client !== undefined && !(PATCHED in client)) {
    Object.defineProperty(client, PATCHED, { value: true });
    wrapMethod(
      client,
      'connect',
      (original) =>
        function (...args) {
          return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
        },
    );
  }
  const connection = exportedPrototype(exports, 'Connection');
  if (connection === undefined || PATCHED in connection) return;
  Object.defineProperty(connection, PATCHED, { value: true });
  wrapMethod(connection, 'command', wrapCommand);
}

function wrapCommand(original: Method): Method {
  return function (namespace, command, ...rest) {
    const span = isObject(this) && isObject(command) ? startSpan(this, namespace, command) : undefined;
    if (span === undefined) return Reflect.apply(original, this, [namespace, command, ...rest]);
    const result = Reflect.apply(original, this, [namespace, command, ...rest]);
    if (result instanceof Promise)
      result.then(
        (reply: unknown) => endWithReply(span, reply),
        (error: unknown) => endWithError(span, error),
      );
    else span.end();
    return result;
  };
}

function startSpan(connection: object, namespace: unknown, command: object): Span | undefined {
  const [operation, first] = Object.entries(command)[0] ?? [];
  if (operation === undefined || OWN_COMMANDS.has(operation)) return undefined;
  const cursorCollection: unknown = Reflect.get(command, 'collection');
  const target = typeof first === 'string' ? first : cursorCollection;
  const collection = typeof target === 'string' ? target : undefined;
  const database: unknown = isObject(namespace) ? Reflect.get(namespace, 'db') : undefined;
  return startDatabaseSpan({
    system: 'mongodb',
    summary: collection === undefined ? operation : `${operation} ${collection}`,
    operation,
    collection,
    namespace: typeof database === 'string' ? database : undefined,
    text: () => readMongoCommand(command, collection),
    server: addressOf(Reflect.get(connection, 'address')),
  });
}

/** A write that some documents failed is answered, with the errors in the answer. */
function endWithReply(span: Span, reply: unknown): void {
  const writeErrors = isObject(reply) && !isMethod(Reflect.get(reply, 'toObject')) ? Reflect.get(reply, 'writeErrors') : undefined;
  if (Array.isArray(writeErrors) && writeErrors.length > 0) endWithError(span, writeErrors[0]);
  else span.end();
}

function endWithError(span: Span, error: unknown): void {
  const code: unknown = isObject(error) ? Reflect.get(error, 'code') : undefined;
  failDatabaseSpan(span, error, typeof code === 'number' ? String(code) : undefined);
}

/** `host:port`, `[::1]:port`, or the path of a socket. */
function addressOf(address: unknown): ServerAddress | undefined {
  if (typeof address !== 'string') return undefined;
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(address);
  return match === null ? { address, port: undefined } : { address: match[1], port: Number(match[2]) };
}
