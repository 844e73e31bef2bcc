import * as fc from 'fast-check';
import type {
  AnyValue,
  EntityRef,
  KeyValue,
  OtlpLogRecord,
  OtlpSpan,
  Resource,
  Scope,
  SpanEvent,
  SpanLink,
  SpanStatus,
} from '../../api/index.ts';
import type { ResourceGroup, ScopeGroup } from '../decode-request.ts';
import { jsonDouble } from '../wire-values.ts';

/** Any valid OTLP, in the shapes that decoding makes: fields at their default are absent. */

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
/** A field that is absent at its default is never the empty text. */
const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'));

function id(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value.map((byte) => byte | 1)).toString('hex'));
}

const { value } = fc.letrec<{ value: AnyValue; entries: KeyValue[]; list: AnyValue[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<AnyValue>({}),
    text.map((stringValue): AnyValue => ({ stringValue })),
    fc.boolean().map((boolValue): AnyValue => ({ boolValue })),
    int64.map((intValue): AnyValue => ({ intValue })),
    fc.double().map((double): AnyValue => ({ doubleValue: jsonDouble(double) })),
    base64.map((bytesValue): AnyValue => ({ bytesValue })),
    tie('list').map((values): AnyValue => ({ arrayValue: { values } })),
    tie('entries').map((values): AnyValue => ({ kvlistValue: { values } })),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  entries: fc.array(fc.oneof(fc.record({ key: text, value: tie('value') }), fc.record({ key: text })), { maxLength: 3 }),
}));

const attributes: fc.Arbitrary<KeyValue[]> = fc.array(fc.oneof(fc.record({ key: text, value }), fc.record({ key: text })), {
  maxLength: 4,
});

/** Any selection of the record's fields; none of them is at its default. */
function optional<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(fields, { requiredKeys: [] });
}

function joined<A extends object, B extends object>(required: fc.Arbitrary<A>, some: fc.Arbitrary<B>): fc.Arbitrary<A & B> {
  return fc.tuple(required, some).map(([first, second]) => ({ ...first, ...second }));
}

const entityRef: fc.Arbitrary<EntityRef> = optional({
  schemaUrl: someText,
  type: someText,
  idKeys: fc.array(text, { minLength: 1, maxLength: 3 }),
  descriptionKeys: fc.array(text, { minLength: 1, maxLength: 3 }),
});

const resource: fc.Arbitrary<Resource> = joined(
  fc.record({ attributes }),
  optional({ droppedAttributesCount: count, schemaUrl: someText, entityRefs: fc.array(entityRef, { minLength: 1, maxLength: 2 }) }),
);

const scope: fc.Arbitrary<Scope> = joined(
  fc.record({ attributes }),
  optional({ name: someText, version: someText, droppedAttributesCount: count, schemaUrl: someText }),
);

export const logRecord: fc.Arbitrary<OtlpLogRecord> = joined(
  fc.record({ timeUnixNano: uint64, observedTimeUnixNano: uint64, attributes }),
  optional({
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: someText,
    body: value,
    droppedAttributesCount: count,
    flags: count,
    traceId: id(16),
    spanId: id(8),
    eventName: someText,
  }),
);

const event: fc.Arbitrary<SpanEvent> = joined(
  fc.record({ timeUnixNano: uint64, attributes }),
  optional({ name: someText, droppedAttributesCount: count }),
);

const link: fc.Arbitrary<SpanLink> = joined(
  fc.record({ traceId: id(16), spanId: id(8), attributes }),
  optional({ traceState: someText, droppedAttributesCount: count, flags: count }),
);

const status: fc.Arbitrary<SpanStatus> = optional({ message: someText, code: fc.integer({ min: 1, max: 2 }) });

export const span: fc.Arbitrary<OtlpSpan> = joined(
  fc.record({ traceId: id(16), spanId: id(8), name: text, startTimeUnixNano: uint64, endTimeUnixNano: uint64, attributes }),
  optional({
    traceState: someText,
    parentSpanId: id(8),
    flags: count,
    kind: fc.integer({ min: 1, max: 5 }),
    droppedAttributesCount: count,
    events: fc.array(event, { minLength: 1, maxLength: 2 }),
    droppedEventsCount: count,
    links: fc.array(link, { minLength: 1, maxLength: 2 }),
    droppedLinksCount: count,
    status,
  }),
);

/** A request's groups of such records. */
export function groupsOf<R>(record: fc.Arbitrary<R>): fc.Arbitrary<ResourceGroup<R>[]> {
  const scopeGroup: fc.Arbitrary<ScopeGroup<R>> = fc.record({ scope, records: fc.array(record, { maxLength: 3 }) });
  return fc.array(fc.record({ resource, scopes: fc.array(scopeGroup, { maxLength: 2 }) }), { maxLength: 2 });
}
