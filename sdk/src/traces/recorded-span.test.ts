import {
  type Attributes,
  type Link,
  type Sampler,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan as StockSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { exceptionAttributes } from '../logs/exception.ts';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { RecordingSampler } from '../sampling/recording-sampler.ts';
import { providerOfEnded } from './ended-spans.test-support.ts';
import { setNewAttributes } from './recorded-span.ts';
import { readSpanLimits } from './span-limits.ts';
import type { ReadableSpan } from './span-types.ts';

const REMOTE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };

function createOurs(
  environment: Record<string, string> = {},
  sampler: Sampler = new ConstantSampler(true),
): { readonly tracer: Tracer; readonly ended: ReadableSpan[] } {
  const { provider, ended } = providerOfEnded({ limits: readSpanLimits(environment, 3), sampler });
  return { tracer: provider.getTracer('test', '1.0'), ended };
}

function createStock(): { readonly tracer: Tracer; readonly ended: () => readonly StockSpan[] } {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })], spanLimits: { linkCountLimit: 3 } });
  return { tracer: provider.getTracer('test', '1.0'), ended: () => exporter.getFinishedSpans() };
}

/** What a reader sees, without what is random or the time. */
function facts(span: ReadableSpan | StockSpan | undefined): unknown {
  if (span === undefined) return undefined;
  const {
    name,
    kind,
    parentSpanContext,
    status,
    attributes,
    links,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
    ended,
    instrumentationScope,
  } = span;
  const events = span.events.map((event) => [event.name, event.attributes ?? {}, event.droppedAttributesCount ?? 0]);
  const shownLinks = links.map((link) => [link.context, link.attributes ?? {}, link.droppedAttributesCount ?? 0]);
  const { name: scope, version } = instrumentationScope;
  return {
    name,
    kind,
    parentSpanContext,
    status,
    attributes,
    links: shownLinks,
    events,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
    ended,
    scope,
    version,
  };
}

/** Everything that an app can do to a span. */
const USES: Readonly<Record<string, (tracer: Tracer) => Span>> = {
  'one with nothing': (tracer) => tracer.startSpan('plain', {}, EMPTY_CONTEXT),
  'a child of a remote caller': (tracer) =>
    tracer.startSpan('child', { kind: SpanKind.SERVER }, trace.setSpanContext(EMPTY_CONTEXT, REMOTE)),
  'a root in a caller’s context': (tracer) => tracer.startSpan('root', { root: true }, trace.setSpanContext(EMPTY_CONTEXT, REMOTE)),
  'attributes of every kind': (tracer) =>
    tracer.startSpan('kinds', { attributes: kinds() }, EMPTY_CONTEXT).setAttributes(kinds()).setAttribute('', 'no key'),
  'more attributes than there may be': (tracer) => {
    const span = tracer.startSpan('many', { attributes: numbered(100) }, EMPTY_CONTEXT);
    return span.setAttributes({ ...numbered(200), key1: 'changed' });
  },
  'events and exceptions': (tracer) => {
    const span = tracer
      .startSpan('events', {}, EMPTY_CONTEXT)
      .addEvent('one', { a: 1 })
      .addEvent('two', [5, 6])
      .addEvent('three', { b: 'x' }, 7);
    span.recordException('a text');
    span.recordException({ code: 'ENOENT', message: 'gone' });
    span.recordException({ name: 'Odd', message: '' });
    return span;
  },
  'more events than there may be': (tracer) => {
    const span = tracer.startSpan('events', {}, EMPTY_CONTEXT);
    for (let index = 0; index < 130; index += 1) span.addEvent(`event ${index}`);
    return span;
  },
  'more links than there may be': (tracer) =>
    tracer.startSpan('links', { links: numberedLinks(2) }, EMPTY_CONTEXT).addLinks(numberedLinks(5)),
  'a status that becomes worse': (tracer) =>
    tracer
      .startSpan('status', {}, EMPTY_CONTEXT)
      .setStatus({ code: SpanStatusCode.UNSET })
      .setStatus({ code: SpanStatusCode.ERROR, message: 'why' }),
  'a status that was said to be good': (tracer) =>
    tracer
      .startSpan('status', {}, EMPTY_CONTEXT)
      .setStatus({ code: SpanStatusCode.OK, message: 'left out' })
      .setStatus({ code: SpanStatusCode.ERROR }),
  'another name': (tracer) => tracer.startSpan('first', {}, EMPTY_CONTEXT).updateName('second'),
};

function kinds(): Attributes {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const odd: Record<string, unknown> = { circular, date: new Date(0), big: 1n, fn: () => undefined, none: undefined };
  return {
    ...odd,
    text: 'x',
    list: ['a', 'b'],
    mixed: ['a', 1],
    bytes: new Uint8Array([1]),
    map: { inner: [1] },
    nothing: null,
  } as Attributes;
}

function numbered(count: number): Attributes {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, index]));
}

function numberedLinks(count: number): Link[] {
  return Array.from({ length: count }, (_, index) => ({
    context: { ...REMOTE, spanId: String(index).padStart(16, '1') },
    attributes: { index },
  }));
}

describe('a recorded span', () => {
  it.each(Object.keys(USES))('is for a reader what OpenTelemetry’s own is: %s', (use) => {
    const ours = createOurs();
    const stock = createStock();
    for (const { tracer } of [ours, stock]) {
      const span = USES[use]?.(tracer);
      span?.end();
      // Nothing changes an ended span.
      span?.setAttribute('late', 1).addEvent('late').updateName('late').setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
      expect(span?.isRecording()).toBe(false);
    }
    expect(ours.ended).toHaveLength(1);
    expect(facts(ours.ended[0])).toEqual(facts(stock.ended()[0]));
  });

  it('has the times that were given, else its own, which end no earlier than they start', () => {
    const { tracer, ended } = createOurs();
    tracer.startSpan('given', { startTime: [100, 1] }, EMPTY_CONTEXT).end([101, 0]);
    tracer.startSpan('backwards', { startTime: new Date(5000) }, EMPTY_CONTEXT).end(new Date(4000));
    const before = Date.now();
    tracer.startSpan('own', {}, EMPTY_CONTEXT).end();
    const [given, backwards, own] = ended;
    expect([given?.startTime, given?.endTime, given?.duration]).toEqual([
      [100, 1],
      [101, 0],
      [0, 999_999_999],
    ]);
    expect([backwards?.endTime, backwards?.duration]).toEqual([
      [5, 0],
      [0, 0],
    ]);
    expect((own?.startTime[0] ?? 0) * 1000 + (own?.startTime[1] ?? 0) / 1e6).toBeGreaterThanOrEqual(before);
    expect(own?.duration[0]).toBe(0);
  });

  it('cuts texts where the environment says so', () => {
    const { tracer, ended } = createOurs({ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2' });
    tracer.startSpan('cut', { attributes: { a: 'abcdef', b: ['abcdef'], c: 'left out' } }, EMPTY_CONTEXT).end();
    expect(ended[0]).toMatchObject({ attributes: { a: 'abc', b: ['abc'] }, droppedAttributesCount: 1 });
  });
});

describe('an error that the app records on a span', () => {
  it('is called by its class, as in a log record, whatever its code', () => {
    const { tracer, ended } = createOurs();
    const span = tracer.startSpan('work', {}, EMPTY_CONTEXT);
    const error = Object.assign(new RangeError('gone', { cause: new Error('why') }), { code: 'ENOENT' });
    span.recordException(error);
    span.end();
    expect(ended[0]?.events[0]).toMatchObject({ name: 'exception', attributes: exceptionAttributes(error) });
  });
});

describe('what an app may not give a span', () => {
  const unreadable = (): Attributes =>
    Object.defineProperty({ refused: 1, deep: {}, readable: 2 }, 'refused', {
      enumerable: true,
      get() {
        throw new Error('not to be read');
      },
    });

  it('is dropped, and what can be read is kept, without an error for the app', () => {
    const { tracer, ended } = createOurs();
    const span = tracer.startSpan('odd', { attributes: unreadable() }, EMPTY_CONTEXT);
    span.setAttributes(unreadable()).setAttribute('holder', unreadable()).addEvent('odd', unreadable());
    span.addLink({ context: REMOTE, attributes: unreadable() });
    Reflect.apply(span.setStatus, span, [undefined]);
    Reflect.apply(span.setAttributes, span, [null]);
    Reflect.apply(span.addLink, span, [undefined]);
    Reflect.apply(span.recordException, span, [Object.create(null)]);
    span.end();
    const attributes = { deep: {}, readable: 2 };
    expect(ended[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes,
      droppedAttributesCount: 1,
      events: [{ name: 'odd', attributes }],
      links: [{ attributes }],
    });
    expect(ended[0]?.attributes).toEqual(attributes);
  });
});

describe('attributes that were made for a span alone', () => {
  const made = (): Attributes => ({ a: 'long text', b: 1, c: true, d: ['x'], e: undefined, 'correlation.id': 'other' });

  it.each([
    {},
    { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' },
    { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0' },
    { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4' },
  ])('are as if they were set one by one, with %j', (environment) => {
    for (const attributes of [made(), { a: 'text', b: 1 }, { a: 'text', 'correlation.id': 'other' }, {}]) {
      const { tracer, ended } = createOurs(environment);
      const spans = [tracer.startSpan('one'), tracer.startSpan('one')] as const;
      for (const span of spans) span.setAttribute('correlation.id', 'id-1');
      spans[0].setAttributes({ ...attributes });
      setNewAttributes(spans[1], { ...attributes });
      for (const span of spans) span.setAttribute('later', 'x').end();
      expect(facts(ended[1])).toEqual(facts(ended[0]));
    }
  });

  it('change no span that has ended', () => {
    const { tracer, ended } = createOurs();
    const span = tracer.startSpan('over');
    span.end();
    setNewAttributes(span, { a: 'x' });
    expect(ended[0]?.attributes).toEqual({});
  });
});

describe('a tracer', () => {
  it('keeps nothing that the sampler leaves out, and hands its context on', () => {
    const { tracer, ended } = createOurs({}, new ConstantSampler(false));
    const span = tracer.startSpan('left out', {}, trace.setSpanContext(EMPTY_CONTEXT, REMOTE));
    span.end();
    expect([span.isRecording(), span.spanContext().traceId, span.spanContext().traceFlags, ended.length]).toEqual([
      false,
      REMOTE.traceId,
      0,
      0,
    ]);
  });

  it('records what is only to be recorded, unmarked', () => {
    const { tracer, ended } = createOurs({}, new RecordingSampler(new ConstantSampler(false)));
    tracer.startSpan('recorded', {}, EMPTY_CONTEXT).end();
    expect(ended.map((span) => span.spanContext().traceFlags)).toEqual([TraceFlags.NONE]);
  });

  it('makes no span where tracing is suppressed', () => {
    const { tracer, ended } = createOurs();
    const span = tracer.startSpan('suppressed', {}, suppressTracing(EMPTY_CONTEXT));
    span.end();
    expect([trace.isSpanContextValid(span.spanContext()), ended.length]).toEqual([false, 0]);
  });

  it('runs a function with its span and answers what it returns', () => {
    const { tracer } = createOurs();
    expect(tracer.startActiveSpan('one', (span) => span.isRecording())).toBe(true);
    expect(tracer.startActiveSpan('two', { kind: SpanKind.CLIENT }, (span) => span.isRecording())).toBe(true);
    const traceId = tracer.startActiveSpan('three', {}, trace.setSpanContext(EMPTY_CONTEXT, REMOTE), (span) => span.spanContext().traceId);
    expect(traceId).toBe(REMOTE.traceId);
  });

  it('draws an id for each span and each trace', () => {
    const { tracer } = createOurs();
    const contexts = Array.from({ length: 2000 }, () => tracer.startSpan('s', {}, EMPTY_CONTEXT).spanContext());
    expect(contexts.every((context) => trace.isSpanContextValid(context))).toBe(true);
    expect(new Set(contexts.flatMap(({ traceId, spanId }) => [traceId, spanId])).size).toBe(4000);
  });
});
