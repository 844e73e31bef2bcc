import { readFields, WIRE, type WireField } from '../export/protobuf-reader.ts';

/** What a field holds: a scalar as OTLP/JSON writes it, or a message. */
type Kind = 'text' | 'id' | 'number' | 'bool' | 'int64' | 'nanos' | 'double' | 'bytes' | keyof typeof MESSAGES;
/** A name that ends with `[]` is a list. */
type Message = Readonly<Record<number, readonly [name: string, kind: string]>>;

const ATTRIBUTES = ['attributes[]', 'KeyValue'] as const;

/** Fields by number, as far as a test looks at them (opentelemetry-proto 1.9). */
const MESSAGES = {
  TracesRequest: { 1: ['resourceSpans[]', 'ResourceSpans'] },
  ResourceSpans: { 1: ['resource', 'Resource'], 2: ['scopeSpans[]', 'ScopeSpans'] },
  ScopeSpans: { 1: ['scope', 'Scope'], 2: ['spans[]', 'Span'], 3: ['schemaUrl', 'text'] },
  LogsRequest: { 1: ['resourceLogs[]', 'ResourceLogs'] },
  ResourceLogs: { 1: ['resource', 'Resource'], 2: ['scopeLogs[]', 'ScopeLogs'] },
  ScopeLogs: { 1: ['scope', 'Scope'], 2: ['logRecords[]', 'LogRecord'], 3: ['schemaUrl', 'text'] },
  Resource: { 1: ATTRIBUTES, 2: ['droppedAttributesCount', 'number'] },
  Scope: { 1: ['name', 'text'], 2: ['version', 'text'], 3: ATTRIBUTES },
  Span: {
    1: ['traceId', 'id'],
    2: ['spanId', 'id'],
    3: ['traceState', 'text'],
    4: ['parentSpanId', 'id'],
    5: ['name', 'text'],
    6: ['kind', 'number'],
    7: ['startTimeUnixNano', 'nanos'],
    8: ['endTimeUnixNano', 'nanos'],
    9: ATTRIBUTES,
    10: ['droppedAttributesCount', 'number'],
    11: ['events[]', 'Event'],
    12: ['droppedEventsCount', 'number'],
    13: ['links[]', 'Link'],
    14: ['droppedLinksCount', 'number'],
    15: ['status', 'Status'],
    16: ['flags', 'number'],
  },
  Event: { 1: ['timeUnixNano', 'nanos'], 2: ['name', 'text'], 3: ATTRIBUTES, 4: ['droppedAttributesCount', 'number'] },
  Link: {
    1: ['traceId', 'id'],
    2: ['spanId', 'id'],
    3: ['traceState', 'text'],
    4: ATTRIBUTES,
    5: ['droppedAttributesCount', 'number'],
    6: ['flags', 'number'],
  },
  Status: { 2: ['message', 'text'], 3: ['code', 'number'] },
  LogRecord: {
    1: ['timeUnixNano', 'nanos'],
    2: ['severityNumber', 'number'],
    3: ['severityText', 'text'],
    5: ['body', 'AnyValue'],
    6: ATTRIBUTES,
    7: ['droppedAttributesCount', 'number'],
    8: ['flags', 'number'],
    9: ['traceId', 'id'],
    10: ['spanId', 'id'],
    11: ['observedTimeUnixNano', 'nanos'],
    12: ['eventName', 'text'],
  },
  KeyValue: { 1: ['key', 'text'], 2: ['value', 'AnyValue'] },
  AnyValue: {
    1: ['stringValue', 'text'],
    2: ['boolValue', 'bool'],
    3: ['intValue', 'int64'],
    4: ['doubleValue', 'double'],
    5: ['arrayValue', 'ArrayValue'],
    6: ['kvlistValue', 'KeyValueList'],
    7: ['bytesValue', 'bytes'],
  },
  ArrayValue: { 1: ['values[]', 'AnyValue'] },
  KeyValueList: { 1: ['values[]', 'KeyValue'] },
} as const;

/** An export request in protobuf, as OTLP/JSON has it; a RangeError for bytes that are none. What is not known is left out. */
export function decodeRequest(signal: 'traces' | 'logs', body: Uint8Array): object {
  return decode(signal === 'traces' ? 'TracesRequest' : 'LogsRequest', body);
}

function decode(name: keyof typeof MESSAGES, bytes: Uint8Array): object {
  const fields: Message = MESSAGES[name];
  const decoded: Record<string, unknown> = {};
  for (const field of readFields(bytes)) {
    const [fieldName, kind] = fields[field.number] ?? [];
    if (fieldName === undefined || !isKind(kind)) continue;
    const value = readValue(kind, field);
    if (!fieldName.endsWith('[]')) {
      decoded[fieldName] = value;
      continue;
    }
    const listName = fieldName.slice(0, -2);
    const before = decoded[listName];
    if (Array.isArray(before)) before.push(value);
    else decoded[listName] = [value];
  }
  return decoded;
}

function readValue(kind: Kind, { wireType, value }: WireField): unknown {
  if (wireType === WIRE.varint) {
    if (kind === 'int64') return String(BigInt.asIntN(64, value));
    return kind === 'bool' ? value !== 0n : Number(value);
  }
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  switch (kind) {
    case 'nanos':
      return String(bytes.readBigUInt64LE());
    case 'double':
      return bytes.readDoubleLE();
    case 'number':
      return bytes.readUInt32LE();
    case 'text':
      return bytes.toString('utf8');
    case 'id':
      return bytes.toString('hex');
    case 'bytes':
      return bytes.toString('base64');
    case 'bool':
    case 'int64':
      throw new RangeError('a number is no number');
    default:
      return decode(kind, value);
  }
}

const SCALARS: readonly string[] = ['text', 'id', 'number', 'bool', 'int64', 'nanos', 'double', 'bytes'] satisfies Kind[];

function isKind(kind: string | undefined): kind is Kind {
  return kind !== undefined && (SCALARS.includes(kind) || kind in MESSAGES);
}
