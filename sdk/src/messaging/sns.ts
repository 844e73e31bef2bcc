import { context } from '@opentelemetry/api';
import { isObject } from '../instrument/wrap-method.ts';
import { endBatch, endSend, type FollowedCommand, patchAwsClient, withInput } from './aws-commands.ts';
import { endSpan, type MessageTracer, type MessagingSettings, type Operation } from './message-tracer.ts';
import { addContextAttributes } from './sqs-attributes.ts';

const SNS = {
  name: 'SNSClient',
  system: 'aws.sns',
  patched: Symbol.for('threadline.sns.patched'),
  commands: new Map([
    ['PublishCommand', followPublish],
    ['PublishBatchCommand', followPublishBatch],
  ]),
};
/** `arn:aws:sns:eu-west-1:123456789012:orders`; that of a device ends with `endpoint/…`. */
const TOPIC = /^arn:[^:]+:sns:[^:]*:[^:]*:([^:/]+)$/;
const NO_SYSTEM_ATTRIBUTES = { hasSystemAttributes: false };

/**
 * Messages to topics of AWS SNS: Publish and PublishBatch carry the context in message attributes, by which a queue of SQS that is subscribed gives it to its
 * consumer, raw or in a notification. What goes to a phone or a device, and not to a topic, carries nothing.
 */
export function patchSns(sns: unknown, settings: MessagingSettings): void {
  patchAwsClient(sns, SNS, settings);
}

function followPublish(tracer: MessageTracer, command: object, input: object): FollowedCommand {
  const { span, fields } = tracer.send(operation('Publish', input), context.active());
  return {
    command: topicOf(input) === undefined ? command : withInput(command, addContextAttributes(input, fields, NO_SYSTEM_ATTRIBUTES)),
    onReply: (reply) => endSend(span, reply),
    onError: (error) => endSpan(span, error),
  };
}

function followPublishBatch(tracer: MessageTracer, command: object, input: object): FollowedCommand {
  const entries: unknown = Reflect.get(input, 'PublishBatchRequestEntries');
  const messages = Array.isArray(entries) ? entries : [];
  const created = messages.map(() => tracer.create(operation('create', input), context.active()));
  const span = tracer.sendBatch(operation('PublishBatch', input), context.active(), created);
  const followed = messages.map((entry: unknown, index) => {
    const fields = created[index]?.fields;
    return isObject(entry) && fields !== undefined ? addContextAttributes(entry, fields, NO_SYSTEM_ATTRIBUTES) : entry;
  });
  return {
    command: withInput(command, { ...input, PublishBatchRequestEntries: followed }),
    onReply: (reply) => endBatch(span, reply),
    onError: (error) => endSpan(span, error),
  };
}

/** Undefined for a phone or a device. */
function topicOf(input: object): RegExpExecArray | undefined {
  const arn: unknown = Reflect.get(input, 'TopicArn') ?? Reflect.get(input, 'TargetArn');
  return typeof arn === 'string' ? (TOPIC.exec(arn) ?? undefined) : undefined;
}

function operation(name: string, input: object): Operation {
  const [arn, topic] = topicOf(input) ?? [];
  return { name, destination: topic, attributes: arn === undefined ? {} : { 'aws.sns.topic.arn': arn } };
}
