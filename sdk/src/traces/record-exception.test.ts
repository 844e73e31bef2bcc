import { logs, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SequenceLogProcessor } from '../logs/sequence-log-processor.ts';
import { recordException, setExceptionSignal, setFailure } from './record-exception.ts';

const spans = new InMemorySpanExporter();
const records = new InMemoryLogRecordExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });

beforeAll(() => {
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ processors: [new SequenceLogProcessor(), new SimpleLogRecordProcessor({ exporter: records })] }),
  );
});
afterAll(() => {
  setExceptionSignal('span');
  logs.disable();
});
beforeEach(() => {
  spans.reset();
  records.reset();
});

it.each([
  ['span', 1, 0],
  ['logs', 0, 1],
  ['both', 1, 1],
] as const)('with %s there are %i events of the span and %i records', (signal, events, emitted) => {
  setExceptionSignal(signal);
  const span = provider.getTracer('test').startSpan('work', { attributes: { 'correlation.id': 'flow-1' } });
  recordException(span, new RangeError('too far', { cause: new Error('why') }));
  span.end();
  expect(spans.getFinishedSpans()[0]?.events).toHaveLength(events);
  expect(records.getFinishedLogRecords()).toHaveLength(emitted);
  if (emitted === 0) return;
  expect(records.getFinishedLogRecords()[0]).toMatchObject({
    eventName: 'exception',
    severityNumber: 17,
    body: 'too far',
    spanContext: { spanId: span.spanContext().spanId },
    attributes: {
      'correlation.id': 'flow-1',
      'exception.type': 'RangeError',
      'exception.stacktrace': expect.stringContaining('Caused by: Error: why'),
    },
  });
});

class Refused extends Error {}

it.each([
  ['a class without a name of its own', new Refused('no')],
  ['a code', Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })],
  ['a cause', new Error('failed', { cause: new Error('why') })],
  ['several errors below it', new AggregateError([new Error('one'), new Error('two')], 'all')],
])('an error with %s is called the same as an event and as a record', (_, error) => {
  setExceptionSignal('both');
  const span = provider.getTracer('test').startSpan('work');
  recordException(span, error);
  span.end();
  const [event] = spans.getFinishedSpans()[0]?.events ?? [];
  expect(event?.attributes).toMatchObject({ 'exception.type': error.constructor.name });
  expect(records.getFinishedLogRecords()[0]?.attributes).toMatchObject(event?.attributes ?? {});
});

it('is there although the span is not sampled', () => {
  setExceptionSignal('logs');
  const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 });
  recordException(span, new Error('unseen'));
  expect(records.getFinishedLogRecords()).toMatchObject([{ body: 'unseen', attributes: { 'correlation.id': 'a'.repeat(32) } }]);
});

it.each([
  ['an error with a code', Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', 'gone'],
  ['an error without one', new RangeError('too far'), 'RangeError', 'too far'],
  [
    'an error that cannot be read',
    Object.assign(new Error('x'), { name: Symbol('n'), message: Object.create(null) }),
    'Symbol(n)',
    '[Object: null prototype] {}',
  ],
  ['an object', { message: 'refused' }, '_OTHER', 'refused'],
  ['an object without a prototype', Object.create(null), '_OTHER', '[Object: null prototype] {}'],
  ['a text', 'refused', '_OTHER', 'refused'],
])('%s makes a span one that failed', (_, thrown, type, message) => {
  const span = provider.getTracer('test').startSpan('work');
  setFailure(span, thrown);
  span.end();
  expect(spans.getFinishedSpans()).toMatchObject([{ attributes: { 'error.type': type }, status: { code: 2, message } }]);
});
