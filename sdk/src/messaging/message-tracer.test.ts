import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { correlationIdOf, setFlow } from '../correlation/flow.ts';
import { openPropagator } from '../correlation/open-propagator.test-support.ts';
import { FlowSampler } from '../sampling/flow-sampler.ts';
import { readContext, sendingContext } from './carrier.ts';
import { createMessageTracer, type MessagingSettings } from './message-tracer.ts';

const sent = new InMemorySpanExporter();
const IN_FLOW = setFlow(ROOT_CONTEXT, { id: 'order-7', external: undefined });
const SEND = { name: 'send', destination: 'orders', attributes: { 'messaging.kafka.offset': 5 } };
const tracer = (settings: Partial<MessagingSettings> = {}): ReturnType<typeof createMessageTracer> =>
  createMessageTracer('kafka', { messageParent: 'producer', conventions: 'pinned', ...settings });
const bytes = (fields: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Buffer.from(value)]));

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(openPropagator());
  trace.setGlobalTracerProvider(
    new TracerProvider({ sampler: new FlowSampler(new AlwaysOnSampler()), spanProcessors: [new SimpleSpanProcessor({ exporter: sent })] }),
  );
});
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => sent.reset());

describe('a message', () => {
  it('carries its send span and its flow, the id first, and is read from text and from bytes alike', () => {
    const withBaggage = propagation.setBaggage(IN_FLOW, propagation.createBaggage({ tenant: { value: 'a' } }));
    const { span, fields } = tracer().send(SEND, withBaggage);
    span.end();
    expect(fields).toEqual({
      traceparent: `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`,
      baggage: 'correlation.id=order-7,tenant=a',
    });
    for (const carrier of [fields, bytes(fields)]) {
      const read = readContext(carrier);
      expect(trace.getSpanContext(read)).toMatchObject({ spanId: span.spanContext().spanId, isRemote: true });
      expect(correlationIdOf(read)).toBe('order-7');
      expect(propagation.getBaggage(read)?.getEntry('tenant')?.value).toBe('a');
    }
    expect(sent.getFinishedSpans()).toMatchObject([
      { name: 'send orders', kind: SpanKind.PRODUCER, attributes: { 'messaging.system': 'kafka', 'messaging.operation.type': 'send' } },
    ]);
  });

  it('of a batch has a create span, and the send span of the batch links to all of them', () => {
    const created = [tracer().create(SEND, IN_FLOW), tracer().create(SEND, IN_FLOW)];
    tracer().sendBatch(SEND, IN_FLOW, created).end();
    const [first, second, send] = sent.getFinishedSpans();
    expect(send).toMatchObject({ kind: SpanKind.CLIENT, attributes: { 'messaging.batch.message_count': 2 } });
    expect(send?.links.map((link) => link.context.spanId)).toEqual([first?.spanContext().spanId, second?.spanContext().spanId]);
  });

  it('that carries nothing starts a flow of its own, and one without an id has its trace’s', () => {
    expect(correlationIdOf(readContext({}))).toBeUndefined();
    const running = tracer().process(SEND, readContext(undefined), undefined);
    expect(correlationIdOf(running)).toBe(trace.getSpanContext(running)?.traceId);
    const traceId = '1'.repeat(32);
    const known = readContext({ traceparent: `00-${traceId}-${'2'.repeat(16)}-01` });
    expect(correlationIdOf(tracer({ messageParent: 'link' }).process(SEND, known, undefined))).toBe(traceId);
  });

  it('is never read in the running code’s flow', () => {
    context.with(IN_FLOW, () => expect(correlationIdOf(readContext({}))).toBeUndefined());
  });
});

describe('receiving', () => {
  const creations = (): [Context, Context] => [readContext(fieldsOf('1')), readContext(fieldsOf('2'))];

  it('is in the consumer’s own trace, links to every producer and has an id of its own', () => {
    const received = tracer().receive({ ...SEND, name: 'poll' }, undefined, creations());
    const [span] = sent.getFinishedSpans();
    expect(span).toMatchObject({ name: 'poll orders', kind: SpanKind.CLIENT, attributes: { 'messaging.batch.message_count': 2 } });
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.links.map((link) => link.context.traceId)).toEqual(['1'.repeat(32), '2'.repeat(32)]);
    expect(correlationIdOf(received)).toBe(span?.spanContext().traceId);
  });

  it.each([
    ['producer', '1'.repeat(32)],
    ['link', undefined],
  ] as const)(
    'with messageParent %s processes a message in the right trace, linked to its creation and its receive span',
    (messageParent, traceId) => {
      const received = trace.getSpanContext(tracer().receive(SEND, undefined, creations()));
      const running = tracer({ messageParent }).process(SEND, creations()[0], received);
      trace.getSpan(running)?.end();
      const span = sent.getFinishedSpans()[1];
      expect(span).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'messaging.operation.type': 'process' } });
      expect(span?.spanContext().traceId).toBe(traceId ?? received?.traceId);
      expect(span?.parentSpanContext?.spanId).toBe(messageParent === 'producer' ? '1'.repeat(16) : received?.spanId);
      expect(span?.links.map((link) => link.context.spanId)).toEqual(['1'.repeat(16), received?.spanId]);
      expect(correlationIdOf(running)).toBe('flow-1');
    },
  );
});

describe('a message that is sent on with the headers it came with', () => {
  it('stays in the flow that they name, and is in the running code’s when that is the same or none', () => {
    const batch = tracer().receive(SEND, undefined, []);
    const sendingIn = (active: Context): Context => context.with(active, () => sendingContext(fieldsOf('1')));
    for (const active of [ROOT_CONTEXT, batch, IN_FLOW]) expect(correlationIdOf(sendingIn(active))).toBe('flow-1');
    const handling = tracer().process(SEND, readContext(fieldsOf('1')), undefined);
    expect(sendingIn(handling)).toBe(handling);
    expect(context.with(IN_FLOW, () => sendingContext({ other: 'header', baggage: 'tenant=a' }))).toBe(IN_FLOW);
  });
});

describe('OTEL_SEMCONV_STABILITY_OPT_IN', () => {
  it.each([
    ['pinned', ['messaging.system', 'messaging.kafka.offset']],
    ['latest', ['messaging.system.name', 'kafka.offset']],
    ['both', ['messaging.system', 'messaging.system.name', 'messaging.kafka.offset', 'kafka.offset']],
  ] as const)('chooses %s names', (conventions, names) => {
    tracer({ conventions }).send(SEND, IN_FLOW).span.end();
    const attributes = Object.keys(sent.getFinishedSpans()[0]?.attributes ?? {});
    expect(attributes.filter((name) => /system|offset/.test(name))).toEqual(names);
  });
});

function fieldsOf(digit: string): Record<string, string> {
  return { traceparent: `00-${digit.repeat(32)}-${digit.repeat(16)}-01`, baggage: `correlation.id=flow-${digit}` };
}
