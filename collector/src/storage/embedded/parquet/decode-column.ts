import type { ChunkIndex, ColumnType } from './column-chunk.ts';
import { readDeltas } from './delta-binary.ts';
import { readIndexes } from './dictionary-indexes.ts';

/** A page's texts as bytes: the text of a row is from its start to the next one's. */
export interface TextPage {
  readonly bytes: Buffer;
  /** One more than there are texts. */
  readonly starts: Int32Array;
}

/** 64-bit numbers as offsets to the first, exact; `wide` where they are too far apart for that. */
export type LongPage =
  | { readonly base: bigint; readonly offsets: Float64Array; readonly wide?: undefined }
  | { readonly wide: BigInt64Array };

/** Texts of a data page that is encoded as lengths and texts, from the position on. */
export function readTextPage(content: Buffer, position = 0): TextPage {
  const { first, offsets, end } = readDeltas(content, position);
  const firstLength = Number(first);
  const starts = new Int32Array(offsets.length + 1);
  let start = end;
  for (let index = 0; index < offsets.length; index += 1) {
    starts[index] = start;
    start += firstLength + (offsets[index] ?? 0);
  }
  starts[offsets.length] = start;
  return { bytes: content, starts };
}

/** The texts of a dictionary page. */
export function readTextDictionary(content: Buffer, distinct: number): string[] {
  return readByteDictionary(content, distinct).map((bytes) => bytes.toString());
}

/** The same as bytes. */
export function readByteDictionary(content: Buffer, distinct: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let position = 0; entries.length < distinct; ) {
    const end = position + 4 + content.readInt32LE(position);
    entries.push(content.subarray(position + 4, end));
    position = end;
  }
  return entries;
}

/** The numbers of a dictionary page. */
export function readCodeDictionary(content: Buffer, distinct: number): Int32Array {
  const values = new Int32Array(distinct);
  for (let index = 0; index < distinct; index += 1) values[index] = content.readInt32LE(index * 4);
  return values;
}

export function readDictionaryPage(content: Buffer, rows: number): Int32Array {
  return readIndexes(content, rows);
}

export function readLongPage(content: Buffer, encoding: ChunkIndex['encoding'], rows: number): LongPage {
  if (encoding === 'plain') {
    const wide = new BigInt64Array(rows);
    for (let index = 0; index < rows; index += 1) wide[index] = content.readBigInt64LE(index * 8);
    return { wide };
  }
  const { first, offsets } = readDeltas(content);
  return { base: first, offsets };
}

/** Doubles of a data page, `count` of them; the exponent is the chunk's. */
export function readDoublePage(content: Buffer, exponent: number | undefined, count: number): Float64Array {
  if (exponent === undefined) {
    const doubles = new Float64Array(count);
    for (let index = 0; index < count; index += 1) doubles[index] = content.readDoubleLE(index * 8);
    return doubles;
  }
  const { first, offsets } = readDeltas(content);
  const base = Number(first);
  const scale = 10 ** exponent;
  for (let index = 0; index < offsets.length; index += 1) offsets[index] = (base + (offsets[index] ?? 0)) / scale;
  return offsets;
}

/** The sums of two pages' numbers, row by row; those of `differences` are small. */
export function sumOf(base: LongPage, differences: LongPage, rows: number): LongPage {
  if (base.wide || differences.wide) {
    const wide = new BigInt64Array(rows);
    for (let row = 0; row < rows; row += 1) wide[row] = longAt(base, row) + longAt(differences, row);
    return { wide };
  }
  const offsets = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) offsets[row] = (base.offsets[row] ?? 0) + (differences.offsets[row] ?? 0);
  return { base: base.base + differences.base, offsets };
}

export function longAt(page: LongPage, row: number): bigint {
  return page.wide ? (page.wide[row] ?? 0n) : page.base + BigInt(page.offsets[row] ?? 0);
}

export function textAt({ bytes, starts }: TextPage, row: number): string {
  return bytes.toString('utf8', starts[row] ?? 0, starts[row + 1] ?? 0);
}

/** Whether a column's pages are numbers into a dictionary. */
export function hasDictionary(type: ColumnType, chunk: ChunkIndex): boolean {
  return type === 'code' || chunk.encoding === 'dictionary';
}
