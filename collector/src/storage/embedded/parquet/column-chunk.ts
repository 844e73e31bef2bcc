/** What a column holds, and how it is kept. `code`: a whole number of few values; `int`, `long`: whole numbers of 32 and 64 bits. */
export type ColumnType = 'text' | 'code' | 'int' | 'long';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
}

/** A column's value, by its type: a string, a number or a bigint. */
export type ColumnValue = string | number | bigint;

/** Bytes of a page's header, of its content on disk, and of its content; all 0 for a page without values. */
export type PageIndex = readonly [header: number, stored: number, raw: number];

export type ChunkEncoding = 'dictionary' | 'delta' | 'deltaLength' | 'plain';

/** Where and how a column's part of a row group is kept: what a reader needs, and a footer. JSON data. */
export interface ChunkIndex {
  /** Bytes from the row group's start. */
  readonly at: number;
  readonly bytes: number;
  /** CRC-32 of all of them. */
  readonly crc: number;
  readonly encoding: ChunkEncoding;
  readonly isCompressed: boolean;
  /** The page of distinct values, which comes first. */
  readonly dictionary?: PageIndex;
  /** Values in it. */
  readonly distinct?: number;
  readonly pages: readonly PageIndex[];
  /** Of a column of doubles that are decimals: each is its whole number divided by ten to this power. */
  readonly exponent?: number;
  /** Least and greatest value as Parquet writes them, base64; absent where they would be long. */
  readonly range?: readonly [least: string, greatest: string];
}
