import type { TailKind } from './text-tails.ts';

/** What a column holds, and how it is kept. `code`: a whole number of few values; `int`, `long`: whole numbers of 32 and 64 bits. */
export type ColumnType = 'text' | 'code' | 'int' | 'long';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Files' footers do not name it: it may be kept in a form of our own, which other programs do not read. */
  readonly isOurs?: true;
}

/** A column's value, by its type: a string, a number or a bigint. */
export type ColumnValue = string | number | bigint;

/** Bytes of a page's header, of its content on disk, and of its content; all 0 for a page without values. */
export type PageIndex = readonly [header: number, stored: number, raw: number];

/** `tails`: our own, see `text-tails.ts`; the others are Parquet's. */
export type ChunkEncoding = 'dictionary' | 'delta' | 'deltaLength' | 'plain' | 'tails';

/** Where and how a column's part of a row group is kept: what a reader needs, and a footer. JSON data. */
export interface ChunkIndex {
  /** Bytes from the row group's start. */
  readonly at: number;
  readonly bytes: number;
  /** CRC-32 of all of them. */
  readonly crc: number;
  readonly encoding: ChunkEncoding;
  readonly isCompressed: boolean;
  /** The page of distinct values, or of heads of texts, which comes first. */
  readonly dictionary?: PageIndex;
  /** Values in it. */
  readonly distinct?: number;
  readonly pages: readonly PageIndex[];
  /** The values are how far they lie behind those of another column, row by row. */
  readonly isBehind?: true;
  /** What texts in tails end in. */
  readonly tails?: TailKind;
  /** Of a column of doubles that are decimals: each is its whole number divided by ten to this power. */
  readonly exponent?: number;
  /** Least and greatest value as Parquet writes them, base64; absent where they would be long. */
  readonly range?: readonly [least: string, greatest: string];
}
