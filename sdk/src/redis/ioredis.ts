import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import type { ServerAddress } from '../database/db-span.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import type { SendCommand } from './list-contexts.ts';
import { endSentCommand, type RedisMessaging } from './redis-messaging.ts';
import { endWithPromise, startRedisBatchSpan, startRedisSpan } from './redis-span.ts';

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
/** Commands that were seen: one that waits for a connection, or is sent again on a new one, comes twice. */
const seen = new WeakSet<object>();
/** Pipelines that have their span: `exec` of a transaction calls itself. */
const executed = new WeakSet<object>();

/** ioredis's command, as far as it is used here. */
interface Command {
  readonly name: string;
  args: unknown[];
  readonly promise: Promise<unknown>;
}

/**
 * Client spans, streams and channels of ioredis. Its own channel says nothing of a command that waits for the
 * connection, and nothing can be added to a command there, so `sendCommand` is followed. Connections are opened in the
 * root context: what a subscriber hears belongs to no request.
 */
export function patchIoredis(ioredis: unknown, messaging: RedisMessaging): void {
  const redis = exportedPrototype(ioredis, 'Redis') ?? exportedPrototype({ Redis: ioredis }, 'Redis');
  const pipeline = exportedPrototype(ioredis, 'Pipeline');
  if (redis === undefined || PATCHED in redis) return;
  Object.defineProperty(redis, PATCHED, { value: true });
  wrapMethod(redis, 'connect', inRootContext);
  wrapMethod(redis, 'sendCommand', (original) => wrapSendCommand(original, messaging));
  wrapMethod(redis, 'emit', (original) => wrapEmit(original, messaging));
  if (pipeline !== undefined) wrapMethod(pipeline, 'exec', wrapExec);
}

function inRootContext(original: Method): Method {
  return function (...args) {
    const bound = args.map((arg) => (isMethod(arg) ? context.bind(context.active(), arg) : arg));
    return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, bound));
  };
}

function wrapSendCommand(original: Method, messaging: RedisMessaging): Method {
  return function (command, stream, ...rest) {
    const send = (): unknown => Reflect.apply(original, this, [command, stream, ...rest]);
    if (!isCommand(command) || seen.has(command) || !isObject(this)) return send();
    seen.add(command);
    const server = serverOf(this);
    const sent = messaging.send(command.name, command.args, server);
    if (sent !== undefined) command.args = [...sent.args];
    const isBatched = isObject(stream) && Reflect.get(stream, 'isPipeline') === true;
    const receives = messaging.isReceiving(command.name);
    const commandSender = senderOf(this);
    const pushed = messaging.push(command.name, command.args, server, commandSender);
    const pops = !isBatched && messaging.isPopping(command.name, command.args);
    const span =
      sent !== undefined || pushed !== undefined || pops || isBatched || receives
        ? undefined
        : startRedisSpan({ command: command.name, args: command.args, database: databaseOf(this), server });
    if (receives) followReply(command, (reply) => messaging.receive(command.name, command.args, reply, server));
    if (span !== undefined) endWithPromise(span, command.promise);
    const producer = sent?.span ?? pushed;
    if (producer !== undefined) endSentCommand(producer, command.promise);
    const reply = send();
    if (!pops || !(reply instanceof Promise)) return reply;
    return reply.then(async (popped: unknown) => {
      await messaging.pop(command.name, command.args, popped, { server, send: commandSender });
      return popped;
    });
  };
}

/** Commands of the SDK's own on the same connection. */
function senderOf(redis: object): SendCommand {
  return async (args) => {
    const call: unknown = Reflect.get(redis, 'call');
    return isMethod(call) ? context.with(suppressTracing(EMPTY_CONTEXT), () => Reflect.apply(call, redis, [...args])) : undefined;
  };
}

/** The first to see the reply, before the app's own code does; what goes wrong stays the app's. */
function followReply(command: Command, receive: (reply: unknown) => void): void {
  command.promise.then(receive, () => undefined);
}

function wrapEmit(original: Method, messaging: RedisMessaging): Method {
  return function (event, ...args) {
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
    const queue: unknown = isObject(this) ? Reflect.get(this, '_queue') : undefined;
    const redis: unknown = isObject(this) ? Reflect.get(this, 'redis') : undefined;
    const commands = Array.isArray(queue) ? queue.filter(isCommand).map(({ name }) => name) : [];
    const work = commands.filter((name) => name !== 'multi' && name !== 'exec');
    const span =
      work.length === 0 || !isObject(redis) || !isObject(this) || executed.has(this)
        ? undefined
        : startRedisBatchSpan({
            mode: commands.includes('multi') ? 'MULTI' : 'PIPELINE',
            commands: work,
            size: work.length,
            database: databaseOf(redis),
            server: serverOf(redis),
          });
    if (isObject(this)) executed.add(this);
    const result = Reflect.apply(original, this, args);
    if (span !== undefined && result instanceof Promise) endWithPromise(span, result);
    else span?.end();
    return result;
  };
}

function isCommand(value: unknown): value is Command {
  return (
    isObject(value) && typeof Reflect.get(value, 'name') === 'string' && Array.isArray(Reflect.get(value, 'args')) && 'promise' in value
  );
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
