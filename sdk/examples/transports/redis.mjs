import { correlation, withMessage } from '@threadline/sdk';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);

// Streams: each entry carries its context.
await correlation.run('order-9', () => redis.xadd('example-stream', '*', 'text', 'entry'));
const [[, entries]] = await redis.xread('COUNT', 10, 'STREAMS', 'example-stream', '0');
for (const [, fields] of entries) console.log(fields.join(' '), correlation.id()); // text entry order-9

// Lists, opted in by THREADLINE_SDK_REDIS_LISTS=example-*: say which element it is about.
await correlation.run('order-10', () => redis.lpush('example-list', 'element'));
const popped = await redis.brpop('example-list', 1);
withMessage(popped, () => console.log(popped[1], correlation.id())); // element order-10

// Pub/sub, opted in by THREADLINE_SDK_REDIS_CHANNELS=example-*.
const subscriber = redis.duplicate();
await subscriber.subscribe('example-news');
const heard = new Promise((resolve) => {
  subscriber.on('message', (_channel, text) => resolve(console.log(text, correlation.id()))); // news order-11
});
await correlation.run('order-11', () => redis.publish('example-news', 'news'));
await heard;
subscriber.disconnect();

// BullMQ: a job carries its context in an option of BullMQ's own.
const connection = { url: process.env.REDIS_URL, maxRetriesPerRequest: null };
const queue = new Queue('example-jobs', { connection });
const done = Promise.withResolvers();
const worker = new Worker('example-jobs', async (job) => done.resolve(console.log(job.name, correlation.id())), { connection }); // job order-12
await correlation.run('order-12', () => queue.add('job', {}));
await done.promise;
await worker.close();
await queue.obliterate({ force: true });
await queue.close();
await redis.del('example-stream');
redis.disconnect();
