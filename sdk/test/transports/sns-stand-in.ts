import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type MessageAttributeValue, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

export interface SnsStandIn {
  readonly url: string;
  /** What is published to the topic goes to the queue, raw or as the JSON of a notification. Gives the topic's name as AWS has it. */
  subscribe(topic: string, queueUrl: string, options: { readonly isRaw: boolean }): string;
  /** The attributes of each message that was published, in order. */
  readonly published: Readonly<Record<string, MessageAttributeValue>>[];
  close(): Promise<void>;
}

interface Published {
  readonly message: string;
  readonly attributes: Record<string, MessageAttributeValue>;
}

/** Stands for AWS SNS, which cannot be had outside of AWS: takes what the real client sends to be published, and hands it to queues of a real server. */
export async function startSns(sqsUrl: string): Promise<SnsStandIn> {
  const sqs = new SQSClient({ endpoint: sqsUrl, region: 'elasticmq', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const subscribers = new Map<string, { readonly queueUrl: string; readonly isRaw: boolean }[]>();
  const published: SnsStandIn['published'] = [];

  async function deliver(topicArn: string, { message, attributes }: Published): Promise<void> {
    published.push(attributes);
    for (const { queueUrl: QueueUrl, isRaw } of subscribers.get(topicArn) ?? []) {
      const input = isRaw
        ? { MessageBody: message, MessageAttributes: attributes }
        : { MessageBody: notificationOf(topicArn, message, attributes) };
      await sqs.send(new SendMessageCommand({ QueueUrl, ...input }));
    }
  }

  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const topicArn = parameters.get('TopicArn') ?? '';
    const isBatch = parameters.get('Action') === 'PublishBatch';
    const prefixes = isBatch ? membersOf(parameters, 'PublishBatchRequestEntries.member.') : [''];
    const messages = prefixes.map((prefix) => readPublished(parameters, prefix));
    for (const message of messages) await deliver(topicArn, message);
    response.setHeader('content-type', 'text/xml');
    response.end(
      isBatch
        ? batchAnswer(messages.length)
        : '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
    );
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    subscribe(topic, queueUrl, { isRaw }) {
      const topicArn = `arn:aws:sns:elasticmq:000000000000:${topic}`;
      subscribers.set(topicArn, [...(subscribers.get(topicArn) ?? []), { queueUrl, isRaw }]);
      return topicArn;
    },
    published,
    async close() {
      sqs.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `prefix1.`, `prefix2.` and so on, as many as there are. */
function membersOf(parameters: URLSearchParams, prefix: string): string[] {
  const numbers = new Set(
    [...parameters.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length).split('.')[0]),
  );
  return [...numbers].map((number) => `${prefix}${number}.`);
}

function readPublished(parameters: URLSearchParams, prefix: string): Published {
  const entries = membersOf(parameters, `${prefix}MessageAttributes.entry.`).map((entry): [string, MessageAttributeValue] => [
    parameters.get(`${entry}Name`) ?? '',
    { DataType: parameters.get(`${entry}Value.DataType`) ?? '', StringValue: parameters.get(`${entry}Value.StringValue`) ?? '' },
  ]);
  return { message: parameters.get(`${prefix}Message`) ?? '', attributes: Object.fromEntries(entries) };
}

function notificationOf(topicArn: string, message: string, attributes: Published['attributes']): string {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue }]) => [name, { Type: DataType, Value: StringValue }]);
  const notification = {
    Type: 'Notification',
    MessageId: 'n-1',
    TopicArn: topicArn,
    Message: message,
    Timestamp: '2026-12-01T00:00:00.000Z',
  };
  return JSON.stringify({ ...notification, MessageAttributes: Object.fromEntries(entries) }, undefined, 2);
}

function batchAnswer(count: number): string {
  const members = Array.from({ length: count }, (_, index) => `<member><Id>${index}</Id><MessageId>m-${index}</MessageId></member>`);
  return `<PublishBatchResponse><PublishBatchResult><Failed/><Successful>${members.join('')}</Successful></PublishBatchResult></PublishBatchResponse>`;
}
