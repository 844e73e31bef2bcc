/** Wire types of protobuf that are read; groups, which nobody writes any more, are not. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message: its number, and its value as it stands there. */
export type WireField =
  | { readonly number: number; readonly wireType: 0; readonly value: bigint }
  | { readonly number: number; readonly wireType: 1 | 2 | 5; readonly value: Uint8Array };

/** The fields of a message, in their order. Throws a RangeError at the place where the bytes are no message. */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('a message is cut off');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number has more than ten bytes');
  };
  const readBytes = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a message is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(readVarint());
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === WIRE.varint) yield { number, wireType, value: readVarint() };
    else if (wireType === WIRE.bytes) yield { number, wireType, value: readBytes(Number(readVarint())) };
    else if (wireType === WIRE.fixed64) yield { number, wireType, value: readBytes(8) };
    else if (wireType === WIRE.fixed32) yield { number, wireType, value: readBytes(4) };
    else throw new RangeError(`a field has the wire type ${wireType}`);
  }
}

/** The messages, texts or bytes that a message has under a number. */
export function* readParts(bytes: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of readFields(bytes)) if (field.number === number && field.wireType === WIRE.bytes) yield field.value;
}
