import type { AnyValue, Attributes, HrTime } from '@opentelemetry/api';
import type { ReadWriteLogRecord } from '../logs/log-types.ts';
import { shownText, textOf } from '../logs/thrown-value.ts';
import type { ReadableSpan, Scope } from '../traces/span-types.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import { checkedCount, checkedTime, type RequestItem, ScopeGroups, spanFlags } from './otlp-request.ts';
import { plainRecord, plainSpan } from './plain-items.ts';

/**
 * OTLP/JSON (opentelemetry-proto, "JSON Protobuf Encoding"), written as text piece by piece: nothing is built only to be
 * taken apart again. Field by field what OpenTelemetry's own serializer writes; a test holds one against the other.
 */

/** Names are few, but an app that makes them up must not fill the memory. */
const MAX_REMEMBERED_KEYS = 2000;
/** What JSON escapes, and halves of surrogate pairs, which JSON.stringify writes as escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** An int64 holds no more; a larger number in its place makes the whole body unreadable. */
const MAX_INT = 2 ** 63;

const encoder = new TextEncoder();
const knownKeys = new Map<string, string>();

export function createSpanEncoder(): BatchEncoder<ReadableSpan> {
  return new JsonBatch('Spans', 'spans', { encode: encodeSpan, toPlain: plainSpan });
}

export function createLogEncoder(): BatchEncoder<ReadWriteLogRecord> {
  return new JsonBatch('Logs', 'logRecords', { encode: encodeLog, toPlain: plainRecord });
}

interface ItemEncoder<Item> {
  /** Throws for what is not as its type says. */
  readonly encode: (item: Item) => string;
  readonly toPlain: (item: Item) => Item;
}

class JsonBatch<Item extends RequestItem> implements BatchEncoder<Item> {
  readonly #signal: 'Spans' | 'Logs';
  readonly #list: string;
  readonly #items: ItemEncoder<Item>;
  readonly #groups = new ScopeGroups<string[]>(() => []);
  #last: string[] = [];
  #byteCount = 0;

  constructor(signal: 'Spans' | 'Logs', list: string, items: ItemEncoder<Item>) {
    this.#signal = signal;
    this.#list = list;
    this.#items = items;
  }

  /** Characters: of a text beyond ASCII its bytes are up to three times as many. */
  get byteCount(): number {
    return this.#byteCount;
  }

  add(item: Item): void {
    const text = this.#encode(item);
    this.#last = this.#groups.of(item);
    this.#last.push(text);
    this.#byteCount += text.length;
  }

  #encode(item: Item): string {
    const { encode, toPlain } = this.#items;
    try {
      return encode(item);
    } catch {
      return encode(toPlain(item));
    }
  }

  undo(): void {
    this.#byteCount -= this.#last.pop()?.length ?? 0;
  }

  take(): Uint8Array {
    this.#groups.forget((texts) => texts.length === 0);
    const groups = Array.from(this.#groups.all(), ([resource, scopes]) => {
      const parts = Array.from(
        scopes,
        ([scope, texts]) =>
          `{"scope":${encodeScope(scope)},"${this.#list}":[${texts.splice(0).join(',')}]${optional('schemaUrl', scope.schemaUrl === undefined ? undefined : textOf(scope.schemaUrl))}}`,
      );
      return `{"resource":{"attributes":${encodeAttributes(resource.attributes)},"droppedAttributesCount":0},"scope${this.#signal}":[${parts.join(',')}]}`;
    });
    this.#byteCount = 0;
    return encoder.encode(`{"resource${this.#signal}":[${groups.join(',')}]}`);
  }
}

function encodeScope({ name, version }: Scope): string {
  return `{"name":${quote(textOf(name))}${optional('version', version === undefined ? undefined : textOf(version))}}`;
}

function encodeSpan(span: ReadableSpan): string {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const { parentSpanContext: parent, status, events, links } = span;
  const eventTexts = events.length === 0 ? '' : events.map(encodeEvent).join(',');
  const linkTexts = links.length === 0 ? '' : links.map(encodeLink).join(',');
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"${parent === undefined ? '' : `,"parentSpanId":"${parent.spanId}"`}` +
    `${traceState === undefined ? '' : `,"traceState":${quote(traceState.serialize())}`},"name":${quote(span.name)},"kind":${checkedCount(span.kind + 1)},` +
    `"startTimeUnixNano":"${encodeTime(span.startTime)}","endTimeUnixNano":"${encodeTime(span.endTime)}",` +
    `"attributes":${encodeAttributes(span.attributes)},"droppedAttributesCount":${span.droppedAttributesCount},` +
    `"events":[${eventTexts}],"droppedEventsCount":${span.droppedEventsCount},` +
    `"status":{"code":${checkedCount(status.code)}${optional('message', status.message)}},` +
    `"links":[${linkTexts}],"droppedLinksCount":${span.droppedLinksCount},"flags":${spanFlags(traceFlags, parent?.isRemote)}}`
  );
}

function encodeEvent({ name, time, attributes, droppedAttributesCount = 0 }: ReadableSpan['events'][number]): string {
  return `{"attributes":${encodeAttributes(attributes)},"name":${quote(name)},"timeUnixNano":"${encodeTime(time)}","droppedAttributesCount":${droppedAttributesCount}}`;
}

function encodeLink({ context, attributes, droppedAttributesCount = 0 }: ReadableSpan['links'][number]): string {
  const { traceId, spanId, traceState, traceFlags, isRemote } = context;
  return (
    `{"attributes":${encodeAttributes(attributes)},"spanId":${quote(spanId)},"traceId":${quote(traceId)}${optional('traceState', traceState?.serialize())},` +
    `"droppedAttributesCount":${droppedAttributesCount},"flags":${spanFlags(traceFlags, isRemote)}}`
  );
}

function encodeLog(record: ReadWriteLogRecord): string {
  const { spanContext, severityNumber, body } = record;
  return (
    `{"timeUnixNano":"${encodeTime(record.hrTime)}","observedTimeUnixNano":"${encodeTime(record.hrTimeObserved)}"` +
    `${severityNumber === undefined ? '' : `,"severityNumber":${checkedCount(severityNumber)}`}${optional('severityText', record.severityText)},` +
    `"body":${encodeValue(body)}${optional('eventName', record.eventName)},"attributes":${encodeAttributes(record.attributes)},` +
    `"droppedAttributesCount":${record.droppedAttributesCount}` +
    `${spanContext === undefined ? '' : `,"flags":${spanContext.traceFlags & 0xff},"traceId":"${spanContext.traceId}","spanId":"${spanContext.spanId}"`}}`
  );
}

function encodeAttributes(attributes: Attributes | undefined): string {
  let text = '';
  for (const key in attributes) text += `${text === '' ? '' : ','}${encodeKey(key)}${encodeValue(attributes[key])}}`;
  return `[${text}]`;
}

/** Up to the value. */
function encodeKey(key: string): string {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const fresh = `{"key":${quote(key)},"value":`;
  if (knownKeys.size < MAX_REMEMBERED_KEYS) knownKeys.set(key, fresh);
  return fresh;
}

function encodeValue(value: AnyValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${quote(value)}}`;
    case 'number':
      if (Number.isSafeInteger(value)) return `{"intValue":${value}}`;
      // All of its digits: as a number prints itself, the least of 64 bits would be below what they hold.
      if (Number.isInteger(value) && value >= -MAX_INT && value < MAX_INT) return `{"intValue":${BigInt(value)}}`;
      return `{"doubleValue":${Number.isFinite(value) ? value : `"${value}"`}}`;
    case 'boolean':
      return `{"boolValue":${value}}`;
    case 'object':
      return value === null ? '{}' : encodeObject(value);
    default:
      return value === undefined ? '{}' : `{"stringValue":${quote(shownText(value))}}`;
  }
}

function encodeObject(value: object): string {
  if (value instanceof Uint8Array)
    return `{"bytesValue":"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(encodeValue).join(',')}]}}`;
  const entries = Object.entries(value).map(([key, item]) => `${encodeKey(key)}${encodeValue(item)}}`);
  return `{"kvlistValue":{"values":[${entries.join(',')}]}}`;
}

/** Throws for what is no text: it would be written as something else. */
function quote(text: string): string {
  if (typeof text !== 'string') throw new TypeError('no text');
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function optional(name: string, text: string | undefined): string {
  return text === undefined ? '' : `,"${name}":${quote(text)}`;
}

function encodeTime(time: HrTime): string {
  const [seconds, nanos] = checkedTime(time);
  const below = Math.trunc(nanos);
  return seconds < 1 ? String(Math.trunc(below)) : `${Math.trunc(seconds)}${below < 100_000_000 ? String(below).padStart(9, '0') : below}`;
}
