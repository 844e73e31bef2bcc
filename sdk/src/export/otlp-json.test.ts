import { type Attributes, type Link, type LogRecord, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { W3cTraceState } from '../correlation/w3c-trace-state.ts';
import { encodeLogs, encodeSpans } from './otlp-json.ts';

const ATTRIBUTES: Attributes = {
  text: 'plain',
  'quotes "and" \\ back': 'line\nbreak\t"quoted" \\ \u0000',
  ü: 'ünïcödé 漢字 🎈',
  lone: 'half \ud83c of a pair',
  integer: 42,
  negative: -7,
  zero: -0,
  double: 0.5,
  large: 1e21,
  truth: true,
  bytes: new Uint8Array([0, 1, 250]),
  list: ['a', 1, false, null],
  map: { inner: { deep: 'x' }, 'a"b': [1.5] },
  empty: '',
};
const REMOTE = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
  traceState: W3cTraceState.parse('ot=th:8,other=1'),
};

function parsed(body: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(body ?? []).toString('utf8'));
}

describe('spans as OTLP/JSON', () => {
  it('are field by field what OpenTelemetry’s own serializer writes', () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const links: Link[] = [{ context: REMOTE, attributes: ATTRIBUTES }, { context: { ...REMOTE, isRemote: false } }];
    const tracer = provider.getTracer('first', '1.2.3', { schemaUrl: 'https://example.com/"schema"' });
    const root = tracer.startSpan(
      'root "quoted"',
      { kind: SpanKind.SERVER, attributes: ATTRIBUTES, links },
      trace.setSpanContext(EMPTY_CONTEXT, REMOTE),
    );
    root.addEvent('plain').addEvent('with "attributes"', { text: 'a\nb', list: ['x'] });
    root.recordException(new Error('broken "badly"'));
    root.setStatus({ code: SpanStatusCode.ERROR, message: 'a "message"' });
    root.end();
    provider
      .getTracer('second')
      .startSpan('other', { root: true, startTime: [1_700_000_000, 5] }, EMPTY_CONTEXT)
      .end([1_700_000_001, 999_999_999]);
    tracer.startSpan('third', {}, EMPTY_CONTEXT).setStatus({ code: SpanStatusCode.OK }).end();
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(3);
    expect(parsed(encodeSpans(spans))).toEqual(parsed(JsonTraceSerializer.serializeRequest([...spans])));
  });
});

describe('log records as OTLP/JSON', () => {
  it('are field by field what OpenTelemetry’s own serializer writes', () => {
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    const records: LogRecord[] = [
      {
        body: 'a "body"\n',
        attributes: ATTRIBUTES,
        severityNumber: 9,
        severityText: 'info',
        context: trace.setSpanContext(EMPTY_CONTEXT, REMOTE),
      },
      { body: { a: [1, 'two'] }, eventName: 'an.event', timestamp: [1_700_000_000, 1], context: EMPTY_CONTEXT },
      { body: 12.5, timestamp: 12, context: EMPTY_CONTEXT },
    ];
    for (const record of records) provider.getLogger('first', '1.0').emit(record);
    provider.getLogger('second').emit({ context: EMPTY_CONTEXT });
    const finished = exporter.getFinishedLogRecords();
    expect(finished).toHaveLength(4);
    const own = finished.map((record) => Object.assign(Object.create(record), {}));
    expect(parsed(encodeLogs(own))).toEqual(parsed(JsonLogsSerializer.serializeRequest(finished)));
  });
});

it('writes what is no number as protobuf’s JSON has it', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  provider
    .getTracer('t')
    .startSpan('s', { attributes: { none: Number.NaN, most: Number.POSITIVE_INFINITY } }, EMPTY_CONTEXT)
    .end();
  const text = Buffer.from(encodeSpans(exporter.getFinishedSpans())).toString('utf8');
  expect(text).toContain('{"key":"none","value":{"doubleValue":"NaN"}},{"key":"most","value":{"doubleValue":"Infinity"}}');
});
