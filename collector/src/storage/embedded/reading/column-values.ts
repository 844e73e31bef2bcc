import { type LongPage, longAt, type TextPage, textAt } from '../parquet/decode-column.ts';

/** With any offset of a page, a whole number that a double holds. */
const MAX_BASE = 2n ** 51n;

/** The texts of a page: each for itself, or as numbers of distinct ones. */
export type TextColumn = ({ readonly entries?: undefined } & TextPage) | DictionaryColumn;

export interface DictionaryColumn {
  readonly entries: readonly string[];
  readonly indexes: Int32Array;
}

/** Whole numbers of few values, as numbers of distinct ones. */
export interface CodeColumn {
  readonly entries: Int32Array;
  readonly indexes: Int32Array;
}

/** The values of an attribute's column: of the rows that have one, or row by row with anything where there is none. */
export type AttributeValues =
  | { readonly kind: 'texts'; readonly texts: TextColumn }
  | { readonly kind: 'longs'; readonly longs: LongPage }
  | { readonly kind: 'doubles'; readonly doubles: Float64Array };

export function textOf(column: TextColumn, row: number): string {
  return column.entries ? (column.entries[column.indexes[row] ?? 0] ?? '') : textAt(column, row);
}

/** What gives the text of a row's value. */
export function valueReader(values: AttributeValues): (row: number) => string {
  switch (values.kind) {
    case 'texts':
      return (row) => textOf(values.texts, row);
    case 'longs':
      return (row) => String(longAt(values.longs, row));
    case 'doubles':
      return (row) => String(values.doubles[row] ?? 0);
  }
}

/** Whole numbers as differences from one of them; undefined where some may be beyond what doubles hold. */
export function intsOf(page: LongPage): { readonly base: number; readonly offsets: Float64Array } | undefined {
  if (page.wide || page.base > MAX_BASE || page.base < -MAX_BASE) return undefined;
  return { base: Number(page.base), offsets: page.offsets };
}

/** Values of the rows of a mask, in order, as values of all rows. */
export function spreadValues(values: AttributeValues, rows: Uint8Array): AttributeValues {
  switch (values.kind) {
    case 'doubles':
      return { kind: 'doubles', doubles: spreadNumbers(values.doubles, rows, new Float64Array(rows.length)) };
    case 'longs':
      return { kind: 'longs', longs: spreadLongs(values.longs, rows) };
    case 'texts':
      return { kind: 'texts', texts: spreadTexts(values.texts, rows) };
  }
}

function spreadTexts(texts: TextColumn, rows: Uint8Array): TextColumn {
  if (texts.entries) return { entries: texts.entries, indexes: spreadNumbers(texts.indexes, rows, new Int32Array(rows.length)) };
  return spreadTextPage(texts, rows);
}

export function spreadTextPage(texts: TextPage, rows: Uint8Array): TextPage {
  const starts = new Int32Array(rows.length + 1);
  let next = 0;
  for (let row = 0; row < rows.length; row += 1) {
    starts[row] = texts.starts[next] ?? 0;
    next += rows[row] ?? 0;
  }
  starts[rows.length] = texts.starts[next] ?? 0;
  return { bytes: texts.bytes, starts };
}

function spreadLongs(longs: LongPage, rows: Uint8Array): LongPage {
  if (!longs.wide) return { base: longs.base, offsets: spreadNumbers(longs.offsets, rows, new Float64Array(rows.length)) };
  const wide = new BigInt64Array(rows.length);
  let next = 0;
  for (let row = 0; row < rows.length; row += 1) if (rows[row] === 1) wide[row] = longs.wide[next++] ?? 0n;
  return { wide };
}

function spreadNumbers<T extends Float64Array | Int32Array>(values: T, rows: Uint8Array, spreaded: T): T {
  let next = 0;
  for (let row = 0; row < rows.length; row += 1) if (rows[row] === 1) spreaded[row] = values[next++] ?? 0;
  return spreaded;
}
