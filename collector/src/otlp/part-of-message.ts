import { LIMITS } from './limits.ts';
import { FIXED32, FIXED64, LENGTH, MAX_VARINT_BYTES, VARINT, WIRE_TYPES } from './protobuf-walker.ts';
import { type MessageSpec, messageSpec } from './schema.ts';
import { MAX_TEXT_BYTES, type Place } from './wire-fields.ts';

/** Parts of a record that are not read as places in its bytes: whether they are kept as they were sent, and how to decode them alone. */

/** Of a length: more is no record's. */
const MAX_LENGTH_BYTES = 4;
const MALFORMED = -1;

export const PARTS = {
  attribute: messageSpec('KeyValue'),
  value: messageSpec('AnyValue'),
  event: messageSpec('Event'),
  link: messageSpec('Link'),
  status: messageSpec('Status'),
} as const;

/**
 * Whether nothing of the message in these bytes would be cut, or is not understood, without decoding it: it is well-formed, all of its fields are known, and what is in
 * it is so far below each limit that no measure brings it there. As the readers of whole records it says no to what it does not know. `level`: of the arrays and maps around it.
 */
export function isKeptWhole(bytes: Uint8Array, { start, end }: Place, message: MessageSpec, level = 0): boolean {
  let attributes = 0;
  let at = start;
  while (at < end) {
    const tag = bytes[at] ?? 0x80;
    const field = tag < 0x80 ? message.byNumber.get(tag >>> 3) : undefined;
    if (!field || (tag & 7) !== WIRE_TYPES[field.kind]) return false;
    at += 1;
    if ((tag & 7) !== LENGTH) {
      at = numberEnd(bytes, at, tag & 7);
      if (at === MALFORMED) return false;
      continue;
    }
    const from = varintEnd(bytes, at, MAX_LENGTH_BYTES);
    if (from === MALFORMED) return false;
    const to = from + lengthOf(bytes, at, from);
    if (to > end) return false;
    if (field.kind === 'message') {
      const inner = field.isLevel ? level + 1 : level;
      if (inner > LIMITS.depth || !isKeptWhole(bytes, { start: from, end: to }, field.message, inner)) return false;
      if (field.name === 'attributes') attributes += 1;
    } else if (to - from > MAX_TEXT_BYTES) return false;
    at = to;
  }
  return at === end && attributes <= LIMITS.attributeCount;
}

/** The fields whose numbers are bits of `numbers`, as a message of their own. The one in these bytes is well-formed, and its fields' numbers are below 31. */
export function pickFields(bytes: Uint8Array, { start, end }: Place, numbers: number): Uint8Array {
  const picked = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; ) {
    const first = at;
    const tag = bytes[at] ?? 0;
    const content = varintEnd(bytes, at, MAX_LENGTH_BYTES);
    const number = lengthOf(bytes, at, content) >>> 3;
    if ((tag & 7) === LENGTH) {
      const from = varintEnd(bytes, content, MAX_LENGTH_BYTES);
      at = from + lengthOf(bytes, content, from);
    } else at = numberEnd(bytes, content, tag & 7);
    if (((numbers >>> number) & 1) === 0) continue;
    picked.set(bytes.subarray(first, at), length);
    length += at - first;
  }
  return picked.subarray(0, length);
}

/** Where the number of that wire type ends. */
function numberEnd(bytes: Uint8Array, at: number, wireType: number): number {
  if (wireType === FIXED64) return at + 8;
  if (wireType === FIXED32) return at + 4;
  return wireType === VARINT ? varintEnd(bytes, at, MAX_VARINT_BYTES) : MALFORMED;
}

function varintEnd(bytes: Uint8Array, start: number, maxBytes: number): number {
  for (let at = start; at < start + maxBytes; at += 1) {
    const byte = bytes[at] ?? 0x80;
    if (byte < 0x80) return at - start === MAX_VARINT_BYTES - 1 && byte > 1 ? MALFORMED : at + 1;
  }
  return MALFORMED;
}

/** What the varint in these bytes says. */
function lengthOf(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = end - 1; at >= start; at -= 1) length = (length << 7) | ((bytes[at] ?? 0) & 0x7f);
  return length;
}
