import { describe, expect, it } from 'vitest';
import { decodeTraces } from '../otlp/decode-request.ts';
import { translateJaegerTrace } from './jaeger.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN = {
  traceID: TRACE_ID,
  spanID: '00f067aa0ba902b7',
  flags: 1,
  operationName: 'GET /orders',
  references: [
    { refType: 'CHILD_OF', traceID: TRACE_ID, spanID: 'b7ad6b7169203331' },
    { refType: 'FOLLOWS_FROM', traceID: '12'.repeat(16), spanID: '34'.repeat(8) },
    { refType: 'CHILD_OF', traceID: '12'.repeat(16), spanID: '56'.repeat(8) },
  ],
  startTime: 1_700_000_000_123_456,
  duration: 100_001,
  tags: [
    { key: 'big', type: 'int64', value: '9007199254740993' },
    { key: 'double', type: 'float64', value: 0.5 },
    { key: 'error', type: 'bool', value: true },
    { key: 'flag', type: 'bool', value: true },
    { key: 'otel.scope.name', type: 'string', value: 'http' },
    { key: 'otel.scope.version', type: 'string', value: '1.2' },
    { key: 'otel.status_code', type: 'string', value: 'ERROR' },
    { key: 'otel.status_description', type: 'string', value: 'card declined' },
    { key: 'raw', type: 'binary', value: 'AP8Q' },
    { key: 'span.kind', type: 'string', value: 'server' },
    { key: 'text', type: 'string', value: '안녕' },
    { key: 'w3c.tracestate', type: 'string', value: 'vendor=one' },
  ],
  logs: [
    {
      timestamp: 1_700_000_000_123_457,
      fields: [
        { key: 'event', type: 'string', value: 'cache.miss' },
        { key: 'n', type: 'int64', value: 2 },
      ],
    },
  ],
  processID: 'p1',
  warnings: null,
};
const PROCESSES = { p1: { serviceName: 'orders', tags: [{ key: 'cpus', type: 'int64', value: 4 }] } };

function spansOf(trace: unknown) {
  const { resourceSpans } = translateJaegerTrace(trace);
  return decodeTraces(Buffer.from(JSON.stringify({ resourceSpans })), 'json').groups;
}

describe('a trace as Jaeger downloads it', () => {
  it('is its spans with every tag in its place and of its type', () => {
    const [group] = spansOf({ traceID: TRACE_ID, spans: [SPAN], processes: PROCESSES });
    expect(group?.resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'orders' } },
      { key: 'cpus', value: { intValue: '4' } },
    ]);
    expect(group?.scopes[0]?.scope).toEqual({ name: 'http', version: '1.2', attributes: [] });
    expect(group?.scopes[0]?.records).toEqual([
      {
        traceId: TRACE_ID,
        spanId: '00f067aa0ba902b7',
        parentSpanId: 'b7ad6b7169203331',
        traceState: 'vendor=one',
        flags: 1,
        name: 'GET /orders',
        kind: 2,
        startTimeUnixNano: '1700000000123456000',
        endTimeUnixNano: '1700000000223457000',
        attributes: [
          { key: 'big', value: { intValue: '9007199254740993' } },
          { key: 'double', value: { doubleValue: 0.5 } },
          { key: 'flag', value: { boolValue: true } },
          { key: 'raw', value: { bytesValue: 'AP8Q' } },
          { key: 'text', value: { stringValue: '안녕' } },
        ],
        events: [{ timeUnixNano: '1700000000123457000', name: 'cache.miss', attributes: [{ key: 'n', value: { intValue: '2' } }] }],
        links: [
          { traceId: '12'.repeat(16), spanId: '34'.repeat(8), attributes: [] },
          {
            traceId: '12'.repeat(16),
            spanId: '56'.repeat(8),
            attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'child_of' } }],
          },
        ],
        status: { message: 'card declined', code: 2 },
      },
    ]);
  });

  it('has ids of 64 bits with zeros before them, and tags of senders that know no OpenTelemetry', () => {
    const span = {
      traceID: 'ab',
      spanID: 'CD',
      operationName: 'op',
      references: [{ refType: 'FOLLOWS_FROM', traceID: 'ab', spanID: '1' }],
      startTime: 5,
      duration: 2,
      tags: [
        { key: 'error', type: 'bool', value: true },
        { key: 'http.status', type: 'int64', value: 500 },
      ],
      logs: null,
      processID: 'p9',
    };
    const [group] = spansOf({ traceID: 'ab', spans: [span], processes: {} });
    expect(group?.scopes[0]?.records).toEqual([
      {
        traceId: 'ab'.padStart(32, '0'),
        spanId: 'cd'.padStart(16, '0'),
        name: 'op',
        startTimeUnixNano: '5000',
        endTimeUnixNano: '7000',
        attributes: [{ key: 'http.status', value: { intValue: '500' } }],
        links: [{ traceId: 'ab'.padStart(32, '0'), spanId: '1'.padStart(16, '0'), attributes: [] }],
        status: { code: 2 },
      },
    ]);
  });

  it.each([null, [], {}, { spans: {} }, { spans: [1], processes: {} }, { spans: [] }])('is refused as malformed: %j', (trace) => {
    expect(() => translateJaegerTrace(trace)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });
});
