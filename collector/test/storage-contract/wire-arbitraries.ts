import * as fc from 'fast-check';
import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, SpanEvent, SpanLink } from '../../src/api/index.ts';
import type { Encoding, ResourceGroup } from '../../src/otlp/decode-request.ts';
import { groupsOf, logRecord, span } from '../../src/otlp/testing/arbitraries.ts';
import { encodeLogs, encodeTraces } from '../../src/otlp/testing/reference-encoder.ts';

/** What nearly all senders send: records whose bytes are read, most of them without a part that has to be decoded, and a few that take the long way. */
const words = fc.array(
  fc.constantFrom('order', 'PAID', "it's", '3.5', 'a_b', 'x:y', '1,000', '주문', 'K', 'İ', 'é', '\u001e', '\u001d', '🎉', '-', 'ß'),
  {
    maxLength: 6,
  },
);
const sentence = words.map((list) => list.join(' '));
const key = fc.constantFrom('http.route', 'user.id', 'n', 'threadline.sequence', 'correlation.id', '키', '', 'a\u001fb');
const simpleValue = fc.oneof(
  sentence.map((stringValue) => ({ stringValue })),
  fc
    .constantFrom('0', '7', '2147483648', '9223372036854775807', '-1', '-4294967296', '-9223372036854775808')
    .map((intValue) => ({ intValue })),
  fc.constantFrom(0, 2, 0.5, -3, 1e21, 123456.789, 2 ** 31, -0).map((doubleValue) => ({ doubleValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
);
/** What has to be decoded. */
const otherValue: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.array(simpleValue, { maxLength: 2 }).map((values) => ({ arrayValue: { values } })),
  fc.array(fc.record({ key, value: simpleValue }), { maxLength: 2 }).map((values) => ({ kvlistValue: { values } })),
  fc.constantFrom({ bytesValue: 'AQID' }, {}, { doubleValue: 'NaN' as const }),
);
const value = fc.oneof({ weight: 30, arbitrary: simpleValue }, { weight: 1, arbitrary: otherValue });
const simpleAttributes: fc.Arbitrary<KeyValue[]> = fc.array(fc.record({ key, value }), { maxLength: 6 });
/** Nearly always what comes first. */
const mostly = <T>(first: fc.Arbitrary<T>, second: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 15, arbitrary: first }, { weight: 1, arbitrary: second });
/** Some whose lower halves are in the other order than they are. */
const time = fc.constantFrom('0', '0', '4294967295', '4294967296', '1795132800000000001', '9223372036854775807', '9223372036854775808');
const hexId = (bytes: number) => fc.integer({ min: 1, max: 9 }).map((digit) => `a${digit}`.repeat(bytes));

/** What is not there some senders write as no bytes. */
const idOrNone = (bytes: number) => fc.oneof({ weight: 3, arbitrary: hexId(bytes) }, { weight: 1, arbitrary: fc.constant('') });

/** Zeros that some senders write, OpenTelemetry's JavaScript among them, and others leave out. */
const dropped = fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(3) });

const simpleLog: fc.Arbitrary<OtlpLogRecord> = fc
  .tuple(
    fc.record({ timeUnixNano: time, observedTimeUnixNano: time, attributes: simpleAttributes }),
    fc.record(
      {
        severityNumber: fc.constantFrom(9, 17),
        severityText: fc.constantFrom('info', 'WARN', 'fehler ü'),
        body: mostly<AnyValue>(
          sentence.map((stringValue) => ({ stringValue })),
          otherValue,
        ),
        flags: fc.constantFrom(1, 257),
        traceId: idOrNone(16),
        spanId: idOrNone(8),
        eventName: fc.constantFrom('cart.paid', '사건'),
        droppedAttributesCount: dropped,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([first, second]) => ({ ...first, ...second }));

const event: fc.Arbitrary<SpanEvent> = fc.record(
  { timeUnixNano: time, name: fc.constantFrom('exception', '예외'), attributes: simpleAttributes, droppedAttributesCount: dropped },
  { requiredKeys: ['timeUnixNano', 'attributes'] },
);
const link: fc.Arbitrary<SpanLink> = fc.record(
  {
    traceId: idOrNone(16),
    spanId: idOrNone(8),
    attributes: simpleAttributes,
    traceState: fc.constant('a=b'),
    flags: fc.constantFrom(1, 769),
  },
  { requiredKeys: ['traceId', 'spanId', 'attributes'] },
);

const simpleSpan: fc.Arbitrary<OtlpSpan> = fc
  .tuple(
    fc.record({
      traceId: hexId(16),
      spanId: hexId(8),
      name: fc.constantFrom('GET /orders', 'publish', '', '주문 보기'),
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: simpleAttributes,
    }),
    fc.record(
      {
        parentSpanId: idOrNone(8),
        kind: fc.integer({ min: 1, max: 5 }),
        flags: fc.constantFrom(1, 769),
        traceState: fc.constantFrom('ot=th:8', 'a=b,ot=th:0', 'ü'),
        status: fc.constantFrom({}, { code: 0 }, { code: 1 }, { code: 2 }, { code: 2, message: 'refused' }, { code: 3 }),
        droppedAttributesCount: dropped,
        droppedEventsCount: dropped,
        droppedLinksCount: dropped,
        events: mostly<SpanEvent[]>(fc.constant([]), fc.array(event, { maxLength: 2 })),
        links: mostly<SpanLink[]>(fc.constant([]), fc.array(link, { maxLength: 2 })),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([first, second]) => ({ ...first, ...second }));

/** Groups of few records with anything around them, and one of many, whose neighbours are alike in part. */
export function requestOf<R>(record: fc.Arbitrary<R>): fc.Arbitrary<ResourceGroup<R>[]> {
  const many = fc.array(record, { maxLength: 25 }).map((records) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
    scopes: [{ scope: { attributes: [], name: 'test' }, records }],
  }));
  return fc.tuple(groupsOf(record), many).map(([groups, group]) => [...groups, group]);
}

/** Any change to any bytes: most make the request one that cannot be read, some one that reads otherwise. */
export const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { maxLength: 3 });

/** The body with those changes, made in place. */
export function damaged(body: Buffer, changes: readonly { readonly at: number; readonly byte: number }[]): Buffer {
  for (const { at, byte } of changes) if (body.length > 0) body[at % body.length] = byte;
  return body;
}

/** A signal's requests: how they are encoded, and what stands in them. */
export interface WireTable<R extends OtlpLogRecord | OtlpSpan> {
  readonly signal: 'logs' | 'traces';
  readonly encode: (groups: readonly ResourceGroup<R>[], encoding?: Encoding) => Buffer;
  readonly any: fc.Arbitrary<R>;
  readonly simple: fc.Arbitrary<R>;
}

export const WIRE_LOGS: WireTable<OtlpLogRecord> = {
  signal: 'logs',
  encode: (groups, encoding = 'protobuf') => encodeLogs(groups, encoding),
  any: logRecord,
  simple: simpleLog,
};
export const WIRE_SPANS: WireTable<OtlpSpan> = {
  signal: 'traces',
  encode: (groups, encoding = 'protobuf') => encodeTraces(groups, encoding),
  any: span,
  simple: simpleSpan,
};
