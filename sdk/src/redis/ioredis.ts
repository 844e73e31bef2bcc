import { context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import type { ServerAddress } from '../database/db-span.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { type Command, followReply, isAlone, isCommand, markAlone, rememberFlows, takeFlow } from './ioredis-command.ts';
import { abandonTransaction, isInTransaction, joinTransaction } from './ioredis-transaction.ts';
import type { SendCommand } from './list-contexts.ts';
import { endSentCommand, type RedisMessaging } from './redis-messaging.ts';
import { endRedisBatchSpan, endRedisSpan, endWithPromise, startRedisBatchSpan, startRedisSpan } from './redis-span.ts';

const PATCHED = Symbol.for('threadline.ioredis.patched');
/** Where the message is among the arguments of a subscriber's event; the channel is before it. */
const MESSAGE_EVENTS: Readonly<Record<string, number>> = {
  message: 1,
  messageBuffer: 1,
  smessage: 1,
  smessageBuffer: 1,
  pmessage: 2,
  pmessageBuffer: 2,
};
/** Pipelines that have their span: `exec` of a transaction calls itself. */
const executed = new WeakSet<object>();

/** The part of ioredis's class that makes a command. */
type CreateCommand = (name: string, args: readonly string[], options: Readonly<Record<string, unknown>>) => unknown;

interface Following {
  readonly messaging: RedisMessaging;
  readonly createCommand: CreateCommand;
}

/**
 * Client spans, streams and channels of ioredis. Its own channel says nothing of a command that waits for the
 * connection, and nothing can be added to a command there, so `sendCommand` is followed, in the context of the code that
 * called the command. Connections are opened in the root context: what a subscriber hears belongs to no request.
 */
export function patchIoredis(ioredis: unknown, messaging: RedisMessaging): void {
  const redis = exportedPrototype(ioredis, 'Redis') ?? exportedPrototype({ Redis: ioredis }, 'Redis');
  const cluster = exportedPrototype(ioredis, 'Cluster');
  const command = exportedPrototype(ioredis, 'Command');
  const pipeline = exportedPrototype(ioredis, 'Pipeline');
  if (redis === undefined || command === undefined || PATCHED in redis) return;
  Object.defineProperty(redis, PATCHED, { value: true });
  const following: Following = {
    messaging,
    createCommand: (...args) => Reflect.construct(Object(command.constructor), args),
  };
  rememberFlows(command);
  wrapMethod(redis, 'connect', inRootContext);
  wrapMethod(redis, 'sendCommand', (original) => wrapSendCommand(original, following));
  wrapMethod(redis, 'emit', (original) => wrapEmit(original, messaging));
  if (cluster !== undefined) patchCluster(cluster);
  if (pipeline !== undefined) wrapMethod(pipeline, 'exec', wrapExec);
}

/**
 * A cluster's commands are sent by the clients of its nodes. It works for itself for as long as it lives, whoever made
 * it: it connects, asks for its slots again and again, and sends what waited for it.
 */
function patchCluster(cluster: object): void {
  for (const name of ['connect', 'refreshSlotsCache']) wrapMethod(cluster, name, inRootContext);
  // A command of an automatic pipeline is made only when the slots are known.
  wrapMethod(
    cluster,
    'delayUntilReady',
    (original) =>
      function (...args) {
        return Reflect.apply(original, this, bindCallbacks(args));
      },
  );
}

/** The same arguments; a callback among them is called in the context that is active now. */
function bindCallbacks(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (isMethod(arg) ? context.bind(context.active(), arg) : arg));
}

function inRootContext(original: Method): Method {
  return function (...args) {
    const bound = bindCallbacks(args);
    return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, bound));
  };
}

function wrapSendCommand(original: Method, following: Following): Method {
  return function (command, stream, ...rest) {
    if (isObject(this) && isCommand(command)) {
      const flow = takeFlow(command);
      const isBatched = isObject(stream) && Reflect.get(stream, 'isPipeline') === true && !isAlone(command);
      if (flow === context.active()) followCommand(this, command, isBatched, following);
      else if (flow !== undefined) context.with(flow, followCommand, undefined, this, command, isBatched, following);
    }
    return Reflect.apply(original, this, [command, stream, ...rest]);
  };
}

/** Makes the spans of a command that is about to be sent, in the active context, and puts that into it. */
function followCommand(redis: object, command: Command, isBatched: boolean, { messaging, createCommand }: Following): void {
  const server = serverOf(redis);
  const sent = messaging.send(command.name, command.args, server);
  if (sent !== undefined) command.args = [...sent.args];
  const receives = messaging.isReceiving(command.name);
  const read = messaging.isReading(command.name) ? readerOf(command, messaging, server) : undefined;
  const isQueued = !isBatched && joinTransaction(redis, command, read);
  if (read !== undefined && !isQueued)
    followReply(command, (reply) => {
      read(reply);
      return reply;
    });
  const send = senderOf(redis, createCommand);
  const pushed = isQueued ? undefined : messaging.push(command.name, command.args, server, send);
  // The elements that a transaction takes are in its last reply, too late to ask for what is beside them.
  const pops = !isQueued && command.inTransaction !== true && messaging.isPopping(command.name, command.args);
  if (pops) {
    const flow = context.active();
    followReply(command, async (reply) => {
      await context.with(flow, () => messaging.pop(command.name, command.args, reply, { server, send }));
      return reply;
    });
  }
  const producer = sent?.span ?? pushed;
  if (producer !== undefined) endSentCommand(producer, command.promise);
  if (producer !== undefined || pops || receives || isBatched) return;
  const span = startRedisSpan({ command: command.name, args: command.args, database: databaseOf(redis), server });
  if (span !== undefined) endWithPromise(span, command.promise);
}

/** Reads a reply in the context that is active now: it comes in that of the connection. */
function readerOf({ name, args }: Command, messaging: RedisMessaging, server: ServerAddress): (reply: unknown) => void {
  const flow = context.active();
  return (reply) => context.with(flow, () => messaging.receive(name, args, reply, server));
}

/** Commands of the SDK's own on the same connection, at once, also where the app's are gathered in pipelines. */
function senderOf(redis: object, createCommand: CreateCommand): SendCommand {
  return async ([name = '', ...args]) => {
    const sendCommand: unknown = Reflect.get(redis, 'sendCommand');
    const options: unknown = Reflect.get(redis, 'options');
    const keyPrefix: unknown = isObject(options) ? Reflect.get(options, 'keyPrefix') : undefined;
    if (!isMethod(sendCommand) || isInTransaction(redis)) return undefined;
    return context.with(suppressTracing(EMPTY_CONTEXT), () =>
      Reflect.apply(sendCommand, redis, [createCommand(name, args, { keyPrefix, replyEncoding: 'utf8' })]),
    );
  };
}

function wrapEmit(original: Method, messaging: RedisMessaging): Method {
  return function (event, ...args) {
    if (event === 'close' && isObject(this)) abandonTransaction(this);
    const at = typeof event === 'string' ? MESSAGE_EVENTS[event] : undefined;
    if (at === undefined || !isObject(this)) return Reflect.apply(original, this, [event, ...args]);
    const listeners: unknown = Reflect.get(this, 'listenerCount');
    if (isMethod(listeners) && Reflect.apply(listeners, this, [event]) === 0) return false;
    return messaging.deliver(String(args[at - 1]), args[at], serverOf(this), (message) =>
      Reflect.apply(original, this, [event, ...args.with(at, message)]),
    );
  };
}

function wrapExec(original: Method): Method {
  return function (...args) {
    const span = isObject(this) && !executed.has(this) ? followExec(this) : undefined;
    const result = Reflect.apply(original, this, args);
    // That of a transaction answers itself at first, and calls `exec` again; all replies are in its own promise.
    const replied: unknown = result instanceof Promise ? result : isObject(this) && Reflect.get(this, 'promise');
    if (span !== undefined && replied instanceof Promise)
      replied.then(
        (replies: unknown) => endRedisBatchSpan(span, replies),
        (error: unknown) => endRedisSpan(span, error),
      );
    else span?.end();
    return result;
  };
}

/** The span of a pipeline that is about to be sent. One that ioredis fills by itself has none, but each of its commands. */
function followExec(pipeline: object): Span | undefined {
  executed.add(pipeline);
  const queue: unknown = Reflect.get(pipeline, '_queue');
  const redis: unknown = Reflect.get(pipeline, 'redis');
  const commands = Array.isArray(queue) ? queue.filter(isCommand) : [];
  if (isAutomatic(pipeline)) {
    for (const command of commands) markAlone(command);
    return undefined;
  }
  const names = commands.map(({ name }) => name);
  const work = names.filter((name) => name !== 'multi' && name !== 'exec');
  if (work.length === 0 || !isObject(redis)) return undefined;
  return startRedisBatchSpan({
    mode: names.includes('multi') ? 'MULTI' : 'PIPELINE',
    commands: work,
    size: work.length,
    database: databaseOf(redis),
    server: serverOf(redis),
  });
}

/** Whether `enableAutoPipelining` made a pipeline: ioredis keeps the callbacks of its commands under a symbol. */
function isAutomatic(pipeline: object): boolean {
  return Object.getOwnPropertySymbols(pipeline).some(({ description }) => description === 'callbacks');
}

function serverOf(redis: object): ServerAddress {
  const options: unknown = Reflect.get(redis, 'options');
  const path: unknown = isObject(options) ? Reflect.get(options, 'path') : undefined;
  const host: unknown = isObject(options) ? Reflect.get(options, 'host') : undefined;
  const port: unknown = isObject(options) ? Reflect.get(options, 'port') : undefined;
  if (typeof path === 'string' && path !== '') return { address: path, port: undefined };
  return { address: typeof host === 'string' ? host : undefined, port: typeof port === 'number' ? port : undefined };
}

function databaseOf(redis: object): number | undefined {
  const condition: unknown = Reflect.get(redis, 'condition');
  const options: unknown = Reflect.get(redis, 'options');
  const selected: unknown = isObject(condition) ? Reflect.get(condition, 'select') : undefined;
  const database: unknown = selected ?? (isObject(options) ? Reflect.get(options, 'db') : undefined);
  return typeof database === 'number' ? database : undefined;
}
