import { type Context, context, diag, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import type { ServerAddress } from '../database/db-span.ts';
import { readContext } from '../messaging/carrier.ts';
import { MessageBatch } from '../messaging/message-batch.ts';
import { createMessageTracer, endSpan, type MessageTracer, type MessagingSettings } from '../messaging/message-tracer.ts';
import { ReceivedMessage } from '../messaging/received-message.ts';
import { createNamePatterns, type NamePatterns } from '../name-patterns.ts';
import { openEnvelope, sealEnvelope } from './channel-envelope.ts';
import { poppedLists, pushedList, readListContexts, type SendCommand, writeListContexts } from './list-contexts.ts';
import { argumentText, carriesContext, followStreams, rememberEntries } from './stream-entries.ts';

/** What was opted in, as patterns with `*`. */
export interface RedisMessagingConfig {
  readonly messaging: MessagingSettings;
  /** Pub/sub channels whose messages are sent in an envelope; a subscriber without the SDK sees it. */
  readonly channels: readonly string[];
  /** Lists beside which the context of each element is written. */
  readonly lists: readonly string[];
}

/** A command that was changed on its way out. */
export interface SentCommand {
  /** The arguments to send in place of the app's. */
  readonly args: readonly unknown[];
  /** The PRODUCER span; ends with the command. */
  readonly span: Span;
}

/** Streams and channels of Redis, the same for every client library. */
export interface RedisMessaging {
  /** XADD to any stream, PUBLISH to a channel that was opted in; undefined for every other command, which is sent as it is. */
  send(command: string, args: readonly unknown[], server: ServerAddress): SentCommand | undefined;
  /**
   * Takes our fields out of the entries in a reply and remembers them: those of XREAD, XREADGROUP, XCLAIM and XAUTOCLAIM as
   * received, those of XRANGE and XREVRANGE for `withMessage` alone, since who looks at a range handles none of it. Every
   * other reply is left alone. Never throws.
   */
  receive(command: string, args: readonly unknown[], reply: unknown, server: ServerAddress): void;
  /** Whether the reply of a command is one that `receive` reads. */
  isReading(command: string): boolean;
  /** Whether `receive` makes the span of a command, when it is known what was received. */
  isReceiving(command: string): boolean;
  /** LPUSH and RPUSH to a list that was opted in: writes the contexts first and answers the PRODUCER span. */
  push(command: string, args: readonly unknown[], server: ServerAddress, send: SendCommand): Span | undefined;
  /** Whether a command takes from a list that was opted in, so that its reply must go through `pop` before the app sees it. */
  isPopping(command: string, args: readonly unknown[]): boolean;
  /** Remembers the elements of a reply. Never rejects: without its context an element starts a new flow. */
  pop(command: string, args: readonly unknown[], reply: unknown, popping: Popping): Promise<void>;
  /** Calls a channel's listener with the message as it was published, in its context; else in the root context. */
  deliver<Message>(channel: string, message: Message, server: ServerAddress, listener: (message: Message) => unknown): unknown;
}

export interface Popping {
  readonly server: ServerAddress;
  readonly send: SendCommand;
}

const RECEIVING = new Set(['XREAD', 'XREADGROUP', 'XCLAIM', 'XAUTOCLAIM']);
const RANGING = new Set(['XRANGE', 'XREVRANGE']);

export function createRedisMessaging({ messaging, channels, lists }: RedisMessagingConfig): RedisMessaging {
  const tracer = createMessageTracer('redis', messaging);
  const isOptedIn: NamePatterns = createNamePatterns(channels);
  const isOptedInList: NamePatterns = createNamePatterns(lists);
  return {
    push(command, args, server, send) {
      const name = command.toUpperCase();
      const list = pushedList(name, args);
      if (list === undefined || !isOptedInList(list) || isTracingSuppressed(context.active())) return undefined;
      const { span, fields } = tracer.send(operation(name.toLowerCase(), list, server), context.active());
      // Sent before the element; where it is refused, the element is sent all the same.
      writeListContexts(send, args, fields).catch((error: unknown) => diag.debug('threadline: a list element has no context', error));
      return span;
    },
    isPopping: (command, args) =>
      !isTracingSuppressed(context.active()) && poppedLists(command.toUpperCase(), args).some((list) => isOptedInList(list)),
    async pop(command, args, reply, { server, send }) {
      const optedIn = poppedLists(command.toUpperCase(), args);
      try {
        await readListContexts(send, optedIn, reply, (list, carriers) =>
          receiveEntries(tracer, command.toLowerCase(), { stream: list, group: undefined, server, carriers }),
        );
      } catch (error) {
        diag.debug('threadline: a list element has no context', error);
      }
    },
    send(command, args, server) {
      const name = command.toUpperCase();
      const destination = argumentText(args[0]);
      if (destination === undefined || isTracingSuppressed(context.active())) return undefined;
      if (name === 'XADD' && !carriesContext(args)) {
        const { span, fields } = tracer.send(operation('xadd', destination, server), context.active());
        return { span, args: [...args, ...Object.entries(fields).flat()] };
      }
      if ((name === 'PUBLISH' || name === 'SPUBLISH') && isOptedIn(destination)) {
        const { span, fields } = tracer.send(operation(name.toLowerCase(), destination, server), context.active());
        return { span, args: [args[0], sealEnvelope(args[1], fields), ...args.slice(2)] };
      }
      return undefined;
    },
    isReading: (command) => isReading(command.toUpperCase()),
    isReceiving: (command) => RECEIVING.has(command.toUpperCase()),
    receive(command, args, reply, server) {
      const name = command.toUpperCase();
      if (!isReading(name) || reply === null || isTracingSuppressed(context.active())) return;
      try {
        if (RANGING.has(name)) readRange(tracer, argumentText(args[0]) ?? '', server, reply);
        else receiveStreams(tracer, name, args, { reply, server });
      } catch (error) {
        diag.debug('threadline: the entries of a stream have no context', error);
      }
    },
    deliver(channel, message, server, listener) {
      const opened = openEnvelope(message);
      if (opened === undefined && !isOptedIn(channel)) return context.with(ROOT_CONTEXT, () => listener(message));
      const received = new ReceivedMessage({
        tracer,
        operation: operation('process', channel, server),
        creation: readContext(opened?.fields),
        receive: undefined,
      });
      return received.run(() => listener(opened === undefined ? message : opened.message));
    },
  };
}

function isReading(name: string): boolean {
  return RECEIVING.has(name) || RANGING.has(name);
}

interface Reply {
  readonly reply: unknown;
  readonly server: ServerAddress;
}

function receiveStreams(tracer: MessageTracer, name: string, args: readonly unknown[], { reply, server }: Reply): void {
  const groupAt = args.findIndex((argument) => argumentText(argument)?.toUpperCase() === 'GROUP');
  const group = name === 'XREADGROUP' ? argumentText(args[groupAt + 1]) : name === 'XREAD' ? undefined : argumentText(args[1]);
  const keyed = name === 'XCLAIM' || name === 'XAUTOCLAIM' ? argumentText(args[0]) : undefined;
  followStreams(reply, keyed, (stream, carriers) => receiveEntries(tracer, name.toLowerCase(), { stream, group, server, carriers }));
}

function readRange(tracer: MessageTracer, stream: string, server: ServerAddress, entries: unknown): void {
  rememberEntries(entries, (carriers) =>
    carriers.map(
      (carrier) =>
        new ReceivedMessage({
          tracer,
          operation: operation('process', stream, server),
          creation: readContext(carrier),
          receive: undefined,
        }),
    ),
  );
}

interface Arrived {
  readonly stream: string;
  readonly group: string | undefined;
  readonly server: ServerAddress;
  readonly carriers: readonly Readonly<Record<string, unknown>>[];
}

/** One receive span for the entries of a stream, and what is known about each of them. */
function receiveEntries(tracer: MessageTracer, name: string, { stream, group, server, carriers }: Arrived): ReceivedMessage[] {
  const creations: Context[] = carriers.map((carrier) => readContext(carrier));
  const attributes = group === undefined ? {} : { 'messaging.consumer.group.name': group };
  const receive = trace.getSpanContext(tracer.receive(operation(name, stream, server, attributes), undefined, creations));
  const batch = new MessageBatch();
  return creations.map(
    (creation) =>
      new ReceivedMessage({
        tracer,
        operation: operation('process', stream, server, attributes),
        creation,
        receive,
        batch,
      }),
  );
}

function operation(name: string, destination: string, server: ServerAddress, attributes: Readonly<Record<string, string>> = {}) {
  return {
    name,
    destination,
    attributes: {
      ...attributes,
      ...(server.address === undefined ? {} : { 'server.address': server.address }),
      ...(server.port === undefined ? {} : { 'server.port': server.port }),
    },
  };
}

/** Ends the span of a sent command when its reply is there. */
export function endSentCommand(span: Span, reply: unknown): void {
  if (!(reply instanceof Promise)) {
    span.end();
    return;
  }
  reply.then(
    () => span.end(),
    (error: unknown) => endSpan(span, error),
  );
}
