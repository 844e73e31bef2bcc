import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startKafka } from '../../../deploy/servers/kafka.mjs';
import { startTestCollector, type TestCollector } from '../../src/testing.ts';
import { killApps, waitFor } from '../app-process.ts';
import type { SpanLine } from '../otlp.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { flowOf, logOf, startTransportApp, type TransportApp } from './transport-app.ts';

const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;

/** Two fixtures with the same actions, by one client library. */
export interface KafkaFixtures {
  /** The one that imports its libraries, and the one that requires them. */
  readonly imported: string;
  readonly required: string;
  /** What they need beside the broker's address. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is true of every client of Kafka that has the shape of kafkajs, on a real broker. */
export function describeKafka({ imported, required, env: own = {} }: KafkaFixtures): void {
  let url = '';
  let stopServer = async (): Promise<void> => undefined;
  let collector: ScriptedCollector;
  let producer: TransportApp;
  let consumer: TransportApp;
  let plain: TransportApp;

  beforeAll(async () => {
    const server = await startKafka();
    url = server.url;
    stopServer = () => server.stop();
  });
  afterAll(() => stopServer());

  const isType = (type: string) => (span: SpanLine) => span.attributes['messaging.operation.type'] === type;
  const spansOf = (id: string, type: string): SpanLine[] => flowOf(collector, id).spans.filter(isType(type));

  async function spanOf(id: string, type: string, count = 1): Promise<SpanLine> {
    await waitFor(`${count} ${type} span(s) of ${id}`, () => spansOf(id, type).length >= count);
    const span = spansOf(id, type)[count - 1];
    if (span === undefined) throw new Error('unreachable: it was there');
    return span;
  }

  const linkTo = ({ traceId, spanId }: SpanLine): object => ({ traceId, spanId });

  /** The receive span of a topic: it is in a flow of its own. */
  async function receiveSpanOf(topic: string): Promise<SpanLine> {
    const find = (): SpanLine | undefined => collector.spans.find((span) => isType('receive')(span) && span.name === `poll ${topic}`);
    await waitFor(`the receive span of ${topic}`, () => find() !== undefined);
    const span = find();
    if (span === undefined) throw new Error('unreachable: it was there');
    return span;
  }

  describe.each([
    [imported, required],
    [required, imported],
  ])('Kafka from %s to %s', (from, to) => {
    let cases = 0;
    let id = '';
    let topic = '';
    /** The request in which a consumer was made. */
    let maker = '';

    beforeAll(async () => {
      collector = await startCollector();
      const env = { ...own, KAFKA_URL: url };
      [producer, consumer, plain] = await Promise.all([
        startTransportApp(from, collector, env),
        startTransportApp(to, collector, env),
        startTransportApp(from, collector, env, false),
      ]);
    });
    afterAll(async () => {
      await killApps();
      await collector.close();
    });
    beforeEach(async () => {
      cases += 1;
      id = `${from}-${cases}`;
      topic = `topic-${id}`;
      maker = `maker-${id}`;
      await plain.call('create', `create-${id}`, { topics: topic });
    });

    /** Two messages of two flows that arrive in one batch. */
    const sendTwo = async (): Promise<[string, string]> => {
      const ids: [string, string] = [`${id}-a`, `${id}-b`];
      for (const [index, one] of ids.entries())
        await producer.call('send', one, { topic, body: `${index === 0 ? 'first' : 'second'} ${id}` });
      return ids;
    };

    /** What is true of a batch's messages, however its handler goes through them. */
    const expectBatch = async (ids: readonly [string, string]): Promise<SpanLine> => {
      const receive = await receiveSpanOf(topic);
      const sends = [await spanOf(ids[0], 'send'), await spanOf(ids[1], 'send')];
      expect(receive).toMatchObject({
        kind: CLIENT,
        parentSpanId: '',
        links: sends.map(linkTo),
        attributes: { 'messaging.batch.message_count': 2 },
      });
      expect(receive.attributes['correlation.id']).toBe(receive.traceId);
      for (const [index, send] of sends.entries()) {
        const one = ids[index] ?? '';
        const process = await spanOf(one, 'process');
        expect(process).toMatchObject({
          kind: CONSUMER,
          traceId: send.traceId,
          parentSpanId: send.spanId,
          links: [linkTo(send), linkTo(receive)],
        });
        const log = await logOf(collector, `handled ${index === 0 ? 'first' : 'second'} ${id}`);
        expect(log).toMatchObject({ traceId: send.traceId, spanId: process.spanId, attributes: { 'correlation.id': one } });
      }
      expect(await logOf(collector, `batch ${topic} of 2`)).toMatchObject({ traceId: receive.traceId, spanId: receive.spanId });
      for (const one of [...ids, maker]) expect(spansOf(one, 'process').length).toBe(one === maker ? 0 : 1);
      return receive;
    };

    it('send to eachMessage: the handler is in the message’s flow, the consumer’s maker is not', async () => {
      await consumer.call('each-message', maker, { topic });
      await producer.call('send', id, { topic, body: `body ${id}` });
      const [send, process] = [await spanOf(id, 'send'), await spanOf(id, 'process')];
      expect(send).toMatchObject({
        name: `send ${topic}`,
        kind: PRODUCER,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.name': 'send',
          'messaging.destination.name': topic,
          'messaging.kafka.message.key': 'key-1',
          'messaging.destination.partition.id': '0',
        },
      });
      expect(process).toMatchObject({
        name: `process ${topic}`,
        kind: CONSUMER,
        traceId: send.traceId,
        parentSpanId: send.spanId,
        links: [linkTo(send)],
        attributes: {
          'messaging.kafka.offset': 0,
          'messaging.kafka.message.key': 'key-1',
          'messaging.destination.partition.id': '0',
          'messaging.consumer.group.name': `group-${topic}`,
        },
      });
      for (const body of [`handling body ${id}`, `handled body ${id}`])
        expect(await logOf(collector, body)).toMatchObject({ spanId: process.spanId, attributes: { 'correlation.id': id } });
      await producer.call('send', `${id}-later`, { topic, body: `later ${id}` });
      expect((await logOf(collector, `handled later ${id}`)).attributes['correlation.id']).toBe(`${id}-later`);
      expect(spansOf(maker, 'process')).toEqual([]);
    });

    it('send of several: each message has a create span, and the send span links to them', async () => {
      await consumer.call('each-message', maker, { topic });
      await producer.call('send-many', id, { topic, bodies: `one ${id},two ${id}` });
      const created = [await spanOf(id, 'create', 1), await spanOf(id, 'create', 2)];
      const send = await spanOf(id, 'send');
      expect(send).toMatchObject({ kind: CLIENT, links: created.map(linkTo), attributes: { 'messaging.batch.message_count': 2 } });
      for (const create of created)
        expect(create).toMatchObject({ name: `create ${topic}`, kind: PRODUCER, parentSpanId: send.parentSpanId });
      const processed = [await spanOf(id, 'process', 1), await spanOf(id, 'process', 2)];
      expect(processed.map((span) => span.parentSpanId)).toEqual(created.map((span) => span.spanId));
      expect((await logOf(collector, `handled two ${id}`)).spanId).toBe(processed[1]?.spanId);
    });

    it('a batch of hundreds: its send and its receive span link to every message', async () => {
      const count = 300;
      await producer.call('send-many', id, { topic, bodies: Array.from({ length: count }, (_, index) => `${index} ${id}`).join(',') });
      await consumer.call('map', maker, { topic });
      await spanOf(id, 'process', count);
      const created = spansOf(id, 'create').map(linkTo);
      expect(created).toHaveLength(count);
      expect((await spanOf(id, 'send')).links).toEqual(created);
      expect((await receiveSpanOf(topic)).links).toEqual(created);
    });

    it('sendBatch over two topics: a create span for each message with its topic, a send span without one', async () => {
      const other = `other-${topic}`;
      await plain.call('create', `create-${id}`, { topics: other });
      for (const one of [topic, other]) await consumer.call('each-message', maker, { topic: one });
      await producer.call('send-batch', id, { topics: `${topic},${other}`, bodies: 'one,two' });
      await spanOf(id, 'process', 4);
      expect(spansOf(id, 'create').map((span) => span.name)).toEqual([topic, topic, other, other].map((one) => `create ${one}`));
      const send = await spanOf(id, 'send');
      expect(send).toMatchObject({ name: 'send', links: spansOf(id, 'create').map(linkTo) });
      expect(send.attributes).not.toHaveProperty('messaging.destination.name');
      for (const body of [`handled ${topic} one`, `handled ${other} two`])
        expect((await logOf(collector, body)).attributes['correlation.id']).toBe(id);
    });

    it('a message that cannot be sent is an error', async () => {
      await expect(producer.call('send-nowhere', id)).rejects.toThrow();
      expect(await spanOf(id, 'send')).toMatchObject({ statusCode: ERROR });
    });

    it('a message of a transaction', async () => {
      await consumer.call('each-message', maker, { topic });
      await producer.call('send-in-transaction', id, { topic, body: `body ${id}` });
      expect(await logOf(collector, `handled body ${id}`)).toMatchObject({
        traceId: (await spanOf(id, 'send')).traceId,
        attributes: { 'correlation.id': id },
      });
    });

    it.each(['for-of', 'for-each', 'map', 'chain', 'entries', 'for-await', 'parse-first', 'index'])(
      'eachBatch by %s: each message in its flow, the batch in its own',
      async (way) => {
        const ids = await sendTwo();
        await consumer.call(way, maker, { topic });
        const receive = await expectBatch(ids);
        expect(await logOf(collector, `batch done ${topic}`)).toMatchObject({ traceId: receive.traceId, spanId: receive.spanId });
      },
    );

    it('eachBatch by a helper that loops: each message in its flow', async () => {
      const ids = await sendTwo();
      await consumer.call('helper', maker, { topic });
      const receive = await expectBatch(ids);
      expect(await logOf(collector, `batch done ${topic}`)).toMatchObject({ traceId: receive.traceId, spanId: receive.spanId });
    });

    it('eachBatch: the error of a loop is on the message it was left in, and the message that comes again is in its flow', async () => {
      const ids = await sendTwo();
      await consumer.call('for-of-failing', maker, { topic });
      const failed = await spanOf(ids[1], 'process');
      expect(failed).toMatchObject({ statusCode: ERROR, attributes: { 'error.type': 'OUT_OF_STOCK' } });
      expect((await spanOf(ids[0], 'process')).statusCode).toBe(0);
      expect(await spanOf(ids[1], 'process', 2)).toMatchObject({
        traceId: failed.traceId,
        parentSpanId: failed.parentSpanId,
        statusCode: 0,
      });
    });

    it('eachMessage: an error is on the message’s span, and its retry stays in the flow', async () => {
      await consumer.call('each-message-failing', maker, { topic });
      await producer.call('send', id, { topic, body: `body ${id}` });
      expect(await spanOf(id, 'process')).toMatchObject({ statusCode: ERROR, attributes: { 'error.type': 'OUT_OF_STOCK' } });
      expect((await logOf(collector, `second body ${id}`)).attributes['correlation.id']).toBe(id);
      expect((await spanOf(id, 'process', 2)).statusCode).toBe(0);
    });

    it.each(['send-on', 'send-on-together'])('what a batch’s handler sends on by %s stays in each message’s flow', async (way) => {
      const next = `next-${topic}`;
      await plain.call('create', `create-${id}`, { topics: next });
      const ids = await sendTwo();
      await consumer.call('each-message', maker, { topic: next });
      await consumer.call(way, `second-${maker}`, { topic, to: next });
      for (const [index, one] of ids.entries()) {
        const log = await logOf(collector, `handled ${index === 0 ? 'first' : 'second'} ${id}`);
        expect(log).toMatchObject({ traceId: (await spanOf(one, 'send')).traceId, attributes: { 'correlation.id': one } });
      }
    });

    it('key, value and headers arrive as they were, and the app’s own objects are left alone', async () => {
      expect(await producer.call('send', id, { topic, body: `body ${id}` })).toEqual({
        key: 'key-1',
        value: `body ${id}`,
        headers: { own: 'kept' },
      });
      await plain.call('watch', maker, { topic });
      const send = await spanOf(id, 'send');
      await expect
        .poll(() => plain.call('seen', id), { timeout: 20_000 })
        .toContainEqual({
          key: 'key-1',
          value: `body ${id}`,
          headers: { own: 'kept', traceparent: `00-${send.traceId}-${send.spanId}-01`, baggage: `correlation.id=${id}` },
        });
    });

    it.each(['each-message', 'for-of'])('messages from a service without the SDK start flows of their own by %s', async (way) => {
      await plain.call('send', id, { topic, body: `first ${id}` });
      await plain.call('send', id, { topic, body: `second ${id}` });
      await consumer.call(way, maker, { topic });
      const logs = [await logOf(collector, `handled first ${id}`), await logOf(collector, `handled second ${id}`)];
      expect(new Set([maker, id, ...logs.map((log) => log.attributes['correlation.id'])]).size).toBe(4);
      for (const log of logs) expect(await spanOf(log.traceId, 'process')).toMatchObject({ parentSpanId: '', spanId: log.spanId });
    });

    it('says nothing on standard error', () => {
      for (const app of [producer, consumer, plain]) expect(app.stderr()).toBe('');
    });
  });

  describe('Kafka with THREADLINE_SDK_MESSAGE_PARENT=link', () => {
    beforeAll(async () => {
      collector = await startCollector();
      const env = { ...own, KAFKA_URL: url, THREADLINE_SDK_MESSAGE_PARENT: 'link' };
      [producer, consumer] = await Promise.all([startTransportApp(imported, collector, env), startTransportApp(required, collector, env)]);
      await producer.call('create', 'create', { topics: 'linked' });
    });
    afterAll(async () => {
      await killApps();
      await collector.close();
    });

    it('makes each message of a batch a child of its receive span, linked to its producer and with its id', async () => {
      for (const id of ['linked-1', 'linked-2']) await producer.call('send', id, { topic: 'linked', body: id });
      await consumer.call('for-of', 'maker', { topic: 'linked' });
      const receive = await receiveSpanOf('linked');
      for (const id of ['linked-1', 'linked-2']) {
        const [send, process] = [await spanOf(id, 'send'), await spanOf(id, 'process')];
        expect(process).toMatchObject({ traceId: receive.traceId, parentSpanId: receive.spanId, links: [linkTo(send), linkTo(receive)] });
        expect(await logOf(collector, `handled ${id}`)).toMatchObject({ spanId: process.spanId, attributes: { 'correlation.id': id } });
      }
    });
  });

  describe('Kafka with OTEL_TRACES_SAMPLER=always_off', () => {
    afterAll(async () => {
      await killApps();
      await collector.close();
    });

    it('carries the ids into each message’s logs, without a span', async () => {
      collector = await startCollector();
      const env = { ...own, KAFKA_URL: url, OTEL_TRACES_SAMPLER: 'always_off' };
      [producer, consumer] = await Promise.all([startTransportApp(imported, collector, env), startTransportApp(required, collector, env)]);
      await producer.call('create', 'create', { topics: 'unsampled' });
      const ids = ['unsampled-1', 'unsampled-2'];
      for (const id of ids) await producer.call('send', id, { topic: 'unsampled', body: id });
      await consumer.call('for-of', 'maker', { topic: 'unsampled' });
      for (const id of ids) expect((await logOf(collector, `handled ${id}`)).attributes['correlation.id']).toBe(id);
      expect(collector.spans).toEqual([]);
    });
  });

  describe('Kafka under a test collector', () => {
    let tests: TestCollector;
    afterAll(async () => {
      await killApps();
      await tests.close();
    });

    it('is what a flow goes through', async () => {
      tests = await startTestCollector({ timeoutMillis: 30_000 });
      const env = { ...own, ...tests.env, KAFKA_URL: url };
      const [gateway, payments] = await Promise.all([
        startTransportApp(imported, tests, { ...env, OTEL_SERVICE_NAME: 'gateway' }),
        startTransportApp(required, tests, { ...env, OTEL_SERVICE_NAME: 'payments' }),
      ]);
      await gateway.call('create', 'create', { topics: 'orders' });
      await payments.call('each-message', 'maker', { topic: 'orders' });
      await gateway.call('send', 'order-7', { topic: 'orders', body: 'order 7' });
      await tests.expectFlow('order-7').from('gateway').through('kafka').to('payments').logging('handled order 7');
    });
  });
}
