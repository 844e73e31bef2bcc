import type { AnyValue, KeyValue } from '../api/index.ts';
import { lengthAt, lengthEnd, readVarint, uint32At, varint } from './wire-fields.ts';
import { jsonDouble, signedDecimal } from './wire-values.ts';

const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
/** Of the elements of an array, and of the entries of a map. */
const ELEMENT_TAG = 0x0a;
const TAGS = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, array: 0x2a, map: 0x32, bytes: 0x3a } as const;

const double = new Float64Array(1);
const doubleHalves = new Uint32Array(double.buffer);

/**
 * The KeyValue message in these bytes, as `decodeAttribute` decodes it at five times the cost. It is well-formed and nested no deeper than `LIMITS.depth` (`isKeptWhole`). Undefined where it
 * is not written as nearly all encoders write it: key and value in this order, each at most once, and of a value one kind.
 */
export function readAttribute(bytes: Buffer, start: number, end: number): KeyValue | undefined {
  if (bytes[start] !== KEY_TAG) return undefined;
  const keyStart = lengthEnd(bytes, start + 1);
  const keyEnd = keyStart + lengthAt(bytes, start + 1);
  if (keyEnd > end) return undefined;
  const key = bytes.toString('utf8', keyStart, keyEnd);
  if (keyEnd === end) return { key };
  const valueStart = lengthEnd(bytes, keyEnd + 1);
  if (bytes[keyEnd] !== VALUE_TAG || valueStart + lengthAt(bytes, keyEnd + 1) !== end) return undefined;
  const value = readValue(bytes, valueStart, end);
  return value && { key, value };
}

function readValue(bytes: Buffer, start: number, end: number): AnyValue | undefined {
  if (start === end) return {};
  const tag = bytes[start];
  if (tag === TAGS.int) return readVarint(bytes, start + 1, end) ? { intValue: signedDecimal(varint.low, varint.high) } : undefined;
  if (tag === TAGS.bool) return end - start === 2 ? { boolValue: bytes[start + 1] !== 0 } : undefined;
  if (tag === TAGS.double) return end - start === 9 ? readDouble(bytes, start + 1) : undefined;
  const from = lengthEnd(bytes, start + 1);
  if (from + lengthAt(bytes, start + 1) !== end) return undefined;
  switch (tag) {
    case TAGS.string:
      return { stringValue: bytes.toString('utf8', from, end) };
    case TAGS.bytes:
      return { bytesValue: bytes.toString('base64', from, end) };
    case TAGS.array: {
      const values = readElements(bytes, from, end, readValue);
      return values && { arrayValue: { values } };
    }
    case TAGS.map: {
      const values = readElements(bytes, from, end, readAttribute);
      return values && { kvlistValue: { values } };
    }
    default:
      return undefined;
  }
}

type ReadElement<T> = (bytes: Buffer, start: number, end: number) => T | undefined;

function readElements<T>(bytes: Buffer, start: number, end: number, read: ReadElement<T>): T[] | undefined {
  const elements: T[] = [];
  for (let at = start; at < end; ) {
    const from = lengthEnd(bytes, at + 1);
    const to = from + lengthAt(bytes, at + 1);
    if (bytes[at] !== ELEMENT_TAG || to > end) return undefined;
    const element = read(bytes, from, to);
    if (element === undefined) return undefined;
    elements.push(element);
    at = to;
  }
  return elements;
}

function readDouble(bytes: Buffer, at: number): AnyValue {
  doubleHalves[0] = uint32At(bytes, at);
  doubleHalves[1] = uint32At(bytes, at + 4);
  return { doubleValue: jsonDouble(double[0] ?? 0) };
}
