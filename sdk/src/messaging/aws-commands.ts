import { context, type Span } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '../context/context-values.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { createMessageTracer, type MessageTracer, type MessagingSettings } from './message-tracer.ts';

/** A command as it is sent, and what becomes of its answer. */
export interface FollowedCommand {
  /** In place of the app's command. */
  readonly command: object;
  readonly onReply: (reply: unknown) => void;
  readonly onError: (error: unknown) => void;
}

type FollowCommand = (tracer: MessageTracer, command: object, input: object) => FollowedCommand;

export interface AwsClient {
  /** As the package exports it. */
  readonly name: string;
  readonly system: string;
  readonly patched: symbol;
  /** By name, since an app may have the package twice, and libraries commands of the other copy. */
  readonly commands: ReadonlyMap<string, FollowCommand>;
}

/** Follows commands of a client of AWS's SDK 3 by the one method that each of them passes. Others are seen as HTTP calls. Safe to repeat. */
export function patchAwsClient(moduleExports: unknown, { name, system, patched, commands }: AwsClient, settings: MessagingSettings): void {
  const client = exportedPrototype(moduleExports, name);
  if (client === undefined || patched in client) return;
  Object.defineProperty(client, patched, { value: true });
  const tracer = createMessageTracer(system, settings);
  wrapMethod(
    client,
    'send',
    (original) =>
      function (command, ...rest) {
        const caller = context.active();
        const input: unknown = isObject(command) ? Reflect.get(command, 'input') : undefined;
        const follow = isObject(command) ? commands.get(command.constructor.name) : undefined;
        if (follow === undefined || !isObject(command) || !isObject(input) || isTracingSuppressed(caller))
          return Reflect.apply(original, this, [command, ...rest]);
        const followed = follow(tracer, command, input);
        const args = rest.map((arg) => (isMethod(arg) ? context.bind(caller, followCallback(arg, followed)) : arg));
        // The message's own span says it all: a second one for the HTTP call below it would say it twice.
        const result = context.with(suppressTracing(caller), () => Reflect.apply(original, this, [followed.command, ...args]));
        // The first to see the answer, before the app's own code does; what goes wrong stays the app's.
        if (result instanceof Promise) result.then(followed.onReply, followed.onError);
        return result;
      },
  );
}

function followCallback(callback: Method, { onReply, onError }: FollowedCommand): Method {
  return function (error, reply, ...rest) {
    if (error === null || error === undefined) onReply(reply);
    else onError(error);
    return Reflect.apply(callback, this, [error, reply, ...rest]);
  };
}

/** Its class, its middleware and everything else of the app's command, with another input. */
export function withInput(command: object, input: object): object {
  return Object.create(command, { input: { value: input, writable: true, enumerable: true, configurable: true } });
}

/** Ends the span of one message, which the answer gives its id. */
export function endSend(span: Span, reply: unknown): void {
  const id: unknown = isObject(reply) ? Reflect.get(reply, 'MessageId') : undefined;
  if (typeof id === 'string') span.setAttribute('messaging.message.id', id);
  span.end();
}

/** Ends the span of several messages. An answer may say that some of them were refused. */
export function endBatch(span: Span, reply: unknown): void {
  const failed: unknown = isObject(reply) ? Reflect.get(reply, 'Failed') : undefined;
  const first: unknown = Array.isArray(failed) ? failed[0] : undefined;
  const code: unknown = isObject(first) ? Reflect.get(first, 'Code') : undefined;
  if (typeof code === 'string') span.setAttribute('error.type', code);
  span.end();
}
