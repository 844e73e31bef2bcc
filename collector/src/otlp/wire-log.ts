import type { OtlpLogRecord } from '../api/index.ts';
import { decodeLog } from './decode-request.ts';
import { isKeptWhole, PARTS, pickFields } from './part-of-message.ts';
import { WireAttributes } from './wire-attributes.ts';
import { isSpanId, isTraceId, lengthAt, lengthEnd, MAX_SIMPLE_BYTES, MAX_TEXT_BYTES, MAX_TIME_HIGH, uint32At } from './wire-fields.ts';

const TAGS = {
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
const STRING_TAG = 0x0a;
/** Numbers of fields as bits. */
export const LOG_PARTS = { body: 1 << 5, attributes: 1 << 6, droppedAttributes: 1 << 7 } as const;

/**
 * Reads a LogRecord message without decoding it: fields are places in the body. Only records that are kept as they were sent, each field of them
 * at most once, with ids and times that are valid. One reader is used for record after record; after `read` said no its fields mean nothing.
 */
export class WireLog {
  readonly attributes = new WireAttributes();
  #start = 0;
  #end = 0;
  /** The bits of `LOG_PARTS` that have to be decoded: a body that is no text, a count that is not 0. */
  parts = 0;
  /** The fields came in the order of their numbers, as nearly all senders write them. */
  isInOrder = true;
  timeLow = 0;
  timeHigh = 0;
  observedLow = 0;
  observedHigh = 0;
  severityNumber = 0;
  flags = 0;
  severityTextStart = 0;
  severityTextEnd = 0;
  bodyStart = 0;
  /** Where it starts when there is none, or one that has to be decoded: a text is never empty. */
  bodyEnd = 0;
  eventNameStart = 0;
  eventNameEnd = 0;
  /** 0 for none; the id is 16 or 8 bytes from there. */
  traceIdStart = 0;
  spanIdStart = 0;

  /** Whether the record is of the form that nearly all have: there is nothing that has to be decoded. */
  get isSimple(): boolean {
    return this.parts === 0 && this.attributes.isSimple;
  }

  /** Whether the message in these bytes is such a record. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#clear();
    this.#start = start;
    this.#end = end;
    if (end - start > MAX_SIMPLE_BYTES) return false;
    let seen = 0;
    let last = 0;
    for (let at = start; at < end; ) {
      const tag = bytes[at] ?? 0;
      at += 1;
      if (tag < last) this.isInOrder = false;
      last = tag;
      if (tag !== TAGS.attribute) {
        const bit = 1 << (tag >>> 3);
        if (tag >= 0x80 || (seen & bit) !== 0) return false;
        seen |= bit;
      }
      switch (tag) {
        case TAGS.time:
        case TAGS.observedTime:
          if (at + 8 > end) return false;
          this.#setTime(tag, uint32At(bytes, at), uint32At(bytes, at + 4));
          at += 8;
          break;
        case TAGS.flags:
          if (at + 4 > end) return false;
          this.flags = uint32At(bytes, at);
          at += 4;
          break;
        case TAGS.droppedAttributes:
          if (at >= end || (bytes[at] ?? 0x80) >= 0x80) return false;
          if (bytes[at] !== 0) this.parts |= LOG_PARTS.droppedAttributes;
          at += 1;
          break;
        case TAGS.severityNumber: {
          const number = bytes[at] ?? 0x80;
          if (at >= end || number >= 0x80) return false;
          this.severityNumber = number;
          at += 1;
          break;
        }
        case TAGS.attribute:
        case TAGS.body:
        case TAGS.severityText:
        case TAGS.eventName:
        case TAGS.traceId:
        case TAGS.spanId: {
          const from = lengthEnd(bytes, at);
          const to = from + lengthAt(bytes, at);
          if (to > end || !this.#setRange(tag, bytes, from, to)) return false;
          at = to;
          break;
        }
        default:
          return false;
      }
    }
    return this.timeHigh <= MAX_TIME_HIGH && this.observedHigh <= MAX_TIME_HIGH;
  }

  /** A record of these of its `LOG_PARTS` alone, once it was read from these bytes. */
  decode(bytes: Uint8Array, parts: number): OtlpLogRecord {
    return decodeLog(pickFields(bytes, { start: this.#start, end: this.#end }, parts)).record;
  }

  #clear(): void {
    this.attributes.clear();
    this.parts = 0;
    this.isInOrder = true;
    this.timeLow = 0;
    this.timeHigh = 0;
    this.observedLow = 0;
    this.observedHigh = 0;
    this.severityNumber = 0;
    this.flags = 0;
    this.severityTextStart = 0;
    this.severityTextEnd = 0;
    this.bodyStart = 0;
    this.bodyEnd = 0;
    this.eventNameStart = 0;
    this.eventNameEnd = 0;
    this.traceIdStart = 0;
    this.spanIdStart = 0;
  }

  #setTime(tag: number, low: number, high: number): void {
    if (tag === TAGS.time) {
      this.timeLow = low;
      this.timeHigh = high;
    } else {
      this.observedLow = low;
      this.observedHigh = high;
    }
  }

  #setRange(tag: number, bytes: Uint8Array, from: number, to: number): boolean {
    switch (tag) {
      case TAGS.attribute:
        return this.attributes.add(bytes, from, to);
      case TAGS.body: {
        const start = lengthEnd(bytes, from + 1);
        if (bytes[from] !== STRING_TAG || start + lengthAt(bytes, from + 1) !== to || start === to) {
          this.parts |= LOG_PARTS.body;
          return isKeptWhole(bytes, { start: from, end: to }, PARTS.value);
        }
        this.bodyStart = start;
        this.bodyEnd = to;
        return true;
      }
      case TAGS.severityText:
        this.severityTextStart = from;
        this.severityTextEnd = to;
        return to - from <= MAX_TEXT_BYTES;
      case TAGS.eventName:
        this.eventNameStart = from;
        this.eventNameEnd = to;
        return to - from <= MAX_TEXT_BYTES;
      // An id of no bytes is none.
      case TAGS.traceId:
        this.traceIdStart = from === to ? 0 : from;
        return from === to || isTraceId(bytes, from, to);
      default:
        this.spanIdStart = from === to ? 0 : from;
        return from === to || isSpanId(bytes, from, to);
    }
  }
}
