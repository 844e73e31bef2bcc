import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { type Context, context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { correlationIdOf, setFlow } from '../correlation/flow.ts';
import { openPropagator } from '../correlation/open-propagator.test-support.ts';
import { patchConfluentKafka } from './confluent-kafka.ts';
import { finishLookedAt } from './message-batch.ts';

/*
 * The library cannot be installed where its native part can neither be fetched nor compiled in time. These classes have of it what
 * is hooked here, in its words; `sdk/test/confluent-kafka` has the library itself, on a real broker.
 */
type Produced = [
  topic: string,
  partition: number | null,
  value: Buffer | null,
  key?: unknown,
  timestamp?: unknown,
  opaque?: unknown,
  headers?: readonly object[] | null,
];
type Callback = (error: unknown, ...results: unknown[]) => void;
type Written = (error?: Error | null) => void;

class Producer extends EventEmitter {
  readonly _cb_configs: { event: { delivery_cb?: () => void } } = { event: {} };
  readonly produced: Produced[] = [];
  error: Error | undefined;

  constructor({ dr_cb }: { dr_cb?: boolean } = {}) {
    super();
    if (dr_cb) this._cb_configs.event.delivery_cb = () => undefined;
  }
  connect(_options: unknown, callback: Callback): void {
    callback(null);
  }
  produce(...args: Produced): boolean {
    this.produced.push(args);
    if (this.error) throw this.error;
    return true;
  }
}

class KafkaConsumer extends EventEmitter {
  readonly globalConfig = { 'group.id': 'packers' };
  waiting: readonly unknown[] = [];
  readonly _client = {
    consume: (_count: number, callback: (error: null, messages: readonly unknown[]) => void) => callback(null, this.waiting),
    consumeLoop: (callback: (error: null, message: unknown) => void) => {
      for (const message of this.waiting) callback(null, message);
    },
  };
  consume(count?: number | Callback, callback: Callback = () => undefined): void {
    if (typeof count !== 'number')
      this._client.consumeLoop((error, message) => {
        this.emit('data', message);
        if (count) count(error, message);
      });
    else
      this._client.consume(count, (error, messages) => {
        for (const message of messages) this.emit('data', message);
        callback(error, messages);
      });
  }
}

class ProducerStream extends Writable {
  readonly topicName = 'orders';
  readonly producer: Producer;
  constructor(producer: Producer, objectMode: boolean) {
    super({ objectMode });
    this.producer = producer;
    this._write = objectMode ? this._write_message : this._write_buffer;
  }
  _write_buffer(data: Buffer, _encoding: string, callback: Written): void {
    this.producer.produce(this.topicName, null, data, null);
    setImmediate(callback);
  }
  _write_message(message: { topic: string; value: Buffer; headers?: object[] }, _encoding: string, callback: Written): void {
    this.producer.produce(message.topic, null, message.value, null, undefined, undefined, message.headers);
    setImmediate(callback);
  }
  override _writev(entries: { chunk: { topic: string; value: Buffer; headers?: object[] } | Buffer }[], callback: Written): void {
    for (const { chunk } of entries)
      if (Buffer.isBuffer(chunk)) this.producer.produce(this.topicName, null, chunk, null);
      else this.producer.produce(chunk.topic, null, chunk.value, null, undefined, undefined, chunk.headers);
    callback(null);
  }
}

interface Topic {
  readonly topic: string;
  readonly messages: readonly { readonly value: string; readonly headers?: Readonly<Record<string, string>> }[];
}

class OuterProducer {
  #inner = new Producer({ dr_cb: true });
  _getInternalClient = (): Producer => this.#inner;
  async connect(): Promise<void> {
    this.#inner = new Producer({ dr_cb: true });
    this.#inner.connect(null, () => undefined);
  }
  async send({ topic, messages }: Topic): Promise<{ partition: number }[]> {
    for (const { value, headers = {} } of messages) {
      const list = Object.entries(headers).map(([name, text]) => ({ [name]: text }));
      this.#inner.produce(topic, -1, Buffer.from(value), undefined, 0, {}, list);
    }
    return [{ partition: 2 }];
  }
  async sendBatch({ topicMessages }: { topicMessages: readonly Topic[] }): Promise<unknown> {
    return Promise.all(topicMessages.map((topic) => this.send(topic)));
  }
  async transaction(): Promise<this> {
    return this;
  }
}

class Kafka {
  producer(): OuterProducer {
    return new OuterProducer();
  }
  consumer(): object {
    return {};
  }
}

const sent = new InMemorySpanExporter();
const flow = (id: string): Context => setFlow(ROOT_CONTEXT, { id, external: undefined });
const here = (): string | undefined => correlationIdOf(context.active());
const spans = (): ReadableSpan[] => sent.getFinishedSpans();
const named = (name: string): ReadableSpan[] => spans().filter((span) => span.name === name);
const ids = (list: readonly ReadableSpan[]): string[] => list.map((span) => span.spanContext().spanId);
const namesOf = (headers: readonly object[] | null | undefined): string[] => (headers ?? []).flatMap((header) => Object.keys(header));
const textOf = (headers: readonly object[] | null | undefined, name: string): unknown =>
  headers?.map((header): unknown => Reflect.get(header, name)).find((text) => text !== undefined);

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(openPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: sent })] }));
  for (const exported of [{ Producer, KafkaConsumer, KafkaJS: { Kafka } }, { Producer, KafkaConsumer }, ProducerStream])
    patchConfluentKafka(exported, { messageParent: 'producer', conventions: 'pinned' });
});
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => sent.reset());

describe('the KafkaJS API', () => {
  it('has each message of sendBatch once, though that sends topic by topic through a client of the other API', async () => {
    const producer = new Kafka().producer();
    await producer.connect();
    const topics = ['orders', 'bills'].map((topic) => ({ topic, messages: [{ value: topic, headers: { own: 'kept' } }] }));
    const before = structuredClone(topics);
    await context.with(flow('order-7'), () => producer.sendBatch({ topicMessages: topics }));
    expect(topics).toEqual(before);
    expect(spans().map(({ name }) => name)).toEqual(['create orders', 'create bills', 'send']);
    expect(named('send')[0]?.links.map((link) => link.context.spanId)).toEqual(ids(spans().slice(0, 2)));
    for (const [index, [, , , , , , headers]] of producer._getInternalClient().produced.entries()) {
      expect(namesOf(headers)).toEqual(['own', 'traceparent', 'baggage']);
      expect(textOf(headers, 'traceparent')).toContain(ids(spans())[index]);
      expect(textOf(headers, 'baggage')).toBe('correlation.id=order-7');
    }
  });

  it('has a message of a transaction once, which is the producer itself', async () => {
    const producer = new Kafka().producer();
    await producer.connect();
    const { send } = producer;
    for (const _ of [1, 2]) await (await producer.transaction()).send({ topic: 'orders', messages: [{ value: 'x' }] });
    // Else each transaction would make the next one dearer.
    expect(producer.send).toBe(send);
    expect(spans().map(({ name, attributes }) => [name, attributes['messaging.destination.partition.id']])).toEqual([
      ['send orders', '2'],
      ['send orders', '2'],
    ]);
  });
});

describe('produce', () => {
  it('ends with the delivery report, which has the app’s opaque and is told in the flow of who sent the message', () => {
    const producer = new Producer({ dr_cb: true });
    const opaque = { of: 'the app' };
    const headers = [{ own: 'kept' }];
    context.with(flow('order-7'), () => producer.produce('orders', null, Buffer.from('x'), 'key', null, opaque, headers));
    context.with(flow('order-8'), () => producer.produce('orders', null, Buffer.from('y')));
    expect(headers).toEqual([{ own: 'kept' }]);
    expect(spans()).toEqual([]);
    const told: unknown[] = [];
    producer.on('delivery-report', (error, report) => told.push([error, report, here()]));
    const refused = new Error('Broker: Message size too large');
    for (const [error, produced] of [
      [null, producer.produced[0]],
      [refused, producer.produced[1]],
    ] as const)
      producer.emit('delivery-report', error, { topic: 'orders', partition: 3, opaque: produced?.[5] });
    expect(told).toEqual([
      [null, { topic: 'orders', partition: 3, opaque }, 'order-7'],
      [refused, { topic: 'orders', partition: 3 }, 'order-8'],
    ]);
    expect(spans().map(({ status, attributes }) => [status.code, attributes['messaging.destination.partition.id']])).toEqual([
      [SpanStatusCode.UNSET, '3'],
      [SpanStatusCode.ERROR, '3'],
    ]);
  });

  it('ends at once where there are no reports, and with what it throws', () => {
    const producer = new Producer();
    const opaque = {};
    expect(producer.produce('orders', 1, Buffer.from('x'), null, null, opaque, null)).toBe(true);
    expect(producer.produced[0]?.[5]).toBe(opaque);
    producer.error = new Error('Local: Queue full');
    expect(() => producer.produce('orders', null, Buffer.from('x'))).toThrow('Queue full');
    expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
  });

  it('replaces the context that a message came with, and stays in its flow', () => {
    const producer = new Producer();
    const came = [
      { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
      { own: 'kept' },
      { baggage: Buffer.from('correlation.id=order-9') },
    ];
    producer.produce('retries', null, Buffer.from('x'), null, null, undefined, came);
    const headers = producer.produced[0]?.[6];
    expect(namesOf(headers)).toEqual(['own', 'traceparent', 'baggage']);
    expect(textOf(headers, 'traceparent')).toBe(`00-${'1'.repeat(32)}-${ids(spans())[0]}-01`);
    expect(textOf(headers, 'baggage')).toBe('correlation.id=order-9');
  });
});

describe('a stream that messages are written to', () => {
  it.each([true, false])('sends each from where it was written, also those that waited together (objects: %s)', async (objectMode) => {
    const producer = new Producer();
    const stream = new ProducerStream(producer, objectMode);
    for (const id of ['a', 'b', 'c'])
      context.with(flow(id), () => stream.write(objectMode ? { topic: 'orders', value: Buffer.from(id), headers: [{ own: id }] } : id));
    await new Promise<void>((resolve) => {
      context.with(flow('d'), () => stream.end(objectMode ? { topic: 'orders', value: Buffer.from('d') } : 'd', resolve));
    });
    expect(producer.produced.map(([topic, , value, , , , headers]) => [topic, String(value), textOf(headers, 'baggage')])).toEqual(
      ['a', 'b', 'c', 'd'].map((id) => ['orders', id, `correlation.id=${id}`]),
    );
    if (objectMode) expect(producer.produced.map(([, , , , , , headers]) => textOf(headers, 'own'))).toEqual(['a', 'b', 'c', undefined]);
  });
});

describe('consume', () => {
  const messageOf = (id: string, index: number): object => ({
    topic: 'orders',
    partition: 0,
    offset: index,
    value: Buffer.from(id),
    headers: [{ traceparent: Buffer.from(`00-${`${index + 1}`.repeat(32)}-${'2'.repeat(16)}-01`) }, { baggage: `correlation.id=${id}` }],
  });
  const startConsumer = (): KafkaConsumer => {
    const consumer = new KafkaConsumer();
    consumer.waiting = ['a', 'b'].map(messageOf);
    return consumer;
  };
  const idOf = (message: unknown): string => String(Reflect.get(Object(message), 'value'));

  it.each(['listener', 'callback'])('as a flow: the %s is in each message’s flow until what it returned settles', async (way) => {
    const consumer = startConsumer();
    const seen: unknown[] = [];
    const work = async (message: unknown): Promise<void> => {
      await Promise.resolve();
      seen.push([idOf(message), here(), spans().length]);
    };
    if (way === 'listener') consumer.on('data', work);
    context.with(flow('maker'), () => consumer.consume(way === 'listener' ? undefined : (_error, message) => work(message)));
    await expect.poll(() => spans().length).toBe(2);
    expect(seen).toEqual(['a', 'b'].map((id) => [id, id, 0]));
    expect(
      spans().map(({ name, parentSpanContext, attributes }) => [name, parentSpanContext?.spanId, attributes['messaging.kafka.offset']]),
    ).toEqual([0, 1].map((offset) => ['process orders', '2'.repeat(16), offset]));
  });

  it('of a number: a receive span that links to each, one process span a message, the callback in the flow of who asked', () => {
    const consumer = startConsumer();
    const seen: unknown[] = [];
    consumer.on('data', (message) => seen.push(['data', idOf(message), here()]));
    context.with(flow('asks'), () =>
      consumer.consume(10, (_error, messages) => {
        seen.push(['callback', here()]);
        for (const message of Array.isArray(messages) ? messages : []) seen.push(['loop', idOf(message), here()]);
        seen.push(['after', here()]);
      }),
    );
    expect(seen).toEqual([
      ['data', 'a', 'a'],
      ['data', 'b', 'b'],
      ['callback', 'asks'],
      ['loop', 'a', 'a'],
      ['loop', 'b', 'b'],
      ['after', 'asks'],
    ]);
    finishLookedAt();
    const [receive, ...processed] = spans();
    expect(receive).toMatchObject({ name: 'consume orders', attributes: { 'messaging.consumer.group.name': 'packers' } });
    expect(receive?.links.map((link) => link.context.traceId)).toEqual(['1', '2'].map((digit) => digit.repeat(32)));
    expect(processed.map(({ name, links }) => [name, links[1]?.context.spanId])).toEqual(
      [1, 2].map(() => ['process orders', receive?.spanContext().spanId]),
    );
  });

  it('a listener’s error is thrown on, and is on its message', () => {
    const consumer = startConsumer();
    consumer.once('data', () => {
      throw new Error('out of stock');
    });
    expect(() => consumer.consume()).toThrow('out of stock');
    expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR]);
    consumer.emit('data', { not: 'a message' });
  });
});
