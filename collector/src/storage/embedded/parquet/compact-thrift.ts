/** Type codes of fields and list elements. Source: Apache Thrift, compact protocol. */
const TYPES = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
type ElementType = keyof typeof TYPES;

/**
 * Writes Thrift's compact protocol, as far as Parquet's headers and footer need it. Fields of a struct go in with rising ids; each struct
 * that is begun is ended.
 */
export class CompactThriftWriter {
  readonly #parts: number[] = [];
  readonly #outer: number[] = [];
  #lastField = 0;

  i32(field: number, value: number): this {
    this.#field(field, 'i32');
    this.#varint(zigzag(value));
    return this;
  }

  /** Up to 2^52: counts and offsets of files. */
  i64(field: number, value: number): this {
    this.#field(field, 'i64');
    this.#varint(zigzag(value));
    return this;
  }

  binary(field: number, value: Uint8Array | string): this {
    this.#field(field, 'binary');
    this.#bytes(value);
    return this;
  }

  i32List(field: number, values: readonly number[]): this {
    this.#list(field, 'i32', values.length);
    for (const value of values) this.#varint(zigzag(value));
    return this;
  }

  binaryList(field: number, values: readonly string[]): this {
    this.#list(field, 'binary', values.length);
    for (const value of values) this.#bytes(value);
    return this;
  }

  struct(field: number, write: () => void): this {
    this.#field(field, 'struct');
    return this.#nested(write);
  }

  structList<T>(field: number, items: readonly T[], write: (item: T) => void): this {
    this.#list(field, 'struct', items.length);
    for (const item of items) this.#nested(() => write(item));
    return this;
  }

  /** The outermost struct, ended. */
  finish(): Buffer {
    this.#parts.push(0);
    return Buffer.from(this.#parts);
  }

  #nested(write: () => void): this {
    this.#outer.push(this.#lastField);
    this.#lastField = 0;
    write();
    this.#parts.push(0);
    this.#lastField = this.#outer.pop() ?? 0;
    return this;
  }

  #field(field: number, type: ElementType): void {
    this.#parts.push(((field - this.#lastField) << 4) | TYPES[type]);
    this.#lastField = field;
  }

  #list(field: number, type: ElementType, length: number): void {
    this.#field(field, 'list');
    if (length < 15) this.#parts.push((length << 4) | TYPES[type]);
    else {
      this.#parts.push(0xf0 | TYPES[type]);
      this.#varint(length);
    }
  }

  #bytes(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#varint(bytes.length);
    for (const byte of bytes) this.#parts.push(byte);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#parts.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#parts.push(rest);
  }
}

/** Small numbers of either sign as small numbers without one. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
