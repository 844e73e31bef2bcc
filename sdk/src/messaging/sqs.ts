import { context, type Span, trace } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '../context/context-values.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { followBatch } from './batch-array.ts';
import { readContext } from './carrier.ts';
import { MessageBatch } from './message-batch.ts';
import { delayAttribute } from './message-delay.ts';
import { createMessageTracer, endSpan, type MessageTracer, type MessagingSettings, type Operation } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';
import { addContextAttributes, askForContext, hideContext, readContextAttributes } from './sqs-attributes.ts';

const PATCHED = Symbol.for('threadline.sqs.patched');

/** A command as it is sent, and what becomes of its answer. */
interface Followed {
  /** In place of the app's command. */
  readonly command: object;
  readonly onReply: (reply: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Messages of AWS SQS, from the one method that every command passes, also those of sqs-consumer: SendMessage and
 * SendMessageBatch carry the context in message attributes, and the `Messages` of ReceiveMessage are an array whose
 * iterator and callback methods enter each message's context. Other commands are seen as HTTP calls.
 */
export function patchSqs(sqs: unknown, settings: MessagingSettings): void {
  const client = exportedPrototype(sqs, 'SQSClient');
  if (client === undefined || PATCHED in client) return;
  Object.defineProperty(client, PATCHED, { value: true });
  const tracer = createMessageTracer('aws_sqs', settings);
  wrapMethod(
    client,
    'send',
    (original) =>
      function (command, ...rest) {
        const caller = context.active();
        const input: unknown = isObject(command) ? Reflect.get(command, 'input') : undefined;
        const follow = isObject(command) ? FOLLOWED.get(command.constructor.name) : undefined;
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

/** By name, since an app may have the package twice, and sqs-consumer commands of the other copy. */
const FOLLOWED: ReadonlyMap<string, (tracer: MessageTracer, command: object, input: object) => Followed> = new Map([
  ['SendMessageCommand', followSend],
  ['SendMessageBatchCommand', followSendBatch],
  ['ReceiveMessageCommand', followReceive],
]);

function followCallback(callback: Method, { onReply, onError }: Followed): Method {
  return function (error, reply, ...rest) {
    if (error === null || error === undefined) onReply(reply);
    else onError(error);
    return Reflect.apply(callback, this, [error, reply, ...rest]);
  };
}

/** Its class, its middleware and everything else of the app's command, with another input. */
function withInput(command: object, input: object): object {
  return Object.create(command, { input: { value: input, writable: true, enumerable: true, configurable: true } });
}

function followSend(tracer: MessageTracer, command: object, input: object): Followed {
  const { span, fields } = tracer.send(operation('SendMessage', input, delayOf(input)), context.active());
  return {
    command: withInput(command, addContextAttributes(input, fields)),
    onReply(reply) {
      const id: unknown = isObject(reply) ? Reflect.get(reply, 'MessageId') : undefined;
      if (typeof id === 'string') span.setAttribute('messaging.message.id', id);
      span.end();
    },
    onError: (error) => endSpan(span, error),
  };
}

function followSendBatch(tracer: MessageTracer, command: object, input: object): Followed {
  const entries: unknown = Reflect.get(input, 'Entries');
  const messages = Array.isArray(entries) ? entries : [];
  const created = messages.map((entry: unknown) => tracer.create(operation('create', input, delayOf(entry)), context.active()));
  const span = tracer.sendBatch(operation('SendMessageBatch', input), context.active(), created);
  const followed = messages.map((entry: unknown, index) => {
    const fields = created[index]?.fields;
    return isObject(entry) && fields !== undefined ? addContextAttributes(entry, fields) : entry;
  });
  return {
    command: withInput(command, { ...input, Entries: followed }),
    onReply: (reply) => endBatch(span, reply),
    onError: (error) => endSpan(span, error),
  };
}

/** An answer may say that some of its messages were refused. */
function endBatch(span: Span, reply: unknown): void {
  const failed: unknown = isObject(reply) ? Reflect.get(reply, 'Failed') : undefined;
  const first: unknown = Array.isArray(failed) ? failed[0] : undefined;
  const code: unknown = isObject(first) ? Reflect.get(first, 'Code') : undefined;
  if (typeof code === 'string') span.setAttribute('error.type', code);
  span.end();
}

function followReceive(tracer: MessageTracer, command: object, input: object): Followed {
  const asked = askForContext(input);
  return {
    command: withInput(command, asked.input),
    onReply(reply) {
      const messages: unknown = isObject(reply) ? Reflect.get(reply, 'Messages') : undefined;
      if (!Array.isArray(messages) || messages.length === 0) return;
      const carriers = messages.map((message: unknown) => (isObject(message) ? readContextAttributes(message) : {}));
      const creations = carriers.map(readContext);
      const receive = trace.getSpanContext(tracer.receive(operation('ReceiveMessage', input), undefined, creations));
      const batch = new MessageBatch();
      for (const [index, creation] of creations.entries()) {
        const message: unknown = messages[index];
        if (!isObject(message)) continue;
        hideContext(message, asked);
        const id: unknown = Reflect.get(message, 'MessageId');
        const processing = operation('process', input, typeof id === 'string' ? { 'messaging.message.id': id } : {});
        rememberMessage(message, new ReceivedMessage({ tracer, operation: processing, creation, receive, batch }));
      }
      followBatch(messages);
    },
    // Nothing came, so there is nothing to tell of; the app has the error.
    onError: () => undefined,
  };
}

function delayOf(message: unknown): Readonly<Record<string, number>> {
  const seconds: unknown = isObject(message) ? Reflect.get(message, 'DelaySeconds') : undefined;
  return delayAttribute(typeof seconds === 'number' ? seconds * 1_000 : undefined);
}

/** `https://sqs.eu-west-1.amazonaws.com/123456789012/orders` is the queue `orders`. */
function operation(name: string, input: object, attributes: Operation['attributes'] = {}): Operation {
  const url: unknown = Reflect.get(input, 'QueueUrl');
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  return {
    name,
    destination: typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : undefined,
    attributes: {
      ...attributes,
      ...(typeof url === 'string' ? { 'aws.sqs.queue.url': url } : {}),
      ...(parsed === undefined
        ? {}
        : { 'server.address': parsed.hostname, ...(parsed.port === '' ? {} : { 'server.port': Number(parsed.port) }) }),
    },
  };
}
