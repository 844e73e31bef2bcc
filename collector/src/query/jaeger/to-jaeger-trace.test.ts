import { describe, expect, it } from 'vitest';
import type { AnyValue, Span } from '../../api/index.ts';
import { toJaegerTrace } from './to-jaeger-trace.ts';

const TRACE_ID = '83a9efd15c1c98a977e0711cc93ee28b';
const SPAN_ID = 'e127af99e3b3e074';

function span(fields: Partial<Span> = {}): Span {
  return {
    id: 'id',
    arrivalTimeUnixNano: '1706678909300000000',
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: 'okey-dokey',
    startTimeUnixNano: '1706678909209712345',
    endTimeUnixNano: '1706678909209835999',
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scope: { attributes: [] },
    ...fields,
  };
}

const convert = (fields: Partial<Span>) => toJaegerTrace(TRACE_ID, [span(fields)]).spans[0];
const tagOf = (value: AnyValue | undefined) => convert({ attributes: [{ key: 'k', ...(value && { value }) }] })?.tags[0];

describe('a trace in Jaeger’s model', () => {
  it('has every field of a span, with times in whole microseconds', () => {
    expect(toJaegerTrace(TRACE_ID, [span({ flags: 0x301 })])).toEqual({
      traceID: TRACE_ID,
      spans: [
        {
          traceID: TRACE_ID,
          spanID: SPAN_ID,
          flags: 1,
          operationName: 'okey-dokey',
          references: [],
          startTime: 1_706_678_909_209_712,
          duration: 123,
          tags: [],
          logs: [],
          processID: 'p1',
          warnings: null,
        },
      ],
      processes: { p1: { serviceName: 'shop', tags: [] } },
      warnings: null,
    });
    expect(convert({ flags: 0x100 })).not.toHaveProperty('flags');
  });

  it('has one process for equal resources, and another for each other one', () => {
    const named = (name: string, instance?: string) => ({
      attributes: [
        { key: 'service.name', value: { stringValue: name } },
        ...(instance === undefined ? [] : [{ key: 'service.instance.id', value: { stringValue: instance } }]),
      ],
    });
    const resources = [named('a', '1'), named('b'), named('a', '2'), named('a', '1'), { attributes: [] }];
    const trace = toJaegerTrace(
      TRACE_ID,
      resources.map((resource) => span({ resource })),
    );
    expect(trace.spans.map(({ processID }) => processID)).toEqual(['p1', 'p2', 'p3', 'p1', 'p4']);
    expect(trace.processes).toEqual({
      p1: { serviceName: 'a', tags: [{ key: 'service.instance.id', type: 'string', value: '1' }] },
      p2: { serviceName: 'b', tags: [] },
      p3: { serviceName: 'a', tags: [{ key: 'service.instance.id', type: 'string', value: '2' }] },
      p4: { serviceName: 'missing-service-name', tags: [] },
    });
  });

  it('shows the fields around the attributes as tags, all by key', () => {
    const { tags } =
      convert({
        scope: { name: 'http', version: '1.2', attributes: [] },
        attributes: [{ key: 'http.route', value: { stringValue: '/' } }],
        kind: 2,
        status: { code: 2, message: 'out of stock' },
        traceState: 'a=1',
      }) ?? {};
    expect(tags).toEqual([
      { key: 'error', type: 'bool', value: true },
      { key: 'http.route', type: 'string', value: '/' },
      { key: 'otel.scope.name', type: 'string', value: 'http' },
      { key: 'otel.scope.version', type: 'string', value: '1.2' },
      { key: 'otel.status_code', type: 'string', value: 'ERROR' },
      { key: 'otel.status_description', type: 'string', value: 'out of stock' },
      { key: 'span.kind', type: 'string', value: 'server' },
      { key: 'w3c.tracestate', type: 'string', value: 'a=1' },
    ]);
    expect(convert({ status: { code: 1 } })?.tags).toEqual([{ key: 'otel.status_code', type: 'string', value: 'OK' }]);
    expect(convert({ kind: 9, status: { code: 7 } })?.tags).toEqual([]);
  });

  it.each<[string, AnyValue | undefined, string, unknown]>([
    ['a text', { stringValue: 'x' }, 'string', 'x'],
    ['an empty text', { stringValue: '' }, 'string', ''],
    ['a boolean', { boolValue: false }, 'bool', false],
    ['an integer', { intValue: '-42' }, 'int64', -42],
    ['the greatest integer that is exact', { intValue: '9007199254740991' }, 'int64', 9_007_199_254_740_991],
    ['an integer beyond it', { intValue: '9007199254740993' }, 'int64', '9007199254740993'],
    ['the least integer', { intValue: '-9223372036854775808' }, 'int64', '-9223372036854775808'],
    ['a double', { doubleValue: 72.5 }, 'float64', 72.5],
    ['a double that JSON has no number for', { doubleValue: 'NaN' }, 'float64', 'NaN'],
    ['bytes', { bytesValue: 'AAAwOQ==' }, 'binary', 'AAAwOQ=='],
    ['a value of no kind', {}, 'string', ''],
    ['no value', undefined, 'string', ''],
    ['an empty list', { arrayValue: { values: [] } }, 'string', '[]'],
    [
      'a list',
      { arrayValue: { values: [{ stringValue: 'a"' }, { intValue: '9007199254740993' }, { boolValue: true }, {}, { doubleValue: 1.5 }] } },
      'string',
      '["a\\"",9007199254740993,true,null,1.5]',
    ],
    [
      'a map',
      {
        kvlistValue: {
          values: [{ key: 'z', value: { bytesValue: 'AA==' } }, { key: 'a', value: { kvlistValue: { values: [] } } }, { key: 'm' }],
        },
      },
      'string',
      '{"a":{},"m":null,"z":"AA=="}',
    ],
  ])('has a typed tag for %s', (_caption, value, type, expected) => {
    expect(tagOf(value)).toEqual({ key: 'k', type, value: expected });
  });

  it('refers to the parent first, and to links as what they say they are', () => {
    const link = (traceId: string, spanId: string, type?: string) => ({
      traceId,
      spanId,
      attributes: type === undefined ? [] : [{ key: 'opentracing.ref_type', value: { stringValue: type } }],
    });
    const parentSpanId = '909541b92cf05311';
    const other = 'f'.repeat(32);
    const small = '000000000000000000000000000000ff';
    expect(convert({ parentSpanId, links: [link(other, SPAN_ID), link(small, SPAN_ID, 'child_of'), link('', '')] })?.references).toEqual([
      { refType: 'CHILD_OF', traceID: TRACE_ID, spanID: parentSpanId },
      { refType: 'FOLLOWS_FROM', traceID: other, spanID: SPAN_ID },
      { refType: 'CHILD_OF', traceID: '00000000000000ff', spanID: SPAN_ID },
    ]);
    expect(convert({ parentSpanId, links: [link(TRACE_ID, parentSpanId, 'follows_from')] })?.references).toEqual([
      { refType: 'FOLLOWS_FROM', traceID: TRACE_ID, spanID: parentSpanId },
    ]);
  });

  it('has an event as a log with its name as a field, unless an attribute is called event', () => {
    const events = [
      { timeUnixNano: '1706678909209712999', name: 'exception', attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }] },
      { timeUnixNano: '1706678909209713000', name: 'named', attributes: [{ key: 'event', value: { stringValue: 'own' } }] },
      { timeUnixNano: '0', attributes: [] },
    ];
    expect(convert({ events })?.logs).toEqual([
      {
        timestamp: 1_706_678_909_209_712,
        fields: [
          { key: 'event', type: 'string', value: 'exception' },
          { key: 'exception.type', type: 'string', value: 'E' },
        ],
      },
      { timestamp: 1_706_678_909_209_713, fields: [{ key: 'event', type: 'string', value: 'own' }] },
      { timestamp: 0, fields: [] },
    ]);
  });

  it('warns of a span that ends before it starts and of what was cut from it', () => {
    const converted = convert({
      endTimeUnixNano: '1706678909209712000',
      truncations: [{ path: 'attributes.http.url', limit: 'valueBytes', originalSize: 70_000 }],
    });
    expect(converted?.duration).toBe(0);
    expect(converted?.warnings).toEqual([
      'This span ended 345 ns before it started; its duration is shown as 0.',
      'attributes.http.url was over the limit valueBytes and is cut; it had 70000.',
    ]);
  });

  it('writes ids of 64 bits with 16 digits', () => {
    const traceId = '0000000000000000000000000000abcd';
    const trace = toJaegerTrace(traceId, [span({ traceId, parentSpanId: SPAN_ID })]);
    expect(trace.traceID).toBe('000000000000abcd');
    expect(trace.spans[0]).toMatchObject({ traceID: '000000000000abcd', references: [{ traceID: '000000000000abcd' }] });
  });
});
