import { ThreadlineError } from '../errors.ts';

/** A field of a message: its number, and its value as a number (varint) or as bytes; fixed-size values are stepped over. */
export type ProtobufField =
  | { readonly number: number; readonly type: 'number'; readonly value: bigint }
  | { readonly number: number; readonly type: 'bytes'; readonly value: Uint8Array };

const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);

/** The fields of one message, in the order they were sent. Throws `malformed_body` where the bytes are none. */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const wireType = Number(tag.value & 7n);
    const fixedBytes = FIXED_BYTES.get(wireType);
    if (wireType === 0) {
      const { value, next } = readVarint(bytes, at);
      yield { number, type: 'number', value };
      at = next;
    } else if (wireType === 2) {
      const { value, next } = readVarint(bytes, at);
      if (value > BigInt(bytes.length - next)) throw malformed();
      at = next + Number(value);
      yield { number, type: 'bytes', value: bytes.subarray(next, at) };
    } else if (fixedBytes !== undefined) at += fixedBytes;
    else throw malformed();
    if (at > bytes.length) throw malformed();
  }
}

function readVarint(bytes: Uint8Array, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: start + index + 1 };
  }
  throw malformed();
}

function malformed(): ThreadlineError {
  return new ThreadlineError('malformed_body', 'the body is no protobuf message of the kind that belongs here');
}
