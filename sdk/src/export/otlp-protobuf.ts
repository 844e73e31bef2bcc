import type { AnyValue, Attributes, HrTime } from '@opentelemetry/api';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { shownText, textOf } from '../logs/thrown-value.ts';
import type { ReadableSpan, Scope } from '../traces/span-types.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import { checkedCount, checkedTime, type RequestItem, ScopeGroups, spanFlags } from './otlp-request.ts';
import { plainRecord, plainSpan } from './plain-items.ts';
import { MAX_COUNT_KEY_BYTES, ProtobufWriter } from './protobuf-writer.ts';

/**
 * OTLP in protobuf (opentelemetry-proto 1.9). Fields stand in the order of their numbers and those at their default are left
 * out: a request of that form is one that the collector keeps without decoding it. What a reader finds is what
 * OpenTelemetry's own serializer writes; a test holds one against the other.
 */

const REQUEST = { group: 0x0a } as const;
const GROUP = { resource: 0x0a, scopes: 0x12 } as const;
const RESOURCE = { attribute: 0x0a } as const;
const SCOPE_GROUP = { scope: 0x0a, item: 0x12, schemaUrl: 0x1a } as const;
const SCOPE = { name: 0x0a, version: 0x12 } as const;
const SPAN = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  droppedAttributes: 0x50,
  event: 0x5a,
  droppedEvents: 0x60,
  link: 0x6a,
  droppedLinks: 0x70,
  status: 0x7a,
  /** Field 16: a tag of two bytes. */
  flags: [0x85, 0x01],
} as const;
const EVENT = { time: 0x09, name: 0x12, attribute: 0x1a, droppedAttributes: 0x20 } as const;
const LINK = { traceId: 0x0a, spanId: 0x12, traceState: 0x1a, attribute: 0x22, droppedAttributes: 0x28, flags: 0x35 } as const;
const STATUS = { message: 0x12, code: 0x18 } as const;
const LOG = {
  time: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attribute: 0x32,
  droppedAttributes: 0x38,
  flags: 0x45,
  traceId: 0x4a,
  spanId: 0x52,
  observedTime: 0x59,
  eventName: 0x62,
} as const;
const KEY_VALUE = { key: 0x0a, value: 0x12 } as const;
const VALUE = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, array: 0x2a, map: 0x32, bytes: 0x3a } as const;
const LIST = { value: 0x0a } as const;

/** Bytes of a length: a span or a record has more than 127 bytes and less than 16 KiB, a batch of them less than 2 MiB. */
const ITEM_WIDTH = 2;
const BATCH_WIDTH = 3;
/** An int64 holds no more. */
const MAX_INT = 2 ** 63;
/** Room for a few dozen items of a scope at first; it grows to what its batches need. */
const FIRST_SCOPE_BYTES = 16 * 1024;
/** Names are few, but an app that makes them up must not fill the memory. */
const MAX_REMEMBERED_KEYS = 2000;
/** Tag and length. */
const MAX_AROUND_KEY_BYTES = 6;

/** What goes around the items of a batch, and where all bodies are put together. */
const frame = new ProtobufWriter();
/** Where everything below writes to. */
let writer = frame;
const knownKeys = new Map<string, Uint8Array>();

export function createSpanEncoder(): BatchEncoder<ReadableSpan> {
  return new ProtobufBatch({ write: writeSpan, toPlain: plainSpan });
}

export function createLogEncoder(): BatchEncoder<ReadWriteLogRecord> {
  return new ProtobufBatch({ write: writeLog, toPlain: plainRecord });
}

interface ItemWriter<Item> {
  /** Throws for what is not as its type says. */
  readonly write: (item: Item) => void;
  readonly toPlain: (item: Item) => Item;
}

/** The items of each scope are written one behind the other into memory of the scope's own. */
class ProtobufBatch<Item extends RequestItem> implements BatchEncoder<Item> {
  readonly #items: ItemWriter<Item>;
  readonly #groups = new ScopeGroups(() => new ProtobufWriter(FIRST_SCOPE_BYTES));
  #last = frame;
  #lastStart = 0;
  #byteCount = 0;

  constructor(items: ItemWriter<Item>) {
    this.#items = items;
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  add(item: Item): void {
    writer = this.#groups.of(item);
    this.#last = writer;
    this.#lastStart = writer.length;
    try {
      this.#write(item);
    } catch {
      writer.cut(this.#lastStart);
      this.#writePlain(item);
    }
    this.#byteCount += writer.length - this.#lastStart;
  }

  #write(item: Item): void {
    const start = writer.begin(SCOPE_GROUP.item, ITEM_WIDTH);
    this.#items.write(item);
    writer.end(start, ITEM_WIDTH);
  }

  #writePlain(item: Item): void {
    try {
      this.#write(this.#items.toPlain(item));
    } catch (error) {
      writer.cut(this.#lastStart);
      throw error;
    }
  }

  undo(): void {
    this.#byteCount -= this.#last.length - this.#lastStart;
    this.#last.cut(this.#lastStart);
  }

  take(): Uint8Array {
    writer = frame;
    this.#groups.forget((items) => items.length === 0);
    for (const [resource, scopes] of this.#groups.all()) {
      const group = writer.begin(REQUEST.group, BATCH_WIDTH);
      const own = writer.begin(GROUP.resource, ITEM_WIDTH);
      writeAttributes(RESOURCE.attribute, resource.attributes);
      writer.end(own, ITEM_WIDTH);
      for (const [scope, items] of scopes) {
        const scopeGroup = writer.begin(GROUP.scopes, BATCH_WIDTH);
        writeScope(scope);
        writer.raw(items.written());
        writeText(SCOPE_GROUP.schemaUrl, textOf(scope.schemaUrl));
        writer.end(scopeGroup, BATCH_WIDTH);
        items.clear();
      }
      writer.end(group, BATCH_WIDTH);
    }
    this.#byteCount = 0;
    return writer.take();
  }
}

function writeScope({ name, version }: Scope): void {
  const start = writer.begin(SCOPE_GROUP.scope);
  writeText(SCOPE.name, textOf(name));
  writeText(SCOPE.version, textOf(version));
  writer.end(start);
}

function writeSpan(span: ReadableSpan): void {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const { parentSpanContext: parent, status, startTime, endTime } = span;
  writer.id(SPAN.traceId, traceId);
  writer.id(SPAN.spanId, spanId);
  if (traceState !== undefined) writeText(SPAN.traceState, traceState.serialize());
  if (parent !== undefined) writer.id(SPAN.parentSpanId, parent.spanId);
  writeText(SPAN.name, span.name);
  // The API counts from 0, OTLP from 1.
  writer.varint(SPAN.kind, checkedCount(span.kind + 1));
  writeTime(SPAN.start, startTime);
  writeTime(SPAN.end, endTime);
  writeAttributes(SPAN.attribute, span.attributes);
  writeCount(SPAN.droppedAttributes, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(event);
  writeCount(SPAN.droppedEvents, span.droppedEventsCount);
  for (const link of span.links) writeLink(link);
  writeCount(SPAN.droppedLinks, span.droppedLinksCount);
  if (status.code !== 0 || status.message !== undefined) {
    const start = writer.begin(SPAN.status);
    writeText(STATUS.message, status.message);
    writeCount(STATUS.code, status.code);
    writer.end(start);
  }
  const [first, second] = SPAN.flags;
  writer.byte(first);
  writer.fixed32(second, spanFlags(traceFlags, parent?.isRemote));
}

function writeEvent({ name, time, attributes, droppedAttributesCount = 0 }: ReadableSpan['events'][number]): void {
  const start = writer.begin(SPAN.event, ITEM_WIDTH);
  writeTime(EVENT.time, time);
  writeText(EVENT.name, name);
  writeAttributes(EVENT.attribute, attributes);
  writeCount(EVENT.droppedAttributes, droppedAttributesCount);
  writer.end(start, ITEM_WIDTH);
}

function writeLink({ context, attributes, droppedAttributesCount = 0 }: ReadableSpan['links'][number]): void {
  const { traceId, spanId, traceState, traceFlags, isRemote } = context;
  const start = writer.begin(SPAN.link);
  writer.id(LINK.traceId, traceId);
  writer.id(LINK.spanId, spanId);
  if (traceState !== undefined) writeText(LINK.traceState, traceState.serialize());
  writeAttributes(LINK.attribute, attributes);
  writeCount(LINK.droppedAttributes, droppedAttributesCount);
  writer.fixed32(LINK.flags, spanFlags(traceFlags, isRemote));
  writer.end(start);
}

function writeLog(record: ReadWriteLogRecord): void {
  const { hrTime, hrTimeObserved, spanContext, severityNumber, body } = record;
  writeTime(LOG.time, hrTime);
  writeCount(LOG.severityNumber, severityNumber ?? 0);
  writeText(LOG.severityText, record.severityText);
  if (body !== undefined) {
    const start = writer.begin(LOG.body);
    writeValue(body);
    writer.end(start);
  }
  writeAttributes(LOG.attribute, record.attributes);
  writeCount(LOG.droppedAttributes, record.droppedAttributesCount);
  if (spanContext !== undefined) {
    if (spanContext.traceFlags !== 0) writer.fixed32(LOG.flags, spanContext.traceFlags & 0xff);
    writer.id(LOG.traceId, spanContext.traceId);
    writer.id(LOG.spanId, spanContext.spanId);
  }
  writeTime(LOG.observedTime, hrTimeObserved);
  writeText(LOG.eventName, record.eventName);
}

function writeAttributes(tag: number, attributes: Attributes | undefined): void {
  for (const key in attributes) writeAttribute(tag, key, attributes[key]);
}

function writeAttribute(tag: number, key: string, value: AnyValue | undefined): void {
  const keyField = encodeKey(key);
  if (typeof value === 'string') {
    writer.textAttribute(tag, keyField, value);
    return;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && keyField.length <= MAX_COUNT_KEY_BYTES) {
    writer.countAttribute(tag, keyField, value);
    return;
  }
  const start = writer.begin(tag);
  writer.raw(keyField);
  const valueStart = writer.begin(KEY_VALUE.value);
  writeValue(value);
  writer.end(valueStart);
  writer.end(start);
}

/** The first field of a `KeyValue`. */
function encodeKey(key: string): Uint8Array {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const own = new ProtobufWriter(key.length + MAX_AROUND_KEY_BYTES);
  own.text(KEY_VALUE.key, key);
  const fresh = own.take();
  if (knownKeys.size < MAX_REMEMBERED_KEYS) knownKeys.set(key, fresh);
  return fresh;
}

/** The fields of an `AnyValue`: none for what is null. */
function writeValue(value: AnyValue | undefined): void {
  switch (typeof value) {
    case 'string':
      writer.text(VALUE.string, value);
      break;
    case 'number':
      if (Number.isInteger(value) && value >= -MAX_INT && value < MAX_INT) writer.int64(VALUE.int, value);
      else writer.double(VALUE.double, value);
      break;
    case 'boolean':
      writer.varint(VALUE.bool, value ? 1 : 0);
      break;
    case 'object':
      if (value !== null) writeObject(value);
      break;
    default:
      if (value !== undefined) writer.text(VALUE.string, shownText(value));
  }
}

function writeObject(value: object): void {
  if (value instanceof Uint8Array) {
    writer.bytes(VALUE.bytes, value);
    return;
  }
  const isList = Array.isArray(value);
  const start = writer.begin(isList ? VALUE.array : VALUE.map);
  if (isList) {
    for (const item of value) {
      const itemStart = writer.begin(LIST.value);
      writeValue(item);
      writer.end(itemStart);
    }
  } else for (const [key, item] of Object.entries(value)) writeAttribute(LIST.value, key, item);
  writer.end(start);
}

/** Undefined is left out; an empty text is the same in protobuf. */
function writeText(tag: number, text: string | undefined): void {
  if (text !== undefined && text !== '') writer.text(tag, text);
}

function writeCount(tag: number, count: number): void {
  if (count !== 0) writer.varint(tag, checkedCount(count));
}

function writeTime(tag: number, time: HrTime): void {
  const [seconds, nanos] = checkedTime(time);
  writer.time(tag, seconds, nanos);
}
