import type { OtlpSpan } from '../api/index.ts';
import { decodeSpan } from './decode-request.ts';
import { isKeptWhole, PARTS, pickFields } from './part-of-message.ts';
import { WireAttributes } from './wire-attributes.ts';
import { isSpanId, isTraceId, lengthAt, lengthEnd, MAX_SIMPLE_BYTES, MAX_TEXT_BYTES, MAX_TIME_HIGH, uint32At } from './wire-fields.ts';

const TAGS = {
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
  /** Field 16: the tag has a second byte. */
  flags: 0x85,
} as const;
const FLAGS_SECOND_BYTE = 0x01;
const STATUS_CODE_TAG = 0x18;
/** Numbers of fields as bits. */
export const SPAN_PARTS = {
  attributes: 1 << 9,
  droppedAttributes: 1 << 10,
  events: 1 << 11,
  droppedEvents: 1 << 12,
  links: 1 << 13,
  droppedLinks: 1 << 14,
  status: 1 << 15,
} as const;

/** Reads a Span message as `WireLog` reads a LogRecord: only spans with a start that do not end before it. */
export class WireSpan {
  readonly attributes = new WireAttributes();
  #start = 0;
  #end = 0;
  /** The bits of `SPAN_PARTS` that have to be decoded: events, links, counts that are not 0, a status that says more than its code. */
  parts = 0;
  /** As of `WireLog`. */
  isInOrder = true;
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  kind = 0;
  /** Also one that says nothing, but none that has to be decoded. */
  hasStatus = false;
  /** 0 for a span without such a status. */
  statusCode = 0;
  flags = 0;
  nameStart = 0;
  nameEnd = 0;
  traceStateStart = 0;
  traceStateEnd = 0;
  traceIdStart = 0;
  spanIdStart = 0;
  /** 0 for none. */
  parentSpanIdStart = 0;

  /** As of `WireLog`. */
  get isSimple(): boolean {
    return this.parts === 0 && this.attributes.isSimple;
  }

  /** Whether the message in these bytes is such a span. */
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
      if (tag !== TAGS.attribute && tag !== TAGS.event && tag !== TAGS.link) {
        const bit = 1 << (tag >>> 3);
        if ((seen & bit) !== 0) return false;
        seen |= bit;
      }
      switch (tag) {
        case TAGS.start:
        case TAGS.end:
          if (at + 8 > end) return false;
          this.#setTime(tag, uint32At(bytes, at), uint32At(bytes, at + 4));
          at += 8;
          break;
        case TAGS.flags:
          if (at + 5 > end || bytes[at] !== FLAGS_SECOND_BYTE) return false;
          this.flags = uint32At(bytes, at + 1);
          at += 5;
          break;
        case TAGS.kind: {
          const kind = bytes[at] ?? 0x80;
          if (at >= end || kind >= 0x80) return false;
          this.kind = kind;
          at += 1;
          break;
        }
        case TAGS.droppedAttributes:
        case TAGS.droppedEvents:
        case TAGS.droppedLinks:
          if (at >= end || (bytes[at] ?? 0x80) >= 0x80) return false;
          if (bytes[at] !== 0) this.parts |= 1 << (tag >>> 3);
          at += 1;
          break;
        case TAGS.attribute:
        case TAGS.event:
        case TAGS.link:
        case TAGS.name:
        case TAGS.traceState:
        case TAGS.status:
        case TAGS.traceId:
        case TAGS.spanId:
        case TAGS.parentSpanId: {
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
    return this.traceIdStart > 0 && this.spanIdStart > 0 && this.#hasPlainTimes();
  }

  #hasPlainTimes(): boolean {
    if ((this.startLow === 0 && this.startHigh === 0) || this.endHigh > MAX_TIME_HIGH) return false;
    return this.endHigh > this.startHigh || (this.endHigh === this.startHigh && this.endLow >= this.startLow);
  }

  /** A record of these of its `SPAN_PARTS` alone, once it was read from these bytes. */
  decode(bytes: Uint8Array, parts: number): OtlpSpan {
    return decodeSpan(pickFields(bytes, { start: this.#start, end: this.#end }, parts)).record;
  }

  #clear(): void {
    this.attributes.clear();
    this.parts = 0;
    this.isInOrder = true;
    this.startLow = 0;
    this.startHigh = 0;
    this.endLow = 0;
    this.endHigh = 0;
    this.kind = 0;
    this.hasStatus = false;
    this.statusCode = 0;
    this.flags = 0;
    this.nameStart = 0;
    this.nameEnd = 0;
    this.traceStateStart = 0;
    this.traceStateEnd = 0;
    this.traceIdStart = 0;
    this.spanIdStart = 0;
    this.parentSpanIdStart = 0;
  }

  #setTime(tag: number, low: number, high: number): void {
    if (tag === TAGS.start) {
      this.startLow = low;
      this.startHigh = high;
    } else {
      this.endLow = low;
      this.endHigh = high;
    }
  }

  #setRange(tag: number, bytes: Uint8Array, from: number, to: number): boolean {
    switch (tag) {
      case TAGS.attribute:
        return this.attributes.add(bytes, from, to);
      case TAGS.name:
        this.nameStart = from;
        this.nameEnd = to;
        return to - from <= MAX_TEXT_BYTES;
      case TAGS.traceState:
        this.traceStateStart = from;
        this.traceStateEnd = to;
        return to - from <= MAX_TEXT_BYTES;
      case TAGS.event:
        this.parts |= SPAN_PARTS.events;
        return isKeptWhole(bytes, { start: from, end: to }, PARTS.event);
      case TAGS.link:
        this.parts |= SPAN_PARTS.links;
        return isKeptWhole(bytes, { start: from, end: to }, PARTS.link);
      case TAGS.status:
        return this.#setStatus(bytes, from, to);
      case TAGS.traceId:
        this.traceIdStart = from;
        return isTraceId(bytes, from, to);
      case TAGS.spanId:
        this.spanIdStart = from;
        return isSpanId(bytes, from, to);
      default:
        // An id of no bytes is none.
        this.parentSpanIdStart = from === to ? 0 : from;
        return from === to || isSpanId(bytes, from, to);
    }
  }

  #setStatus(bytes: Uint8Array, from: number, to: number): boolean {
    const code = to === from ? 0 : (bytes[from + 1] ?? 0);
    this.hasStatus = to === from || (to - from === 2 && bytes[from] === STATUS_CODE_TAG && code <= 2);
    if (this.hasStatus) {
      this.statusCode = code;
      return true;
    }
    this.parts |= SPAN_PARTS.status;
    return isKeptWhole(bytes, { start: from, end: to }, PARTS.status);
  }
}
