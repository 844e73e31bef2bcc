const FIRST_BYTES = 64 * 1024;
const CAPITALS = /[A-F]/;

/**
 * Writes protobuf from its end to its beginning: a message's length stands before it and is known only once it is written, so that nothing is copied
 * or measured twice. Source: protobuf.dev, "Encoding".
 */
export class BackwardWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #start = FIRST_BYTES;

  /** Whether all texts can be read again as they were: of half a pair, and of hex and base64 that are none, something else is written. */
  isExact = true;

  /** Bytes written so far. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  /** An unsigned integer of up to 64 bits. */
  varint(value: number | bigint): void {
    if (typeof value === 'bigint' && value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#room(10);
      let length = 1;
      for (let rest = value >> 7n; rest > 0n; rest >>= 7n) length += 1;
      this.#start -= length;
      let rest = value;
      for (let index = 0; index < length; index += 1, rest >>= 7n)
        this.#bytes[this.#start + index] = Number(rest & 0x7fn) | (index < length - 1 ? 0x80 : 0);
      return;
    }
    let rest = Number(value);
    this.#room(8);
    let length = 1;
    for (let left = rest; left >= 0x80; left = Math.floor(left / 0x80)) length += 1;
    this.#start -= length;
    for (let index = 0; index < length; index += 1, rest = Math.floor(rest / 0x80))
      this.#bytes[this.#start + index] = (rest % 0x80) | (index < length - 1 ? 0x80 : 0);
  }

  fixed64(value: bigint): void {
    this.#room(8);
    this.#start -= 8;
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#start);
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#start -= 4;
    this.#bytes.writeUInt32LE(value, this.#start);
  }

  double(value: number): void {
    this.#room(8);
    this.#start -= 8;
    this.#bytes.writeDoubleLE(value, this.#start);
  }

  /** A text in an encoding of Node's; answers with its bytes. */
  text(value: string, encoding: 'utf8' | 'hex' | 'base64'): number {
    const length = Buffer.byteLength(value, encoding);
    this.#room(length);
    this.#start -= length;
    // Hex that is none is written as far as it is.
    const written = this.#bytes.write(value, this.#start, length, encoding);
    if (written < length) {
      this.#bytes.copyWithin(this.#start + length - written, this.#start, this.#start + written);
      this.#start += length - written;
    }
    if (!isRestored(value, encoding, written)) this.isExact = false;
    return written;
  }

  /** The bytes, which the writer gives away. */
  finish(): Buffer {
    return this.#bytes.subarray(this.#start);
  }

  #room(count: number): void {
    if (this.#start >= count) return;
    const length = this.length;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, length + count));
    this.#bytes.copy(larger, larger.length - length, this.#start);
    this.#bytes = larger;
    this.#start = larger.length - length;
  }
}

function isRestored(value: string, encoding: 'utf8' | 'hex' | 'base64', written: number): boolean {
  switch (encoding) {
    case 'utf8':
      return value.isWellFormed();
    case 'hex':
      return written * 2 === value.length && !CAPITALS.test(value);
    default:
      return Buffer.from(value, 'base64').toString('base64') === value;
  }
}
