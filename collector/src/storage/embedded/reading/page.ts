import { LEVELS } from '@threadline/query-language';
import type { ShapeText } from '../../patterns/shape-text.ts';
import { COLUMNS, type ColumnName, columnNumber } from '../columns.ts';
import type { TableName } from '../layout.ts';
import { decodeLeaves, encodeTypedLeaf, LEAF_CLASSES, type Leaf, RECORD_SEPARATOR } from '../leaf-text.ts';
import { needleOf, rowsWith } from '../matching/match-columns.ts';
import { allRows, noneOf, type RowMask } from '../matching/row-mask.ts';
import type { ChunkIndex, ColumnValue } from '../parquet/column-chunk.ts';
import {
  hasDictionary,
  type LongPage,
  longAt,
  readByteDictionary,
  readCodeDictionary,
  readDictionaryPage,
  readDoublePage,
  readLongPage,
  readTextDictionary,
  readTextPage,
  sumOf,
  type TextPage,
} from '../parquet/decode-column.ts';
import { readTailPage } from '../parquet/text-tails.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { AttributeColumnIndex } from '../segments/segment-index.ts';
import {
  type AttributeValues,
  type CodeColumn,
  type DictionaryColumn,
  intsOf,
  spreadTextPage,
  spreadValues,
  type TextColumn,
  textOf,
  valueReader,
} from './column-values.ts';
import type { CachedParts, PageCache } from './page-cache.ts';
import { bytesOfCounts, countFewEntries, countFewNumbers, type ValueCounts } from './value-counts.ts';

/** What is kept of a column: what its pages have, which rows these are, and its distinct values. */
const ROWS = 32;
const DICTIONARY = 64;
const COUNTS = 96;
const PARTS_OF_A_COLUMN = 128;

/** The rows of one page of a row group, unpacked column by column as they are asked for. */
export class Page {
  readonly group: RowGroup;
  readonly number: number;
  readonly rows: number;
  readonly #parts: CachedParts;

  constructor(group: RowGroup, number: number, cache: PageCache) {
    this.group = group;
    this.number = number;
    this.rows = group.pageRows(number);
    this.#parts = cache.partsOf(group);
  }

  get table(): TableName {
    return this.group.segment.table;
  }

  get least(): bigint {
    return this.group.pageLeast(this.number);
  }

  get greatest(): bigint {
    return this.group.pageGreatest(this.number);
  }

  /** How many rows of each level there are, where the index says so. */
  levels(): readonly number[] | undefined {
    const { levels } = this.group.index;
    return levels?.slice(this.number * LEVELS.length, (this.number + 1) * LEVELS.length);
  }

  texts(name: ColumnName): TextColumn {
    return this.#texts(this.#chunk(name), this.rows);
  }

  /** How many rows have each of a column's texts, where it has a dictionary and they are few. Kept in far less room than what they are counted from. */
  entryCounts(name: ColumnName): ValueCounts<string> | undefined {
    const chunk = this.#chunk(name);
    return hasDictionary('text', chunk) ? this.#entryCounts(chunk, this.rows) : undefined;
  }

  /** As `entryCounts`, of the rows that have the attribute: texts of a dictionary, or numbers that doubles hold. */
  attributeCounts(column: AttributeColumnIndex): ValueCounts<string> | ValueCounts<number> | undefined {
    const { leafClass, counts, chunk } = column;
    const rows = counts[this.number] ?? 0;
    switch (leafClass) {
      case LEAF_CLASSES.int:
        return this.#counts(chunk, () => {
          const ints = intsOf(this.#unpackLongs(chunk, rows));
          return ints && countFewNumbers(ints.offsets, ints.base);
        });
      case LEAF_CLASSES.double:
        return this.#counts(chunk, () => countFewNumbers(this.#unpackDoubles(chunk, rows)));
      default:
        return hasDictionary('text', chunk) ? this.#entryCounts(chunk, rows) : undefined;
    }
  }

  /** The texts of a column that has a dictionary. */
  dictionaryColumn(name: ColumnName): DictionaryColumn {
    const chunk = this.#chunk(name);
    return { entries: this.#entries(chunk), indexes: this.#indexes(chunk, this.rows) };
  }

  codes(name: ColumnName): CodeColumn {
    const chunk = this.#chunk(name);
    const entries = this.#parts.get(partOf(chunk, DICTIONARY), () => {
      const value = readCodeDictionary(this.group.chunkPage(chunk, 'dictionary'), chunk.distinct ?? 0);
      return { value, bytes: value.byteLength };
    });
    return { entries, indexes: this.#indexes(chunk, this.rows) };
  }

  /** Of columns of the types `long` and `int`. */
  longs(name: ColumnName): LongPage {
    const chunk = this.#chunk(name);
    if (!chunk.isBehind) return this.#longs(chunk, this.rows);
    return this.#parts.get(partOf(chunk, this.number), () => {
      const content = this.group.chunkPage(chunk, this.number);
      const value = sumOf(this.longs('time_nanos'), readLongPage(content, chunk.encoding, this.rows), this.rows);
      return { value, bytes: this.rows * 8 };
    });
  }

  /** Columns of attributes that have values on this page; those of one key only where that is given. */
  attributes(key?: string): readonly AttributeColumnIndex[] {
    const all = key === undefined ? this.group.attributes : this.group.attributesOf(key);
    return all.filter(({ counts }) => (counts[this.number] ?? 0) > 0);
  }

  /** The rows that have a value in the column. */
  attributeRows({ key, leafClass, counts, chunk }: AttributeColumnIndex): RowMask {
    const count = counts[this.number] ?? 0;
    if (count === this.rows) return allRows(this.rows);
    if (count === 0) return noneOf(this.rows);
    return this.#parts.get(partOf(chunk, ROWS + this.number), () => ({
      value: rowsWith(this.texts('attributes'), needleOf(RECORD_SEPARATOR + encodeTypedLeaf(key, leafClass)), allRows(this.rows)).slice(),
      bytes: this.rows,
    }));
  }

  /** The values of the rows that have one, in order. */
  attributeValues({ leafClass, counts, chunk }: AttributeColumnIndex): AttributeValues {
    const count = counts[this.number] ?? 0;
    switch (leafClass) {
      case LEAF_CLASSES.int:
        return { kind: 'longs', longs: this.#longs(chunk, count) };
      case LEAF_CLASSES.double:
        return {
          kind: 'doubles',
          doubles: this.#parts.get(partOf(chunk, this.number), () => ({ value: this.#unpackDoubles(chunk, count), bytes: count * 8 })),
        };
      default:
        return { kind: 'texts', texts: this.#texts(chunk, count) };
    }
  }

  /** The values row by row; where a row has none stands an empty text or any number. */
  attributeValuesByRow(column: AttributeColumnIndex): AttributeValues {
    const values = this.attributeValues(column);
    return column.counts[this.number] === this.rows ? values : spreadValues(values, this.attributeRows(column));
  }

  /**
   * As `attributeValuesByRow`, of texts without a dictionary. They are unpacked anew each time: for whoever keeps what it makes of them, and would lose
   * that again to the room that they take.
   */
  unkeptTextsByRow(column: AttributeColumnIndex): TextPage {
    const count = column.counts[this.number] ?? 0;
    const texts = this.#unpackTexts(column.chunk, count);
    return count === this.rows ? texts : spreadTextPage(texts, this.attributeRows(column));
  }

  /** What gives the leaves of a row's own attributes. Of columns only those are looked at that rows name, however many the page has. */
  leafReader(): (row: number) => Leaf[] {
    const texts = this.texts('attributes');
    const columns = new Map(this.attributes().map((column) => [column.leafClass + column.key, column] as const));
    const readers = new Map<string, (row: number) => string>();
    const readerOf = (name: string): ((row: number) => string) => {
      const column = columns.get(name);
      const made = column ? this.#attributeReader(column) : () => '';
      readers.set(name, made);
      return made;
    };
    return (row) =>
      decodeLeaves(textOf(texts, row), (key, leafClass) => {
        const name = leafClass + key;
        return (readers.get(name) ?? readerOf(name))(row);
      });
  }

  /** What gives the text of a row that has a value in the column. Rows that are asked for in order cost one step each. */
  #attributeReader(column: AttributeColumnIndex): (row: number) => string {
    const valueAt = valueReader(this.attributeValues(column));
    if (column.counts[this.number] === this.rows) return valueAt;
    const has = this.attributeRows(column);
    let at = 0;
    let before = 0;
    return (row) => {
      for (; at < row; at += 1) before += has[at] ?? 0;
      for (; at > row; at -= 1) before -= has[at - 1] ?? 0;
      return valueAt(before);
    };
  }

  /** What the rows' messages were taken for, as numbers of distinct ones; undefined in files from before there were templates. */
  templates(): { readonly entries: readonly ShapeText[]; readonly indexes: Int32Array } | undefined {
    const chunk = this.group.index.templates;
    if (!chunk) return undefined;
    const entries = this.#parts.get(partOf(chunk, DICTIONARY), () => {
      const content = this.group.chunkPage(chunk, 'dictionary');
      const value = readTextDictionary(content, chunk.distinct ?? 0);
      return { value, bytes: content.length * 2 + value.length * 40 };
    });
    const indexes = this.#parts.get(partOf(chunk, this.number), () => {
      const value = readDictionaryPage(this.group.chunkPage(chunk, this.number), this.rows);
      return { value, bytes: value.byteLength };
    });
    return { entries, indexes };
  }

  /** What gives each row's value of a column: a string, a number for `code` and `int`, a bigint for `long`. */
  reader(name: ColumnName): (row: number) => ColumnValue {
    switch (COLUMNS[this.table][this.#columnNumber(name)]?.type) {
      case 'code': {
        const { entries, indexes } = this.codes(name);
        return (row) => entries[indexes[row] ?? 0] ?? 0;
      }
      case 'int': {
        const longs = this.longs(name);
        return (row) => Number(longAt(longs, row));
      }
      case 'long': {
        const longs = this.longs(name);
        return (row) => longAt(longs, row);
      }
      default: {
        const texts = this.texts(name);
        return (row) => textOf(texts, row);
      }
    }
  }

  value(name: ColumnName, row: number): ColumnValue {
    return this.reader(name)(row);
  }

  text(name: ColumnName, row: number): string {
    return textOf(this.texts(name), row);
  }

  /** A column of a row group that has the same text in all its rows has that. */
  onlyText(name: ColumnName): string | undefined {
    const entries = this.dictionary(name);
    return entries?.length === 1 ? entries[0] : undefined;
  }

  /** The distinct texts of the column in the whole row group, where it has a dictionary. */
  dictionary(name: ColumnName): readonly string[] | undefined {
    const chunk = this.#chunk(name);
    return hasDictionary('text', chunk) ? this.#entries(chunk) : undefined;
  }

  #texts(chunk: ChunkIndex, count: number): TextColumn {
    if (!hasDictionary('text', chunk)) {
      return this.#parts.get(partOf(chunk, this.number), () => {
        const value = this.#unpackTexts(chunk, count);
        return { value, bytes: value.bytes.length + value.starts.byteLength };
      });
    }
    return { entries: this.#entries(chunk), indexes: this.#indexes(chunk, count) };
  }

  #unpackTexts(chunk: ChunkIndex, count: number): TextPage {
    const content = this.group.chunkPage(chunk, this.number);
    if (!chunk.tails) return readTextPage(content);
    const heads = this.#parts.get(partOf(chunk, DICTIONARY), () => {
      const dictionary = this.group.chunkPage(chunk, 'dictionary');
      const value = readByteDictionary(dictionary, chunk.distinct ?? 0);
      return { value, bytes: dictionary.length + value.length * 100 };
    });
    return readTailPage(content, count, { kind: chunk.tails, heads });
  }

  #entries(chunk: ChunkIndex): string[] {
    return this.#parts.get(partOf(chunk, DICTIONARY), () => {
      const content = this.group.chunkPage(chunk, 'dictionary');
      const value = readTextDictionary(content, chunk.distinct ?? 0);
      return { value, bytes: content.length * 2 + value.length * 40 };
    });
  }

  #entryCounts(chunk: ChunkIndex, count: number): ValueCounts<string> | undefined {
    return this.#counts(chunk, () => {
      const few = countFewEntries(this.#unpackIndexes(chunk, count), chunk.distinct ?? 0);
      const entries = few && this.#entries(chunk);
      return entries && { values: few.values.map((index) => entries[index] ?? ''), counts: few.counts };
    });
  }

  /** What it is counted from is not kept: it would take the room of all counts before. */
  #counts<V>(chunk: ChunkIndex, count: () => ValueCounts<V> | undefined): ValueCounts<V> | undefined {
    return this.#parts.get(partOf(chunk, COUNTS + this.number), () => {
      const value = count();
      return { value, bytes: bytesOfCounts(value) };
    });
  }

  #longs(chunk: ChunkIndex, count: number): LongPage {
    return this.#parts.get(partOf(chunk, this.number), () => ({ value: this.#unpackLongs(chunk, count), bytes: count * 8 }));
  }

  #indexes(chunk: ChunkIndex, count: number): Int32Array {
    return this.#parts.get(partOf(chunk, this.number), () => {
      const value = this.#unpackIndexes(chunk, count);
      return { value, bytes: value.byteLength };
    });
  }

  #unpackLongs(chunk: ChunkIndex, count: number): LongPage {
    return readLongPage(this.group.chunkPage(chunk, this.number), chunk.encoding, count);
  }

  #unpackDoubles(chunk: ChunkIndex, count: number): Float64Array {
    return readDoublePage(this.group.chunkPage(chunk, this.number), chunk.exponent, count);
  }

  #unpackIndexes(chunk: ChunkIndex, count: number): Int32Array {
    return readDictionaryPage(this.group.chunkPage(chunk, this.number), count);
  }

  #chunk(name: ColumnName): ChunkIndex {
    return this.group.chunk(this.#columnNumber(name));
  }

  #columnNumber(name: ColumnName): number {
    const number = columnNumber(this.table, name);
    if (number === undefined) throw new Error(`${this.table} have no column ${name}`);
    return number;
  }
}

/** Which part of the row group: a column's place and what of it. */
function partOf({ at }: ChunkIndex, part: number): number {
  return at * PARTS_OF_A_COLUMN + part;
}
