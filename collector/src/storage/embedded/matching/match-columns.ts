import { type LongPage, longAt, type TextPage, textAt } from '../parquet/decode-column.ts';
import type { CodeColumn, TextColumn } from '../reading/column-values.ts';
import { countRows, noneOf, noRows, type RowMask, rowsOfCodes } from './row-mask.ts';

/** Below this part of a page's rows each is looked at for itself; else all bytes of the page are searched at once. */
const FEW_ROWS_PART = 1 / 32;

/** A text that is looked for, once as what it is and once as bytes. */
export interface Needle {
  readonly text: string;
  readonly bytes: Buffer;
}

export function needleOf(text: string): Needle {
  return { text, bytes: Buffer.from(text) };
}

/** The rows of the mask whose text has the needle in it. A needle of no text is in all. */
export function rowsWith(column: TextColumn, needle: Needle, mask: RowMask): RowMask {
  if (column.entries) return rowsWhereText(column, (text) => text.includes(needle.text), mask);
  return rowsWithPlace(column, needle, mask, () => true);
}

/** The rows of the mask in whose text the needle stands at a place that is accepted: bytes from `at` to the `end` of the row's text. */
export function rowsWithPlace(
  { bytes, starts }: TextPage,
  needle: Needle,
  mask: RowMask,
  accepts: (bytes: Buffer, at: number, end: number, row: number) => boolean,
): RowMask {
  const found = noRows(mask.length);
  const length = needle.bytes.length;
  const isInRow = (row: number): boolean => {
    const end = starts[row + 1] ?? bytes.length;
    for (
      let at = bytes.indexOf(needle.bytes, starts[row]);
      at !== -1 && at + length <= end;
      at = bytes.indexOf(needle.bytes, at + length)
    ) {
      if (accepts(bytes, at, end, row)) return true;
    }
    return false;
  };
  if (countRows(mask) <= mask.length * FEW_ROWS_PART) {
    for (let row = mask.indexOf(1); row !== -1; row = mask.indexOf(1, row + 1)) {
      const end = starts[row + 1] ?? bytes.length;
      if (bytes.subarray(starts[row], end).includes(needle.bytes) && isInRow(row)) found[row] = 1;
    }
    return found;
  }
  let row = 0;
  for (let at = bytes.indexOf(needle.bytes, starts[0]); at !== -1; ) {
    row = rowAt(starts, at, row);
    const end = starts[row + 1] ?? bytes.length;
    // One that runs into the next row's text is of none.
    const isWhole = at + length <= end;
    const isFound = isWhole && mask[row] === 1 && accepts(bytes, at, end, row);
    if (isFound) found[row] = 1;
    const isRowDone = isFound || (isWhole && mask[row] === 0);
    if (isRowDone && row + 1 >= mask.length) break;
    at = bytes.indexOf(needle.bytes, isRowDone ? end : at + 1);
  }
  return found;
}

/** The rows of the mask whose text fulfils the condition; it is asked once for each distinct text where those are known. */
export function rowsWhereText(column: TextColumn, fulfils: (text: string) => boolean, mask: RowMask): RowMask {
  const found = noRows(mask.length);
  if (column.entries) {
    const { entries, indexes } = column;
    // 0: not asked yet, 1: no, 2: yes.
    const known = new Uint8Array(entries.length);
    for (let row = 0; row < mask.length; row += 1) {
      if (mask[row] === 0) continue;
      const index = indexes[row] ?? 0;
      if (known[index] === 0) known[index] = fulfils(entries[index] ?? '') ? 2 : 1;
      if (known[index] === 2) found[row] = 1;
    }
    return found;
  }
  for (let row = mask.indexOf(1); row !== -1; row = mask.indexOf(1, row + 1)) if (fulfils(textAt(column, row))) found[row] = 1;
  return found;
}

/** The rows of the mask whose text is exactly this. */
export function rowsEqual(column: TextColumn, needle: Needle, mask: RowMask): RowMask {
  if (column.entries) return rowsWhereText(column, (text) => text === needle.text, mask);
  const { starts } = column;
  if (needle.bytes.length > 0) return rowsEndingAlike(column, needle.bytes, mask);
  return mask.map((wanted, row) => (starts[row] === starts[row + 1] ? wanted : 0));
}

/** The last two bytes of ids and the like tell nearly all from each other; a search over all bytes of a page costs ten times as much. */
function rowsEndingAlike({ bytes, starts }: TextPage, text: Buffer, mask: RowMask): RowMask {
  const { length } = text;
  const last = text[length - 1];
  const beforeLast = text[length - 2];
  let found: RowMask | undefined;
  let start = starts[0] ?? 0;
  for (let row = 0; row < mask.length; row += 1) {
    const end = starts[row + 1] ?? 0;
    const isCandidate = end - start === length && bytes[end - 1] === last && (length === 1 || bytes[end - 2] === beforeLast);
    if (isCandidate && mask[row] === 1 && text.compare(bytes, start, end) === 0) {
      found ??= noRows(mask.length);
      found[row] = 1;
    }
    start = end;
  }
  return found ?? noneOf(mask.length);
}

/** The rows of the mask whose number is one of these. */
export function rowsWithCode({ entries, indexes }: CodeColumn, wanted: ReadonlySet<number>, mask: RowMask): RowMask {
  const isWanted = Uint8Array.from(entries, (entry) => (wanted.has(entry) ? 1 : 0));
  return rowsOfCodes(indexes, isWanted, mask);
}

/** The rows of the mask whose number lies between the two, both inclusive. */
export function rowsBetween(page: LongPage, min: bigint, max: bigint, mask: RowMask): RowMask {
  const found = noRows(mask.length);
  if (page.wide) {
    for (let row = 0; row < mask.length; row += 1) {
      const value = page.wide[row] ?? 0n;
      if (mask[row] === 1 && value >= min && value <= max) found[row] = 1;
    }
    return found;
  }
  const { offsets } = page;
  // Exact wherever an offset of a page can be.
  const least = Number(min - page.base);
  const greatest = Number(max - page.base);
  for (let row = 0; row < mask.length; row += 1) {
    const offset = offsets[row] ?? 0;
    if (mask[row] === 1 && offset >= least && offset <= greatest) found[row] = 1;
  }
  return found;
}

/** The rows of the mask that have another number than this. */
export function rowsUnlike(page: LongPage, value: bigint, mask: RowMask): RowMask {
  const found = noRows(mask.length);
  for (let row = 0; row < mask.length; row += 1) if (mask[row] === 1 && longAt(page, row) !== value) found[row] = 1;
  return found;
}

/** The row that a byte belongs to, at or behind another row. */
export function rowAt(starts: Int32Array, at: number, from: number): number {
  let low = from;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
