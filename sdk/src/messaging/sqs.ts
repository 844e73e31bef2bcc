import { context, trace } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import { endBatch, endSend, type FollowedCommand, patchAwsClient, withInput } from './aws-commands.ts';
import { followBatch } from './batch-array.ts';
import { readContext } from './carrier.ts';
import { MessageBatch } from './message-batch.ts';
import { delayAttribute } from './message-delay.ts';
import { endSpan, type MessageTracer, type MessagingSettings, type Operation } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';
import { addContextAttributes, askForContext, hideContext, readContextAttributes } from './sqs-attributes.ts';

const SQS = {
  name: 'SQSClient',
  system: 'aws_sqs',
  patched: Symbol.for('threadline.sqs.patched'),
  commands: new Map([
    ['SendMessageCommand', followSend],
    ['SendMessageBatchCommand', followSendBatch],
    ['ReceiveMessageCommand', followReceive],
  ]),
};

/**
 * Messages of AWS SQS, also those of sqs-consumer: SendMessage and SendMessageBatch carry the context in message attributes, and the `Messages` of
 * ReceiveMessage are an array whose iterator and callback methods enter each message's context.
 */
export function patchSqs(sqs: unknown, settings: MessagingSettings): void {
  patchAwsClient(sqs, SQS, settings);
}

function followSend(tracer: MessageTracer, command: object, input: object): FollowedCommand {
  const { span, fields } = tracer.send(operation('SendMessage', input, delayOf(input)), context.active());
  return {
    command: withInput(command, addContextAttributes(input, fields)),
    onReply: (reply) => endSend(span, reply),
    onError: (error) => endSpan(span, error),
  };
}

function followSendBatch(tracer: MessageTracer, command: object, input: object): FollowedCommand {
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

function followReceive(tracer: MessageTracer, command: object, input: object): FollowedCommand {
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
