import { ThreadlineError } from '../errors.ts';

/**
 * Unpacks a block of Snappy. Throws `malformed_body` for what is none, and `body_too_large` before it takes more memory than `maxBytes`.
 * Source: google/snappy, `format_description.txt`.
 */
export function unpackSnappy(packed: Uint8Array, maxBytes: number): Buffer {
  const { length, at } = readLength(packed);
  if (length > maxBytes) {
    throw new ThreadlineError('body_too_large', `the body is over ${maxBytes} bytes after decompression; send smaller batches`);
  }
  const out = Buffer.alloc(length);
  let from = at;
  let to = 0;
  while (from < packed.length) {
    const element = readElement(packed, from);
    from = element.next;
    if (to + element.length > length) throw malformed();
    if (element.offset === undefined) {
      if (from + element.length > packed.length) throw malformed();
      out.set(packed.subarray(from, from + element.length), to);
      from += element.length;
    } else {
      if (element.offset === 0 || element.offset > to) throw malformed();
      copyBack(out, to, element.offset, element.length);
    }
    to += element.length;
  }
  if (to !== length) throw malformed();
  return out;
}

/** A run of bytes that follow, or a copy of `length` bytes from `offset` bytes back. */
interface Element {
  readonly length: number;
  readonly offset: number | undefined;
  readonly next: number;
}

/** The lower two bits of the tag: 0 a run, else a copy whose offset has 1, 2 or 4 bytes. */
function readElement(packed: Uint8Array, at: number): Element {
  const tag = packed[at] ?? 0;
  const upper = tag >> 2;
  switch (tag & 3) {
    case 0: {
      // 60 to 63: the length stands in the 1 to 4 bytes that follow.
      const extra = upper < 60 ? 0 : upper - 59;
      const length = (extra === 0 ? upper : readLittleEndian(packed, at + 1, extra)) + 1;
      return { length, offset: undefined, next: at + 1 + extra };
    }
    case 1:
      return { length: (upper & 7) + 4, offset: ((tag >> 5) << 8) | readLittleEndian(packed, at + 1, 1), next: at + 2 };
    case 2:
      return { length: upper + 1, offset: readLittleEndian(packed, at + 1, 2), next: at + 3 };
    default:
      return { length: upper + 1, offset: readLittleEndian(packed, at + 1, 4), next: at + 5 };
  }
}

/** What is copied may reach into itself: then it repeats. */
function copyBack(out: Buffer, to: number, offset: number, length: number): void {
  if (offset >= length) out.copyWithin(to, to - offset, to - offset + length);
  else for (let index = 0; index < length; index += 1) out[to + index] = out[to + index - offset] ?? 0;
}

/** The length of all, as protobuf writes an unsigned number of 32 bits. */
function readLength(packed: Uint8Array): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = packed[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { length, at: at + 1 };
  }
  throw malformed();
}

function readLittleEndian(packed: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > packed.length) throw malformed();
  let value = 0;
  for (let index = bytes - 1; index >= 0; index -= 1) value = value * 256 + (packed[at + index] ?? 0);
  return value;
}

function malformed(): ThreadlineError {
  return new ThreadlineError('malformed_body', 'the body is no block of Snappy');
}
