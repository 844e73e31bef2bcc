/** A text that is no longer is written character by character, which costs less than a call into the engine does. */
const MAX_LOOPED_CHARACTERS = 64;
/** Of UTF-16 in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;
const FIRST_BYTES = 64 * 1024;
/** What is kept between two bodies; one of usual batches is smaller. */
const MAX_KEPT_BYTES = 1024 * 1024;
const TWO_TO_32 = 2 ** 32;
const NANOS_PER_SECOND = 1_000_000_000;
/** Tag and length of a value's text, and tag and length of the value. */
const AROUND_VALUE_BYTES = 4;
/** With its tags and lengths a text of less is below 128 bytes, unless it has characters beyond ASCII. */
const MAX_SHORT_VALUE = 120;

/** With a longer key an attribute may have 128 bytes. */
export const MAX_COUNT_KEY_BYTES = 100;

/** The tags of `KeyValue.value`, of `AnyValue.string_value` and of `AnyValue.int_value`. */
const VALUE_TAG = 0x12;
const STRING_TAG = 0x0a;
const INT_TAG = 0x18;

/**
 * Protobuf in one pass, into memory that is used again. A tag is the byte that stands before a field: its number and its
 * wire type (protobuf.dev, "Encoding"). The length of a message is filled in when it ends.
 */
export class ProtobufWriter {
  readonly #firstBytes: number;
  #bytes: Buffer;
  #at = 0;

  /** `firstBytes` is how much room there is at first; it grows as it must. */
  constructor(firstBytes = FIRST_BYTES) {
    this.#firstBytes = firstBytes;
    this.#bytes = Buffer.allocUnsafeSlow(firstBytes);
  }

  /** How much was written. */
  get length(): number {
    return this.#at;
  }

  /** What was written, in the memory that is used again. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Forgets what was written beyond the first `length` bytes. */
  cut(length: number): void {
    this.#at = length;
  }

  /** A copy of what was written; the next body begins anew. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#at);
    this.clear();
    return taken;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#at = 0;
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(this.#firstBytes);
  }

  /** One byte: a part of a tag. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  /** A whole number of at least 0. */
  varint(tag: number, value: number): void {
    this.#reserve(11);
    this.#bytes[this.#at++] = tag;
    this.#at = this.#writeVarint(value, this.#at);
  }

  /** A whole number as int64: one below 0 takes ten bytes. */
  int64(tag: number, value: number): void {
    if (value >= 0) {
      this.varint(tag, value);
      return;
    }
    this.#reserve(11);
    this.#bytes[this.#at++] = tag;
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  fixed32(tag: number, value: number): void {
    this.#reserve(5);
    this.#bytes[this.#at++] = tag;
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  double(tag: number, value: number): void {
    this.#reserve(9);
    this.#bytes[this.#at++] = tag;
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A time in nanoseconds since the epoch, as fixed64: the two halves of a product that no number can hold. */
  time(tag: number, seconds: number, nanos: number): void {
    this.#reserve(9);
    const above = Math.floor(seconds / 0x1_0000) * NANOS_PER_SECOND;
    const below = (seconds % 0x1_0000) * NANOS_PER_SECOND + Math.trunc(nanos);
    const low = (below % TWO_TO_32) + (above % 0x1_0000) * 0x1_0000;
    const high = Math.floor(below / TWO_TO_32) + Math.floor(above / 0x1_0000) + (low >= TWO_TO_32 ? 1 : 0);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = tag;
    for (let rest = low >>> 0, count = 0; count < 4; count += 1, rest >>>= 8) bytes[at++] = rest & 0xff;
    for (let rest = high >>> 0, count = 0; count < 4; count += 1, rest >>>= 8) bytes[at++] = rest & 0xff;
    this.#at = at;
  }

  /** An id of at most 127 bytes, given in hexadecimal digits. Throws where it has another length: nothing behind it could be read. */
  id(tag: number, hex: string): void {
    if ((hex.length & ~0xfe) !== 0) throw new RangeError('no id of whole bytes');
    const length = hex.length >>> 1;
    this.#reserve(length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = tag;
    bytes[at++] = length;
    for (let index = 0; index < hex.length; index += 2)
      bytes[at++] = (digitOf(hex.charCodeAt(index)) << 4) | digitOf(hex.charCodeAt(index + 1));
    this.#at = at;
  }

  bytes(tag: number, value: Uint8Array): void {
    this.#reserve(value.length + 6);
    this.#bytes[this.#at++] = tag;
    this.#at = this.#writeVarint(value.length, this.#at);
    this.raw(value);
  }

  /** Bytes that are fields already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  text(tag: number, value: string): void {
    const { length } = value;
    this.#reserve(length * MAX_BYTES_PER_CHARACTER + 6);
    if (length <= MAX_LOOPED_CHARACTERS) {
      const start = this.#at;
      this.#bytes[start] = tag;
      this.#bytes[start + 1] = length;
      const end = this.#writeAscii(value, start + 2);
      if (end !== undefined) {
        this.#at = end;
        return;
      }
    }
    this.#bytes[this.#at++] = tag;
    this.#at = this.#writeVarint(Buffer.byteLength(value), this.#at);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** A `KeyValue` with a text: what most of any body is. `key` is its first field, tag and length included. */
  textAttribute(tag: number, key: Uint8Array, value: string): void {
    const { length } = value;
    const keyLength = key.length;
    this.#reserve(keyLength + length * MAX_BYTES_PER_CHARACTER + 24);
    const fieldLength = keyLength + AROUND_VALUE_BYTES + length;
    if (length <= MAX_LOOPED_CHARACTERS && fieldLength < 0x80) {
      const bytes = this.#bytes;
      let at = this.#at;
      bytes[at++] = tag;
      bytes[at++] = fieldLength;
      for (let index = 0; index < keyLength; index += 1) bytes[at++] = key[index] ?? 0;
      bytes[at++] = VALUE_TAG;
      bytes[at++] = length + 2;
      bytes[at++] = STRING_TAG;
      bytes[at++] = length;
      const end = this.#writeAscii(value, at);
      if (end !== undefined) {
        this.#at = end;
        return;
      }
    }
    const valueWidth = length < MAX_SHORT_VALUE ? 1 : 2;
    const width = keyLength + length < MAX_SHORT_VALUE ? 1 : 2;
    const start = this.begin(tag, width);
    this.raw(key);
    const valueStart = this.begin(VALUE_TAG, valueWidth);
    this.text(STRING_TAG, value);
    this.end(valueStart, valueWidth);
    this.end(start, width);
  }

  /** A `KeyValue` with a whole number of at least 0, its key not longer than `MAX_COUNT_KEY_BYTES`. */
  countAttribute(tag: number, key: Uint8Array, value: number): void {
    const keyLength = key.length;
    this.#reserve(keyLength + 24);
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start + 2;
    for (let index = 0; index < keyLength; index += 1) bytes[at++] = key[index] ?? 0;
    bytes[at] = VALUE_TAG;
    bytes[at + 2] = INT_TAG;
    const end = this.#writeVarint(value, at + 3);
    bytes[at + 1] = end - at - 2;
    bytes[start] = tag;
    bytes[start + 1] = end - start - 2;
    this.#at = end;
  }

  /** Begins a message; `width` is how many bytes its length will likely take, since another width moves what was written. */
  begin(tag: number, width = 1): number {
    this.#reserve(1 + width);
    this.#bytes[this.#at] = tag;
    this.#at += 1 + width;
    return this.#at;
  }

  /** Ends the message that `begin` answered with, with the same width. */
  end(start: number, width = 1): void {
    const length = this.#at - start;
    let needed = 1;
    for (let rest = Math.floor(length / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) needed += 1;
    if (needed !== width) {
      this.#reserve(needed);
      this.#bytes.copyWithin(start + needed - width, start, this.#at);
      this.#at += needed - width;
    }
    this.#writeVarint(length, start - width);
  }

  /** Where the text ends; undefined when it has a character beyond ASCII, and then nothing counts as written. */
  #writeAscii(value: string, from: number): number | undefined {
    const bytes = this.#bytes;
    let at = from;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return undefined;
      bytes[at++] = code;
    }
    return at;
  }

  #writeVarint(value: number, from: number): number {
    let rest = value;
    let at = from;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) | 0x80;
    this.#bytes[at++] = rest;
    return at;
  }

  #reserve(byteCount: number): void {
    const needed = this.#at + byteCount;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

/** Of `0` to `9` and `a` to `f`, in either case. */
function digitOf(code: number): number {
  return code <= 57 ? code - 48 : (code | 32) - 87;
}
