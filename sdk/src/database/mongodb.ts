import type { Span } from '@opentelemetry/api';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { failDatabaseSpan, type ServerAddress, startDatabaseSpan } from './db-span.ts';
import { inRootContext } from './in-context.ts';
import { readMongoCommand } from './mongodb-text.ts';

const PATCHED = Symbol.for('threadline.mongodb.patched');
/** What the driver says on its own when it opens a connection or watches a server. */
const OWN_COMMANDS = new Set(['hello', 'ismaster', 'isMaster', 'saslStart', 'saslContinue', 'authenticate', 'endSessions']);
/** Types of elements in BSON. */
const BSON_OBJECT = 3;
const BSON_ARRAY = 4;

/**
 * Client spans for the commands that MongoDB's driver sends, one for each `getMore` of a cursor too. A client is
 * connected in the root context: its monitors and its pool belong to no request. Takes the package's exports, and those
 * of its `lib/cmap/connection.js`: every command passes there, while the public command events decode each reply twice.
 */
export function patchMongodb(exports: unknown): void {
  const client = exportedPrototype(exports, 'MongoClient');
  if (client !== undefined && !(PATCHED in client)) {
    Object.defineProperty(client, PATCHED, { value: true });
    wrapMethod(client, 'connect', inRootContext);
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

/** A write that failed for some documents, or was not confirmed as asked, is answered, with the errors in the answer. */
function endWithReply(span: Span, reply: unknown): void {
  const error = isObject(reply) ? writeErrorIn(reply) : undefined;
  if (error === undefined) span.end();
  else endWithError(span, error);
}

/** The first of them. */
function writeErrorIn(reply: object): unknown {
  const get: unknown = Reflect.get(reply, 'get');
  if (isMethod(get) && isMethod(Reflect.get(reply, 'toObject'))) return undecodedWriteError(reply);
  const writeErrors: unknown = Reflect.get(reply, 'writeErrors');
  return (Array.isArray(writeErrors) ? writeErrors[0] : undefined) ?? Reflect.get(reply, 'writeConcernError') ?? undefined;
}

/** Of a reply that the driver has as bytes and where their elements are: nothing is decoded but the error's code, once there is one. */
function undecodedWriteError(reply: object): unknown {
  const error =
    member(member(reply, 'writeErrors', BSON_ARRAY), 0, BSON_OBJECT) ??
    member(reply, 'writeConcernError', BSON_OBJECT) ??
    // Of `client.bulkWrite`, whose replies list what failed, unless they are asked for all.
    (numberIn(reply, 'nErrors')
      ? (member(member(member(reply, 'cursor', BSON_OBJECT), 'firstBatch', BSON_ARRAY), 0, BSON_OBJECT) ?? {})
      : undefined);
  return error === undefined ? undefined : { code: numberIn(error, 'code') };
}

function member(document: unknown, name: string | number, type: number): object | undefined {
  const get: unknown = isObject(document) ? Reflect.get(document, 'get') : undefined;
  const found: unknown = isMethod(get) ? Reflect.apply(get, document, [name, type]) : undefined;
  return isObject(found) ? found : undefined;
}

function numberIn(document: object, name: string): number | undefined {
  const getNumber: unknown = Reflect.get(document, 'getNumber');
  const found: unknown = isMethod(getNumber) ? Reflect.apply(getNumber, document, [name]) : undefined;
  return typeof found === 'number' ? found : undefined;
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
