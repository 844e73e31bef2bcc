import { subscribe } from 'node:diagnostics_channel';
import { context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import type { ServerAddress } from '../database/db-span.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import type { SendCommand } from './list-contexts.ts';
import { endSentCommand, type RedisMessaging } from './redis-messaging.ts';
import { endRedisBatchSpan, endRedisSpan, startRedisBatchSpan, startRedisSpan } from './redis-span.ts';
import { argumentText } from './stream-entries.ts';

const PATCHED = Symbol.for('threadline.node-redis.patched');
const SUBSCRIBING = ['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE'];
const UNSUBSCRIBING = ['UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE'];

/** What node-redis's tracing channels pass, by the object that accompanies one command or batch. */
const spans = new WeakMap<object, Span>();
/** True while the client executes a command whose reply it transforms; it hands over most of them meanwhile. */
let isExecuting = false;
/** The arguments of commands whose replies are followed when they are as the app gets them, not as `sendCommand` answers them. */
const transformed = new WeakSet<object>();
/** What waits in a transaction or a pipeline with a reply that is followed; it may be executed again. */
const followedReplies = new WeakSet<object>();
/** True while the client is handed a command that has a message's span; handing over is synchronous. */
let sendingMessage = false;

/**
 * Client spans through node-redis's own channels; streams, channels and the root context of connections by following
 * the client's methods, since nothing can be added to a command in a channel.
 */
export function patchNodeRedis(redis: unknown, messaging: RedisMessaging): void {
  const client = exportedPrototype(redis, 'RedisClient');
  const pool = exportedPrototype(redis, 'RedisClientPool');
  if (client === undefined || PATCHED in client) return;
  Object.defineProperty(client, PATCHED, { value: true });
  traceChannels(messaging);
  wrapMethod(
    client,
    'connect',
    (original) =>
      function (...args) {
        return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
      },
  );
  wrapMethod(client, 'sendCommand', (original) => wrapSendCommand(original, messaging));
  wrapMethod(client, '_executeCommand', (original) => wrapExecuteCommand(original, messaging));
  for (const name of ['_executeMulti', '_executePipeline']) wrapMethod(client, name, (original) => wrapBatch(original, messaging));
  const wrappers = new WeakMap<Method, Method>();
  for (const name of SUBSCRIBING) wrapMethod(client, name, (original) => wrapSubscribe(original, messaging, wrappers));
  for (const name of UNSUBSCRIBING)
    wrapMethod(
      client,
      name,
      (original) =>
        function (channels, listener, ...rest) {
          return Reflect.apply(original, this, [channels, isMethod(listener) ? (wrappers.get(listener) ?? listener) : listener, ...rest]);
        },
    );
  // A waiting task is started by whoever gives a client back.
  if (pool !== undefined)
    wrapMethod(
      pool,
      'execute',
      (original) =>
        function (task, ...rest) {
          return Reflect.apply(original, this, [isMethod(task) ? context.bind(context.active(), task) : task, ...rest]);
        },
    );
}

function traceChannels(messaging: RedisMessaging): void {
  const followed: readonly [channel: string, start: (message: object) => Span | undefined][] = [
    ['node-redis:command', (message) => startCommandSpan(message, messaging)],
    ['node-redis:batch', startBatchSpan],
  ];
  for (const [channel, start] of followed) {
    subscribe(`tracing:${channel}:start`, (message) => {
      const span = isObject(message) ? start(message) : undefined;
      if (span !== undefined && isObject(message)) spans.set(message, span);
    });
    // Both ends come after an error, the asynchronous one alone after an answer.
    for (const end of ['asyncEnd', 'error'])
      subscribe(`tracing:${channel}:${end}`, (message) => {
        const span = isObject(message) ? spans.get(message) : undefined;
        if (span === undefined || !isObject(message)) return;
        spans.delete(message);
        const error: unknown = Reflect.get(message, 'error');
        // A transaction that was executed is answered, whatever became of its commands; it is the client that rejects then.
        if (error === undefined && channel === 'node-redis:batch') endRedisBatchSpan(span, Reflect.get(message, 'result'));
        else endRedisSpan(span, error);
      });
  }
}

function startCommandSpan(message: object, messaging: RedisMessaging): Span | undefined {
  const command: unknown = Reflect.get(message, 'command');
  const args: unknown = Reflect.get(message, 'args');
  if (typeof command !== 'string' || Reflect.get(message, 'batchMode') !== undefined) return undefined;
  // A message's own span is made already, or will be when it is known what was received.
  const parameters = Array.isArray(args) ? args.slice(1) : [];
  if (sendingMessage || messaging.isReceiving(command) || messaging.isPopping(command, parameters)) return undefined;
  return startRedisSpan({
    command,
    args: Array.isArray(args) ? args.slice(1) : [],
    database: databaseOf(message),
    server: serverOf(message),
  });
}

function startBatchSpan(message: object): Span | undefined {
  const size: unknown = Reflect.get(message, 'batchSize');
  return startRedisBatchSpan({
    mode: Reflect.get(message, 'batchMode') === 'PIPELINE' ? 'PIPELINE' : 'MULTI',
    commands: [],
    size: typeof size === 'number' ? size : 1,
    database: databaseOf(message),
    server: serverOf(message),
  });
}

function wrapSendCommand(original: Method, messaging: RedisMessaging): Method {
  return function (args, ...rest) {
    const [command, ...parameters] = Array.isArray(args) ? args : [];
    const name = argumentText(command);
    if (name === undefined || !isObject(this)) return Reflect.apply(original, this, [args, ...rest]);
    const pushed = messaging.push(name, parameters, serverOfClient(this), senderOf(this, original));
    const sent = pushed === undefined ? messaging.send(name, parameters, serverOfClient(this)) : { span: pushed, args: parameters };
    if (sent === undefined) {
      const isRaw = !isExecuting && !(isObject(args) && transformed.has(args));
      const result = Reflect.apply(original, this, [args, ...rest]);
      return isRaw ? followResult(this, messaging, [name, ...parameters], result) : result;
    }
    sendingMessage = true;
    try {
      const reply = Reflect.apply(original, this, [[command, ...sent.args.map(asArgument)], ...rest]);
      endSentCommand(sent.span, reply);
      return reply;
    } finally {
      sendingMessage = false;
    }
  };
}

/** The reply as the app gets it: `{ name, messages }`, not as it came over the wire. */
function wrapExecuteCommand(original: Method, messaging: RedisMessaging): Method {
  return function (command, parser, ...rest) {
    const args: unknown = isObject(parser) ? Reflect.get(parser, 'redisArgs') : undefined;
    const name = Array.isArray(args) ? argumentText(args[0]) : undefined;
    isExecuting = true;
    try {
      if (!Array.isArray(args) || name === undefined || !isObject(this) || !isFollowed(messaging, name, args.slice(1)))
        return Reflect.apply(original, this, [command, parser, ...rest]);
      transformed.add(args);
      return followResult(this, messaging, args, Reflect.apply(original, this, [command, parser, ...rest]));
    } finally {
      isExecuting = false;
    }
  };
}

function isFollowed(messaging: RedisMessaging, name: string, args: readonly unknown[]): boolean {
  return messaging.isReading(name) || messaging.isPopping(name, args);
}

/** Follows the reply of a command that receives; what goes wrong stays the app's. Answers what the app gets. */
function followResult(client: object, messaging: RedisMessaging, [command, ...args]: readonly unknown[], result: unknown): unknown {
  const name = argumentText(command);
  if (name === undefined || !(result instanceof Promise)) return result;
  if (messaging.isPopping(name, args)) {
    const popping = { server: serverOfClient(client), send: senderOf(client) };
    return result.then(async (popped: unknown) => {
      await messaging.pop(name, args, popped, popping);
      return popped;
    });
  }
  if (messaging.isReading(name)) {
    const server = serverOfClient(client);
    // Before the app's own code sees it.
    result.then(
      (reply: unknown) => messaging.receive(name, args, reply, server),
      () => undefined,
    );
  }
  return result;
}

/** Follows the reply of a command in a transaction or a pipeline, which the client transforms when all are there. */
function followQueued(queued: object, messaging: RedisMessaging, [command, ...args]: readonly unknown[], server: ServerAddress): void {
  const name = argumentText(command);
  if (name === undefined || !messaging.isReading(name) || followedReplies.has(queued)) return;
  followedReplies.add(queued);
  const original: unknown = Reflect.get(queued, 'transformReply');
  const transformReply: Method = function (reply, ...rest) {
    const transformedReply = isMethod(original) ? Reflect.apply(original, this, [reply, ...rest]) : reply;
    messaging.receive(name, args, transformedReply, server);
    return transformedReply;
  };
  Reflect.set(queued, 'transformReply', transformReply);
}

/** Commands of the SDK's own on the same connection. */
function senderOf(client: object, sendCommand: unknown = Reflect.get(client, 'sendCommand')): SendCommand {
  return async (args) =>
    isMethod(sendCommand) ? context.with(suppressTracing(EMPTY_CONTEXT), () => Reflect.apply(sendCommand, client, [[...args]])) : undefined;
}

function wrapBatch(original: Method, messaging: RedisMessaging): Method {
  return function (commands, ...rest) {
    if (!Array.isArray(commands) || !isObject(this)) return Reflect.apply(original, this, [commands, ...rest]);
    const server = serverOfClient(this);
    const spansOfBatch: Span[] = [];
    const followed = commands.map((queued: unknown) => {
      const args: unknown = isObject(queued) ? Reflect.get(queued, 'args') : undefined;
      const name = Array.isArray(args) ? argumentText(args[0]) : undefined;
      if (isObject(queued) && Array.isArray(args)) followQueued(queued, messaging, args, server);
      const sent = Array.isArray(args) && name !== undefined ? messaging.send(name, args.slice(1), server) : undefined;
      if (sent === undefined || !isObject(queued) || !Array.isArray(args)) return queued;
      spansOfBatch.push(sent.span);
      // Arguments carry properties of the client's own, such as whether to keep a reply as it is.
      return { ...queued, args: Object.assign([args[0], ...sent.args.map(asArgument)], ownProperties(args)) };
    });
    const result = Reflect.apply(original, this, [followed, ...rest]);
    for (const span of spansOfBatch) endSentCommand(span, result);
    return result;
  };
}

function wrapSubscribe(original: Method, messaging: RedisMessaging, wrappers: WeakMap<Method, Method>): Method {
  return function (channels, listener, ...rest) {
    if (!isMethod(listener) || !isObject(this)) return Reflect.apply(original, this, [channels, listener, ...rest]);
    const server = serverOfClient(this);
    const known = wrappers.get(listener);
    const wrapper: Method =
      known ??
      function (message, channel, ...others) {
        return messaging.deliver(argumentText(channel) ?? '', message, server, (opened) =>
          Reflect.apply(listener, this, [opened, channel, ...others]),
        );
      };
    wrappers.set(listener, wrapper);
    return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, [channels, wrapper, ...rest]));
  };
}

/** node-redis sends text and bytes alone. */
function asArgument(value: unknown): unknown {
  return typeof value === 'string' || value instanceof Uint8Array ? value : String(value);
}

function ownProperties(args: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([key]) => !/^\d+$/.test(key)));
}

function serverOf(message: object): ServerAddress {
  return addressOf(Reflect.get(message, 'serverAddress'), Reflect.get(message, 'serverPort'));
}

function serverOfClient(client: object): ServerAddress {
  const options: unknown = Reflect.get(client, 'options');
  const socket: unknown = isObject(options) ? Reflect.get(options, 'socket') : undefined;
  if (!isObject(socket)) return { address: 'localhost', port: 6379 };
  const path: unknown = Reflect.get(socket, 'path');
  if (typeof path === 'string') return { address: path, port: undefined };
  return addressOf(Reflect.get(socket, 'host') ?? 'localhost', Reflect.get(socket, 'port') ?? 6379);
}

function addressOf(address: unknown, port: unknown): ServerAddress {
  return { address: typeof address === 'string' ? address : undefined, port: typeof port === 'number' ? port : undefined };
}

function databaseOf(message: object): number | undefined {
  const database: unknown = Reflect.get(message, 'database');
  return typeof database === 'number' ? database : undefined;
}
