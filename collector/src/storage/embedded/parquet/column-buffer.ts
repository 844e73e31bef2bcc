import type { ColumnType, ColumnValue } from './column-chunk.ts';
import { type LongPage, longAt, type TextPage } from './decode-column.ts';

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
}

export function createColumnBuffer(type: ColumnType): TextBuffer | IntBuffer | LongBuffer {
  switch (type) {
    case 'text':
      return new TextBuffer();
    case 'code':
      return new IntBuffer('codes');
    case 'int':
      return new IntBuffer('ints');
    case 'long':
      return new LongBuffer();
  }
}

const TWO_32 = 2 ** 32;
/** Fewer bytes are copied one by one sooner than by a call. */
const MAX_LOOP_BYTES = 40;
const FIRST_ROWS = 512;
const FIRST_BYTES = 16 * 1024;
/** Texts of which each comes this often at least are kept as a dictionary, and few of them in any case. */
const ROWS_PER_ENTRY = 3;
const FEW_ENTRIES = 256;

export class TextBuffer implements ColumnBuffer {
  /** Undefined once the texts are too many for a dictionary. */
  #numbers: Map<string, number> | undefined = new Map();
  #entries: string[] = [];
  #entryUnits = 0;
  /** Numbers of entries, or lengths of texts. */
  #ints = new Int32Array(FIRST_ROWS);
  #count = 0;
  #bytes = Buffer.allocUnsafe(0);
  #used = 0;

  append(values: readonly ColumnValue[], from: number, to: number): number {
    const before = this.#used + this.#entryUnits;
    const count = this.#count + to - from;
    if (count > this.#ints.length) this.#ints = grownInts(this.#ints, count);
    if (this.#numbers) this.#addNumbers(this.#numbers, values, from, to);
    else this.#addTexts(values, from, to);
    this.#count = count;
    if (this.#numbers && this.#numbers.size > Math.max(FEW_ENTRIES, count / ROWS_PER_ENTRY)) this.#leaveDictionary();
    return Math.max(this.#used + this.#entryUnits - before, 0) + (to - from) * 4;
  }

  /** One row: the text that stands in the bytes. It is valid UTF-8. */
  addBytes(source: Buffer, start: number, end: number): void {
    if (this.#numbers) {
      this.addText(source.toString('utf8', start, end), 1);
      return;
    }
    const length = end - start;
    const used = this.#used;
    if (this.#count === this.#ints.length) this.#ints = grownInts(this.#ints, this.#count + 1);
    if (used + length > this.#bytes.length) this.#reserve(used + length, used + length);
    this.#ints[this.#count] = length;
    this.#count += 1;
    this.#used = used + length;
    const bytes = this.#bytes;
    if (length > MAX_LOOP_BYTES) source.copy(bytes, used, start, end);
    else for (let at = 0; at < length; at += 1) bytes[used + at] = source[start + at] ?? 0;
  }

  /** Rows of a page of another row group; gives as `append`. */
  addTextPage({ bytes, starts }: TextPage, from: number, to: number): number {
    if (this.#numbers) {
      const values = Array.from({ length: to - from }, (_, row) => bytes.toString('utf8', starts[from + row], starts[from + row + 1]));
      return this.append(values, 0, values.length);
    }
    const start = starts[from] ?? 0;
    const length = (starts[to] ?? 0) - start;
    const count = this.#count + to - from;
    if (count > this.#ints.length) this.#ints = grownInts(this.#ints, count);
    if (this.#used + length > this.#bytes.length) this.#reserve(this.#used + length, this.#used + length);
    bytes.copy(this.#bytes, this.#used, start, start + length);
    for (let row = from; row < to; row += 1) this.#ints[this.#count + row - from] = (starts[row + 1] ?? 0) - (starts[row] ?? 0);
    this.#used += length;
    this.#count = count;
    return length + (to - from) * 4;
  }

  /** As `addTextPage`, of rows that are numbers of distinct texts. */
  addEntries(entries: readonly string[], indexes: Int32Array, from: number, to: number): number {
    const values = Array.from({ length: to - from }, (_, row) => entries[indexes[from + row] ?? 0] ?? '');
    return this.append(values, 0, values.length);
  }

  /** So many rows of one text. */
  addText(text: string, rows: number): void {
    if (!this.#numbers || rows < 1) {
      const values = Array.from({ length: rows }, () => text);
      this.append(values, 0, rows);
      return;
    }
    const first = this.#count;
    this.append([text], 0, 1);
    if (rows === 1) return;
    if (!this.#numbers) {
      this.addText(text, rows - 1);
      return;
    }
    if (first + rows > this.#ints.length) this.#ints = grownInts(this.#ints, first + rows);
    this.#ints.fill(this.#ints[first] ?? 0, first + 1, first + rows);
    this.#count = first + rows;
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
        const text = String(value);
        const known = numbers.get(text);
        if (known === undefined) {
          number = this.#entries.length;
          numbers.set(text, number);
          this.#entries.push(text);
          this.#entryUnits += text.length;
        } else number = known;
      }
      this.#ints[this.#count + row - from] = number;
    }
  }

  #leaveDictionary(): void {
    const numbers = this.#ints.slice(0, this.#count);
    const entries = this.#entries;
    this.#numbers = undefined;
    this.#entries = [];
    this.#entryUnits = 0;
    this.#count = 0;
    const values = Array.from(numbers, (number) => entries[number] ?? '');
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
    const bytes = Buffer.allocUnsafe(Math.max(most, likely * 2, FIRST_BYTES));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
  }
}

export class IntBuffer implements ColumnBuffer {
  readonly kind: 'codes' | 'ints';
  #values = new Int32Array(FIRST_ROWS);
  #count = 0;

  constructor(kind: 'codes' | 'ints') {
    this.kind = kind;
  }

  append(values: readonly ColumnValue[], from: number, to: number): number {
    const count = this.#count + to - from;
    if (count > this.#values.length) this.#values = grownInts(this.#values, count);
    for (let row = from; row < to; row += 1) this.#values[this.#count + row - from] = Number(values[row]);
    this.#count = count;
    return (to - from) * 4;
  }

  /** Rows of a page of another row group, by the numbers of distinct values; gives as `append`. */
  addEntries(entries: Int32Array, indexes: Int32Array, from: number, to: number): number {
    this.#fill(from, to, (row) => entries[indexes[row] ?? 0] ?? 0);
    return (to - from) * 4;
  }

  /** Rows of a page of another row group; gives as `append`. */
  addLongPage(page: LongPage, from: number, to: number): number {
    this.#fill(from, to, (row) => Number(longAt(page, row)));
    return (to - from) * 4;
  }

  #fill(from: number, to: number, valueAt: (row: number) => number): void {
    const count = this.#count + to - from;
    if (count > this.#values.length) this.#values = grownInts(this.#values, count);
    for (let row = from; row < to; row += 1) this.#values[this.#count + row - from] = valueAt(row);
    this.#count = count;
  }

  /** So many rows of one number. */
  add(value: number, rows = 1): void {
    const count = this.#count + rows;
    if (count > this.#values.length) this.#values = grownInts(this.#values, count);
    if (rows === 1) this.#values[this.#count] = value;
    else this.#values.fill(value, this.#count, count);
    this.#count = count;
  }

  data(): ColumnData {
    return { kind: this.kind, values: this.#values.subarray(0, this.#count) };
  }
}

export class LongBuffer implements ColumnBuffer {
  #values = new BigInt64Array(FIRST_ROWS);
  /** The same memory; the lower half comes first on every machine that Node runs on. */
  #halves = new Int32Array(this.#values.buffer);
  #count = 0;

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

  #grow(count: number): void {
    const larger = new BigInt64Array(Math.max(this.#values.length * 2, count));
    larger.set(this.#values);
    this.#values = larger;
    this.#halves = new Int32Array(larger.buffer);
  }
}

/** Doubles; no column of a table has them, but attributes do. */
export class DoubleBuffer {
  #values = new Float64Array(FIRST_ROWS);
  #halves = new Uint32Array(this.#values.buffer);
  #count = 0;

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

  #grow(count: number): void {
    const larger = new Float64Array(Math.max(this.#values.length * 2, count));
    larger.set(this.#values);
    this.#values = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}

function grownInts(values: Int32Array, count: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(values.length * 2, count));
  larger.set(values);
  return larger;
}
