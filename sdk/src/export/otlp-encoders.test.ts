import { type Attributes, type Link, type LogRecord, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { JsonLogsSerializer, JsonTraceSerializer, ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { W3cTraceState } from '../correlation/w3c-trace-state.ts';
import { decodeRequest } from '../testing/otlp-protobuf.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import * as json from './otlp-json.ts';
import * as protobuf from './otlp-protobuf.ts';

const ATTRIBUTES: Attributes = {
  text: 'plain',
  'quotes "and" \\ back': 'line\nbreak\t"quoted" \\ \u0000',
  ü: 'ünïcödé 漢字 🎈',
  lone: 'half \ud83c of a pair',
  integer: 42,
  negative: -7,
  zero: -0,
  double: 0.5,
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

function bodyOf<Item>(encoder: BatchEncoder<Item>, items: readonly Item[]): Uint8Array {
  for (const item of items) encoder.add(item);
  return encoder.take();
}

function parsed(body: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(body ?? []).toString('utf8'));
}

function decodedTraces(body: Uint8Array): unknown {
  return decodeRequest('traces', body);
}

/** Those of the first span. */
function attributesOf(request: unknown): unknown {
  const path = ['resourceSpans', '0', 'scopeSpans', '0', 'spans', '0', 'attributes'];
  return path.reduce<unknown>(
    (holder, key) => (typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined),
    request,
  );
}

/** What OpenTelemetry writes out though it is the default of its field. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([key, member]): [string, unknown] => [key, withoutDefaults(member)])
    .filter(
      ([key, member]) => !(key.startsWith('dropped') && member === 0) && !(key === 'status' && JSON.stringify(member) === '{"code":0}'),
    );
  return Object.fromEntries(members);
}

function createSpans() {
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
  return spans;
}

function createLogs() {
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
  return { finished, own: finished.map((record) => Object.assign(Object.create(record), {})) };
}

describe('as OTLP/JSON', () => {
  it('spans are field by field what OpenTelemetry’s own serializer writes', () => {
    const spans = createSpans();
    expect(parsed(bodyOf(json.createSpanEncoder(), spans))).toEqual(parsed(JsonTraceSerializer.serializeRequest([...spans])));
  });

  it('log records are field by field what OpenTelemetry’s own serializer writes', () => {
    const { finished, own } = createLogs();
    expect(parsed(bodyOf(json.createLogEncoder(), own))).toEqual(parsed(JsonLogsSerializer.serializeRequest(finished)));
  });

  it('a whole number is written with all of its digits, since a reader takes each', () => {
    const attributes = { least: -(2 ** 63), most: 2 ** 63 - 1024, safe: 2 ** 53 - 1 };
    const span = Object.create(createSpans()[2] ?? null, { attributes: { value: attributes } });
    const text = Buffer.from(bodyOf(json.createSpanEncoder(), [span])).toString('utf8');
    expect(text.match(/"intValue":-?\d+/g)).toEqual([
      '"intValue":-9223372036854775808',
      '"intValue":9223372036854774784',
      '"intValue":9007199254740991',
    ]);
  });

  it('what is no number is written as protobuf’s JSON has it', () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    provider
      .getTracer('t')
      .startSpan('s', { attributes: { none: Number.NaN, most: Number.POSITIVE_INFINITY } }, EMPTY_CONTEXT)
      .end();
    const text = Buffer.from(bodyOf(json.createSpanEncoder(), exporter.getFinishedSpans())).toString('utf8');
    expect(text).toContain('{"key":"none","value":{"doubleValue":"NaN"}},{"key":"most","value":{"doubleValue":"Infinity"}}');
  });
});

describe.each([
  ['protobuf', protobuf, decodedTraces],
  ['OTLP/JSON', json, parsed],
] as const)('as %s', (_, { createSpanEncoder }, decode) => {
  it('a whole number that no int64 holds is a double: in its place a reader would refuse the whole body', () => {
    const span = Object.create(createSpans()[2] ?? null, { attributes: { value: { large: 1e21, least: -(2 ** 63), most: 2 ** 63 } } });
    expect(attributesOf(decode(bodyOf(createSpanEncoder(), [span])))).toEqual([
      { key: 'large', value: { doubleValue: 1e21 } },
      { key: 'least', value: { intValue: expect.toSatisfy((value) => Number(value) === -(2 ** 63)) } },
      { key: 'most', value: { doubleValue: 2 ** 63 } },
    ]);
  });
});

describe('as protobuf', () => {
  it('spans are field by field what OpenTelemetry’s own serializer writes', () => {
    const spans = createSpans();
    const theirs = decodeRequest('traces', ProtobufTraceSerializer.serializeRequest([...spans]) ?? Buffer.alloc(0));
    expect(decodeRequest('traces', bodyOf(protobuf.createSpanEncoder(), spans))).toEqual(withoutDefaults(theirs));
  });

  it('log records are field by field what OpenTelemetry’s own serializer writes', () => {
    const { finished, own } = createLogs();
    const theirs = decodeRequest('logs', ProtobufLogsSerializer.serializeRequest(finished) ?? Buffer.alloc(0));
    expect(decodeRequest('logs', bodyOf(protobuf.createLogEncoder(), own))).toEqual(withoutDefaults(theirs));
  });

  it.each([0, 1, 59, 60, 61, 64, 65, 118, 119, 120, 121, 127, 128, 200, 16_383, 16_384, 70_000, 3_000_000])(
    'a text of %i characters is read as it was, ASCII or not',
    (length) => {
      const texts = { ascii: 'a'.repeat(length), wide: '漢'.repeat(length), ['k'.repeat(Math.min(length, 300) + 1)]: 'value' };
      const [first] = createSpans();
      const span = Object.create(first ?? null, { attributes: { value: texts }, name: { value: texts.wide } });
      const shown = ({ ascii, wide, ...long }: Readonly<Record<string, string>>): object =>
        Object.entries({ ascii, wide, ...long }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
      expect(decodeRequest('traces', bodyOf(protobuf.createSpanEncoder(), [span]))).toMatchObject({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...(length === 0 ? {} : { name: texts.wide }), attributes: shown(texts) }] }] }],
      });
    },
  );

  it.each([
    [[0, 0], '0'],
    [[1_700_000_000, 999_999_999], '1700000000999999999'],
    [[4_294_967_295, 1], '4294967295000000001'],
    [[65_535, 999_999_999.7], '65535999999999'],
    [[65_536, 0], '65536000000000'],
  ])('the time %j is %s nanoseconds', (endTime, nanos) => {
    const [first] = createSpans();
    const span = Object.create(first ?? null, { endTime: { value: endTime } });
    expect(decodeRequest('traces', bodyOf(protobuf.createSpanEncoder(), [span]))).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ endTimeUnixNano: nanos }] }] }],
    });
  });

  it('an item that cannot be written leaves nothing behind in the next body', () => {
    const spans = createSpans();
    const broken = Object.create(spans[0] ?? null, {
      events: {
        get: () => {
          throw new Error('unreadable');
        },
      },
    });
    expect(() => bodyOf(protobuf.createSpanEncoder(), [broken])).toThrow('unreadable');
    const before = bodyOf(protobuf.createSpanEncoder(), spans);
    expect(bodyOf(protobuf.createSpanEncoder(), spans)).toEqual(before);
    expect(decodeRequest('traces', before)).toMatchObject({ resourceSpans: [{}] });
  });
});
