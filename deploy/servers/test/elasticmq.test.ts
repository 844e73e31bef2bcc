import { expect } from 'vitest';
import { describeServer } from './describe-server.ts';

/** The JSON protocol of SQS, which the AWS SDK speaks. */
async function call(url: string, action: string, body: object): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, answer: text === '' ? {} : JSON.parse(text) };
}

function attributes(count: number): Record<string, { DataType: string; StringValue: string }> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, { DataType: 'String', StringValue: 'value' }]));
}

describeServer('elasticmq', async ({ url }) => {
  const { QueueUrl } = (await call(url, 'CreateQueue', { QueueName: 'orders' })).answer;
  expect(QueueUrl).toMatch(new RegExp(`^${url}/.*orders$`));
  const message = { QueueUrl, MessageBody: 'blue', MessageAttributes: attributes(10) };
  expect(await call(url, 'SendMessage', message)).toMatchObject({ status: 200 });
  // As the real one: an eleventh attribute is too many.
  expect(await call(url, 'SendMessage', { ...message, MessageAttributes: attributes(11) })).toMatchObject({ status: 400 });
  const received = await call(url, 'ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 5 });
  expect(received.answer).toMatchObject({ Messages: [{ Body: 'blue', MessageAttributes: attributes(10) }] });
});
