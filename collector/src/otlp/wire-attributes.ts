import type { KeyValue } from '../api/index.ts';
import { readAttribute } from './attribute-reader.ts';
import { decodeAttribute } from './decode-request.ts';
import { LIMITS } from './limits.ts';
import { isKeptWhole, PARTS } from './part-of-message.ts';
import { lengthAt, lengthEnd, MAX_TEXT_BYTES, readVarint, uint32At, varint } from './wire-fields.ts';

/** What a value is. `other`: an attribute that has to be decoded, an array for example. */
export const VALUE_KINDS = { text: 0, int: 1, double: 2, bool: 3, other: 4 } as const;

const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
const STRING_TAG = 0x0a;
const BOOL_TAG = 0x10;
const INT_TAG = 0x18;
const DOUBLE_TAG = 0x21;

/**
 * The attributes of one record as places in its request's body: nothing is decoded or copied. One is used for record after record. The places are those of
 * attributes of the form that nearly all are sent in: key, then one text, number or boolean, each once. Of another there is where its message is.
 */
export class WireAttributes {
  count = 0;
  /** Whether all are of that form. */
  isSimple = true;
  readonly kinds = new Uint8Array(LIMITS.attributeCount);
  readonly keyStarts = new Int32Array(LIMITS.attributeCount);
  readonly keyEnds = new Int32Array(LIMITS.attributeCount);
  /** Where a text is, or the message of an attribute of another form. */
  readonly starts = new Int32Array(LIMITS.attributeCount);
  readonly ends = new Int32Array(LIMITS.attributeCount);
  /** Halves of an int, in two's complement, or of a double; of a boolean the lower one. */
  readonly lows = new Uint32Array(LIMITS.attributeCount);
  readonly highs = new Uint32Array(LIMITS.attributeCount);

  clear(): void {
    this.count = 0;
    this.isSimple = true;
  }

  /** Adds the KeyValue message in these bytes; false when it is one too many, or might not be kept as it was sent. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.count >= LIMITS.attributeCount) return false;
    if (!this.#setPlaces(bytes, start, end)) {
      if (!isKeptWhole(bytes, { start, end }, PARTS.attribute)) return false;
      this.isSimple = false;
      this.kinds[this.count] = VALUE_KINDS.other;
      this.starts[this.count] = start;
      this.ends[this.count] = end;
    }
    this.count += 1;
    return true;
  }

  /** The attribute of that number, which is of kind `other`, once it was added from these bytes. */
  decode(bytes: Buffer, number: number): KeyValue {
    const start = this.starts[number] ?? 0;
    const end = this.ends[number] ?? 0;
    return readAttribute(bytes, start, end) ?? decodeAttribute(bytes.subarray(start, end));
  }

  /** False when it is of another form. */
  #setPlaces(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] !== KEY_TAG) return false;
    const number = this.count;
    const keyStart = lengthEnd(bytes, start + 1);
    const keyEnd = keyStart + lengthAt(bytes, start + 1);
    if (keyEnd + 2 > end || bytes[keyEnd] !== VALUE_TAG) return false;
    const valueStart = lengthEnd(bytes, keyEnd + 1);
    if (valueStart + lengthAt(bytes, keyEnd + 1) !== end || valueStart >= end) return false;
    if (!this.#setValue(number, bytes, valueStart, end)) return false;
    this.keyStarts[number] = keyStart;
    this.keyEnds[number] = keyEnd;
    return true;
  }

  #setValue(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    switch (bytes[start]) {
      case STRING_TAG: {
        const textStart = lengthEnd(bytes, start + 1);
        if (textStart + lengthAt(bytes, start + 1) !== end || end - textStart > MAX_TEXT_BYTES) return false;
        this.kinds[number] = VALUE_KINDS.text;
        this.starts[number] = textStart;
        this.ends[number] = end;
        return true;
      }
      case INT_TAG:
        this.kinds[number] = VALUE_KINDS.int;
        if (!readVarint(bytes, start + 1, end)) return false;
        this.lows[number] = varint.low;
        this.highs[number] = varint.high;
        return true;
      case DOUBLE_TAG:
        if (end - start !== 9) return false;
        this.kinds[number] = VALUE_KINDS.double;
        this.lows[number] = uint32At(bytes, start + 1);
        this.highs[number] = uint32At(bytes, start + 5);
        return true;
      case BOOL_TAG:
        if (end - start !== 2 || (bytes[start + 1] ?? 2) > 1) return false;
        this.kinds[number] = VALUE_KINDS.bool;
        this.lows[number] = bytes[start + 1] ?? 0;
        return true;
      default:
        return false;
    }
  }
}
