import { isUtf8 } from 'node:buffer';
import { visitAsciiWords } from '@threadline/query-language';
import { SEQUENCE_ATTRIBUTE } from '../../../model/indexed-record.ts';
import { VALUE_KINDS, type WireAttributes } from '../../../otlp/wire-attributes.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { leafTokens, type TokenStart, type TokenWriter } from '../filter/token-writer.ts';
import { LEAF_CLASSES, RECORD_SEPARATOR, UNIT_SEPARATOR } from '../leaf-text.ts';
import { encodeWords, WORD_SEPARATOR } from '../words.ts';

const FIRST_BYTES = 4 * 1024;
const RS = RECORD_SEPARATOR.charCodeAt(0);
const US = UNIT_SEPARATOR.charCodeAt(0);
/** The escape and both separators: what has one of them is encoded the long way. */
const FIRST_ESCAPED = 0x1d;
const SPACE = WORD_SEPARATOR.charCodeAt(0);
const CLASS_BYTES = [LEAF_CLASSES.text, LEAF_CLASSES.int, LEAF_CLASSES.double, LEAF_CLASSES.bool].map((name) => name.charCodeAt(0));
/** Separators, class and the longest number. */
const MAX_LEAF_EXTRA_BYTES = 32;
/** Keys come again and again: what is known of them is kept, up to so many. */
const MAX_KEYS = 4_096;
const DIGIT_ZERO = 0x30;
const MAX_DIGITS_VALUE = 2 ** 31;

/** Bytes of one text of one row, until it is a column's: written again for each row. */
class Scratch {
  bytes = Buffer.allocUnsafe(FIRST_BYTES);

  reserve(count: number): void {
    if (count > this.bytes.length) this.bytes = Buffer.allocUnsafe(count * 2);
  }
}

interface KnownKey {
  readonly bytes: Buffer;
  readonly tokens: TokenStart;
  readonly isSequence: boolean;
  /** The last record that has it: twice in one is for the long way. */
  record: number;
}

/** The attributes of a record as `encodeAttributes` encodes them, from the bytes that they were sent in. */
export class WireAttributesText {
  readonly #tokens: TokenWriter;
  readonly #scratch = new Scratch();
  readonly #known = new Map<string, KnownKey>();
  /** Those of the record before, by their places: mostly the next one has the same. */
  readonly #last: KnownKey[] = [];
  readonly #double = new Float64Array(1);
  readonly #doubleHalves = new Uint32Array(this.#double.buffer);
  #record = 0;
  /** `threadline.sequence`, when it is a number; else 0. */
  sequenceLow = 0;
  sequenceHigh = 0;

  constructor(tokens: TokenWriter) {
    this.#tokens = tokens;
  }

  get bytes(): Buffer {
    return this.#scratch.bytes;
  }

  /** Gives how many of `bytes` the text has; -1 where it takes the long way. Tokens that were written for those do no harm. */
  write(body: Buffer, attributes: WireAttributes, recordBytes: number): number {
    this.sequenceLow = 0;
    this.sequenceHigh = 0;
    const { count } = attributes;
    if (count === 0) return 0;
    this.#record += 1;
    this.#scratch.reserve(recordBytes + count * MAX_LEAF_EXTRA_BYTES);
    const out = this.#scratch.bytes;
    out[0] = RS;
    let at = 1;
    for (let number = 0; number < count; number += 1) {
      const key = this.#key(body, attributes.keyStarts[number] ?? 0, attributes.keyEnds[number] ?? 0, number);
      if (!key || key.record === this.#record) return -1;
      key.record = this.#record;
      for (let index = 0; index < key.bytes.length; index += 1) out[at + index] = key.bytes[index] ?? 0;
      at += key.bytes.length;
      out[at] = US;
      at += 1;
      at = this.#value(body, attributes, number, key, at);
      if (at < 0) return -1;
      out[at] = US;
      out[at + 1] = CLASS_BYTES[attributes.kinds[number] ?? 0] ?? 0;
      out[at + 2] = RS;
      at += 3;
    }
    return at;
  }

  /** Undefined for a key that is not plain ASCII. */
  #key(body: Buffer, start: number, end: number, number: number): KnownKey | undefined {
    const guess = this.#last[number];
    if (guess && isSameBytes(guess.bytes, body, start, end)) return guess;
    const text = body.toString('latin1', start, end);
    let known = this.#known.get(text);
    if (!known) {
      for (let at = start; at < end; at += 1) if (!isPlainByte(body[at] ?? 0)) return undefined;
      if (this.#known.size >= MAX_KEYS) this.#known.clear();
      known = {
        bytes: Buffer.from(text, 'latin1'),
        tokens: leafTokens(text),
        isSequence: text === SEQUENCE_ATTRIBUTE,
        record: 0,
      };
      this.#known.set(text, known);
    }
    this.#last[number] = known;
    return known;
  }

  /** Writes a value and its tokens; gives where it ends, -1 where it takes the long way. */
  #value(body: Buffer, attributes: WireAttributes, number: number, key: KnownKey, at: number): number {
    const out = this.#scratch.bytes;
    if (attributes.kinds[number] !== VALUE_KINDS.text) {
      const end = this.#number(attributes, number, at);
      if (end < 0) return -1;
      if (key.isSequence && attributes.kinds[number] === VALUE_KINDS.int) {
        this.sequenceLow = attributes.lows[number] ?? 0;
        this.sequenceHigh = attributes.highs[number] ?? 0;
      }
      this.#tokens.asciiLeaf(key.tokens, out, at, end);
      return end;
    }
    const start = attributes.starts[number] ?? 0;
    const length = (attributes.ends[number] ?? 0) - start;
    let all = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = body[start + index] ?? 0;
      if (isEscaped(byte)) return -1;
      all |= byte;
      out[at + index] = byte;
    }
    if (all < 0x80) this.#tokens.asciiLeaf(key.tokens, out, at, at + length);
    else if (isUtf8(body.subarray(start, start + length)))
      this.#tokens.leaf(key.bytes.toString('latin1'), body.toString('utf8', start, start + length));
    else return -1;
    return at + length;
  }

  #number(attributes: WireAttributes, number: number, at: number): number {
    const low = attributes.lows[number] ?? 0;
    const high = attributes.highs[number] ?? 0;
    switch (attributes.kinds[number]) {
      case VALUE_KINDS.bool:
        return this.#ascii(low === 0 ? 'false' : 'true', at);
      case VALUE_KINDS.int:
        return high === 0 && low < MAX_DIGITS_VALUE ? this.#digits(low, at) : this.#ascii(String((BigInt(high) << 32n) | BigInt(low)), at);
      default: {
        this.#doubleHalves[0] = low;
        this.#doubleHalves[1] = high;
        const value = this.#double[0] ?? 0;
        // Neither NaN and infinities, which are no numbers to a search, nor -0, whose text is that of 0.
        if (!Number.isFinite(value) || Object.is(value, -0)) return -1;
        return value >= 0 && value < MAX_DIGITS_VALUE && Number.isInteger(value) ? this.#digits(value, at) : this.#ascii(String(value), at);
      }
    }
  }

  #digits(value: number, at: number): number {
    const out = this.#scratch.bytes;
    let end = at + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
    let rest = value;
    for (let place = end - 1; place >= at; place -= 1) {
      const tenth = Math.floor(rest / 10);
      out[place] = DIGIT_ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    return end;
  }

  #ascii(text: string, at: number): number {
    const out = this.#scratch.bytes;
    for (let index = 0; index < text.length; index += 1) out[at + index] = text.charCodeAt(index);
    return at + text.length;
  }
}

/** The words of a message as `encodeWords` encodes them, from the bytes that it was sent in. */
export class WireWordsText {
  readonly #tokens: TokenWriter;
  readonly #scratch = new Scratch();
  #source: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(tokens: TokenWriter) {
    this.#tokens = tokens;
  }

  get bytes(): Buffer {
    return this.#scratch.bytes;
  }

  /** Gives how many of `bytes` the text has; -1 for a message that is not valid UTF-8. */
  write(body: Buffer, start: number, end: number): number {
    let all = 0;
    for (let at = start; at < end; at += 1) all |= body[at] ?? 0;
    if (all >= 0x80) {
      if (!isUtf8(body.subarray(start, end))) return -1;
      const words = encodeWords(body.toString('utf8', start, end), this.#tokens);
      this.#scratch.reserve(words.length * 3);
      return this.#scratch.bytes.write(words);
    }
    // A word of one letter has a separator, and so have words that nothing parted.
    this.#scratch.reserve((end - start) * 2 + 1);
    this.#scratch.bytes[0] = SPACE;
    this.#at = 1;
    this.#source = body;
    visitAsciiWords(body, start, end, this.#addWord);
    return this.#at;
  }

  readonly #addWord = (start: number, end: number): void => {
    const out = this.#scratch.bytes;
    const source = this.#source;
    const from = this.#at;
    let to = from;
    for (let at = start; at < end; at += 1) {
      const byte = source[at] ?? 0;
      out[to++] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    }
    this.#tokens.asciiWord(out, from, to);
    out[to] = SPACE;
    this.#at = to + 1;
  };
}

function isEscaped(byte: number): boolean {
  return byte >= FIRST_ESCAPED && byte <= RS + 1;
}

function isPlainByte(byte: number): boolean {
  return byte < 0x80 && !isEscaped(byte);
}
