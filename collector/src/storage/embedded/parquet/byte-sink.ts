import { MemoryPool } from './memory-pool.ts';

/** Fewer bytes are copied one by one sooner than by a call. */
const MAX_LOOP_BYTES = 256;

/** Bytes and runs of bits in the order of Parquet: the lowest bit first. Grows as it needs. */
export class ByteSink {
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;
  #word = 0;
  #bits = 0;
  readonly #memory: MemoryPool;

  constructor({ likelyBytes = 1024, memory = new MemoryPool() }: { readonly likelyBytes?: number; readonly memory?: MemoryPool } = {}) {
    this.#memory = memory;
    this.#bytes = Buffer.from(memory.take(likelyBytes));
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Of a whole number from 0 to 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Of any width; only for the few that may pass 2^53. */
  bigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  int32(value: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.#length = at + 4;
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64LE(value, this.#length);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Of the bytes those from `start` to `end`. */
  appendPart(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const own = this.#bytes;
    let to = this.#length;
    // Short stretches cost a call more than they are: no part is made of them.
    if (end - start <= MAX_LOOP_BYTES) for (let at = start; at < end; at += 1, to += 1) own[to] = bytes[at] ?? 0;
    else own.set(bytes.subarray(start, end), to);
    this.#length += end - start;
  }

  /** The lowest `width` bits (0 to 53) of a whole number. Runs end with `endBits`. */
  bits(value: number, width: number): void {
    if (width <= 32) {
      this.#bits32(value, width);
      return;
    }
    this.#bits32(value % 2 ** 32, 32);
    this.#bits32(Math.floor(value / 2 ** 32), width - 32);
  }

  /** Fills the last byte of a run of bits. */
  endBits(): void {
    while (this.#bits > 0) {
      this.byte(this.#word & 0xff);
      this.#word >>>= 8;
      this.#bits -= 8;
    }
    this.#word = 0;
    this.#bits = 0;
  }

  /** A view that later writes may change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Gives its memory back: neither it nor a view of it may be used any more. */
  release(): void {
    this.#memory.give(this.#bytes.buffer);
  }

  #bits32(value: number, width: number): void {
    this.#word |= value << this.#bits;
    const room = 32 - this.#bits;
    if (width < room) {
      this.#bits += width;
      return;
    }
    this.int32(this.#word | 0);
    this.#word = room === 32 ? 0 : value >>> room;
    this.#bits = width - room;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.from(this.#memory.take(Math.max(this.#bytes.length * 2, this.#length + count)));
    grown.set(this.view());
    this.#memory.give(this.#bytes.buffer);
    this.#bytes = grown;
  }
}

/** Narrower numbers fit with their neighbours' bits into one of 32. */
const MAX_WORD_WIDTH = 24;

/** Reads what a `ByteSink` wrote. Past the end there are zeros. */
export class ByteSource {
  readonly #bytes: Buffer;
  #position: number;
  #word = 0;
  #bits = 0;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  byte(): number {
    return this.#bytes[this.#position++] ?? 0;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  bits(width: number): number {
    return width <= 32 ? this.#bits32(width) : this.#bits32(32) + this.#bits32(width - 32) * 2 ** 32;
  }

  /** A run of so many packed values, which fills whole bytes; the first `wanted` of them go to `values`, from `at` on. */
  packed(run: { readonly width: number; readonly count: number }, values: Int32Array | Float64Array, at: number, wanted: number): void {
    const { width, count } = run;
    if (width <= MAX_WORD_WIDTH) {
      const bytes = this.#bytes;
      const mask = 2 ** width - 1;
      let position = this.#position;
      let word = 0;
      let bits = 0;
      for (let index = 0; index < wanted; index += 1) {
        // At most 23 bits wait for more, so that nothing is shifted out.
        for (; bits < width; bits += 8) word |= (bytes[position++] ?? 0) << bits;
        values[at + index] = word & mask;
        word >>>= width;
        bits -= width;
      }
      this.#position += (count * width) / 8;
      return;
    }
    for (let index = 0; index < count; index += 1) {
      const value = this.bits(width);
      if (index < wanted) values[at + index] = value;
    }
    this.endBits();
  }

  /** Leaves out what is left of a run's last byte; runs are of whole bytes. */
  endBits(): void {
    this.#position -= this.#bits >>> 3;
    this.#word = 0;
    this.#bits = 0;
  }

  #bits32(width: number): number {
    if (width === 0) return 0;
    let value = this.#word;
    let have = this.#bits;
    if (have >= width) {
      this.#word = width === 32 ? 0 : value >>> width;
      this.#bits = have - width;
      return width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
    }
    const next = this.#next32();
    value = (have === 0 ? next : value | (next << have)) >>> 0;
    const taken = width - have;
    have = 32 - taken;
    this.#word = taken === 32 ? 0 : next >>> taken;
    this.#bits = have;
    return width === 32 ? value : (value & (2 ** width - 1)) >>> 0;
  }

  #next32(): number {
    const at = this.#position;
    this.#position += 4;
    if (at + 4 <= this.#bytes.length) return this.#bytes.readUInt32LE(at);
    const byte = (index: number): number => this.#bytes[at + index] ?? 0;
    return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
  }
}
