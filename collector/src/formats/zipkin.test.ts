import { describe, expect, it } from 'vitest';
import { decodeTraces } from '../otlp/decode-request.ts';
import { translateZipkin } from './zipkin.ts';

const SPAN = {
  traceId: '5982fe77008310cc80f1da5e10147519',
  id: '90394f6bcffb5d13',
  name: 'get /api',
  timestamp: 1_502_787_600_000_000,
  duration: 150_000,
};

function translate(...spans: object[]) {
  return decodeTraces(translateZipkin(Buffer.from(JSON.stringify(spans))), 'json').groups;
}
const spanOf = (fields: object) => translate({ ...SPAN, ...fields })[0]?.scopes[0]?.records[0];

describe('spans of Zipkin', () => {
  it('become spans with every field in its place', () => {
    const groups = translate({
      ...SPAN,
      parentId: '1e2b2',
      kind: 'CLIENT',
      localEndpoint: { serviceName: 'frontend', ipv4: '10.0.0.1', port: 8080 },
      remoteEndpoint: { serviceName: 'backend', ipv6: '2001:db8::1', port: 9000 },
      annotations: [{ timestamp: 1_502_787_600_000_001, value: 'ws' }],
      tags: { 'http.path': '/api', count: 3 },
      debug: true,
      shared: true,
    });
    expect(groups).toEqual([
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'frontend' } }] },
        scopes: [
          {
            scope: { attributes: [] },
            records: [
              {
                traceId: SPAN.traceId,
                spanId: SPAN.id,
                parentSpanId: '000000000001e2b2',
                name: 'get /api',
                kind: 3,
                startTimeUnixNano: '1502787600000000000',
                endTimeUnixNano: '1502787600150000000',
                attributes: [
                  { key: 'http.path', value: { stringValue: '/api' } },
                  { key: 'count', value: { stringValue: '3' } },
                  { key: 'network.local.address', value: { stringValue: '10.0.0.1' } },
                  { key: 'network.local.port', value: { intValue: '8080' } },
                  { key: 'peer.service', value: { stringValue: 'backend' } },
                  { key: 'network.peer.address', value: { stringValue: '2001:db8::1' } },
                  { key: 'network.peer.port', value: { intValue: '9000' } },
                  { key: 'zipkin.shared', value: { boolValue: true } },
                  { key: 'zipkin.debug', value: { boolValue: true } },
                ],
                events: [{ timeUnixNano: '1502787600000001000', name: 'ws', attributes: [] }],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('have ids of 128 bits, zeros before what a sender left out', () => {
    expect(spanOf({ traceId: '80f1da5e10147519', id: 'ab' })).toMatchObject({
      traceId: '000000000000000080f1da5e10147519',
      spanId: '00000000000000ab',
    });
  });

  it.each([
    [{}, undefined],
    [{ error: '' }, { code: 2 }],
    [{ error: 'true' }, { code: 2 }],
    [{ error: 'out of stock' }, { code: 2, message: 'out of stock' }],
    [{ 'otel.status_code': 'OK' }, { code: 1 }],
    [
      { 'otel.status_code': 'ERROR', error: 'E', 'otel.status_description': 'why' },
      { code: 2, message: 'why' },
    ],
  ])('with the tags %j have the status %j', (tags, status) => {
    const span = spanOf({ tags });
    expect(span?.status).toEqual(status);
    expect(span?.attributes).toEqual([]);
  });

  it('are put together by service and scope', () => {
    const from = (serviceName: string, scope?: string) => ({
      ...SPAN,
      localEndpoint: { serviceName },
      tags: scope ? { 'otel.scope.name': scope, 'otel.scope.version': '1' } : {},
    });
    const groups = translate(from('a', 'x'), from('b'), from('a'), from('a', 'x'));
    expect(
      groups.map(({ resource, scopes }) => [
        resource.attributes[0]?.value?.stringValue,
        scopes.map(({ scope, records }) => [scope.name, records.length]),
      ]),
    ).toEqual([
      [
        'a',
        [
          ['x', 2],
          [undefined, 1],
        ],
      ],
      ['b', [[undefined, 1]]],
    ]);
  });

  it('may say nothing but their ids', () => {
    expect(translate({ traceId: SPAN.traceId, id: SPAN.id })[0]).toMatchObject({
      resource: { attributes: [] },
      scopes: [{ records: [{ name: '', startTimeUnixNano: '0', endTimeUnixNano: '0', attributes: [] }] }],
    });
  });

  it('are refused where there are so many that they are none', () => {
    const tooLarge = expect.objectContaining({ code: 'body_too_large' });
    expect(() => translateZipkin(Buffer.from(`[${'{},'.repeat(50_000)}{}]`))).toThrow(tooLarge);
    const annotations = Array.from({ length: 50_001 }, () => ({}));
    expect(() => translate({ ...SPAN, annotations })).toThrow(tooLarge);
  });

  it('keep what is of the wrong type: a number as its text, what has no place as an attribute', () => {
    const odd = {
      name: 7,
      kind: ['SERVER'],
      timestamp: '1502787600000000',
      duration: -5,
      localEndpoint: 'x',
      remoteEndpoint: { serviceName: { a: 1 }, ipv4: 4, port: 1e99 },
      annotations: [3, {}, { timestamp: 'soon', value: false }],
      tags: [1],
      parentId: null,
      shared: 1,
      debug: null,
    };
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    expect(spanOf(odd)).toEqual({
      traceId: SPAN.traceId,
      spanId: SPAN.id,
      name: '7',
      startTimeUnixNano: '1502787600000000000',
      endTimeUnixNano: '1502787600000000000',
      attributes: [
        text('network.peer.address', '4'),
        text('zipkin.tags', '[1]'),
        text('zipkin.localEndpoint', 'x'),
        text('zipkin.remoteEndpoint.serviceName', '{"a":1}'),
        text('zipkin.remoteEndpoint.port', '1e+99'),
        text('zipkin.duration', '-5'),
        text('zipkin.kind', '["SERVER"]'),
        text('zipkin.shared', '1'),
      ],
      events: [
        { timeUnixNano: '0', name: '3', attributes: [] },
        { timeUnixNano: '0', attributes: [] },
        { timeUnixNano: '0', name: 'false', attributes: [text('zipkin.timestamp', 'soon')] },
      ],
    });
    expect(spanOf({ kind: 'LOCAL' })?.attributes).toEqual([text('zipkin.kind', 'LOCAL')]);
    expect(spanOf({ tags: JSON.parse('{"__proto__": "x", "constructor": {"a": 1}}') })?.attributes).toEqual([
      { key: '__proto__', value: { stringValue: 'x' } },
      { key: 'constructor', value: { stringValue: '{"a":1}' } },
    ]);
  });

  it.each([
    ['', ''],
    ['{}', ''],
    ['[1]', ': [0] is no object'],
    ['[{}, null]', ': [1] is no object'],
    ['"x"', ''],
    ['[[]]', ': [0] is no object'],
    ['[{]', ''],
    ['\ufffd', ''],
  ])('are refused as a whole in %j, with the place', (body, place) => {
    expect(() => translateZipkin(Buffer.from(body))).toThrow(
      expect.objectContaining({ code: 'malformed_body', message: `the body is not a JSON list of spans, as Zipkin v2 has it${place}` }),
    );
  });
});
