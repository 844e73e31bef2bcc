import { LIMITS } from './limits.ts';

/** What the readers of records in protobuf share: bounds below which no limit cuts, and fields as they stand in the bytes. */

/** A record of so many bytes is within its limit, however it is measured: no measure counts a byte for more than three. */
export const MAX_SIMPLE_BYTES = Math.floor(LIMITS.recordBytes / 3) - 1024;
/** A text of so many bytes is within its limit, whatever becomes of bytes that are not UTF-8: each may turn into three. */
export const MAX_TEXT_BYTES = Math.floor(LIMITS.valueBytes / 3);
/** Beyond, a time is not what the index can hold: Unix nanoseconds as a signed number. */
export const MAX_TIME_HIGH = 0x7fff_ffff;
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/** Where something stands in a body. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The length that a varint of one or two bytes says; too great for any body when it has more. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0x80;
  if (first < 0x80) return first;
  const second = bytes[at + 1] ?? 0x80;
  return second < 0x80 ? (first & 0x7f) | (second << 7) : Number.MAX_SAFE_INTEGER;
}

/** Where the bytes of that length begin. */
export function lengthEnd(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) < 0x80 ? at + 1 : at + 2;
}

/** What `readVarint` read last: the halves of 64 bits. */
export const varint = { low: 0, high: 0 };

/** Reads the varint that these bytes are; false where they are none, or more than one. The tenth byte is the sign of negative numbers. */
export function readVarint(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 1 || length > 10 || (bytes[end - 1] ?? 0x80) >= 0x80) return false;
  if (length === 10 && bytes[end - 1] !== 1) return false;
  let low = 0;
  let high = 0;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[start + index] ?? 0;
    if (byte < 0x80 && index < length - 1) return false;
    const bits = byte & 0x7f;
    if (index < 4) low |= bits << (index * 7);
    else if (index === 4) {
      low |= bits << 28;
      high = bits >>> 4;
    } else high |= bits << (index * 7 - 32);
  }
  varint.low = low >>> 0;
  varint.high = high >>> 0;
  return true;
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

export function isTraceId(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === TRACE_ID_BYTES && !areZeros(bytes, start, end);
}

export function isSpanId(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === SPAN_ID_BYTES && !areZeros(bytes, start, end);
}

/** Whether two ranges of bytes are the same. */
export function isSameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}

function areZeros(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
