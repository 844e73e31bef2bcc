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
  droppedEvents: 0x60,
  droppedLinks: 0x70,
  status: 0x7a,
  /** Field 16: the tag has a second byte. */
  flags: 0x85,
} as const;
const FLAGS_SECOND_BYTE = 0x01;
const STATUS_CODE_TAG = 0x18;

/**
 * Reads a Span message as `WireLog` reads a LogRecord. Simple is a span with valid ids and a start, that does not end before it, without events,
 * links and a status message, and of which nothing was dropped.
 */
export class WireSpan {
  readonly attributes = new WireAttributes();
  /** As of `WireLog`. */
  isInOrder = true;
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  kind = 0;
  /** Also one that says nothing. */
  hasStatus = false;
  /** 0 for a span without a status. */
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

  /** Whether the message in these bytes is simple. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#clear();
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
          if (at >= end || bytes[at] !== 0) return false;
          at += 1;
          break;
        case TAGS.attribute:
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

  #clear(): void {
    this.attributes.count = 0;
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
      case TAGS.status: {
        this.hasStatus = true;
        if (to === from) return true;
        const code = bytes[from + 1] ?? 0;
        this.statusCode = code;
        return to - from === 2 && bytes[from] === STATUS_CODE_TAG && code <= 2;
      }
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
}
