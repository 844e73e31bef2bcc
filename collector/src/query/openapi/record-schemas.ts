import { count, type JsonSchema, list, object, ref, text } from './json-schema.ts';

/** Unix nanoseconds do not fit a JSON number, so they travel as decimal digits. */
const nanos: JsonSchema = { type: 'string', pattern: '^\\d+$', description: 'Unix nanoseconds, decimal.' };
const traceId: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{32}$' };
const spanId: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{16}$' };
/** A link is kept as it was sent, so that what it names can be malformed or nothing. */
const linkedId = text('As it was sent, in lower case; empty where the link names none.');
const attributes = list(ref('KeyValue'));
const uint32: JsonSchema = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };

export const SHARED_SCHEMAS = { nanos, traceId, spanId };

const storedFields = {
  id: text('Opaque; stays the same through restart, replay and compaction.'),
  arrivalTimeUnixNano: nanos,
  'truncations?': list(
    object({
      path: text('What was cut: body, attributes, attributes.KEY …'),
      limit: { type: 'string', enum: ['recordBytes', 'attributeCount', 'valueBytes', 'depth'] },
      originalSize: count(),
    }),
  ),
  'errorGroups?': list(
    text(),
    'Where one record or span is asked for: the fingerprints of the errors that it says, for /api/v1/errors/{fingerprint}.',
  ),
  resource: ref('Resource'),
  scope: ref('Scope'),
};

/** Records and spans: OTLP/JSON's names and encodings, with their resource and scope beside them. */
export const RECORD_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  AnyValue: {
    ...object({
      'stringValue?': text(),
      'boolValue?': { type: 'boolean' },
      'intValue?': { type: 'string', pattern: '^-?\\d+$', description: 'A signed 64-bit integer, decimal.' },
      'doubleValue?': { oneOf: [{ type: 'number' }, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity', '-0'] }] },
      'arrayValue?': object({ values: list(ref('AnyValue')) }),
      'kvlistValue?': object({ values: list(ref('KeyValue')) }),
      'bytesValue?': text('Base64.'),
    }),
    maxProperties: 1,
    description: 'One value of one type; no property at all is an empty value, which is not the same as none.',
  },
  KeyValue: object({ key: text(), 'value?': ref('AnyValue') }),
  Resource: object({
    attributes,
    'droppedAttributesCount?': uint32,
    'entityRefs?': list(object({ 'schemaUrl?': text(), 'type?': text(), 'idKeys?': list(text()), 'descriptionKeys?': list(text()) })),
    'schemaUrl?': text(),
  }),
  Scope: object({ 'name?': text(), 'version?': text(), attributes, 'droppedAttributesCount?': uint32, 'schemaUrl?': text() }),
  LogRecord: object({
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    'severityNumber?': { type: 'integer', description: '1 to 24, four a level: trace, debug, info, warn, error, fatal.' },
    'severityText?': text(),
    'body?': ref('AnyValue'),
    attributes,
    'droppedAttributesCount?': uint32,
    'flags?': uint32,
    'traceId?': traceId,
    'spanId?': spanId,
    'eventName?': text(),
    'invalidIds?': list({ type: 'string', enum: ['traceId', 'spanId'] }, 'Ids that were sent malformed; the record is kept without them.'),
    'bodyTruncated?': {
      type: 'boolean',
      const: true,
      description: 'In lists: the body was over 4 KiB and is cut; /api/v1/logs/{id} has all of it.',
    },
    ...storedFields,
  }),
  Span: object({
    traceId,
    spanId,
    'traceState?': text(),
    'parentSpanId?': spanId,
    'flags?': uint32,
    name: text(),
    'kind?': { type: 'integer', description: '1 internal, 2 server, 3 client, 4 producer, 5 consumer.' },
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    'droppedAttributesCount?': uint32,
    'events?': list(object({ timeUnixNano: nanos, 'name?': text(), attributes, 'droppedAttributesCount?': uint32 })),
    'droppedEventsCount?': uint32,
    'links?': list(
      object({
        traceId: linkedId,
        spanId: linkedId,
        'traceState?': text(),
        attributes,
        'droppedAttributesCount?': uint32,
        'flags?': uint32,
      }),
    ),
    'droppedLinksCount?': uint32,
    'status?': object({ 'message?': text(), 'code?': { type: 'integer', description: '1 ok, 2 error.' } }),
    ...storedFields,
  }),
};
