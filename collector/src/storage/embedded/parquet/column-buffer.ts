import { ByteNumbers } from './byte-numbers.ts';
import type { ColumnType, ColumnValue } from './column-chunk.ts';
import type { LongPage, TextPage } from './decode-column.ts';
import type { MemoryPool } from './memory-pool.ts';

/** All values of a column of one row group, as they are encoded. */
export type ColumnData =
  | { readonly kind: 'texts'; readonly bytes: Buffer; readonly lengths: Int32Array }
  | { readonly kind: 'dictionary'; readonly entries: readonly string[]; readonly indexes: Int32Array }
  | { readonly kind: 'codes' | 'ints'; readonly values: Int32Array }
  | { readonly kind: 'longs'; readonly values: BigInt64Array }
  | { readonly kind: 'doubles'; readonly values: Float64Array };

/** Values of a column as they come in. Texts become bytes at once: strings that live long cost the garbage collector more than they cost here. */
export interface ColumnBuffer {
  /** Gives about how many bytes it holds more than before. */
  append(values: readonly ColumnValue[], from: number, to: number): number;
  data(): ColumnData;
  /** Gives its memory back to the pool: what `data` gave must not be looked at any more, nor the buffer be used. */
  release(): void;
}

export function createColumnBuffer(type: ColumnType, memory: MemoryPool): TextBuffer | IntBuffer | LongBuffer {
  switch (type) {
    case 'text':
      return new TextBuffer(memory);
    case 'code':
      return new IntBuffer('codes', memory);
    case 'int':
      return new IntBuffer('ints', memory);
    case 'long':
      return new LongBuffer(memory);
  }
}

const TWO_32 = 2 ** 32;
/** Fewer bytes are copied one by one sooner than by a call. */
const MAX_LOOP_BYTES = 40;
const NO_MEMORY = new ArrayBuffer(0);
const FIRST_ROWS = 512;
const FIRST_BYTES = 16 * 1024;
/** Texts of which each comes this often at least are kept as a dictionary, and few of them in any case. */
const ROWS_PER_ENTRY = 3;
const FEW_ENTRIES = 256;

export class TextBuffer implements ColumnBuffer {
  /** Undefined once the texts are too many for a dictionary. */
  #numbers: Map<string, number> | undefined = new Map();
  #byteNumbers: ByteNumbers | undefined;
  #entries: string[] = [];
  #entryUnits = 0;
  /** Numbers of entries, or lengths of texts. */
  #ints: Int32Array<ArrayBuffer>;
  #count = 0;
  #bytes = Buffer.from(NO_MEMORY);
  #used = 0;
  readonly #memory: MemoryPool;

  constructor(memory: MemoryPool) {
    this.#memory = memory;
    this.#ints = new Int32Array(memory.take(FIRST_ROWS * 4));
  }

  append(values: readonly ColumnValue[], from: number, to: number): number {
    const before = this.#used + this.#entryUnits;
    const count = this.#count + to - from;
    if (count > this.#ints.length) this.#ints = grownInts(this.#memory, this.#ints, count);
    if (this.#numbers) this.#addNumbers(this.#numbers, values, from, to);
    else this.#addTexts(values, from, to);
    this.#count = count;
    if (this.#numbers && this.#numbers.size > Math.max(FEW_ENTRIES, count / ROWS_PER_ENTRY)) this.#leaveDictionary();
    return Math.max(this.#used + this.#entryUnits - before, 0) + (to - from) * 4;
  }

  /** One row: the text that stands in the bytes. It is valid UTF-8. */
  addBytes(source: Buffer, start: number, end: number): void {
    if (this.#numbers) {
      this.#addByNumber(this.#numbers, source, start, end);
      return;
    }
    const length = end - start;
    const used = this.#used;
    if (this.#count === this.#ints.length) this.#ints = grownInts(this.#memory, this.#ints, this.#count + 1);
    if (used + length > this.#bytes.length) this.#reserve(used + length, used + length);
    this.#ints[this.#count] = length;
    this.#count += 1;
    this.#used = used + length;
    const bytes = this.#bytes;
    if (length > MAX_LOOP_BYTES) source.copy(bytes, used, start, end);
    else for (let at = 0; at < length; at += 1) bytes[used + at] = source[start + at] ?? 0;
  }

  #addByNumber(numbers: Map<string, number>, source: Buffer, start: number, end: number): void {
    this.#byteNumbers ??= new ByteNumbers();
    let number = this.#byteNumbers.get(source, start, end);
    if (number === undefined) {
      number = this.#numberOf(numbers, source.toString('utf8', start, end));
      this.#byteNumbers.set(source, start, end, number);
    }
    this.#addNumber(number, 1);
  }

  /** Rows of a page of another row group; gives as `append`. */
  addTextPage({ bytes, starts }: TextPage, from: number, to: number): number {
    if (this.#numbers) {
      const values: string[] = [];
      for (let row = from; row < to; row += 1) values.push(bytes.toString('utf8', starts[row], starts[row + 1]));
      return this.append(values, 0, values.length);
    }
    const start = starts[from] ?? 0;
    const length = (starts[to] ?? 0) - start;
    const count = this.#count + to - from;
    if (count > this.#ints.length) this.#ints = grownInts(this.#memory, this.#ints, count);
    if (this.#used + length > this.#bytes.length) this.#reserve(this.#used + length, this.#used + length);
    bytes.copy(this.#bytes, this.#used, start, start + length);
    for (let row = from; row < to; row += 1) this.#ints[this.#count + row - from] = (starts[row + 1] ?? 0) - (starts[row] ?? 0);
    this.#used += length;
    this.#count = count;
    return length + (to - from) * 4;
  }

  /** As `addTextPage`, of rows that are numbers of distinct texts. */
  addEntries(entries: readonly string[], indexes: Int32Array, from: number, to: number): number {
    const values: string[] = [];
    for (let row = from; row < to; row += 1) values.push(entries[indexes[row] ?? 0] ?? '');
    return this.append(values, 0, values.length);
  }

  /** So many rows of one text. */
  addText(text: string, rows: number): void {
    if (!this.#numbers || rows < 1) {
      this.append(new Array<string>(rows).fill(text), 0, rows);
      return;
    }
    this.#addNumber(this.#numberOf(this.#numbers, text), rows);
  }

  data(): ColumnData {
    if (this.#numbers && this.#entries.length > 1 && this.#entries.length * ROWS_PER_ENTRY > this.#count) this.#leaveDictionary();
    const ints = this.#ints.subarray(0, this.#count);
    return this.#numbers
      ? { kind: 'dictionary', entries: this.#entries, indexes: ints }
      : { kind: 'texts', bytes: this.#bytes.subarray(0, this.#used), lengths: ints };
  }

  #addNumbers(numbers: Map<string, number>, values: readonly ColumnValue[], from: number, to: number): void {
    let last: ColumnValue | undefined;
    let number = 0;
    for (let row = from; row < to; row += 1) {
      const value = values[row];
      if (value !== last || row === from) {
        last = value;
        number = this.#numberOf(numbers, String(value));
      }
      this.#ints[this.#count + row - from] = number;
    }
  }

  #numberOf(numbers: Map<string, number>, text: string): number {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#entries.length;
    numbers.set(text, number);
    this.#entries.push(text);
    this.#entryUnits += text.length;
    return number;
  }

  /** So many rows of the entry. */
  #addNumber(number: number, rows: number): void {
    const count = this.#count + rows;
    if (count > this.#ints.length) this.#ints = grownInts(this.#memory, this.#ints, count);
    if (rows === 1) this.#ints[this.#count] = number;
    else this.#ints.fill(number, this.#count, count);
    this.#count = count;
    if (this.#entries.length > Math.max(FEW_ENTRIES, count / ROWS_PER_ENTRY)) this.#leaveDictionary();
  }

  #leaveDictionary(): void {
    const numbers = this.#ints.slice(0, this.#count);
    const entries = this.#entries;
    this.#numbers = undefined;
    this.#byteNumbers = undefined;
    this.#entries = [];
    this.#entryUnits = 0;
    this.#count = 0;
    const values: string[] = [];
    for (const number of numbers) values.push(entries[number] ?? '');
    this.#addTexts(values, 0, values.length);
    this.#count = values.length;
  }

  #addTexts(values: readonly ColumnValue[], from: number, to: number): void {
    const text = (from === 0 && to === values.length ? values : values.slice(from, to)).join('');
    // A character of UTF-16 takes three bytes at most.
    const most = this.#used + text.length * 3;
    if (most > this.#bytes.length) this.#reserve(this.#used + text.length, most);
    const written = this.#bytes.write(text, this.#used);
    const isAscii = written === text.length;
    let sum = 0;
    for (let row = from; row < to; row += 1) {
      const value = String(values[row]);
      const length = isAscii ? value.length : Buffer.byteLength(value);
      this.#ints[this.#count + row - from] = length;
      sum += length;
    }
    this.#used += written;
    if (sum !== written) this.#addOneByOne(values, from, to, this.#used - written);
  }

  /** Halves of a pair at two texts' ends would have become one character of both. */
  #addOneByOne(values: readonly ColumnValue[], from: number, to: number, start: number): void {
    this.#used = start;
    for (let row = from; row < to; row += 1) {
      const bytes = Buffer.from(String(values[row]));
      if (this.#used + bytes.length > this.#bytes.length) this.#reserve(this.#used + bytes.length, this.#used + bytes.length);
      this.#bytes.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  #reserve(likely: number, most: number): void {
    const bytes = Buffer.from(this.#memory.take(Math.max(most, likely * 2, FIRST_BYTES)));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#memory.give(this.#bytes.buffer);
    this.#bytes = bytes;
  }

  release(): void {
    this.#memory.give(this.#ints.buffer);
    this.#memory.give(this.#bytes.buffer);
  }
}

export class IntBuffer implements ColumnBuffer {
  readonly kind: 'codes' | 'ints';
  #values: Int32Array<ArrayBuffer>;
  #count = 0;
  readonly #memory: MemoryPool;

  constructor(kind: 'codes' | 'ints', memory: MemoryPool) {
    this.kind = kind;
    this.#memory = memory;
    this.#values = new Int32Array(memory.take(FIRST_ROWS * 4));
  }

  append(values: readonly ColumnValue[], from: number, to: number): number {
    const count = this.#count + to - from;
    if (count > this.#values.length) this.#values = grownInts(this.#memory, this.#values, count);
    for (let row = from; row < to; row += 1) this.#values[this.#count + row - from] = Number(values[row]);
    this.#count = count;
    return (to - from) * 4;
  }

  /** Rows of a page of another row group, by the numbers of distinct values; gives as `append`. */
  addEntries(entries: Int32Array, indexes: Int32Array, from: number, to: number): number {
    const start = this.#extend(to - from);
    for (let row = from; row < to; row += 1) this.#values[start + row - from] = entries[indexes[row] ?? 0] ?? 0;
    return (to - from) * 4;
  }

  /** Rows of a page of another row group; gives as `append`. */
  addLongPage(page: LongPage, from: number, to: number): number {
    const start = this.#extend(to - from);
    const base = page.wide ? 0 : Number(page.base);
    for (let row = from; row < to; row += 1)
      this.#values[start + row - from] = page.wide ? Number(page.wide[row]) : base + (page.offsets[row] ?? 0);
    return (to - from) * 4;
  }

  /** Makes room for so many rows behind those that are there; gives where they begin. */
  #extend(rows: number): number {
    const start = this.#count;
    this.#count += rows;
    if (this.#count > this.#values.length) this.#values = grownInts(this.#memory, this.#values, this.#count);
    return start;
  }

  /** So many rows of one number. */
  add(value: number, rows = 1): void {
    const count = this.#count + rows;
    if (count > this.#values.length) this.#values = grownInts(this.#memory, this.#values, count);
    if (rows === 1) this.#values[this.#count] = value;
    else this.#values.fill(value, this.#count, count);
    this.#count = count;
  }

  data(): ColumnData {
    return { kind: this.kind, values: this.#values.subarray(0, this.#count) };
  }

  release(): void {
    this.#memory.give(this.#values.buffer);
  }
}

export class LongBuffer implements ColumnBuffer {
  #values: BigInt64Array<ArrayBuffer>;
  /** The same memory; the lower half comes first on every machine that Node runs on. */
  #halves: Int32Array;
  #count = 0;
  readonly #memory: MemoryPool;

  constructor(memory: MemoryPool) {
    this.#memory = memory;
    this.#values = new BigInt64Array(memory.take(FIRST_ROWS * 8));
    this.#halves = new Int32Array(this.#values.buffer);
  }

  append(values: readonly ColumnValue[], from: number, to: number): number {
    const count = this.#count + to - from;
    if (count > this.#values.length) this.#grow(count);
    for (let row = from; row < to; row += 1) {
      const value = values[row];
      this.#values[this.#count + row - from] = typeof value === 'bigint' ? value : 0n;
    }
    this.#count = count;
    return (to - from) * 8;
  }

  /** Rows of a page of another row group; gives as `append`. No number is made a bigint on the way. */
  addLongPage(page: LongPage, from: number, to: number): number {
    const count = this.#count + to - from;
    if (count > this.#values.length) this.#grow(count);
    if (page.wide) this.#values.set(page.wide.subarray(from, to), this.#count);
    else {
      const low = Number(BigInt.asUintN(32, page.base));
      const high = Number(page.base >> 32n);
      for (let row = from, at = 2 * this.#count; row < to; row += 1, at += 2) {
        const sum = low + (page.offsets[row] ?? 0);
        const carry = Math.floor(sum / TWO_32);
        this.#halves[at] = sum - carry * TWO_32;
        this.#halves[at + 1] = high + carry;
      }
    }
    this.#count = count;
    return (to - from) * 8;
  }

  /** One row, by the lower and upper 32 bits. */
  addHalves(low: number, high: number): void {
    const at = this.#count;
    if (at === this.#values.length) this.#grow(at + 1);
    this.#halves[2 * at] = low;
    this.#halves[2 * at + 1] = high;
    this.#count = at + 1;
  }

  /** So many rows of one number. */
  add(value: bigint, rows: number): void {
    const count = this.#count + rows;
    if (count > this.#values.length) this.#grow(count);
    this.#values.fill(value, this.#count, count);
    this.#count = count;
  }

  data(): ColumnData {
    return { kind: 'longs', values: this.#values.subarray(0, this.#count) };
  }

  release(): void {
    this.#memory.give(this.#values.buffer);
  }

  #grow(count: number): void {
    const larger = new BigInt64Array(this.#memory.take(Math.max(this.#values.length * 2, count) * 8));
    larger.set(this.#values);
    this.release();
    this.#values = larger;
    this.#halves = new Int32Array(larger.buffer);
  }
}

/** Doubles; no column of a table has them, but attributes do. */
export class DoubleBuffer {
  #values: Float64Array<ArrayBuffer>;
  #halves: Uint32Array;
  #count = 0;
  readonly #memory: MemoryPool;

  constructor(memory: MemoryPool) {
    this.#memory = memory;
    this.#values = new Float64Array(memory.take(FIRST_ROWS * 8));
    this.#halves = new Uint32Array(this.#values.buffer);
  }

  add(value: number): void {
    if (this.#count === this.#values.length) this.#grow(this.#count + 1);
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  /** One value, by the lower and upper 32 bits. */
  addHalves(low: number, high: number): void {
    const at = this.#count;
    if (at === this.#values.length) this.#grow(at + 1);
    this.#halves[2 * at] = low;
    this.#halves[2 * at + 1] = high;
    this.#count = at + 1;
  }

  addAll(values: Float64Array): void {
    const count = this.#count + values.length;
    if (count > this.#values.length) this.#grow(count);
    this.#values.set(values, this.#count);
    this.#count = count;
  }

  data(): ColumnData {
    return { kind: 'doubles', values: this.#values.subarray(0, this.#count) };
  }

  release(): void {
    this.#memory.give(this.#values.buffer);
  }

  #grow(count: number): void {
    const larger = new Float64Array(this.#memory.take(Math.max(this.#values.length * 2, count) * 8));
    larger.set(this.#values);
    this.release();
    this.#values = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}

function grownInts(memory: MemoryPool, values: Int32Array<ArrayBuffer>, count: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(memory.take(Math.max(values.length * 2, count) * 4));
  larger.set(values);
  memory.give(values.buffer);
  return larger;
}
