import { COLUMNS, type ColumnName, columnNumber } from '../columns.ts';
import type { TableName } from '../layout.ts';
import type { ColumnValue } from '../parquet/column-chunk.ts';
import {
  hasDictionary,
  type LongPage,
  longAt,
  readCodeDictionary,
  readDictionaryPage,
  readLongPage,
  readTextDictionary,
  readTextPage,
  type TextPage,
  textAt,
} from '../parquet/decode-column.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { PageCache } from './page-cache.ts';

/** The texts of a page: each for itself, or as numbers of distinct ones. */
export type TextColumn =
  | ({ readonly entries?: undefined } & TextPage)
  | { readonly entries: readonly string[]; readonly indexes: Int32Array };

/** Whole numbers of few values, as numbers of distinct ones. */
export interface CodeColumn {
  readonly entries: Int32Array;
  readonly indexes: Int32Array;
}

/** The rows of one page of a row group, unpacked column by column as they are asked for. */
export class Page {
  readonly group: RowGroup;
  readonly number: number;
  readonly rows: number;
  readonly #cache: PageCache;
  readonly #key: string;

  constructor(group: RowGroup, number: number, cache: PageCache) {
    this.group = group;
    this.number = number;
    this.rows = group.pageRows(number);
    this.#cache = cache;
    this.#key = `${group.segment.table} ${group.segment.id} ${group.number}`;
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

  texts(name: ColumnName): TextColumn {
    const column = this.#columnNumber(name);
    const chunk = this.group.chunk(column);
    if (!hasDictionary('text', chunk)) {
      return this.#cache.get(`${this.#key} ${column} ${this.number}`, () => {
        const value = readTextPage(this.#content(column));
        return { value, bytes: value.bytes.length + value.starts.byteLength };
      });
    }
    const entries = this.#cache.get(`${this.#key} ${column} entries`, () => {
      const content = this.group.page(column, 'dictionary');
      const value = readTextDictionary(content, chunk.distinct ?? 0);
      return { value, bytes: content.length * 2 + value.length * 40 };
    });
    return { entries, indexes: this.#indexes(column) };
  }

  codes(name: ColumnName): CodeColumn {
    const column = this.#columnNumber(name);
    const entries = this.#cache.get(`${this.#key} ${column} entries`, () => {
      const value = readCodeDictionary(this.group.page(column, 'dictionary'), this.group.chunk(column).distinct ?? 0);
      return { value, bytes: value.byteLength };
    });
    return { entries, indexes: this.#indexes(column) };
  }

  /** Of columns of the types `long` and `int`. */
  longs(name: ColumnName): LongPage {
    const column = this.#columnNumber(name);
    return this.#cache.get(`${this.#key} ${column} ${this.number}`, () => {
      const value = readLongPage(this.#content(column), this.group.chunk(column).encoding, this.rows);
      return { value, bytes: this.rows * 8 };
    });
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
    const { entries } = this.texts(name);
    return entries?.length === 1 ? entries[0] : undefined;
  }

  #indexes(column: number): Int32Array {
    return this.#cache.get(`${this.#key} ${column} ${this.number}`, () => {
      const value = readDictionaryPage(this.#content(column), this.rows);
      return { value, bytes: value.byteLength };
    });
  }

  #content(column: number): Buffer {
    return this.group.page(column, this.number);
  }

  #columnNumber(name: ColumnName): number {
    const number = columnNumber(this.table, name);
    if (number === undefined) throw new Error(`${this.table} have no column ${name}`);
    return number;
  }
}

export function textOf(column: TextColumn, row: number): string {
  return column.entries ? (column.entries[column.indexes[row] ?? 0] ?? '') : textAt(column, row);
}
