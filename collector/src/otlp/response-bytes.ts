const VARINT = 0;
const LENGTH = 2;

/** Writes the few protobuf fields that answers need. Defaults are left out, as proto3 has it. */
export class ProtobufWriter {
  readonly #parts: Buffer[] = [];

  /** A non-negative integer below 2^53. */
  integer(field: number, value: number): this {
    if (value !== 0) this.#parts.push(varint(field * 8 + VARINT), varint(value));
    return this;
  }

  text(field: number, value: string): this {
    return value === '' ? this : this.bytes(field, Buffer.from(value, 'utf8'));
  }

  /** A message or bytes; written also when empty, since an empty message is not an absent one. */
  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(field * 8 + LENGTH), varint(value.length), Buffer.from(value));
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
