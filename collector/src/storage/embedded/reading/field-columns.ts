import type { FacetPlace } from '../../storage.ts';
import type { ColumnName } from '../columns.ts';
import type { RowMask } from '../matching/row-mask.ts';
import type { TextColumn } from './column-values.ts';

/** The columns of leaves that a log's attributes are in. */
export const PLACE_COLUMNS: Readonly<Record<FacetPlace, ColumnName>> = {
  attributes: 'attributes',
  resource: 'resource',
  scope: 'scope_attributes',
};

/** How many rows of the mask have each entry of a dictionary. */
export function countEntries(indexes: Int32Array, entries: number, rows: RowMask): Uint32Array {
  const counts = new Uint32Array(entries);
  for (let row = 0; row < rows.length; row += 1) {
    const index = indexes[row] ?? 0;
    counts[index] = (counts[index] ?? 0) + (rows[row] ?? 0);
  }
  return counts;
}

/** Calls with each text of the mask's rows, as bytes from `start` to `end`, and for how many rows it stands. */
export function visitTexts(
  column: TextColumn,
  rows: RowMask,
  visit: (bytes: Buffer, text: { readonly start: number; readonly end: number; readonly count: number }) => void,
): void {
  if (column.entries) {
    const counts = countEntries(column.indexes, column.entries.length, rows);
    for (const [index, entry] of column.entries.entries()) {
      const count = counts[index] ?? 0;
      if (count === 0) continue;
      const bytes = Buffer.from(entry);
      visit(bytes, { start: 0, end: bytes.length, count });
    }
    return;
  }
  const { bytes, starts } = column;
  for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
    visit(bytes, { start: starts[row] ?? 0, end: starts[row + 1] ?? 0, count: 1 });
  }
}
