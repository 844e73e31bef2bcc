import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeLogs } from '../otlp/decode-request.ts';
import { translateLokiJson, translateLokiProtobuf } from './loki.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

/** Loki's messages as its senders have them. */
const PushRequest = protobuf
  .parse(`syntax = "proto3";
  message PushRequest { repeated Stream streams = 1; }
  message Stream { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
  message Entry { Timestamp timestamp = 1; string line = 2; repeated Pair structuredMetadata = 3; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Pair { string name = 1; string value = 2; }`)
  .root.lookupType('PushRequest');

const json = (streams: unknown) => decodeLogs(translateLokiJson(Buffer.from(JSON.stringify({ streams }))), 'json').groups;
const proto = (streams: object[]) =>
  decodeLogs(translateLokiProtobuf(PushRequest.encode(PushRequest.fromObject({ streams })).finish()), 'json').groups;

describe('a push of Loki', () => {
  const expected = [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'api' } },
          { key: 'job', value: { stringValue: 'api' } },
          { key: 'level', value: { stringValue: 'warn' } },
        ],
      },
      scopes: [
        {
          scope: { attributes: [] },
          records: [
            {
              timeUnixNano: '1790000000123456789',
              observedTimeUnixNano: '0',
              severityText: 'warn',
              body: { stringValue: 'out of stock' },
              attributes: [
                { key: 'trace_id', value: { stringValue: TRACE_ID } },
                { key: 'span_id', value: { stringValue: SPAN_ID } },
                { key: 'order', value: { stringValue: '17' } },
              ],
              traceId: TRACE_ID,
              spanId: SPAN_ID,
            },
            {
              timeUnixNano: '1790000001000000000',
              observedTimeUnixNano: '0',
              severityText: 'warn',
              body: { stringValue: '' },
              attributes: [],
            },
          ],
        },
      ],
    },
  ];

  it('in JSON becomes log records of their stream’s labels', () => {
    expect(
      json([
        {
          stream: { job: 'api', level: 'warn' },
          values: [
            ['1790000000123456789', 'out of stock', { trace_id: TRACE_ID, span_id: SPAN_ID, order: '17' }],
            ['1790000001000000000', ''],
          ],
        },
      ]),
    ).toEqual(expected);
  });

  it('in protobuf becomes the same', () => {
    const pairs = [
      { name: 'trace_id', value: TRACE_ID },
      { name: 'span_id', value: SPAN_ID },
      { name: 'order', value: '17' },
    ];
    const entries = [
      { timestamp: { seconds: 1_790_000_000, nanos: 123_456_789 }, line: 'out of stock', structuredMetadata: pairs },
      { timestamp: { seconds: 1_790_000_001 }, line: '' },
    ];
    expect(proto([{ labels: '{job="api", level="warn"}', entries, hash: 9 }])).toEqual(expected);
  });

  it.each([
    [{ job: 'a', service_name: 'b' }, 'b'],
    [{ job: 'a', app: '', container: 'c' }, 'c'],
    [{ filename: 'x' }, undefined],
  ])('of the labels %j is of the service %s', (stream, service) => {
    const [group] = json([{ stream, values: [['1', 'x']] }]);
    expect(group?.resource.attributes.find(({ key }) => key === 'service.name')?.value?.stringValue).toBe(service);
  });

  it.each([
    [{ correlation_id: 'order-42' }, undefined],
    [{}, { correlation_id: 'order-42', otelTraceID: TRACE_ID }],
    [{ correlationId: 'other', TraceId: 'none' }, { 'correlation.id': 'order-42' }],
  ])('is in the flow that the labels %j or the metadata %j name', (stream, metadata) => {
    const [group] = json([{ stream, values: [['1', 'x', metadata]] }]);
    expect(group?.scopes[0]?.records[0]?.attributes.filter(({ key }) => key === 'correlation.id')).toEqual([
      { key: 'correlation.id', value: { stringValue: 'order-42' } },
    ]);
  });

  it.each(['level', 'LEVEL', 'Severity', 'levelname', 'SeverityText', 'loglevel'])('has the level that its label %s says', (label) => {
    expect(json([{ stream: { [label]: 'error' }, values: [['1', 'x']] }])[0]?.scopes[0]?.records[0]?.severityText).toBe('error');
  });

  it('says in its line what neither labels nor metadata do', () => {
    const line = JSON.stringify({ level: 'error', trace_id: TRACE_ID, span_id: SPAN_ID, correlation_id: 'order-42' });
    const [said, saidOtherwise] =
      json([
        {
          stream: { job: 'fluentbit' },
          values: [
            ['1', line],
            ['2', line, { level: 'warn', traceId: 'f'.repeat(32), correlation_id: 'order-43' }],
          ],
        },
      ])[0]?.scopes[0]?.records ?? [];
    expect(said).toMatchObject({ severityText: 'error', traceId: TRACE_ID, spanId: SPAN_ID, body: { stringValue: line } });
    expect(said?.attributes).toEqual([{ key: 'correlation.id', value: { stringValue: 'order-42' } }]);
    expect(saidOtherwise).toMatchObject({ severityText: 'warn', traceId: 'f'.repeat(32) });
    expect(saidOtherwise?.attributes[0]).toEqual({ key: 'correlation.id', value: { stringValue: 'order-43' } });
  });

  it('keeps what is no id of OpenTelemetry’s as it is', () => {
    const [group] = json([{ stream: {}, values: [['1', 'x', { trace_id: 'short', span_id: 'g'.repeat(16) }]] }]);
    expect(group?.scopes[0]?.records[0]).not.toHaveProperty('traceId');
    expect(group?.scopes[0]?.records[0]?.attributes).toHaveLength(2);
  });

  it.each([
    ['', []],
    [
      ' a = "b" , c=`d\\` ,',
      [
        ['a', 'b'],
        ['c', 'd\\'],
      ],
    ],
    [
      'path="a\\"b\\\\c\\n", wide="\\u00e4\\U0001F600\\x41\\101"',
      [
        ['path', 'a"b\\c\n'],
        ['wide', 'ä😀AA'],
      ],
    ],
  ])('reads the labels {%s}', (labels, expectedLabels) => {
    const attributes = proto([{ labels: `{${labels}}`, entries: [{ line: 'x' }] }])[0]?.resource.attributes;
    expect(attributes?.map(({ key, value }) => [key, value?.stringValue])).toEqual(expectedLabels);
  });

  it.each(['a="b"', '{a}', '{a=b}', '{a="b}', '{a="b" c="d"}', '{="b"}', '{a="b",,}'])('refuses the labels %s', (labels) => {
    expect(() => proto([{ labels, entries: [] }])).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });

  it.each([
    ['null', 'streams is no list'],
    ['[]', 'streams is no list'],
    ['{}', 'streams is no list'],
    ['{"streams":{}}', 'streams is no list'],
    ['{"streams":[1]}', 'streams[0] is no object'],
    ['{"streams":[{"stream":{},"values":[]},{"stream":[],"values":[]}]}', 'streams[1].stream is no object'],
    ['{"streams":[{"stream":{},"values":"x"}]}', 'streams[0].values is no list'],
    ['{"streams":[{"stream":{},"values":[["1"]]}]}', 'streams[0].values[0][1], the line, is no text'],
    ['{"streams":[{"stream":{},"values":[["1",{"a":1}]]}]}', 'streams[0].values[0][1], the line, is no text'],
    ['{"streams":[{"stream":{},"values":[[1,"x"]]}]}', 'streams[0].values[0][0], the time, is no text of nanoseconds since 1970'],
    ['{"streams":[{"stream":{},"values":[["1.5","x"]]}]}', 'streams[0].values[0][0], the time, is no text of nanoseconds since 1970'],
    [
      '{"streams":[{"stream":{},"values":[["99999999999999999999","x"]]}]}',
      'streams[0].values[0][0], the time, is no text of nanoseconds since 1970',
    ],
    ['{"streams":[{"stream":{},"values":[["1","x"],["1","x","y"]]}]}', 'streams[0].values[1][2], structured metadata, is no object'],
    ['{"streams":[{"stream":{},"values":["x"]}]}', 'streams[0].values[0] is no list'],
    ['{"streams":', undefined],
  ])('refuses %s, with the place', (body, place) => {
    const message = `the body is not JSON of Loki: {"streams": [{"stream": {…}, "values": [["nanoseconds", "line"]]}]}${place ? `: ${place}` : ''}`;
    expect(() => translateLokiJson(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'malformed_body', message }));
  });

  it('refuses a message with a field of another type, with the place', () => {
    // A stream whose second field, its entries, is a number.
    const place = 'streams[0].entries is of another type';
    expect(() => translateLokiProtobuf(Uint8Array.from([0x0a, 0x02, 0x10, 0x05]))).toThrow(
      expect.objectContaining({ code: 'malformed_body', message: `the body is no PushRequest of Loki: ${place}` }),
    );
  });

  it.each([[[0x0a]], [[0x0a, 0x05, 0x01]], [[0x0b]], [[0x08, ...Array.from({ length: 11 }, () => 0xff)]], [[0x0d, 0x01]]])(
    'refuses the bytes %j',
    (bytes) => {
      expect(() => translateLokiProtobuf(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'malformed_body' }));
    },
  );

  it('takes a time before 1970 or after 2554 for none', () => {
    const times = [{ seconds: -1 }, { seconds: '9223372036854775807' }].map((timestamp) => ({ timestamp, line: 'x' }));
    const records = proto([{ labels: '{}', entries: times }])[0]?.scopes[0]?.records;
    expect(records?.map(({ timeUnixNano }) => timeUnixNano)).toEqual(['0', '0']);
  });
});
