import { ByteNumbers } from './byte-numbers.ts';
import { ByteSink } from './byte-sink.ts';
import { readTextPage, type TextPage } from './decode-column.ts';
import { readDeltas, writeDeltas } from './delta-binary.ts';
import { readIndexes, writeIndexes } from './dictionary-indexes.ts';
import type { MemoryPool } from './memory-pool.ts';

/**
 * What the texts of a column end in: a decimal number (`/orders/4711`, `user-17`) or a UUID. A head of few and a tail as a number or as 16 bytes take less than half of what the
 * texts take compressed, and less work, as nothing is compressed.
 */
export type TailKind = 'number' | 'uuid';

interface TailParts {
  readonly kind: TailKind;
  /** Of each text its head's number. */
  readonly indexes: Int32Array;
  /** Of each text with a tail, in order: its number, or the 16 bytes of its UUID. */
  readonly numbers: Float64Array;
  readonly uuids: Buffer;
}

/** Texts as heads, tails and those that have no tail, of all rows of a column. */
export interface TailedTexts extends TailParts {
  /** Each once; the first one stands for texts without a tail. */
  readonly heads: readonly Buffer[];
}

/** Looked at before all are: most columns are not of this form. */
const SAMPLES = 32;
/** More heads are no heads. */
const MAX_HEADS = 256;
const MAX_HEAD_BYTES = 128;
/** Of so many texts one may be of another form. */
const TEXTS_PER_EXCEPTION = 16;
/** Whole numbers of so many digits lie within what deltas are counted in. */
const MAX_DIGITS = 15;
const UUID_CHARACTERS = 36;
const UUID_BYTES = 16;
const ZERO = 0x30;
const NINE = 0x39;
const DASH = 0x2d;
const HEX_DIGITS = Buffer.from('0123456789abcdef');
/** Of each byte the value of the lower-case hexadecimal digit that it is; 255 for none. */
const HEX_VALUES = new Uint8Array(256).fill(255);
for (const [value, digit] of HEX_DIGITS.entries()) HEX_VALUES[digit] = value;
const NO_HEAD = Buffer.alloc(0);
const NO_NUMBERS = new Float64Array(0);
const NO_TEXTS: TextPage = { bytes: Buffer.alloc(0), starts: new Int32Array(1) };
const HEADER_BYTES = 8;

/** Parts the texts; undefined where they are not of such a form. The parts stand in the pool's memory until `releaseTails`. */
export function splitTails(bytes: Buffer, lengths: Int32Array, memory: MemoryPool): TailedTexts | undefined {
  const kind = kindOf(bytes, lengths);
  if (!kind) return undefined;
  const rows = lengths.length;
  const parts = {
    kind,
    indexes: new Int32Array(memory.take(rows * 4)).subarray(0, rows),
    numbers: new Float64Array(memory.take(kind === 'number' ? rows * 8 : 0)),
    uuids: Buffer.from(memory.take(kind === 'uuid' ? rows * UUID_BYTES : 0)),
  };
  const heads = fillParts(parts, bytes, lengths);
  if (heads) return { ...parts, heads };
  releaseTails(parts, memory);
  return undefined;
}

/** They may not be looked at any more. */
export function releaseTails({ indexes, numbers, uuids }: TailParts, memory: MemoryPool): void {
  for (const { buffer } of [indexes, numbers, uuids]) if (buffer instanceof ArrayBuffer) memory.give(buffer);
}

/** Gives the heads; undefined where they are too many, or too many texts have no tail. */
function fillParts({ kind, indexes, numbers, uuids }: TailParts, bytes: Buffer, lengths: Int32Array): Buffer[] | undefined {
  const known = new ByteNumbers();
  const heads: Buffer[] = [NO_HEAD];
  const mostWhole = lengths.length / TEXTS_PER_EXCEPTION;
  let start = 0;
  let tailed = 0;
  for (let row = 0; row < lengths.length; row += 1) {
    const end = start + (lengths[row] ?? 0);
    const tail = kind === 'number' ? numberStart(bytes, start, end) : packUuid(bytes, start, end, uuids, tailed * UUID_BYTES);
    if (tail < 0 || tail - start > MAX_HEAD_BYTES) {
      if (row - tailed >= mostWhole) return undefined;
      indexes[row] = 0;
    } else {
      const head = headNumber(known, heads, bytes, start, tail);
      if (head > MAX_HEADS) return undefined;
      indexes[row] = head;
      if (kind === 'number') numbers[tailed] = numberOf(bytes, tail, end);
      tailed += 1;
    }
    start = end;
  }
  return heads;
}

function headNumber(known: ByteNumbers, heads: Buffer[], bytes: Buffer, start: number, end: number): number {
  const head = known.get(bytes, start, end);
  if (head !== undefined) return head;
  known.set(bytes, start, end, heads.length);
  return heads.push(Buffer.from(bytes.subarray(start, end))) - 1;
}

/** By texts from all over the column. */
function kindOf(bytes: Buffer, lengths: Int32Array): TailKind | undefined {
  const packed = Buffer.alloc(UUID_BYTES);
  const step = Math.max(Math.floor(lengths.length / SAMPLES), 1);
  let start = 0;
  let samples = 0;
  let numbers = 0;
  let uuids = 0;
  for (let row = 0; row < lengths.length; row += 1) {
    const end = start + (lengths[row] ?? 0);
    if (row % step === 0) {
      samples += 1;
      if (numberStart(bytes, start, end) >= 0) numbers += 1;
      if (packUuid(bytes, start, end, packed, 0) >= 0) uuids += 1;
    }
    start = end;
  }
  const enough = samples - samples / TEXTS_PER_EXCEPTION;
  return uuids >= enough ? 'uuid' : numbers >= enough ? 'number' : undefined;
}

/** Where the UUID begins that the text ends in, in lower case; -1 where it ends in none. Its bytes are written to `packed`. */
function packUuid(bytes: Buffer, start: number, end: number, packed: Buffer, to: number): number {
  const at = end - UUID_CHARACTERS;
  if (at < start || bytes[at + 8] !== DASH || bytes[at + 13] !== DASH || bytes[at + 18] !== DASH || bytes[at + 23] !== DASH) return -1;
  const all =
    packDigits(bytes, at, packed, to, 4) |
    packDigits(bytes, at + 9, packed, to + 4, 2) |
    packDigits(bytes, at + 14, packed, to + 6, 2) |
    packDigits(bytes, at + 19, packed, to + 8, 2) |
    packDigits(bytes, at + 24, packed, to + 10, 6);
  return all <= 15 ? at : -1;
}

/** Two digits a byte; gives all digits' bits, more than 15 where one is none. */
function packDigits(bytes: Buffer, from: number, packed: Buffer, to: number, count: number): number {
  let all = 0;
  for (let byte = 0, at = from; byte < count; byte += 1, at += 2) {
    const high = HEX_VALUES[bytes[at] ?? 0] ?? 0;
    const low = HEX_VALUES[bytes[at + 1] ?? 0] ?? 0;
    all |= high | low;
    packed[to + byte] = (high << 4) | low;
  }
  return all;
}

/** Zeros in front of a number are the head's: `007` is `00` and 7. */
function numberStart(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && end - at < MAX_DIGITS && isDigit(bytes[at - 1] ?? 0)) at -= 1;
  if (at === end) return -1;
  while (at < end - 1 && bytes[at] === ZERO) at += 1;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function numberOf(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + (bytes[at] ?? 0) - ZERO;
  return value;
}

/**
 * Writes the pages of a column, one after the other:
 *
 *     bytes of the heads' numbers (32 bits) | bytes of the tails (32 bits) | numbers | tails | lengths of the texts without a tail | these texts
 */
export class TailWriter {
  readonly #bytes: Buffer;
  readonly #lengths: Int32Array;
  readonly #texts: TailedTexts;
  readonly #scratch: ByteSink;
  /** Of the next page: its first row, where that one's text begins, and which tail comes next. */
  #row = 0;
  #at = 0;
  #tail = 0;

  constructor(texts: TailedTexts, column: { readonly bytes: Buffer; readonly lengths: Int32Array }, memory: MemoryPool) {
    this.#bytes = column.bytes;
    this.#lengths = column.lengths;
    this.#texts = texts;
    this.#scratch = new ByteSink({ memory });
  }

  /** As of `ByteSink`. */
  release(): void {
    this.#scratch.release();
  }

  /** The rows up to this one, at least one. */
  write(sink: ByteSink, end: number): void {
    const { kind, heads, indexes, numbers, uuids } = this.#texts;
    const scratch = this.#scratch;
    scratch.clear();
    writeIndexes(scratch, indexes.subarray(this.#row, end), heads.length);
    const numberBytes = scratch.length;
    const without = this.#pass(end);
    const tail = this.#tail + end - this.#row - without.length;
    if (kind === 'uuid') scratch.append(uuids.subarray(this.#tail * UUID_BYTES, tail * UUID_BYTES));
    else if (tail > this.#tail) writeDeltas(scratch, BigInt(numbers[this.#tail] ?? 0), numbers.subarray(this.#tail, tail));
    sink.int32(numberBytes);
    sink.int32(scratch.length - numberBytes);
    sink.append(scratch.view());
    if (without.length > 0) this.#writeWhole(sink, without);
    this.#row = end;
    this.#tail = tail;
  }

  /** Passes over the texts of a page; gives where each that has no tail begins and ends. */
  #pass(end: number): [start: number, end: number][] {
    const without: [number, number][] = [];
    for (let row = this.#row; row < end; row += 1) {
      const start = this.#at;
      this.#at += this.#lengths[row] ?? 0;
      if (this.#texts.indexes[row] === 0) without.push([start, this.#at]);
    }
    return without;
  }

  #writeWhole(sink: ByteSink, places: readonly (readonly [number, number])[]): void {
    const lengths = Int32Array.from(places, ([start, end]) => end - start);
    writeDeltas(sink, BigInt(lengths[0] ?? 0), lengths);
    for (const [start, end] of places) sink.appendPart(this.#bytes, start, end);
  }
}

/** The texts of a page that `TailWriter` wrote, `rows` of them. */
export function readTailPage(content: Buffer, rows: number, { kind, heads }: Pick<TailedTexts, 'kind' | 'heads'>): TextPage {
  const tailsAt = HEADER_BYTES + content.readInt32LE(0);
  const wholeAt = tailsAt + content.readInt32LE(4);
  const indexes = readIndexes(content.subarray(HEADER_BYTES, tailsAt), rows);
  const numbers = kind === 'number' && wholeAt > tailsAt ? wholeNumbers(content, tailsAt) : NO_NUMBERS;
  const whole = wholeAt < content.length ? readTextPage(content, wholeAt) : NO_TEXTS;
  const starts = startsOf(indexes, { kind, heads }, numbers, whole);
  const bytes = Buffer.allocUnsafeSlow(starts[rows] ?? 0);
  let tail = 0;
  let next = 0;
  for (let row = 0; row < rows; row += 1) {
    const index = indexes[row] ?? 0;
    const to = starts[row] ?? 0;
    if (index === 0) {
      whole.bytes.copy(bytes, to, whole.starts[next] ?? 0, whole.starts[next + 1] ?? 0);
      next += 1;
      continue;
    }
    const head = heads[index] ?? NO_HEAD;
    for (let at = 0; at < head.length; at += 1) bytes[to + at] = head[at] ?? 0;
    if (kind === 'uuid') unpackUuid(content, tailsAt + tail * UUID_BYTES, bytes, to + head.length);
    else writeDigits(numbers[tail] ?? 0, bytes, to + head.length, starts[row + 1] ?? 0);
    tail += 1;
  }
  return { bytes, starts };
}

/** Where each text begins, and the last one ends. */
function startsOf(
  indexes: Int32Array,
  { kind, heads }: Pick<TailedTexts, 'kind' | 'heads'>,
  numbers: Float64Array,
  whole: TextPage,
): Int32Array {
  const starts = new Int32Array(indexes.length + 1);
  let at = 0;
  let tail = 0;
  let next = 0;
  for (let row = 0; row < indexes.length; row += 1) {
    const index = indexes[row] ?? 0;
    if (index === 0) {
      at += (whole.starts[next + 1] ?? 0) - (whole.starts[next] ?? 0);
      next += 1;
    } else {
      at += (heads[index]?.length ?? 0) + (kind === 'uuid' ? UUID_CHARACTERS : digitsOf(numbers[tail] ?? 0));
      tail += 1;
    }
    starts[row + 1] = at;
  }
  return starts;
}

function wholeNumbers(content: Buffer, position: number): Float64Array {
  const { first, offsets } = readDeltas(content, position);
  const base = Number(first);
  for (let index = 0; index < offsets.length; index += 1) offsets[index] = base + (offsets[index] ?? 0);
  return offsets;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let least = 10; least <= value; least *= 10) digits += 1;
  return digits;
}

/** The number's digits up to `end`. */
function writeDigits(value: number, bytes: Buffer, start: number, end: number): void {
  let rest = value;
  for (let at = end - 1; at >= start; at -= 1) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

function unpackUuid(packed: Buffer, from: number, bytes: Buffer, to: number): void {
  unpackDigits(packed, from, bytes, to, 4);
  bytes[to + 8] = DASH;
  unpackDigits(packed, from + 4, bytes, to + 9, 2);
  bytes[to + 13] = DASH;
  unpackDigits(packed, from + 6, bytes, to + 14, 2);
  bytes[to + 18] = DASH;
  unpackDigits(packed, from + 8, bytes, to + 19, 2);
  bytes[to + 23] = DASH;
  unpackDigits(packed, from + 10, bytes, to + 24, 6);
}

function unpackDigits(packed: Buffer, from: number, bytes: Buffer, to: number, count: number): void {
  for (let byte = 0, at = to; byte < count; byte += 1, at += 2) {
    const value = packed[from + byte] ?? 0;
    bytes[at] = HEX_DIGITS[value >>> 4] ?? 0;
    bytes[at + 1] = HEX_DIGITS[value & 15] ?? 0;
  }
}
