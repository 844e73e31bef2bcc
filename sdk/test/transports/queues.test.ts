import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startElasticmq } from '../../../deploy/servers/elasticmq.mjs';
import { startRedis } from '../../../deploy/servers/redis.mjs';
import { killApps, waitFor } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { expectCovered, expectHandled, expectHandledLinked, expectOnlyServerSpan } from './message-facts.ts';
import { type SnsStandIn, startSns } from './sns-stand-in.ts';
import { flowOf, logOf, serverSpanOf, startTransportApp, type TransportApp } from './transport-app.ts';

let env: Record<string, string> = {};
let sns: SnsStandIn;
let stopServers = async (): Promise<void> => undefined;

beforeAll(async () => {
  const [redis, elasticmq] = await Promise.all([startRedis(), startElasticmq()]);
  sns = await startSns(elasticmq.url);
  env = {
    REDIS_URL: redis.url,
    SQS_URL: elasticmq.url,
    SNS_URL: sns.url,
    THREADLINE_SDK_REDIS_CHANNELS: 'news,events.*',
    THREADLINE_SDK_REDIS_LISTS: 'jobs-*',
  };
  stopServers = async () => {
    await Promise.all([redis.stop(), elasticmq.stop(), sns.close()]);
  };
});
afterAll(() => stopServers());

describe.each(['queues-imported.mjs', 'queues-required.cjs'])('%s, producer and consumer', (script) => {
  let collector: ScriptedCollector;
  let producer: TransportApp;
  let consumer: TransportApp;
  /** The same app without the SDK. */
  let stranger: TransportApp;
  let names = 0;
  const newName = (prefix: string): string => {
    names += 1;
    return `${prefix}-${script.includes('imported') ? 'esm' : 'cjs'}-${names}`;
  };
  const handled = (how: string, text: string): string[] => [`${how} begins ${text}`, `${how} ends ${text}`];

  beforeAll(async () => {
    collector = await startCollector();
    [producer, consumer, stranger] = await Promise.all([
      startTransportApp(script, collector, { ...env, OTEL_SERVICE_NAME: 'producer' }),
      startTransportApp(script, collector, { ...env, OTEL_SERVICE_NAME: 'consumer' }),
      startTransportApp(script, collector, env, false),
    ]);
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  describe('SNS, by a stand-in, to queues of SQS', () => {
    const subscribe = async (isRaw: boolean): Promise<{ queue: string; topic: string }> => {
      const queue = newName('fanout');
      const queueUrl = String(await stranger.call('sqs-queue', newName('queue'), { queue }));
      return { queue, topic: sns.subscribe(newName('orders-placed'), queueUrl, { isRaw }) };
    };

    it.each([
      ['raw', true, 'for-of'],
      ['in a notification', false, 'notification'],
    ])('a message that was published is handled in its own flow: %s', async (_, isRaw, how) => {
      const { queue, topic } = await subscribe(isRaw);
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('sns-publish', id, { topic, text: id });
      await consumer.call(isRaw ? 'sqs-for-of' : 'sqs-notifications', newName('consume'), { queue });
      for (const id of ids) {
        const process = await expectHandled(collector, { id, logs: handled(how, id), isFetched: true });
        expect(process.attributes).toMatchObject({ 'messaging.system': 'aws_sqs', 'messaging.destination.name': queue });
        expect(collector.spans.find(({ spanId }) => spanId === process.parentSpanId)).toMatchObject({
          name: `Publish ${topic.split(':').at(-1)}`,
          attributes: { 'messaging.system': 'aws.sns', 'messaging.message.id': 'm-1', 'aws.sns.topic.arn': topic },
        });
      }
    });

    it('a batch has a create span for each message', async () => {
      const { queue, topic } = await subscribe(false);
      const id = newName('flow');
      const texts = [`${id}-a`, `${id}-b`];
      await producer.call('sns-batch', id, { topic, texts: texts.join(',') });
      await consumer.call('sqs-notifications', newName('consume'), { queue });
      const processes = await Promise.all(
        texts.map((text) => expectHandled(collector, { id, logs: handled('notification', text), isFetched: true })),
      );
      const send = collector.spans.find(({ name }) => name === `PublishBatch ${topic.split(':').at(-1)}`);
      expect(send?.links.map(({ spanId }) => spanId).toSorted()).toEqual(processes.map(({ parentSpanId }) => parentSpanId).toSorted());
    });

    it('a message that has attributes of its own gets no more than a queue takes, the trace first; one to a phone gets none', async () => {
      const { topic } = await subscribe(true);
      const before = sns.published.length;
      for (const own of ['8', '9', '10']) await producer.call('sns-publish', newName('flow'), { topic, text: own, own });
      await producer.call('sns-phone', newName('flow'), { text: 'hello' });
      const added = sns.published.slice(before).map((attributes) => Object.keys(attributes).filter((name) => !name.startsWith('own')));
      expect(added).toEqual([['traceparent', 'baggage'], ['traceparent'], [], []]);
    });
  });

  describe('SQS', () => {
    it.each(['for-of', 'forEach', 'map', 'index'])('one message each of three requests, received and gone through by %s', async (how) => {
      const queue = newName('orders');
      const ids = how === 'index' ? [newName('flow')] : [newName('flow'), newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('sqs-send', id, { queue, text: id });
      await consumer.call(`sqs-${how}`, newName('consume'), { queue });
      for (const id of ids) await expectHandled(collector, { id, logs: handled(how, id), isFetched: true });
    });

    it('the consumer’s own context is there again after the last message', async () => {
      const queue = newName('orders');
      const id = newName('flow');
      const consuming = newName('consume');
      await producer.call('sqs-send', id, { queue, text: id });
      await consumer.call('sqs-for-of', consuming, { queue });
      expect((await logOf(collector, `after ${queue}`)).attributes['correlation.id']).toBe(consuming);
    });

    it('a batch has a create span for each message', async () => {
      const queue = newName('orders');
      const id = newName('flow');
      const texts = [`${id}-a`, `${id}-b`];
      await producer.call('sqs-batch', id, { queue, texts: texts.join(',') });
      await consumer.call('sqs-for-of', newName('consume'), { queue });
      const processes = await Promise.all(
        texts.map((text) => expectHandled(collector, { id, logs: handled('for-of', text), isFetched: true })),
      );
      expect(new Set(processes.map(({ parentSpanId }) => parentSpanId)).size).toBe(2);
      const send = collector.spans.find(({ name }) => name === `SendMessageBatch ${queue}`);
      expect(send?.links.map(({ spanId }) => spanId).toSorted()).toEqual(processes.map(({ parentSpanId }) => parentSpanId).toSorted());
    });

    it('a message that has its ten attributes travels with its trace in the system’s attribute', async () => {
      const queue = newName('orders');
      const id = newName('flow');
      await producer.call('sqs-send', id, { queue, text: id, own: '10' });
      await consumer.call('sqs-for-of', newName('consume'), { queue });
      await expectHandled(collector, { id, logs: handled('for-of', id), isFetched: true, hasId: false });
      const nine = newName('flow');
      await producer.call('sqs-send', nine, { queue, text: nine, own: '9' });
      await consumer.call('sqs-for-of', newName('consume'), { queue });
      await expectHandled(collector, { id: nine, logs: handled('for-of', nine), isFetched: true });
    });

    it('sqs-consumer handles each message in its own flow, also when a request created it', async () => {
      const queue = newName('orders');
      const creating = newName('creating');
      await consumer.call('sqs-consumer', creating, { queue });
      const ids = [newName('flow'), newName('flow')];
      await Promise.all(ids.map((id) => producer.call('sqs-send', id, { queue, text: id })));
      for (const id of ids) await expectHandled(collector, { id, logs: handled('consumer', id), isFetched: true });
      await expectOnlyServerSpan(collector, creating, ['POST']);
    });

    it('sqs-consumer hands over a batch whose messages are gone through by for-of', async () => {
      const queue = newName('orders');
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('sqs-send', id, { queue, text: id });
      await consumer.call('sqs-consumer-batch', newName('creating'), { queue });
      // sqs-consumer looks at each of them before, to say that it was received.
      for (const id of ids) await expectCovered(collector, { id, logs: handled('batch', id), isFetched: true });
    });

    it('a message that is taken out of its batch has the span of its work, and the error of that', async () => {
      const queue = newName('orders');
      const id = newName('flow');
      await producer.call('sqs-send', id, { queue, text: id });
      await consumer.call('sqs-fails', newName('consume'), { queue });
      const process = await expectCovered(collector, { id, logs: handled('fails', id), isFetched: true });
      expect([process.statusCode, process.attributes['error.type']]).toEqual([2, 'RangeError']);
    });

    it('a consumer without the SDK gets the body and the app’s attributes as they were sent', async () => {
      const queue = newName('orders');
      const id = newName('flow');
      await producer.call('sqs-send', id, { queue, text: 'as sent', own: '2' });
      const [message] = listOf(await stranger.call('sqs-raw', newName('raw'), { queue }));
      expect(message).toMatchObject({
        Body: 'as sent',
        MessageAttributes: { own0: { StringValue: 'kept' }, own1: { StringValue: 'kept' } },
      });
    });

    it('a message of a producer without the SDK starts a flow of its own and is as it was', async () => {
      const queue = newName('orders');
      const consuming = newName('consume');
      const text = newName('plain');
      await stranger.call('sqs-send', newName('plain'), { queue, text });
      await consumer.call('seen', newName('clear'));
      await consumer.call('sqs-for-of', consuming, { queue });
      const log = await logOf(collector, `for-of begins ${text}`);
      expect(log.traceId).not.toBe('');
      expect(log.attributes['correlation.id']).toBe(log.traceId);
      expect(Object.keys(Object(listOf(await consumer.call('seen', newName('see')))[0]))).toEqual([
        'MessageId',
        'ReceiptHandle',
        'MD5OfBody',
        'Body',
      ]);
    });
  });

  describe.each(['ioredis', 'node-redis'])('%s', (library) => {
    it('an entry that XADD wrote is handled in its flow by a group’s reader', async () => {
      const stream = newName('stream');
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call(`${library}-xadd`, id, { stream, text: id });
      await consumer.call('seen', newName('clear'));
      await consumer.call(`${library}-group`, newName('consume'), { stream });
      for (const id of ids) {
        const process = await expectHandled(collector, { id, logs: handled(library, id), isFetched: true });
        expect(process.attributes).toMatchObject({
          'messaging.system': 'redis',
          'messaging.destination.name': stream,
          'messaging.consumer.group.name': 'workers',
        });
      }
      // The app sees its own fields and no others.
      const fields = await consumer.call('seen', newName('see'));
      expect(fields).toEqual(ids.map((text) => (library === 'ioredis' ? ['text', text] : { text })));
    });

    it('an entry that another reader left unacknowledged is handled in its flow when it is claimed', async () => {
      const stream = newName('stream');
      const id = newName('flow');
      await producer.call(`${library}-xadd`, id, { stream, text: id });
      await stranger.call(`${library}-group`, newName('lose'), { stream });
      await consumer.call('seen', newName('clear'));
      await consumer.call(`${library}-claim`, newName('claim'), { stream });
      await expectHandled(collector, { id, logs: handled(`${library} claimed`, id), isFetched: true });
      expect(await consumer.call('seen', newName('see'))).toEqual([library === 'ioredis' ? ['text', id] : { text: id }]);
    });

    it('a range of entries is read in the reader’s own flow, without the SDK’s fields, and withMessage enters an entry’s', async () => {
      const stream = newName('stream');
      const ids = [newName('flow'), newName('flow')];
      const [first = ''] = ids;
      for (const id of ids) await producer.call(`${library}-xadd`, id, { stream, text: id });
      await consumer.call('seen', newName('clear'));
      const reading = newName('read');
      await consumer.call(`${library}-range`, reading, { stream });
      const fields = [...ids, ...ids.toReversed()].map((text) => (library === 'ioredis' ? ['text', text] : { text }));
      expect(await consumer.call('seen', newName('see'))).toEqual(fields);
      for (const id of ids) {
        expect((await logOf(collector, `${library} looks at ${id}`)).attributes['correlation.id']).toBe(reading);
      }
      await expectHandled(collector, { id: first, logs: handled(`${library} ranged`, first), isFetched: false });
      await serverSpanOf(collector, reading);
      const spans = flowOf(collector, reading).spans.filter((span) => span.attributes['db.system.name'] === 'redis');
      expect(spans.map(({ name }) => name)).toEqual(['XRANGE', 'XREVRANGE']);
    });

    it('an entry of a producer without the SDK starts a flow of its own', async () => {
      const stream = newName('stream');
      const text = newName('plain');
      await stranger.call(`${library}-xadd`, newName('plain'), { stream, text });
      await consumer.call(`${library}-group`, newName('consume'), { stream });
      const log = await logOf(collector, `${library} begins ${text}`);
      expect(log.attributes['correlation.id']).toBe(log.traceId);
    });

    it('a message on a channel that was opted in is handled in its flow, by a subscriber that a request created', async () => {
      const channel = newName('events.');
      const creating = newName('creating');
      await consumer.call(`${library}-subscribe`, creating, { channel });
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call(`${library}-publish`, id, { channel, text: id });
      for (const id of ids) await expectHandled(collector, { id, logs: handled(`${library} on ${channel}`, id), isFetched: false });
      await expectOnlyServerSpan(collector, creating);
    });

    it('a message on a channel that was opted in is handled in its flow by a subscriber to a pattern', async () => {
      const channel = newName('events.');
      const id = newName('flow');
      await consumer.call(`${library}-psubscribe`, newName('creating'), { channel });
      await producer.call(`${library}-publish`, id, { channel, text: id });
      await expectHandled(collector, { id, logs: handled(`${library} pattern on ${channel}`, id), isFetched: false });
    });

    it('a message on any other channel is as it was published and runs in nobody’s trace', async () => {
      const channel = newName('other');
      const creating = newName('creating');
      await stranger.call(`${library}-subscribe`, newName('listen'), { channel });
      await stranger.call('seen', newName('clear'));
      await consumer.call(`${library}-subscribe`, creating, { channel });
      const id = newName('flow');
      await producer.call(`${library}-publish`, id, { channel, text: id });
      const log = await logOf(collector, `${library} on ${channel} begins ${id}`);
      expect([log.traceId, log.attributes['correlation.id']]).toEqual(['', undefined]);
      expect(await stranger.call('seen', newName('see'))).toEqual([id]);
    });
  });

  it('entries that are looked at before the first is handled have the spans of their work', async () => {
    const stream = newName('stream');
    const ids = [newName('flow'), newName('flow')];
    for (const id of ids) await producer.call('ioredis-xadd', id, { stream, text: id });
    await consumer.call('ioredis-look', newName('consume'), { stream });
    for (const id of ids) await expectCovered(collector, { id, logs: handled('looked at', id), isFetched: true });
  });

  it('entries are handled in their flows by parts, workers and listeners, and all around them is in the caller’s', async () => {
    const stream = newName('stream');
    const ids = [newName('flow'), newName('flow')];
    for (const id of ids) await producer.call('ioredis-xadd', id, { stream, text: id });
    const consuming = newName('consume');
    await consumer.call('ioredis-at-once', consuming, { stream });
    for (const how of ['part', 'worker', 'listener'])
      for (const id of ids) await expectCovered(collector, { id, logs: handled(how, id), isFetched: true });
    const around = ['part is done', 'after parts', 'worker is done', 'after workers', 'listener is done'];
    for (const what of [...around, 'after emit', 'after emit, later', 'after listener']) {
      await logOf(collector, `${what} ${stream}`);
      const flows = collector.logs.filter(({ body }) => body === `${what} ${stream}`).map(({ attributes }) => attributes['correlation.id']);
      expect([what, new Set(flows)]).toEqual([what, new Set([consuming])]);
    }
  });

  it('node-redis: an entry of a transaction is handled in its flow', async () => {
    const stream = newName('stream');
    const id = newName('flow');
    await producer.call('node-redis-multi-xadd', id, { stream, text: id });
    await consumer.call('node-redis-group', newName('consume'), { stream });
    await expectHandled(collector, { id, logs: handled('node-redis', id), isFetched: true });
  });

  it.each([
    ['node-redis-raw-xread', 'node-redis raw', ['text']],
    ['node-redis-multi-xread', 'node-redis multi', undefined],
    ['node-redis-pipeline-xread', 'node-redis pipeline', undefined],
  ])('%s: an entry has the app’s fields alone and is handled in its flow', async (read, how, raw) => {
    const stream = newName('stream');
    const ids = [newName('flow'), newName('flow')];
    for (const id of ids) await producer.call('node-redis-xadd', id, { stream, text: id });
    await consumer.call('seen', newName('clear'));
    await consumer.call(read, newName('consume'), { stream });
    for (const id of ids) await expectHandled(collector, { id, logs: handled(how, id), isFetched: true });
    expect(await consumer.call('seen', newName('see'))).toEqual(ids.map((text) => (raw === undefined ? { text } : [...raw, text])));
  });

  it.each([
    ['lpush', 'brpop', 'popped'],
    ['lpush', 'brpop-value', 'popped value'],
    ['node-redis-lpush', 'node-redis-brpop', 'node-redis popped'],
    ['node-redis-lpush', 'node-redis-raw-brpop', 'node-redis raw popped'],
  ])('an element that %s added and %s took is handled in its flow by withMessage', async (push, pop, how) => {
    const list = newName('jobs');
    const ids = [newName('flow'), newName('flow')];
    for (const id of ids) await producer.call(push, id, { list, text: id });
    for (const _ of ids) await consumer.call(pop, newName('consume'), { list });
    for (const id of ids) await expectHandled(collector, { id, logs: handled(how, id), isFetched: true });
  });

  it('equal elements of a list keep their own flows, and one without a context starts its own', async () => {
    const list = newName('jobs');
    const text = newName('equal');
    const ids = [newName('flow'), newName('flow')];
    for (const id of ids) await producer.call('lpush', id, { list, text });
    await stranger.call('lpush', newName('plain'), { list, text });
    for (const _ of [...ids, 'plain']) await consumer.call('brpop', newName('consume'), { list });
    const isDone = (): boolean => collector.logs.filter(({ body }) => body === `popped ends ${text}`).length === 3;
    await waitFor('three were handled', isDone);
    const logs = collector.logs.filter(({ body }) => body === `popped begins ${text}`);
    expect(logs.map((log) => log.attributes['correlation.id'])).toEqual([...ids, logs[2]?.traceId]);
  });

  it('an element is as it was for a consumer without the SDK', async () => {
    const list = newName('jobs');
    await stranger.call('seen', newName('clear'));
    await producer.call('lpush', newName('flow'), { list, text: 'as sent' });
    await stranger.call('brpop', newName('consume'), { list });
    expect(await stranger.call('seen', newName('see'))).toEqual(['as sent']);
  });

  it('a flow that is sampled out keeps its id through a queue, a stream and a job', async () => {
    const unsampled = await startTransportApp(script, collector, { ...env, OTEL_TRACES_SAMPLER: 'always_off' });
    const [queue, stream, jobs, id] = [newName('orders'), newName('stream'), newName('jobs'), newName('flow')];
    await unsampled.call('sqs-send', id, { queue, text: id });
    await unsampled.call('ioredis-xadd', id, { stream, text: id });
    await unsampled.call('bullmq-add', id, { queue: jobs, text: id });
    await consumer.call('sqs-for-of', newName('consume'), { queue });
    await consumer.call('node-redis-group', newName('consume'), { stream });
    await consumer.call('bullmq-worker', newName('consume'), { queue: jobs });
    for (const how of ['for-of', 'node-redis', 'attempt 0']) {
      for (const body of handled(how, id)) expect((await logOf(collector, body)).attributes['correlation.id']).toBe(id);
    }
    expect(collector.spans.filter((span) => span.attributes['correlation.id'] === id)).toEqual([]);
  });

  describe('BullMQ', () => {
    it('jobs are handled in their flows by a worker that a request created', async () => {
      const queue = newName('jobs');
      const creating = newName('creating');
      await consumer.call('bullmq-worker', creating, { queue });
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('bullmq-add', id, { queue, text: id });
      for (const id of ids) await expectHandled(collector, { id, logs: handled('attempt 0', id), isFetched: false });
      await expectOnlyServerSpan(collector, creating);
    });

    it('a delayed job that is tried twice stays in its flow', async () => {
      const queue = newName('jobs');
      const id = newName('flow');
      await producer.call('bullmq-add', id, { queue, text: id, delay: '100', attempts: '2' });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      const first = await expectHandled(collector, { id, logs: handled('attempt 0', id), isFetched: false });
      const second = await expectHandled(collector, { id, logs: handled('attempt 1', id), isFetched: false });
      expect([first.statusCode, second.statusCode]).toEqual([2, 0]);
      const sent = collector.spans.find(({ spanId }) => spanId === first.parentSpanId);
      expect(sent?.attributes).toMatchObject({ 'threadline.message.delay_millis': 100 });
      expect(first.spanId).not.toBe(second.spanId);
    });

    it('what a worker says of a job is heard in the flow of that job', async () => {
      const queue = newName('jobs');
      const creating = newName('creating');
      await consumer.call('bullmq-worker', creating, { queue });
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('bullmq-add', id, { queue, text: id, attempts: '2' });
      for (const id of ids) {
        const process = await expectHandled(collector, { id, logs: [...handled('attempt 0', id), `failed ${id}`], isFetched: false });
        expect(process.events.map(({ name }) => name)).toEqual(['exception']);
        await expectHandled(collector, { id, logs: [...handled('attempt 1', id), `completed ${id}`], isFetched: false });
        expect((await logOf(collector, `active ${id}`)).spanId).toBe(process.spanId);
      }
      await expectOnlyServerSpan(collector, creating);
    });

    it('each run of a repeated job is heard of in its own flow', async () => {
      const queue = newName('jobs');
      const id = newName('flow');
      await producer.call('bullmq-cron', id, { queue, text: id });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      for (const event of ['active', 'completed']) {
        await waitFor(`two runs ${event}`, () => collector.logs.filter(({ body }) => body === `${event} ${id}`).length === 2);
        const flows = (body: string): unknown[] =>
          collector.logs.filter((log) => log.body === body).map((log) => log.attributes['correlation.id']);
        expect(flows(`${event} ${id}`)).toEqual(flows(`attempt 0 begins ${id}`));
      }
    });

    it('QueueEvents that a request created are heard in nobody’s flow and make no spans', async () => {
      const queue = newName('jobs');
      const creating = newName('creating');
      await consumer.call('bullmq-events', creating, { queue });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      const ids = [newName('flow'), newName('flow')];
      for (const id of ids) await producer.call('bullmq-add', id, { queue, text: id });
      for (const id of ids) {
        const log = await logOf(collector, `heard ${id}`);
        expect([log.traceId, log.attributes['correlation.id']]).toEqual(['', undefined]);
      }
      await expectOnlyServerSpan(collector, creating);
      const isOfEvents = ({ attributes }: { readonly attributes: object }): boolean =>
        JSON.stringify(attributes).includes(`bull:${queue}:events`);
      expect(collector.spans.filter(isOfEvents)).toEqual([]);
    });

    it('jobs that were added as one have a create span each', async () => {
      const queue = newName('jobs');
      const id = newName('flow');
      const texts = [`${id}-a`, `${id}-b`];
      await producer.call('bullmq-bulk', id, { queue, texts: texts.join(',') });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      const processes = await Promise.all(
        texts.map((text) => expectHandled(collector, { id, logs: handled('attempt 0', text), isFetched: false })),
      );
      expect(new Set(processes.map(({ parentSpanId }) => parentSpanId)).size).toBe(2);
    });

    it('a job and its children that a FlowProducer added are in the flow', async () => {
      const queue = newName('jobs');
      const id = newName('flow');
      await producer.call('bullmq-flow', id, { queue, text: id });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      for (const text of [`${id}-child`, `${id}-parent`]) {
        await expectHandled(collector, { id, logs: handled('attempt 0', text), isFetched: false });
      }
    });

    it('each run of a repeated job is a flow of its own, and a job’s data is as it was', async () => {
      const queue = newName('jobs');
      const id = newName('flow');
      await producer.call('bullmq-cron', id, { queue, text: id });
      await consumer.call('bullmq-worker', newName('creating'), { queue });
      await waitFor('two runs', () => collector.logs.filter(({ body }) => body === `attempt 0 begins ${id}`).length === 2);
      const runs = collector.logs.filter(({ body }) => body === `attempt 0 begins ${id}`);
      expect(new Set([id, ...runs.map((log) => log.attributes['correlation.id'])]).size).toBe(3);
      const other = newName('jobs');
      await producer.call('bullmq-add', newName('flow'), { queue: other, text: 'as sent' });
      expect(await producer.call('bullmq-data', newName('read'), { queue: other })).toBe('{"text":"as sent"}');
    });
  });
});

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

describe('with THREADLINE_SDK_MESSAGE_PARENT=link', () => {
  let collector: ScriptedCollector;
  let producer: TransportApp;
  let consumer: TransportApp;
  const handled = (how: string, text: string): string[] => [`${how} begins ${text}`, `${how} ends ${text}`];

  beforeAll(async () => {
    collector = await startCollector();
    const linking = { ...env, THREADLINE_SDK_MESSAGE_PARENT: 'link' };
    [producer, consumer] = await Promise.all([
      startTransportApp('queues-imported.mjs', collector, linking),
      startTransportApp('queues-required.cjs', collector, linking),
    ]);
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  it.each(['for-of', 'forEach', 'map'])('a message of SQS, gone through by %s, is a child of its receive span', async (how) => {
    const queue = `linked-${how.toLowerCase()}`;
    const ids = [`${queue}-1`, `${queue}-2`];
    for (const id of ids) await producer.call('sqs-send', id, { queue, text: id });
    await consumer.call(`sqs-${how}`, `consume-${queue}`, { queue });
    for (const id of ids) await expectHandledLinked(collector, { id, logs: handled(how, id), isFetched: true });
  });

  it('a message that sqs-consumer handles is a child of its receive span', async () => {
    const id = 'linked-consumer-1';
    await producer.call('sqs-send', id, { queue: 'linked-consumer', text: id });
    await consumer.call('sqs-consumer', 'creating-sqs', { queue: 'linked-consumer' });
    await expectHandledLinked(collector, { id, logs: handled('consumer', id), isFetched: true });
  });

  it.each(['ioredis', 'node-redis'])('%s: an entry of a stream is a child of its receive span', async (library) => {
    const id = `linked-stream-${library}`;
    await producer.call(`${library}-xadd`, id, { stream: id, text: id });
    await consumer.call(`${library}-group`, `consume-${id}`, { stream: id });
    await expectHandledLinked(collector, { id, logs: handled(library, id), isFetched: true });
  });

  it.each(['ioredis', 'node-redis'])('%s: a message on a channel begins a trace of its own', async (library) => {
    const channel = `events.linked-${library}`;
    const id = `linked-channel-${library}`;
    await consumer.call(`${library}-subscribe`, `creating-${id}`, { channel });
    await producer.call(`${library}-publish`, id, { channel, text: id });
    await expectHandledLinked(collector, { id, logs: handled(`${library} on ${channel}`, id), isFetched: false });
  });

  it('an element of a list is a child of its receive span', async () => {
    const id = 'linked-list';
    await producer.call('lpush', id, { list: 'jobs-linked', text: id });
    await consumer.call('brpop', 'consume-list', { list: 'jobs-linked' });
    await expectHandledLinked(collector, { id, logs: handled('popped', id), isFetched: true });
  });

  it('a job of BullMQ begins a trace of its own', async () => {
    const id = 'linked-job';
    await producer.call('bullmq-add', id, { queue: 'linked-jobs', text: id });
    await consumer.call('bullmq-worker', 'creating-jobs', { queue: 'linked-jobs' });
    await expectHandledLinked(collector, { id, logs: handled('attempt 0', id), isFetched: false });
  });
});
