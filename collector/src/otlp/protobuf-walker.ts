import { ThreadlineError } from '../errors.ts';
import { LIMITS } from './limits.ts';
import type { ScalarKind } from './messages.ts';
import type { Field, MessageField, MessageSpec, ScalarField } from './schema.ts';
import { fieldLabel, type WireSink } from './sinks.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
const GROUP_START = 3;
const GROUP_END = 4;
export const FIXED32 = 5;

export const WIRE_TYPES: Readonly<Record<ScalarKind | 'message', number>> = {
  string: LENGTH,
  bytes: LENGTH,
  id: LENGTH,
  message: LENGTH,
  int64: VARINT,
  uint64: VARINT,
  uint32: VARINT,
  sint32: VARINT,
  enum: VARINT,
  bool: VARINT,
  fixed64: FIXED64,
  sfixed64: FIXED64,
  double: FIXED64,
  fixed32: FIXED32,
};

/** A varint of 64 bits has at most ten bytes, of which the last is a bit. */
export const MAX_VARINT_BYTES = 10;
const TWO_32 = 2 ** 32;

/**
 * Walks every field of a protobuf message and tells the sink. Checks tags, wire types, lengths and varints; unknown fields of
 * any wire type are stepped over. Keeps its own stack, so nesting costs no call stack; work and memory are linear in the body.
 * Throws `malformed_body` that names the byte. Source: protobuf.dev, "Encoding".
 */
export function walkProtobuf(bytes: Uint8Array, root: MessageSpec, sink: WireSink): void {
  new ProtobufWalk(bytes, root, sink).run();
}

class ProtobufWalk {
  readonly #bytes: Uint8Array;
  readonly #sink: WireSink;
  #position = 0;
  #end: number;
  #message: MessageSpec;
  /** The messages around the one being read: where each ends, what it is, and the field that opened the one inside. */
  readonly #outer: { readonly end: number; readonly message: MessageSpec; readonly opened: MessageField }[] = [];
  /** The last varint or fixed value read, as two unsigned halves. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, root: MessageSpec, sink: WireSink) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#message = root;
    this.#sink = sink;
  }

  run(): void {
    for (;;) {
      if (this.#position < this.#end) this.#readField();
      else if (!this.#closeMessage()) return;
    }
  }

  #closeMessage(): boolean {
    const outer = this.#outer.pop();
    if (!outer) return false;
    this.#end = outer.end;
    this.#message = outer.message;
    this.#sink.close(outer.opened);
    return true;
  }

  #readField(): void {
    const tagAt = this.#position;
    const tag = this.#readTag();
    const wireType = tag & 7;
    const field = this.#message.byNumber.get(tag >>> 3);
    if (!field) {
      this.#skip(wireType, tag >>> 3, tagAt);
      return;
    }
    if (wireType === LENGTH && field.isList && field.kind !== 'message' && WIRE_TYPES[field.kind] !== LENGTH) {
      this.#readPacked(field);
      return;
    }
    if (wireType !== WIRE_TYPES[field.kind]) {
      throw this.#malformed(
        `${fieldLabel(this.#message.name, field)} has wire type ${wireType}, expected ${WIRE_TYPES[field.kind]}`,
        tagAt,
      );
    }
    this.#readValue(field, wireType);
  }

  #readValue(field: Field, wireType: number): void {
    if (wireType === LENGTH) {
      const start = this.#position;
      const end = this.#readLength() + this.#position;
      if (field.kind === 'message') this.#openMessage(field, end, start);
      else {
        this.#sink.range(field, this.#position, end);
        this.#position = end;
      }
      return;
    }
    this.#readBits(wireType);
    if (field.kind !== 'message') this.#sink.bits(field, this.#low, this.#high);
  }

  /** Numbers of a list one behind the other, as most encoders write them. */
  #readPacked(field: ScalarField): void {
    const outerEnd = this.#end;
    const length = this.#readLength();
    this.#end = this.#position + length;
    while (this.#position < this.#end) {
      this.#readBits(WIRE_TYPES[field.kind]);
      this.#sink.bits(field, this.#low, this.#high);
    }
    this.#end = outerEnd;
  }

  #openMessage(field: MessageField, end: number, at: number): void {
    if (this.#outer.length >= LIMITS.nesting) throw this.#malformed(`more than ${LIMITS.nesting} messages inside one another`, at);
    this.#outer.push({ end: this.#end, message: this.#message, opened: field });
    this.#end = end;
    this.#message = field.message;
    this.#sink.open(field);
  }

  /** A tag as an unsigned 32-bit number; field number 0 does not exist. */
  #readTag(): number {
    const at = this.#position;
    this.#readVarint();
    if (this.#high !== 0 || this.#low < 8) throw this.#malformed('not a field tag', at);
    return this.#low;
  }

  #readLength(): number {
    const at = this.#position;
    this.#readVarint();
    if (this.#high !== 0 || this.#low > this.#end - this.#position) {
      throw this.#malformed(`a length of ${this.#high * TWO_32 + this.#low} bytes where ${this.#end - this.#position} are left`, at);
    }
    return this.#low;
  }

  #skipLength(): void {
    const length = this.#readLength();
    this.#position += length;
  }

  #readBits(wireType: number): void {
    if (wireType === VARINT) this.#readVarint();
    else {
      this.#low = this.#readUint32();
      this.#high = wireType === FIXED64 ? this.#readUint32() : 0;
    }
  }

  #readVarint(): void {
    const bytes = this.#bytes;
    const start = this.#position;
    let low = 0;
    let high = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      if (this.#position >= this.#end) throw this.#malformed('a number that is cut off', start);
      const byte = bytes[this.#position++] ?? 0;
      const bits = byte & 0x7f;
      const shift = index * 7;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        if (index === MAX_VARINT_BYTES - 1 && byte > 1) break;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw this.#malformed('a number of more than 64 bits', start);
  }

  #readUint32(): number {
    const at = this.#position;
    if (this.#end - at < 4) throw this.#malformed('a number that is cut off', at);
    const bytes = this.#bytes;
    this.#position = at + 4;
    return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
  }

  /** Steps over an unknown field. A group may hold groups: their numbers are kept until each has its end. */
  #skip(firstWireType: number, firstNumber: number, at: number): void {
    const groups: number[] = [];
    let wireType = firstWireType;
    let number = firstNumber;
    for (;;) {
      if (wireType === LENGTH) this.#skipLength();
      else if (wireType === VARINT || wireType === FIXED64 || wireType === FIXED32) this.#readBits(wireType);
      else if (wireType === GROUP_START) groups.push(number);
      else if (wireType !== GROUP_END || groups.pop() !== number)
        throw this.#malformed(`wire type ${wireType} where none of its kind may stand`, at);
      if (groups.length === 0) return;
      if (groups.length > LIMITS.nesting) throw this.#malformed(`more than ${LIMITS.nesting} groups inside one another`, at);
      const tag = this.#readTag();
      wireType = tag & 7;
      number = tag >>> 3;
    }
  }

  #malformed(what: string, at: number): ThreadlineError {
    return new ThreadlineError('malformed_body', `not a valid OTLP protobuf body: ${what}, at byte ${at} in ${this.#message.name}`);
  }
}
