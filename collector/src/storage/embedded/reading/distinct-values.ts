import { compareValues } from '../../facet-order.ts';
import { MAX_FACET_VALUE_LENGTH } from '../../storage.ts';
import { escapeText, LEAF_CLASSES, RECORD_SEPARATOR, UNIT_SEPARATOR, unescapeText } from '../leaf-text.ts';
import { isWhole, type RowMask } from '../matching/row-mask.ts';
import type { TextPage } from '../parquet/decode-column.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import type { TypedClass } from '../rows/attribute-columns.ts';
import { ByteTexts } from './byte-texts.ts';
import { NumberCounts } from './number-counts.ts';

/** Different values that are kept apart, and the bytes that they may take: what one read may hold in memory, some 30 MB in all. */
const MAX_DISTINCT = 100_000;
const MAX_DISTINCT_BYTES = 16 * 1024 * 1024;
const FIRST_COUNTS = 1_024;
/** Of a longer list of values it is sooner to sort all of them. */
const MAX_INSERTED = 100;
/** The escape and both separators. */
const FIRST_ESCAPED = 0x1d;
const LAST_ESCAPED = 0x1f;
const UNIT_END = UNIT_SEPARATOR.charCodeAt(0);
const RECORD_END = RECORD_SEPARATOR.charCodeAt(0);
const TEXT = LEAF_CLASSES.text.charCodeAt(0);
const ELEMENT = LEAF_CLASSES.element.charCodeAt(0);
const LISTED: ReadonlySet<number> = new Set(
  [LEAF_CLASSES.text, LEAF_CLASSES.element, LEAF_CLASSES.bool, LEAF_CLASSES.int, LEAF_CLASSES.double].map((name) => name.charCodeAt(0)),
);

export interface DistinctValues {
  readonly values: { readonly value: string; readonly count: number }[];
  readonly otherCount: number;
  readonly isCapped: boolean;
}

/** Of the page at hand: rows whose text stands there as leaves have it. */
const plainRows = new Int32Array(PAGE_ROWS);
/** Of the page at hand: how many rows there are by the difference of their whole number from the least. Zeros between two pages. */
const rowsByOffset = new Uint32Array(PAGE_ROWS);

/** Counts the values of one key in texts of leaves, over their bytes. */
export class ValueCounter {
  readonly #prefix: Buffer;
  readonly #prefixText: string;
  readonly #values: ByteTexts;
  /** By the values' numbers: in how many rows they are. */
  #counts: Uint32Array = new Uint32Array(FIRST_COUNTS);
  /** And the text of leaves that had them last, so that one which has a value twice counts once. */
  readonly #lastTexts: number[] = [];
  /** Of columns of numbers. */
  readonly #numbers = new NumberCounts(MAX_DISTINCT);
  /** Some of those do not start with the prefix. */
  #mayBeOther: boolean;
  #texts = 0;
  /** Rows whose value no list has, with those for which the text at hand stands. */
  #unlisted = 0;
  #uncounted = 0;
  /** Rows of which it is not known whether their value starts with the prefix. */
  #untold = 0;
  #longText = 0;
  /** Of the text at hand: for how many rows it stands when it has only values without a text, else 0. */
  #untyped = 0;
  #typedText = 0;

  /** `prefix` as `escapeText` gives it. `values` may have some already. */
  constructor(prefix: string, values = new ByteTexts({ texts: MAX_DISTINCT, bytes: MAX_DISTINCT_BYTES })) {
    this.#prefix = Buffer.from(prefix);
    this.#prefixText = prefix;
    this.#mayBeOther = prefix !== '';
    this.#values = values;
  }

  /** The leaves that follow belong to another row, or to rows that have the same. */
  beginText(): void {
    this.#unlisted += this.#untyped;
    this.#untyped = 0;
    this.#texts += 1;
  }

  /** The value that starts there in a text that stands for so many rows. Gives where the leaf's separator behind the value is. */
  add(bytes: Buffer, start: number, count: number): number {
    let end = start;
    // A value that stands in a column of its own is counted there.
    if (bytes[start + 1] === RECORD_END) return start;
    while (bytes[end] !== UNIT_END && end < bytes.length) end += 1;
    const leafClass = bytes[end + 1] ?? 0;
    if (!LISTED.has(leafClass)) {
      this.#untyped = this.#typedText === this.#texts ? 0 : count;
      return end;
    }
    this.#typedText = this.#texts;
    this.#untyped = 0;
    if (isLong(bytes, start, end)) {
      if (this.#longText !== this.#texts) this.#unlisted += count;
      this.#longText = this.#texts;
      return end;
    }
    if (!this.#startsWithPrefix(bytes, start)) return end;
    // A text in an array is as good as one that stands alone.
    const number = this.#values.number(bytes, start, end, leafClass === ELEMENT ? TEXT : leafClass);
    if (number < 0) this.#uncounted += count;
    else if (this.#lastTexts[number] !== this.#texts) {
      this.#lastTexts[number] = this.#texts;
      this.#countNumber(number, count);
    }
    return end;
  }

  /** A value of an attribute's own column, in so many rows; each of them has it once and no other of the kind. */
  addText(text: string, leafClass: TypedClass, count: number): void {
    if (text.length > MAX_FACET_VALUE_LENGTH) {
      this.#unlisted += count;
      return;
    }
    const escaped = Buffer.from(escapeText(text));
    if (!this.#startsWithPrefix(escaped, 0)) return;
    this.#countNumber(this.#values.number(escaped, 0, escaped.length, leafClass.charCodeAt(0)), count);
  }

  /** As `addText`, of the texts of a page's rows, once each; of those of the mask only. */
  addTexts({ bytes, starts }: TextPage, rows: RowMask, leafClass: TypedClass): void {
    const kind = leafClass.charCodeAt(0);
    const mayBeOther = this.#prefix.length > 0 || hasEscaped(bytes, starts[0] ?? 0, starts[rows.length] ?? 0);
    let count = 0;
    for (let row = 0; row < rows.length; row += 1) {
      if (rows[row] === 0) continue;
      const start = starts[row] ?? 0;
      const end = starts[row + 1] ?? 0;
      if (end - start > MAX_FACET_VALUE_LENGTH || (mayBeOther && isEscaped(bytes, start, end)))
        this.addText(bytes.toString('utf8', start, end), leafClass, 1);
      else if (!mayBeOther || this.#startsWithPrefix(bytes, start, end)) plainRows[count++] = row;
    }
    this.#values.numbers({ bytes, starts }, kind, plainRows, count);
    for (let index = 0; index < count; index += 1) this.#countNumber(plainRows[index] ?? 0, 1);
  }

  /** As `addTexts`, of texts whose numbers are known, row by row; of those without the prefix none is in the result. */
  addTextNumbers(numbers: Int32Array, rows: RowMask): void {
    const isAll = isWhole(rows);
    const before = this.#uncounted;
    for (let row = 0; row < rows.length; row += 1) if (isAll || rows[row] === 1) this.#countNumber(numbers[row] ?? 0, 1);
    if (this.#prefix.length === 0) return;
    this.#untold += this.#uncounted - before;
    this.#uncounted = before;
  }

  /** As `addText`, of the numbers of a page's rows; of those of the mask only. */
  addDoubles(doubles: Float64Array, rows: RowMask): void {
    for (let row = 0; row < rows.length; row += 1) if (rows[row] === 1) this.addNumber(doubles[row] ?? 0, 1);
  }

  /** As `addDoubles`, of whole numbers that doubles hold, as differences from `base`. Those of a page are near to each other, as a rule. */
  addInts({ base, offsets }: { readonly base: number; readonly offsets: Float64Array }, rows: RowMask): void {
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < rows.length; row += 1) {
      if (rows[row] !== 1) continue;
      const offset = offsets[row] ?? 0;
      if (offset < least) least = offset;
      if (offset > greatest) greatest = offset;
    }
    if (greatest - least >= rowsByOffset.length) {
      for (let row = 0; row < rows.length; row += 1) if (rows[row] === 1) this.addNumber(base + (offsets[row] ?? 0), 1);
      return;
    }
    for (let row = 0; row < rows.length; row += 1) {
      const place = (offsets[row] ?? 0) - least;
      if (rows[row] === 1) rowsByOffset[place] = (rowsByOffset[place] ?? 0) + 1;
    }
    for (let place = 0; place <= greatest - least; place += 1) {
      const count = rowsByOffset[place] ?? 0;
      if (count > 0) this.addNumber(base + least + place, count);
      rowsByOffset[place] = 0;
    }
  }

  /**
   * As `addText`, of a number that a double holds. To look at the text of each would cost many times what it costs to count it: those without the prefix are
   * dropped when there is no more room, and in the end.
   */
  addNumber(value: number, count: number): void {
    if (this.#mayBeOther && !this.#numbers.add(value, count)) {
      this.#dropOtherNumbers();
      this.#mayBeOther = false;
    } else if (this.#mayBeOther) return;
    const isOther = this.#prefix.length > 0 && !String(value).startsWith(this.#prefixText);
    if (!isOther && !this.#numbers.add(value, count)) this.#uncounted += count;
  }

  #dropOtherNumbers(): void {
    this.#numbers.keep((value) => String(value).startsWith(this.#prefixText));
  }

  /** At most so many values, most rows first. */
  result(limit: number): DistinctValues {
    this.beginText();
    this.#dropOthers();
    const values = this.#mostFrequent(limit).sort(compareValues).slice(0, limit);
    let counted = 0;
    const counts = this.#listedCounts();
    for (let number = 0; number < counts.length; number += 1) counted += counts[number] ?? 0;
    this.#numbers.visit((_value, count) => {
      counted += count;
    });
    const listed = values.reduce((sum, { count }) => sum + count, 0);
    return {
      values,
      // What no list has starts with nothing.
      otherCount: counted - listed + this.#uncounted + (this.#prefix.length === 0 ? this.#unlisted : 0),
      isCapped: this.#uncounted > 0 || this.#untold > 0,
    };
  }

  /** Those that may be among so many of the first, and others. */
  #mostFrequent(limit: number): { readonly value: string; readonly count: number }[] {
    const counts = this.#listedCounts();
    const least = this.#hasOneKind() ? leastOf(this.#numbers.size > 0 ? this.#numbers.counts() : counts, limit) : 0;
    const values = new Map<string, number>();
    const add = (value: string, count: number): void => {
      values.set(value, (values.get(value) ?? 0) + count);
    };
    for (let number = 0; number < counts.length; number += 1) {
      const count = counts[number] ?? 0;
      if (count >= least && count > 0) add(unescapeText(this.#values.text(number).toString()), count);
    }
    this.#numbers.visit((value, count) => {
      if (count >= least) add(String(value), count);
    });
    return Array.from(values, ([value, count]) => ({ value, count }));
  }

  /** What was counted by its number was not asked for its prefix. */
  #dropOthers(): void {
    if (this.#prefix.length === 0) return;
    this.#dropOtherNumbers();
    const counts = this.#listedCounts();
    for (let number = 0; number < counts.length; number += 1)
      if (counts[number] !== 0 && !this.#startsWithPrefix(this.#values.text(number), 0)) counts[number] = 0;
  }

  /** By the values' numbers. */
  #listedCounts(): Uint32Array {
    const { size } = this.#values;
    if (size > this.#counts.length) this.#counts = grown(this.#counts, size);
    return this.#counts.subarray(0, size);
  }

  /** Then no two values have one text. */
  #hasOneKind(): boolean {
    if (this.#numbers.size > 0) return this.#listedCounts().every((count) => count === 0);
    const counts = this.#listedCounts();
    let kind: number | undefined;
    for (let number = 0; number < counts.length; number += 1) {
      if (counts[number] === 0) continue;
      kind ??= this.#values.kind(number);
      if (this.#values.kind(number) !== kind) return false;
    }
    return true;
  }

  #countNumber(number: number, count: number): void {
    if (number < 0) {
      this.#uncounted += count;
      return;
    }
    if (number >= this.#counts.length) this.#counts = grown(this.#counts, number);
    this.#counts[number] = (this.#counts[number] ?? 0) + count;
  }

  #startsWithPrefix(bytes: Buffer, start: number, end = bytes.length): boolean {
    const prefix = this.#prefix;
    if (end - start < prefix.length) return false;
    for (let index = 0; index < prefix.length; index += 1) if (bytes[start + index] !== prefix[index]) return false;
    return true;
  }
}

/** The number of the text of each row that has one, whatever its prefix; undefined where some stand in `values` otherwise than in the page. */
export function numbersOfTexts(
  { bytes, starts }: TextPage,
  rows: RowMask,
  leafClass: TypedClass,
  values: ByteTexts,
): Int32Array | undefined {
  if (hasEscaped(bytes, starts[0] ?? 0, starts[rows.length] ?? 0)) return undefined;
  let count = 0;
  for (let row = 0; row < rows.length; row += 1) {
    if (rows[row] === 0) continue;
    if ((starts[row + 1] ?? 0) - (starts[row] ?? 0) > MAX_FACET_VALUE_LENGTH) return undefined;
    plainRows[count++] = row;
  }
  const numbers = plainRows.slice(0, count);
  values.numbers({ bytes, starts }, leafClass.charCodeAt(0), numbers, count);
  if (count === rows.length) return numbers;
  const spread = new Int32Array(rows.length);
  for (let index = 0; index < count; index += 1) spread[plainRows[index] ?? 0] = numbers[index] ?? 0;
  return spread;
}

/** The count that so many are not below. */
function leastOf(counts: Uint32Array, limit: number): number {
  if (counts.length <= limit) return 0;
  if (limit > MAX_INSERTED) return counts.slice().sort()[counts.length - limit] ?? 0;
  const greatest = counts.slice(0, limit).sort();
  let least = greatest[0] ?? 0;
  for (let index = limit; index < counts.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count <= least) continue;
    let at = 0;
    for (; at + 1 < limit && (greatest[at + 1] ?? 0) < count; at += 1) greatest[at] = greatest[at + 1] ?? 0;
    greatest[at] = count;
    least = greatest[0] ?? 0;
  }
  return least;
}

function grown(counts: Uint32Array, number: number): Uint32Array {
  const larger = new Uint32Array(Math.max(number + 1, counts.length * 2));
  larger.set(counts);
  return larger;
}

/** Of a page's texts: by a search for each, which is many times faster than a look at each byte. */
function hasEscaped(bytes: Buffer, start: number, end: number): boolean {
  for (let escaped = FIRST_ESCAPED; escaped <= LAST_ESCAPED; escaped += 1) {
    const at = bytes.indexOf(escaped, start);
    if (at !== -1 && at < end) return true;
  }
  return false;
}

/** Of one text: a search would go on behind its end, through the rest of the page. */
function isEscaped(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) >= FIRST_ESCAPED && (bytes[at] ?? 0) <= LAST_ESCAPED) return true;
  return false;
}

function isLong(bytes: Buffer, start: number, end: number): boolean {
  // No text has more UTF-16 units than bytes.
  return end - start > MAX_FACET_VALUE_LENGTH && unescapeText(bytes.toString('utf8', start, end)).length > MAX_FACET_VALUE_LENGTH;
}
