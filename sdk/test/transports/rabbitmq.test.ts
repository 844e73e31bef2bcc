import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRabbitmq } from '../../../deploy/servers/rabbitmq.mjs';
import { killApps, waitFor } from '../app-process.ts';
import type { LogLine, SpanLine } from '../otlp.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { flowOf, logOf, startTransportApp, type TransportApp } from './transport-app.ts';

const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;

let url = '';
let stopServer = async (): Promise<void> => undefined;
let collector: ScriptedCollector;
let producer: TransportApp;
let consumer: TransportApp;
let plain: TransportApp;

beforeAll(async () => {
  const server = await startRabbitmq();
  url = server.url;
  stopServer = () => server.stop();
});
afterAll(() => stopServer());

/** The spans of one operation in a flow. */
const spansOf = (id: string, type: string): SpanLine[] =>
  flowOf(collector, id).spans.filter((span) => span.attributes['messaging.operation.type'] === type);

async function spanOf(id: string, type: string, count = 1): Promise<SpanLine> {
  await waitFor(`${count} ${type} span(s) of ${id}`, () => spansOf(id, type).length >= count);
  const span = spansOf(id, type)[count - 1];
  if (span === undefined) throw new Error('unreachable: it was there');
  return span;
}

async function spanWithId(spanId: string): Promise<SpanLine> {
  const find = (): SpanLine | undefined => collector.spans.find((span) => span.spanId === spanId);
  await waitFor(`the span ${spanId}`, () => find() !== undefined);
  const span = find();
  if (span === undefined) throw new Error('unreachable: it was there');
  return span;
}

const linkTo = ({ traceId, spanId }: SpanLine): object => ({ traceId, spanId });

/** What is true of every message, however it was sent and received. */
async function expectDelivered(id: string, body: string): Promise<{ send: SpanLine; process: SpanLine; log: LogLine }> {
  const log = await logOf(collector, body);
  const process = await spanWithId(log.spanId);
  const send = await spanWithId(process.parentSpanId);
  expect(send).toMatchObject({ kind: PRODUCER, attributes: { 'messaging.system': 'rabbitmq' } });
  expect(process).toMatchObject({ kind: CONSUMER, traceId: send.traceId, parentSpanId: send.spanId });
  expect(process.links[0]).toEqual(linkTo(send));
  expect(log).toMatchObject({ traceId: process.traceId, spanId: process.spanId, attributes: { 'correlation.id': id } });
  expect(log.resource['service.name']).not.toBe(send.resource['service.name']);
  return { send, process, log };
}

describe.each([
  ['rabbitmq-imported.mjs', 'rabbitmq-required.cjs'],
  ['rabbitmq-required.cjs', 'rabbitmq-imported.mjs'],
])('RabbitMQ from %s to %s', (from, to) => {
  let cases = 0;
  let id = '';
  let queue = '';
  /** The request in which a consumer was made. */
  let maker = '';

  beforeAll(async () => {
    collector = await startCollector();
    const env = { RABBITMQ_URL: url };
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
    queue = `queue-${id}`;
    maker = `maker-${id}`;
    await producer.call('declare', `declare-${id}`, { queue });
  });

  it('sendToQueue to consume: the handler is in the message’s flow, the consumer’s maker is not', async () => {
    await consumer.call('consume', maker, { queue });
    await producer.call('send', id, { queue, body: `body ${id}` });
    const { send, process } = await expectDelivered(id, `handled body ${id}`);
    expect(send).toMatchObject({
      name: `publish ${queue}`,
      attributes: { 'messaging.operation.name': 'publish', 'messaging.destination.name': queue },
    });
    expect(process).toMatchObject({ name: `process ${queue}`, attributes: { 'messaging.rabbitmq.message.delivery_tag': 1 } });
    expect(process.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'messaging.message.body.size': `body ${id}`.length });
    expect(spansOf(maker, 'process')).toEqual([]);
    await producer.call('send', `${id}-later`, { queue, body: `later ${id}` });
    await expectDelivered(`${id}-later`, `handled later ${id}`);
  });

  it('publish to an exchange: the destination has its exchange, key and queue', async () => {
    const topic = { exchange: `exchange-${id}`, queue, key: 'order.placed' };
    await producer.call('bind', `bind-${id}`, topic);
    await consumer.call('consume', maker, { queue });
    await producer.call('publish', id, { ...topic, body: `body ${id}` });
    const { send, process } = await expectDelivered(id, `handled body ${id}`);
    expect(send.attributes).toMatchObject({
      'messaging.destination.name': `exchange-${id}:order.placed`,
      'messaging.rabbitmq.destination.routing_key': 'order.placed',
    });
    expect(process.attributes['messaging.destination.name']).toBe(`exchange-${id}:order.placed:${queue}`);
  });

  it('callback API: the handler’s span lasts until it acknowledges, and replies arrive in the asker’s flow', async () => {
    await consumer.call('consume-callback', maker, { queue });
    await producer.call('send-callback', id, { queue, body: `body ${id}` });
    await expectDelivered(id, `handled body ${id}`);
    expect((await logOf(collector, `answered body ${id}`)).attributes['correlation.id']).toBe(id);
  });

  it('confirm channel: the callback is in the sender’s flow and the span ends with the broker’s answer', async () => {
    await consumer.call('consume', maker, { queue });
    expect(await producer.call('confirm', id, { queue, body: `body ${id}` })).toBe('confirmed');
    await expectDelivered(id, `handled body ${id}`);
    expect(await logOf(collector, `confirmed body ${id}`)).toMatchObject({ attributes: { 'correlation.id': id } });
    await producer.call('confirm-all', `${id}-all`, { queue, body: `all ${id}` });
    await expectDelivered(`${id}-all`, `handled all ${id}`);
    expect(spansOf(id, 'send')).toHaveLength(1);
  });

  it('confirm channel: a message that the broker refuses is an error', async () => {
    await producer.call('full', `full-${id}`, { queue: `full-${queue}` });
    expect(await producer.call('confirm', id, { queue: `full-${queue}`, body: 'x' })).toBe('message nacked');
    expect(await spanOf(id, 'send')).toMatchObject({ statusCode: ERROR, attributes: { 'error.type': 'Error' } });
  });

  it('a mandatory message that comes back is heard of in its flow', async () => {
    for (const one of [id, `${id}-later`]) {
      await producer.call('send-mandatory', one, { body: one });
      expect(await logOf(collector, `returned ${one}`)).toMatchObject({
        traceId: (await spanOf(one, 'send')).traceId,
        attributes: { 'correlation.id': one },
      });
    }
  });

  it('channel.get: the message is entered by withMessage, its receive span is the asker’s', async () => {
    await producer.call('send', id, { queue, body: `body ${id}` });
    await consumer.call('get', maker, { queue });
    const { send, process } = await expectDelivered(id, `handled body ${id}`);
    const receive = await spanOf(maker, 'receive');
    expect(receive).toMatchObject({ kind: CLIENT, name: `get ${queue}`, links: [linkTo(send)] });
    expect(process.links).toEqual([linkTo(send), linkTo(receive)]);
    for (const body of [`got body ${id}`, `after body ${id}`])
      expect(await logOf(collector, body)).toMatchObject({ traceId: receive.traceId, attributes: { 'correlation.id': maker } });
  });

  it('channel.get of the callback API', async () => {
    await producer.call('send', id, { queue, body: `body ${id}` });
    await consumer.call('get-callback', maker, { queue });
    await expectDelivered(id, `handled body ${id}`);
    expect(await logOf(collector, `after body ${id}`)).toMatchObject({ attributes: { 'correlation.id': maker } });
  });

  it('a consumer that collects and a timer that flushes: each message in its flow, the timer in nobody’s', async () => {
    await consumer.call('collect', maker, { queue, of: '2' });
    const ids = [`${id}-a`, `${id}-b`];
    for (const one of ids) await producer.call('send', one, { queue, body: `body ${one}` });
    for (const one of ids) {
      await expectDelivered(one, `flushed body ${one}`);
      await spanOf(one, 'send', 2);
      const sentOn = spansOf(one, 'send').find((span) => span.name === `publish ${queue}-out`);
      expect(sentOn?.parentSpanId).toBe(spansOf(one, 'process')[0]?.spanId);
    }
    const flushing = await logOf(collector, `flushing ${queue}`);
    expect([maker, ...ids]).not.toContain(flushing.attributes['correlation.id']);
    expect(flushing.traceId).toBe('');
  });

  it.each([
    ['a reply queue that the first asker made', 'false'],
    ['RabbitMQ’s direct reply-to', 'true'],
  ])('request and answer: each answer is in its asker’s flow, over %s', async (_way, isDirect) => {
    await consumer.call('serve-answers', maker, { queue });
    const ids = [`${id}-a`, `${id}-b`];
    expect(await Promise.all(ids.map((one) => producer.call('ask', one, { queue, body: one, isDirect })))).toEqual(
      ids.map((one) => `answer to ${one}`),
    );
    for (const one of ids) {
      const heard = await logOf(collector, `heard answer to ${one}`);
      expect(heard.attributes['correlation.id']).toBe(one);
      // Made-up names are as many as there are askers: no operation is called by one.
      const attributes = { 'messaging.destination.anonymous': true };
      const process = await spanWithId(heard.spanId);
      expect(process).toMatchObject({ name: 'process (anonymous)', attributes });
      expect(await spanWithId(process.parentSpanId)).toMatchObject({ name: 'publish (anonymous)', attributes });
      const asker = await logOf(collector, `asker heard answer to ${one}`);
      expect(asker).toMatchObject({ traceId: heard.traceId, attributes: { 'correlation.id': one } });
      expect(asker.spanId).not.toBe(heard.spanId);
    }
  });

  it('a connection of amqplib’s that recovers by itself', async () => {
    await consumer.call('consume-recovering', maker, { queue });
    await producer.call('send-recovering', id, { queue, body: `body ${id}` });
    await expectDelivered(id, `handled body ${id}`);
    expect(spansOf(maker, 'process')).toEqual([]);
  });

  it('a redelivered message stays in its flow', async () => {
    await consumer.call('consume-again', maker, { queue });
    await producer.call('send', id, { queue, body: `body ${id}` });
    await expectDelivered(id, `first body ${id}`);
    const second = await logOf(collector, `second body ${id}`);
    expect(await spanOf(id, 'process', 2)).toMatchObject({ spanId: second.spanId, parentSpanId: (await spanOf(id, 'send')).spanId });
  });

  it('a dead letter and a delayed message stay in their flow', async () => {
    for (const [name, options] of [
      ['dead', {}],
      ['delayed', { ttl: '50' }],
    ] as const) {
      const first = `${name}-${queue}`;
      await producer.call('declare', `declare-${id}`, { queue: first, deadLetters: queue, ...options });
      if (name === 'dead') await consumer.call('consume-rejecting', maker, { queue: first });
      await producer.call('send', `${id}-${name}`, { queue: first, body: `${name} ${id}` });
    }
    await consumer.call('consume', maker, { queue });
    for (const name of ['dead', 'delayed'])
      expect((await logOf(collector, `handled ${name} ${id}`)).attributes['correlation.id']).toBe(`${id}-${name}`);
    expect(spansOf(maker, 'process')).toEqual([]);
  });

  it('a message that a handler sends on is in the same flow, a child of its process span', async () => {
    const next = `next-${queue}`;
    await producer.call('declare', `declare-${id}`, { queue: next });
    await consumer.call('consume-sending-on', maker, { queue, to: next });
    await consumer.call('consume', maker, { queue: next });
    await producer.call('send', id, { queue, body: `body ${id}` });
    const handled = await logOf(collector, `handled body ${id}`);
    await spanOf(id, 'send', 2);
    await spanOf(id, 'process', 2);
    const named = (name: string): SpanLine | undefined => flowOf(collector, id).spans.find((span) => span.name === name);
    const sent = named(`publish ${next}`);
    expect(sent?.parentSpanId).toBe(named(`process ${queue}`)?.spanId);
    expect(handled).toMatchObject({ traceId: sent?.traceId, attributes: { 'correlation.id': id } });
  });

  it('a message that a timer sends on with its headers stays in its flow', async () => {
    const next = `next-${queue}`;
    await producer.call('declare', `declare-${id}`, { queue: next });
    await consumer.call('send-on-by-hand', maker, { queue, to: next });
    await producer.call('consume', maker, { queue: next });
    await producer.call('send', id, { queue, body: `body ${id}` });
    expect(await logOf(collector, `handled body ${id}`)).toMatchObject({
      traceId: (await spanOf(id, 'send')).traceId,
      attributes: { 'correlation.id': id },
    });
  });

  it('amqp-connection-manager: a message is in the flow of whoever sent it, also when it waited for the connection', async () => {
    await consumer.call('manager-consume', maker);
    await producer.call('manager-send', id, { body: `body ${id}` });
    await expectDelivered(id, `handled body ${id}`);
    const waiting = [`${id}-a`, `${id}-b`];
    await Promise.all(waiting.map((one) => producer.call('manager-queue', one, { body: `queued ${one}` })));
    for (const one of waiting) await expectDelivered(one, `handled queued ${one}`);
  });

  it('an error of the handler is on its span and still unhandled for Node', async () => {
    await consumer.call('consume-failing', maker, { queue });
    await producer.call('send', id, { queue, body: `body ${id}` });
    await logOf(collector, 'unhandled out of stock');
    expect(await spanOf(id, 'process')).toMatchObject({ statusCode: ERROR, attributes: { 'error.type': 'RangeError' } });
  });

  it('a consumer that the broker cancels is told in nobody’s flow', async () => {
    await consumer.call('consume', maker, { queue });
    await producer.call('delete', id, { queue });
    const cancelled = await logOf(collector, `cancelled ${queue}`);
    expect(cancelled).toMatchObject({ traceId: '' });
    expect(cancelled.attributes).not.toHaveProperty('correlation.id');
  });

  it('the app’s properties and headers arrive as they were, AMQP’s correlationId among them', async () => {
    await plain.call('watch', maker, { queue });
    const given = await producer.call('send-options', id, { queue, body: `body ${id}` });
    expect(given).toMatchObject({ headers: { own: 'kept', baggage: 'stale=1' } });
    const send = await spanOf(id, 'send');
    await expect
      .poll(() => plain.call('seen', id))
      .toContainEqual({
        body: Buffer.from(`body ${id}`).toString('base64'),
        properties: expect.objectContaining({
          correlationId: 'amqp-own',
          messageId: 'id-1',
          replyTo: 'answers',
          headers: { own: 'kept', traceparent: `00-${send.traceId}-${send.spanId}-01`, baggage: `correlation.id=${id}` },
        }),
      });
    expect(send.attributes).toMatchObject({ 'messaging.message.id': 'id-1', 'messaging.message.conversation_id': 'amqp-own' });
  });

  it('a message from a service without the SDK starts a flow of its own', async () => {
    await consumer.call('consume', maker, { queue });
    await plain.call('send', id, { queue, body: `body ${id}` });
    const log = await logOf(collector, `handled body ${id}`);
    expect(log.attributes['correlation.id']).toBe(log.traceId);
    expect(await spanOf(log.traceId, 'process')).toMatchObject({ parentSpanId: '', links: [] });
  });

  it('says nothing on standard error', () => {
    for (const app of [producer, consumer, plain]) expect(app.stderr()).toBe('');
  });
});

describe('RabbitMQ with THREADLINE_SDK_MESSAGE_PARENT=link', () => {
  beforeAll(async () => {
    collector = await startCollector();
    const env = { RABBITMQ_URL: url, THREADLINE_SDK_MESSAGE_PARENT: 'link', OTEL_SEMCONV_STABILITY_OPT_IN: 'messaging/dup' };
    [producer, consumer] = await Promise.all([
      startTransportApp('rabbitmq-imported.mjs', collector, env),
      startTransportApp('rabbitmq-required.cjs', collector, env),
    ]);
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  it('handles a message in a trace of the consumer’s own, linked to the producer and with its id', async () => {
    await producer.call('declare', 'declare', { queue: 'linked' });
    await consumer.call('consume', 'maker', { queue: 'linked' });
    await producer.call('send', 'flow-1', { queue: 'linked', body: 'body' });
    const log = await logOf(collector, 'handled body');
    const [send, process] = [await spanOf('flow-1', 'send'), await spanOf('flow-1', 'process')];
    expect(process).toMatchObject({ parentSpanId: '', spanId: log.spanId, links: [linkTo(send)] });
    expect(process.traceId).not.toBe(send.traceId);
    expect(log.attributes['correlation.id']).toBe('flow-1');
    expect(process.attributes).toMatchObject({ 'messaging.system': 'rabbitmq', 'messaging.system.name': 'rabbitmq' });
  });

  it('makes what channel.get fetched a child of its receive span', async () => {
    await producer.call('declare', 'declare', { queue: 'fetched' });
    await producer.call('send', 'flow-2', { queue: 'fetched', body: 'fetched' });
    await consumer.call('get', 'getter', { queue: 'fetched' });
    const log = await logOf(collector, 'handled fetched');
    const [send, receive, process] = [await spanOf('flow-2', 'send'), await spanOf('getter', 'receive'), await spanOf('flow-2', 'process')];
    expect(process).toMatchObject({ traceId: receive.traceId, parentSpanId: receive.spanId, links: [linkTo(send), linkTo(receive)] });
    expect(log.attributes['correlation.id']).toBe('flow-2');
  });
});
