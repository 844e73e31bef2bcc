import type { FacetPlace } from '../../storage.ts';
import type { ColumnName } from '../columns.ts';
import { isWhole, type RowMask } from '../matching/row-mask.ts';
import type { Page } from './page.ts';
import { visitCounts } from './value-counts.ts';

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
  page: Page,
  name: ColumnName,
  rows: RowMask,
  visit: (bytes: Buffer, text: { readonly start: number; readonly end: number; readonly count: number }) => void,
): void {
  const visitEntry = (entry: string, count: number): void => {
    const bytes = Buffer.from(entry);
    visit(bytes, { start: 0, end: bytes.length, count });
  };
  const known = isWhole(rows) ? page.entryCounts(name) : undefined;
  if (known) {
    visitCounts(known, visitEntry);
    return;
  }
  const column = page.texts(name);
  if (column.entries) {
    const counts = countEntries(column.indexes, column.entries.length, rows);
    for (const [index, entry] of column.entries.entries()) if (counts[index]) visitEntry(entry, counts[index]);
    return;
  }
  const { bytes, starts } = column;
  for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
    visit(bytes, { start: starts[row] ?? 0, end: starts[row + 1] ?? 0, count: 1 });
  }
}
