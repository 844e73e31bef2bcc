import { correlation, withMessage } from '@threadline/sdk';
import amqp from 'amqplib';

const connection = await amqp.connect(process.env.AMQP_URL);
const channel = await connection.createChannel();
const { queue } = await channel.assertQueue('', { exclusive: true });

const handled = new Promise((resolve) => {
  channel.consume(queue, (message) => {
    console.log(message.content.toString(), correlation.id()); // consumed order-9
    channel.ack(message);
    resolve();
  });
});
correlation.run('order-9', () => channel.sendToQueue(queue, Buffer.from('consumed')));
await handled;

// `get` hands a message over without a callback: say which one it is about.
const { queue: other } = await channel.assertQueue('', { exclusive: true });
correlation.run('order-10', () => channel.sendToQueue(other, Buffer.from('fetched')));
let message = false;
while (message === false) message = await channel.get(other, { noAck: true });
withMessage(message, () => console.log(message.content.toString(), correlation.id())); // fetched order-10
await connection.close();
