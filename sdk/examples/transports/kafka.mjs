import { correlation } from '@threadline/sdk';
import { Kafka, logLevel } from 'kafkajs';

const kafka = new Kafka({ brokers: process.env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
const topic = `orders-${Date.now()}`;
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
await admin.disconnect();

const producer = kafka.producer();
await producer.connect();
await correlation.run('order-9', () => producer.send({ topic, messages: [{ value: 'nine' }] }));
await correlation.run('order-10', () => producer.send({ topic, messages: [{ value: 'ten' }] }));
await producer.disconnect();

const consumer = kafka.consumer({ groupId: topic });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const handled = Promise.withResolvers();
let count = 0;
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const message of batch.messages) {
      console.log(message.value.toString(), correlation.id()); // nine order-9, ten order-10
      count += 1;
    }
    if (count === 2) handled.resolve();
  },
});
await handled.promise;
await consumer.disconnect();
