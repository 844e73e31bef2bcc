import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, Resource } from '../../src/api/index.ts';
import { PlainRequest } from '../../src/model/plain-request.ts';
import { idsByPosition } from '../../src/model/record-ids.ts';
import type { ResourceGroup } from '../../src/otlp/decode-request.ts';
import { encodeReference } from '../../src/otlp/testing/reference-encoder.ts';
import { type BulkBody, bulkBodies } from '../../src/storage/elasticsearch/bulk-body.ts';
import { DocumentBytes } from '../../src/storage/elasticsearch/wire/document-bytes.ts';
import { LogDocuments } from '../../src/storage/elasticsearch/wire/log-documents.ts';
import { RequestBodies } from '../../src/storage/elasticsearch/wire/request-bodies.ts';
import { SpanDocuments } from '../../src/storage/elasticsearch/wire/span-documents.ts';
import { PatternMiner } from '../../src/storage/patterns/pattern-miner.ts';
import { TemplateReader } from '../../src/storage/patterns/template-reader.ts';
import { damage, damaged, requestOf, WIRE_LOGS, WIRE_SPANS, type WireTable } from './wire-arbitraries.ts';

const CONTEXT = { arrivalNanos: 1_795_132_800_123_456_789n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: 3, offset: 77 }) };
const RUNS = { numRuns: 300 };
/** One for all, so that what it knows of earlier requests is of use to later ones, and does no harm. */
const REQUEST_BODIES = new RequestBodies();
/** Each has learned nothing yet. */
const templates = (): TemplateReader => new TemplateReader(new PatternMiner(), 'default');

describe('documents of logs from bytes', () => describeDocuments(WIRE_LOGS));
describe('documents of spans from bytes', () => describeDocuments(WIRE_SPANS));

function describeDocuments<R extends OtlpLogRecord | OtlpSpan>({ signal, encode, any, simple }: WireTable<R>): void {
  it('are byte for byte those that objects make, for whatever is sent', () => {
    fc.assert(
      fc.property(requestOf(fc.oneof({ weight: 3, arbitrary: simple }, { weight: 1, arbitrary: any })), damage, (groups, changes) => {
        expectSameDocuments(PlainRequest.of(signal, damaged(encode(groups), changes), CONTEXT));
      }),
      RUNS,
    );
  });

  it('are mostly made without objects of what has nothing special', () => {
    let all = 0;
    let short = 0;
    fc.assert(
      fc.property(requestOf(simple), (groups) => {
        const request = PlainRequest.of(signal, encode(groups), CONTEXT);
        expectSameDocuments(request);
        all += request?.wire.recordCount ?? 0;
        if (request) short += countShort(request);
      }),
      RUNS,
    );
    expect(all).toBeGreaterThan(0);
    // Of the values here, many are what the short way leaves to the long one.
    expect(short).toBeGreaterThan(all / 20);
  });
}

const text = (stringValue: string): AnyValue => ({ stringValue });
const keyed = (key: string, value: AnyValue): KeyValue => ({ key, value });

const PLAIN_LOG: OtlpLogRecord = { timeUnixNano: '1795132800000000001', observedTimeUnixNano: '1', attributes: [] };
const PLAIN_SPAN: OtlpSpan = {
  traceId: '11'.repeat(16),
  spanId: '22'.repeat(8),
  name: 'get',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
  attributes: [],
};
const LOG_FIELDS = [
  { timeUnixNano: '5' },
  { severityNumber: 9 },
  { severityText: 'info' },
  { body: text('paid') },
  { attributes: [keyed('a', text('1'))] },
  { attributes: [keyed('b', text('2'))] },
  { traceId: '11'.repeat(16) },
  { eventName: 'e' },
];
const SPAN_FIELDS = [
  { traceId: '11'.repeat(16) },
  { spanId: '22'.repeat(8) },
  { parentSpanId: '33'.repeat(8) },
  { name: 'get' },
  { kind: 2 },
  { startTimeUnixNano: '5' },
  { endTimeUnixNano: '6' },
  { attributes: [keyed('a', text('1'))] },
  { status: { code: 2 } },
];

describe('a document from bytes', () => {
  it.each<[string, Partial<OtlpLogRecord>]>([
    ['with escapes in its message', { body: text('a "b" \\ c\n\t\u0000\u001f\u007f\u2028 \\" 한글 🎉') }],
    [
      'with escapes in keys and values',
      { attributes: [keyed('a=b\\"c"', text('="\\')), keyed('\n', text('\n')), keyed('키', text('값'))] },
    ],
    ['with a key that comes twice', { attributes: [keyed('a', text('1')), keyed('b', text('2')), keyed('a', text('3'))] }],
    ['with more keys than are known at once', { attributes: Array.from({ length: 60 }, (_, index) => keyed(`k${index}`, text('v'))) }],
    [
      'with so many attributes that a key twice is looked for otherwise',
      {
        attributes: Array.from({ length: 65 }, (_, index) => keyed(`k${index}`, index % 2 ? { intValue: String(index) } : text('v'))),
      },
    ],
    [
      'with a value as long as a term may be, and longer',
      {
        attributes: [keyed('a', text('x'.repeat(8_191))), keyed('b', text('x'.repeat(8_192))), keyed('c', text('글'.repeat(8_000)))],
      },
    ],
    ['with a key that is too long for a term', { attributes: [keyed('k'.repeat(513), text('v')), keyed('글'.repeat(301), text('v'))] }],
    ['with a long correlation id', { attributes: [keyed('correlation.id', text('c'.repeat(9_000)))] }],
    ['with a correlation id that is a number', { attributes: [keyed('correlation.id', { intValue: '5' })] }],
    [
      'that says an exception',
      {
        attributes: [
          keyed('exception.type', text('CardError')),
          keyed('exception.message', text('no')),
          keyed('exception.stacktrace', text('CardError: no\n    at charge (/app/charge.js:1:1)')),
        ],
      },
    ],
    ['with a sequence', { attributes: [keyed('threadline.sequence', { intValue: '9223372036854775807' })] }],
    ['with a sequence that is a text', { attributes: [keyed('threadline.sequence', text('5'))] }],
    ['with an event name and a severity with escapes', { eventName: 'e"vent', severityNumber: 17, severityText: '"\\fatal"' }],
    ['with a long event name', { eventName: 'e'.repeat(9_000) }],
    ['that is large', { body: text('"'.repeat(20_000)), attributes: [keyed('a', text('\u0001'.repeat(8_000)))] }],
    ['that is larger than the short way takes', { body: text('x'.repeat(40_000)) }],
    ['without a time', { timeUnixNano: '0', observedTimeUnixNano: '0' }],
    ['with an observed time alone', { timeUnixNano: '0', observedTimeUnixNano: '1795132800000000001' }],
    [
      'of every length of number',
      {
        attributes: Array.from({ length: 19 }, (_, digits) => keyed(`n${digits}`, { intValue: '9'.repeat(digits + 1).slice(0, 18) })),
        timeUnixNano: '999999999',
      },
    ],
    [
      'of numbers at the ends of their halves',
      {
        attributes: ['4294967295', '4294967296', '999999999', '1000000000', '4294967296000000000'].map((intValue) =>
          keyed(intValue, { intValue }),
        ),
      },
    ],
    [
      'of doubles',
      {
        attributes: [0, 1.5, -1.5, 1e300, -1e-300, 5e-324, 123456789.25, 2 ** 53, -0].map((doubleValue) =>
          keyed(`d${doubleValue}${Object.is(doubleValue, -0)}`, { doubleValue: Object.is(doubleValue, -0) ? '-0' : doubleValue }),
        ),
      },
    ],
  ])('%s is the one that objects make', (_, fields) => {
    expectSameDocuments(logsOf([{ ...PLAIN_LOG, ...fields }, PLAIN_LOG, { ...PLAIN_LOG, ...fields }]));
  });

  it.each<[string, Partial<OtlpLogRecord>, 'short' | 'long']>([
    [
      'an exception',
      {
        attributes: [
          keyed('exception.type', text('CardError')),
          keyed('exception.message', text('no "card" \\ of 김')),
          keyed('exception.stacktrace', text('CardError: no\n    at charge (/app/charge.js:1:1)')),
          keyed('correlation.id', text('order-"42"')),
          keyed('threadline.sequence', { intValue: '9223372036854775807' }),
        ],
        body: text('it failed'),
        droppedAttributesCount: 2,
        flags: 1,
      },
      'short',
    ],
    [
      'arrays, maps, bytes and negative numbers among its attributes',
      {
        attributes: [
          keyed('negative', { intValue: '-7' }),
          keyed('user', { kvlistValue: { values: [keyed('id', { intValue: '-7' }), keyed('name', text('김 "a"'))] } }),
          keyed('list', { arrayValue: { values: [text('b'), text('a'), { doubleValue: -0.5 }, { boolValue: true }] } }),
          keyed('bytes', { bytesValue: 'AAEC' }),
          keyed('empty', {}),
        ],
        severityText: 'info',
        eventName: 'e',
      },
      'short',
    ],
    ['a key that comes twice', { attributes: [keyed('a', text('1')), keyed('b', text('2')), keyed('a', text('3'))] }, 'long'],
    ['a double that is no number', { attributes: [keyed('a', { doubleValue: 'NaN' }), keyed('b', { doubleValue: '-0' })] }, 'long'],
    [
      'a map as its body beside plain attributes',
      {
        body: { kvlistValue: { values: [keyed('order', text('"42"')), keyed('n', { intValue: '5' })] } },
        attributes: [keyed('a', text('1'))],
      },
      'short',
    ],
    ['a number as its body', { body: { doubleValue: 1.5 }, droppedAttributesCount: 1 }, 'short'],
    ['an empty text as its body', { body: text(''), eventName: 'e' }, 'short'],
    ['a body of no kind', { body: {} }, 'short'],
    ['an array as its body', { body: { arrayValue: { values: [text('a')] } } }, 'short'],
    [
      'a key that a map has too',
      { attributes: [keyed('a.b', text('1')), keyed('a', { kvlistValue: { values: [keyed('b', text('2'))] } })] },
      'long',
    ],
    [
      'an array of maps, and an array and a map without values',
      {
        attributes: [
          keyed('items', {
            arrayValue: {
              values: [1, 2].map((n) => ({ kvlistValue: { values: [keyed('id', { intValue: String(n) }), keyed('s', text('x'))] } })),
            },
          }),
          keyed('none', { arrayValue: { values: [] } }),
          keyed('nothing', { kvlistValue: { values: [] } }),
          keyed('user', { kvlistValue: { values: [keyed('id', { intValue: '5' }), keyed('id', { intValue: '6' })] } }),
        ],
      },
      'short',
    ],
    ['attributes that are all without values', { attributes: [keyed('a', {}), keyed('b', { arrayValue: { values: [] } })] }, 'short'],
    ['an exception whose type is a number', { attributes: [keyed('exception.type', { intValue: '5' })] }, 'long'],
    ['an exception that is a map', { attributes: [keyed('exception.type', { kvlistValue: { values: [keyed('a', text('b'))] } })] }, 'long'],
    ['a sequence below 0', { attributes: [keyed('threadline.sequence', { intValue: '-1' })] }, 'short'],
    [
      'negative numbers, at the ends of their halves too',
      {
        attributes: ['-1', '-4294967295', '-4294967296', '-4294967297', '-1000000000', '-9223372036854775808', '-9223372036854775807'].map(
          (intValue) => keyed(`n${intValue}`, { intValue }),
        ),
      },
      'short',
    ],
    ['a value that is too long for a term', { attributes: [keyed('a', text('v'.repeat(9_000)))] }, 'long'],
    [
      'an array with a value that is too long for a term',
      { attributes: [keyed('a', { arrayValue: { values: [text('v'.repeat(9_000))] } })] },
      'long',
    ],
    ['a correlation id that is too long for a term', { attributes: [keyed('correlation.id', text('c'.repeat(9_000)))] }, 'long'],
    ['a body whose value is too long for a term', { body: { kvlistValue: { values: [keyed('a', text('v'.repeat(9_000)))] } } }, 'long'],
  ])('of a log with %s is the one that objects make', (_, fields, way) => {
    const plain = { ...PLAIN_LOG, attributes: [keyed('a', text('1')), keyed('correlation.id', text('c'))] };
    const request = logsOf([plain, { ...plain, ...fields }, plain]);
    expectSameDocuments(request);
    expect(request && countShort(request)).toBe(way === 'short' ? 3 : 2);
  });

  it.each<[string, Partial<OtlpSpan>, 'short' | 'long']>([
    [
      'events, one of which is an exception',
      {
        events: [
          {
            timeUnixNano: '5',
            name: 'sent "1"',
            attributes: [keyed('n', { intValue: '-7' }), keyed('list', { arrayValue: { values: [text('글')] } })],
          },
          {
            timeUnixNano: '6',
            name: 'exception',
            attributes: [
              keyed('exception.type', text('CardError')),
              keyed('exception.message', text('no "card" \\ of 김')),
              keyed('exception.stacktrace', text('CardError: no\n    at charge (/app/charge.js:1:1)')),
            ],
            droppedAttributesCount: 2,
          },
        ],
        droppedEventsCount: 3,
        status: { code: 2, message: 'no "card"\n' },
      },
      'short',
    ],
    [
      'links and a status of a code alone',
      {
        kind: 5,
        links: [
          {
            traceId: 'aa'.repeat(16),
            spanId: 'bb'.repeat(8),
            traceState: 'a=b',
            attributes: [keyed('a', text('1')), keyed('a', text('2'))],
          },
          { traceId: 'cc'.repeat(16), spanId: 'dd'.repeat(8), attributes: [], flags: 257 },
        ],
        droppedLinksCount: 1,
        droppedAttributesCount: 4,
        status: { code: 2 },
        flags: 257,
      },
      'short',
    ],
    ['a status of a message alone', { kind: 2, status: { message: 'why' } }, 'short'],
    [
      'arrays and maps among its attributes, and a link',
      {
        attributes: [
          keyed('list', { arrayValue: { values: [text('b'), { intValue: '-1' }] } }),
          keyed('map', { kvlistValue: { values: [keyed('a', text('"'))] } }),
          keyed('correlation.id', text('order-42')),
        ],
        links: [{ traceId: 'cc'.repeat(16), spanId: 'dd'.repeat(8), attributes: [] }],
      },
      'short',
    ],
    ['a status of an unknown code', { status: { code: 7 } }, 'long'],
    ['an event whose name is too long for a term', { events: [{ timeUnixNano: '5', name: 'e'.repeat(9_000), attributes: [] }] }, 'long'],
    [
      'an event whose value is too long for a term',
      { events: [{ timeUnixNano: '5', name: 'e', attributes: [keyed('a', text('v'.repeat(9_000)))] }] },
      'long',
    ],
  ])('of a span with %s is the one that objects make', (_, fields, way) => {
    const plain = { ...PLAIN_SPAN, attributes: [keyed('a', text('1'))] };
    const body = WIRE_SPANS.encode(groupOf([plain, { ...plain, ...fields }, plain]));
    const request = PlainRequest.of('traces', body, CONTEXT);
    expectSameDocuments(request);
    expect(request && countShort(request)).toBe(way === 'short' ? 3 : 2);
  });

  it('is the one that objects make with a resource and scope whose values are too long for a term', () => {
    const long = text('r'.repeat(9_000));
    const resource = { attributes: [keyed('service.name', long), keyed('other', long)], schemaUrl: 'https://"' };
    const request = logsOf([PLAIN_LOG], resource, { name: 's'.repeat(9_000), attributes: [keyed('s', long)] });
    expectSameDocuments(request);
    expect(JSON.stringify(linesOf(REQUEST_BODIES.of(request ? [request] : [])))).toContain('hashed');
  });

  it('is the one that objects make after thousands of keys, of which one comes twice in a record', () => {
    const first = keyed('first', text('v'));
    const records = Array.from({ length: 300 }, (_, record) => ({
      ...PLAIN_LOG,
      attributes: [first, ...Array.from({ length: 20 + (record % 30) }, (_, index) => keyed(`k${record} ${index}`, text('v'))), first],
    }));
    expectSameDocuments(logsOf(records));
  });

  it.each<[string, Partial<OtlpLogRecord>]>([
    ['message', { body: text('a~~b') }],
    ['value', { attributes: [keyed('a', text('~~'))] }],
    ['key', { attributes: [keyed('~~', text('a'))] }],
    ['severity', { severityText: '~~' }],
    ['event name', { eventName: 'a~~' }],
  ])('is the one that objects make with a %s that is not UTF-8', (_, fields) => {
    const body = WIRE_LOGS.encode(groupOf([PLAIN_LOG, { ...PLAIN_LOG, ...fields }]));
    const request = PlainRequest.of('logs', withBadBytes(body), CONTEXT);
    expect(request).toBeDefined();
    expectSameDocuments(request);
  });

  it.each<[string, Partial<OtlpSpan>]>([
    ['name', { name: '~~' }],
    ['trace state', { traceState: '~~' }],
  ])('is the one that objects make with a %s of a span that is not UTF-8', (_, fields) => {
    const plain = { ...PLAIN_SPAN, traceState: 'a=b' };
    const body = WIRE_SPANS.encode(groupOf([plain, { ...plain, ...fields }]));
    const request = PlainRequest.of('traces', withBadBytes(body), CONTEXT);
    expect(request).toBeDefined();
    expectSameDocuments(request);
  });

  it.each([
    ['log', 'logs', 'LogRecord', LOG_FIELDS],
    ['span', 'traces', 'Span', SPAN_FIELDS],
  ] as const)('is the one that objects make in whatever order the fields of a %s come', (_, signal, type, fields) => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...fields], { minLength: fields.length }), (shuffled) => {
        const record = Buffer.concat(shuffled.map((field) => encodeReference(type, field)));
        const request = PlainRequest.of(signal, inRequest(record), CONTEXT);
        expect(request).toBeDefined();
        expectSameDocuments(request);
      }),
      { numRuns: 50 },
    );
  });

  it('is the one that objects make with a correlation id whose text is written twice', () => {
    const value = Buffer.from('\x0a\x01x\x0a\x02yz');
    const attribute = Buffer.concat([Buffer.from('\x0a\x0ecorrelation.id\x12'), Buffer.from([value.length]), value]);
    const time = encodeReference('LogRecord', { timeUnixNano: '5' });
    const record = Buffer.concat([time, Buffer.from([0x32, attribute.length]), attribute]);
    const request = PlainRequest.of('logs', inRequest(record), CONTEXT);
    expect(request).toBeDefined();
    expectSameDocuments(request);
    expect(linesOf(REQUEST_BODIES.of(request ? [request] : []))).toContain('"correlationId":"yz"');
  });
});

describe('bodies of bulk requests from bytes', () => {
  it('go on in the next one where one is full, over the bounds of groups and requests, and know their records', () => {
    const records = Array.from({ length: 1_700 }, (_, index) => ({ ...PLAIN_LOG, body: text(`log ${index}`) }));
    const requests = [records, records, [PLAIN_LOG], records, records, records].flatMap((some) => logsOf(some) ?? []);
    const bodies = [...REQUEST_BODIES.of(requests)];
    const expected = requests.flatMap((request) => request.records());
    expect(bodies.map(({ count }) => count)).toEqual([5_000, 3_501]);
    const found = bodies.flatMap((body) => Array.from({ length: body.count }, (_, number) => body.record(number)));
    expect(found).toEqual(expected);
    const picked = bodies[1]?.pick([0, 3_500]);
    expect(picked?.bytes.toString()).toBe(
      linesOf(
        bulkBodies(
          expected.filter((_, index) => index === 5_000 || index === 8_500),
          'full',
        ),
      ),
    );
    expect(picked?.record(1)).toEqual(expected[8_500]);
  });

  it('are whole though others are made in between', () => {
    const records = Array.from({ length: 5_500 }, (_, index) => ({ ...PLAIN_LOG, body: text(`log ${index}`) }));
    const [one, other] = [logsOf(records), logsOf(records, { attributes: [keyed('service.name', text('other'))] })];
    if (!one || !other) throw new Error('not plain');
    const [first, second] = [REQUEST_BODIES.of([one]), REQUEST_BODIES.of([other])];
    const texts = ['', ''];
    for (let turn = 0; turn < 4; turn += 1) {
      const next = (turn % 2 === 0 ? first : second).next();
      if (!next.done) texts[turn % 2] += next.value.bytes.toString();
    }
    expect(texts[0]).toBe(linesOf(bulkBodies(one.records(), 'full')));
    expect(texts[1]).toBe(linesOf(bulkBodies(other.records(), 'full')));
  });
});

function logsOf(records: OtlpLogRecord[], resource: Resource = { attributes: [] }, scope = { attributes: [] as KeyValue[], name: 'test' }) {
  return PlainRequest.of('logs', WIRE_LOGS.encode([{ resource, scopes: [{ scope, records }] }]), CONTEXT);
}

/** A short record's message as a request's body. */
function inRequest(record: Buffer): Buffer {
  // Of both signals, the records are in these fields.
  return [0x12, 0x12, 0x0a].reduce((message, tag) => Buffer.concat([Buffer.from([tag, message.length]), message]), record);
}

/** `~~` as two bytes that are in no text of UTF-8. */
function withBadBytes(body: Buffer): Buffer {
  for (let at = body.indexOf('~~'); at >= 0; at = body.indexOf('~~')) body.fill(0xff, at, at + 2);
  return body;
}

function groupOf<R>(records: R[]): ResourceGroup<R>[] {
  return [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [], name: 'test' }, records }] }];
}

function expectSameDocuments(request: PlainRequest | undefined): void {
  if (!request) return;
  const [first, second] = [templates(), templates()];
  const figureBatch = request.signal === 'traces' ? 'a batch' : undefined;
  const [actual, expected] = [
    bytesOf(REQUEST_BODIES.of([request], { templates: first, figureBatch })),
    bytesOf(bulkBodies(request.records(), 'full', (record) => ({ template: second.ofRecord(record), figureBatch }))),
  ];
  expect(actual.toString()).toBe(expected.toString());
  expect(actual.equals(expected)).toBe(true);
}

function linesOf(bodies: Iterable<BulkBody>): string {
  return bytesOf(bodies).toString();
}

function bytesOf(bodies: Iterable<BulkBody>): Buffer {
  const parts: Buffer[] = [];
  for (const body of bodies) {
    parts.push(Buffer.from(body.bytes));
    body.release();
  }
  return Buffer.concat(parts);
}

/** Of its records, how many are made without an object. */
function countShort(request: PlainRequest): number {
  const out = new DocumentBytes();
  const documents = request.signal === 'logs' ? new LogDocuments(out) : new SpanDocuments(out);
  let count = 0;
  for (const group of request.wire.groups) {
    documents.startGroup(request, group);
    for (let at = 0; at < group.places.length; at += 2)
      if (documents.add(request.wire.body, group.places[at] ?? 0, group.places[at + 1] ?? 0, 0)) count += 1;
  }
  return count;
}
