import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correlation, withMessage } from '@threadline/sdk';

const sqs = new SQSClient({
  endpoint: process.env.SQS_URL,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `orders-${Date.now()}` }));
await correlation.run('order-9', () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'nine' })));

const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
for (const message of Messages) console.log(message.Body, correlation.id()); // nine order-9, also behind an await
await withMessage(Messages[0], (message) => console.log('by index', message.Body, correlation.id())); // by index nine order-9
sqs.destroy();
