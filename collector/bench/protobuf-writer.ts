/** Protobuf bytes of a load. A message's length is filled in once it is known, so nothing is written twice. */
export class ProtobufWriter {
  readonly #bytes: Buffer;
  #at = 0;

  /** `maxBytes` is the most that `take` can answer with; more throws a `RangeError` or is cut, so choose it far too large. */
  constructor(maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(maxBytes);
  }

  /** A copy of what was written; the next message begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  text(field: number, value: string): void {
    const start = this.#begin(field);
    this.#at += this.#bytes.write(value, this.#at);
    this.#end(start);
  }

  bytes(field: number, value: Uint8Array): void {
    const start = this.#begin(field);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    this.#end(start);
  }

  varint(field: number, value: number): void {
    this.#tag(field, 0);
    this.#at = this.#writeVarint(value, this.#at);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1);
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at);
  }

  double(field: number, value: number): void {
    this.#tag(field, 1);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A message inside this one: whatever `write` writes. */
  message(field: number, write: () => void): void {
    const start = this.#begin(field);
    write();
    this.#end(start);
  }

  #tag(field: number, wireType: number): void {
    this.#at = this.#writeVarint((field << 3) | wireType, this.#at);
  }

  /** Room for a length of one byte, as most are; answers where what it counts begins. */
  #begin(field: number): number {
    this.#tag(field, 2);
    this.#at += 1;
    return this.#at;
  }

  #end(start: number): void {
    const length = this.#at - start;
    let width = 1;
    for (let rest = length >>> 7; rest > 0; rest >>>= 7) width += 1;
    if (width > 1) {
      this.#bytes.copyWithin(start + width - 1, start, this.#at);
      this.#at += width - 1;
    }
    this.#writeVarint(length, start - 1);
  }

  #writeVarint(value: number, at: number): number {
    let rest = value;
    let next = at;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[next++] = (rest % 0x80) | 0x80;
    this.#bytes[next++] = rest;
    return next;
  }
}
