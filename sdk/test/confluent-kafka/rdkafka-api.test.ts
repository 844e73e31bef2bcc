import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startKafka } from '../../../deploy/servers/kafka.mjs';
import { killApps, waitFor } from '../app-process.ts';
import type { SpanLine } from '../otlp.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { flowOf, logOf, startTransportApp, type TransportApp } from '../transports/transport-app.ts';
import { confluentKafkaFolder } from './library.ts';

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
  const server = await startKafka();
  url = server.url;
  stopServer = () => server.stop();
});
afterAll(() => stopServer());

const isType = (type: string) => (span: SpanLine) => span.attributes['messaging.operation.type'] === type;
const spansOf = (id: string, type: string): SpanLine[] => flowOf(collector, id).spans.filter(isType(type));
const linkTo = ({ traceId, spanId }: SpanLine): object => ({ traceId, spanId });

async function spanOf(id: string, type: string): Promise<SpanLine> {
  await waitFor(`a ${type} span of ${id}`, () => spansOf(id, type).length > 0);
  const [span] = spansOf(id, type);
  if (span === undefined) throw new Error('unreachable: it was there');
  return span;
}

/** The receive spans that link to this one. */
const receivesOf = (send: SpanLine): SpanLine[] =>
  collector.spans.filter((span) => isType('receive')(span) && span.links.some(({ spanId }) => spanId === send.spanId));

describe.each([
  ['confluent-kafka-imported.mjs', 'confluent-kafka-required.cjs'],
  ['confluent-kafka-required.cjs', 'confluent-kafka-imported.mjs'],
])('the RdKafka API of Confluent’s client from %s to %s', (from, to) => {
  let cases = 0;
  let id = '';
  let topic = '';
  /** The request in which a consumer was made. */
  let maker = '';

  beforeAll(async () => {
    collector = await startCollector();
    const env = { KAFKA_URL: url, CONFLUENT_KAFKA_FOLDER: confluentKafkaFolder() };
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
    topic = `raw-${id}`;
    maker = `maker-${id}`;
    await plain.call('create', `create-${id}`, { topics: topic });
  });

  /** The handler of a message was in its flow from its first line to its last, and nobody else's. */
  const expectHandled = async (body: string, one: string, isFetched: boolean): Promise<SpanLine> => {
    const send = await spanOf(one, 'send');
    const process = await spanOf(one, 'process');
    expect(process).toMatchObject({
      name: `process ${topic}`,
      kind: CONSUMER,
      traceId: send.traceId,
      parentSpanId: send.spanId,
      attributes: { 'messaging.system': 'kafka', 'messaging.consumer.group.name': `group-${topic}` },
    });
    for (const line of [`handling ${body}`, `handled ${body}`]) {
      const log = await logOf(collector, line);
      expect(log).toMatchObject({ traceId: send.traceId, spanId: process.spanId, attributes: { 'correlation.id': one } });
      expect(process.endTimeUnixNano).toBeGreaterThanOrEqual(log.timeUnixNano);
    }
    const receives = receivesOf(send);
    expect(receives).toHaveLength(isFetched ? 1 : 0);
    expect(process.links).toEqual([send, ...receives].map(linkTo));
    for (const receive of receives) {
      expect(receive).toMatchObject({ name: `consume ${topic}`, kind: CLIENT, parentSpanId: '' });
      expect(receive.traceId).not.toBe(send.traceId);
      expect(receive.attributes['correlation.id']).toBe(receive.traceId);
    }
    expect(spansOf(one, 'process')).toHaveLength(1);
    expect(spansOf(maker, 'process')).toEqual([]);
    return process;
  };

  it.each([
    ['flow', false],
    ['flow-callback', false],
    ['poll', true],
    ['poll-promise', true],
    ['poll-map', true],
    ['poll-index', true],
    ['poll-data', true],
    ['read-stream', true],
    ['read-await', true],
    ['read-bytes', true],
    ['read-batches', true],
  ] as const)('messages by %s: each in its flow, none in that of who made the consumer', async (way, isFetched) => {
    const ids = ['a', 'b'].map((name) => `${id}-${name}`);
    for (const one of ids) await producer.call('produce', one, { topic, body: `body ${one}` });
    await consumer.call(way, maker, { topic });
    for (const one of ids) await expectHandled(`body ${one}`, one, isFetched);
    await producer.call('produce', `${id}-later`, { topic, body: `later ${id}` });
    await expectHandled(`later ${id}`, `${id}-later`, isFetched);
    expect(flowOf(collector, maker).logs).toEqual([]);
  });

  it('a listener for one message has that alone', async () => {
    await consumer.call('flow-once', maker, { topic });
    await producer.call('produce', id, { topic, body: `body ${id}` });
    await expectHandled(`body ${id}`, id, false);
    await producer.call('produce', `${id}-later`, { topic, body: `later ${id}` });
    await producer.call('produce', `${id}-last`, { topic, body: `last ${id}` });
    await spanOf(`${id}-last`, 'process');
    expect(collector.logs.filter(({ body }) => body === `handling later ${id}`)).toEqual([]);
  });

  it('produce with reports: the span ends with the report, which is told in the flow and has the app’s opaque', async () => {
    const body = `body ${id}`;
    expect(await producer.call('produce', id, { topic, body })).toEqual({ partition: 0, opaque: { of: body }, headers: [{ own: 'kept' }] });
    const send = await spanOf(id, 'send');
    expect(send).toMatchObject({
      name: `produce ${topic}`,
      kind: PRODUCER,
      statusCode: 0,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'produce',
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': '0',
        'messaging.kafka.message.key': 'key-1',
        'messaging.message.body.size': body.length,
      },
    });
    expect(await logOf(collector, `reported ${body}`)).toMatchObject({
      traceId: send.traceId,
      spanId: send.parentSpanId,
      attributes: { 'correlation.id': id },
    });
  });

  it('produce without an opaque of the app’s: the report has what it has without the SDK', async () => {
    const body = `body ${id}`;
    const reported = await producer.call('produce-without-opaque', id, { topic, body });
    expect(reported).toEqual(await plain.call('produce-without-opaque', id, { topic, body }));
    expect(reported).toMatchObject({ value: body });
    await spanOf(id, 'send');
  });

  it('produce without reports: the span ends when the message is queued', async () => {
    expect(await producer.call('produce-unreported', id, { topic, body: `body ${id}` })).toBe(true);
    await consumer.call('flow', maker, { topic });
    await expectHandled(`body ${id}`, id, false);
    expect((await spanOf(id, 'send')).attributes['messaging.destination.partition.id']).toBe('0');
  });

  it('a message that is refused at once, and one that is not delivered, are errors', async () => {
    await expect(producer.call('produce-refused', id)).rejects.toThrow();
    expect(await spanOf(id, 'send')).toMatchObject({ statusCode: ERROR });
    expect(await producer.call('produce-too-large', `${id}-large`, { topic })).toBe('Broker: Message size too large');
    expect(await spanOf(`${id}-large`, 'send')).toMatchObject({ name: `produce ${topic}`, statusCode: ERROR });
  });

  it('the high-level producer: its callback is in the flow, whose message was made by a serializer that waits', async () => {
    const body = `body ${id}`;
    expect(await producer.call('produce-high-level', id, { topic, body })).toBe(0);
    expect((await logOf(collector, `reported ${body}`)).attributes['correlation.id']).toBe(id);
    await consumer.call('flow', maker, { topic });
    await expectHandled(body, id, false);
  });

  it('what a client is asked for is answered in the flow of who asked', async () => {
    await producer.call('ask', id, { topic });
    for (const name of ['flush', 'getMetadata', 'queryWatermarkOffsets', 'commitCb', 'committed', 'disconnect'])
      expect((await logOf(collector, `answered ${name} ${topic}`)).attributes['correlation.id']).toBe(id);
  });

  it('a message of a transaction', async () => {
    await producer.call('produce-in-transaction', id, { topic, body: `body ${id}` });
    await consumer.call('flow', maker, { topic });
    await expectHandled(`body ${id}`, id, false);
  });

  it.each(['write-message', 'write-bytes'])('%s: each is sent from where it was written, also those that waited', async (way) => {
    const ids = Array.from({ length: 6 }, (_, index) => `${id}-${index}`);
    await Promise.all(ids.map((one) => producer.call(way, one, { topic, body: `body ${one}` })));
    await consumer.call('poll', maker, { topic });
    for (const one of ids) await expectHandled(`body ${one}`, one, true);
  });

  it('the error of a handler is on its message', async () => {
    await producer.call('produce', id, { topic, body: `body ${id}` });
    await consumer.call('poll-failing', maker, { topic });
    expect(await spanOf(id, 'process')).toMatchObject({ statusCode: ERROR, attributes: { 'error.type': 'OUT_OF_STOCK' } });
  });

  it('what is sent on with its headers has one context, and stays in its flow', async () => {
    const next = `next-${topic}`;
    await plain.call('create', `create-${id}`, { topics: next });
    await producer.call('produce', id, { topic, body: `body ${id}` });
    await consumer.call('poll-on', maker, { topic, to: next });
    await plain.call('watch-raw', maker, { topic: next });
    await expect
      .poll(() => plain.call('seen-raw', id), { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ value: `body ${id}`, names: ['own', 'traceparent', 'baggage'] }));
    const [first, second] = [await spanOf(id, 'send'), await spanOf(id, 'process')];
    await waitFor('the second send', () => spansOf(id, 'send').length === 2);
    expect(spansOf(id, 'send')[1]).toMatchObject({ name: `produce ${next}`, traceId: first.traceId, parentSpanId: second.spanId });
  });

  it('key, value and headers arrive as they were at a service without the SDK', async () => {
    await producer.call('produce', id, { topic, body: `body ${id}` });
    await producer.call('produce-unreported', `${id}-bare`, { topic, body: `bare ${id}` });
    await plain.call('watch-raw', maker, { topic });
    for (const [one, value, own] of [
      [id, `body ${id}`, { own: 'kept' }],
      [`${id}-bare`, `bare ${id}`, {}],
    ] as const) {
      const send = await spanOf(one, 'send');
      const headers = { ...own, traceparent: `00-${send.traceId}-${send.spanId}-01`, baggage: `correlation.id=${one}` };
      await expect
        .poll(() => plain.call('seen-raw', id), { timeout: 20_000 })
        .toContainEqual({ key: 'key-1', value, headers, names: Object.keys(headers) });
    }
  });

  it.each(['flow', 'poll'])('messages from a service without the SDK start flows of their own by %s', async (way) => {
    for (const body of ['first', 'second']) await plain.call('produce', id, { topic, body: `${body} ${id}` });
    await consumer.call(way, maker, { topic });
    const logs = [await logOf(collector, `handled first ${id}`), await logOf(collector, `handled second ${id}`)];
    expect(new Set([maker, id, ...logs.map((log) => log.attributes['correlation.id'])]).size).toBe(4);
    for (const log of logs) expect(await spanOf(log.traceId, 'process')).toMatchObject({ parentSpanId: '', spanId: log.spanId });
  });

  it('what one API sends the other receives, and neither tells of a message twice', async () => {
    await producer.call('send', id, { topic, body: `body ${id}` });
    await consumer.call('flow', maker, { topic });
    const send = await spanOf(id, 'send');
    expect(await spanOf(id, 'process')).toMatchObject({ traceId: send.traceId, parentSpanId: send.spanId });
    expect(flowOf(collector, id).spans.filter(({ attributes }) => 'messaging.system' in attributes)).toHaveLength(2);
  });

  it('says nothing on standard error', () => {
    for (const app of [producer, consumer, plain]) expect(app.stderr()).toBe('');
  });
});
