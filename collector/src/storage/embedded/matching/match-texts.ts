import type { ColumnName } from '../columns.ts';
import type { TextColumn } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import { allRows, countRows, noneOf, noRows, type RowMask, rowsOfCodes } from './row-mask.ts';

type Match = (page: Page, mask: RowMask) => RowMask;

/**
 * A condition on the texts of a column. Where the row group has a dictionary of them its texts are looked at once, and the pages only where some fulfil it
 * and some do not.
 */
export function matchTexts(name: ColumnName, match: (column: TextColumn, mask: RowMask) => RowMask): Match {
  let group: RowGroup | undefined;
  let verdict: RowMask = noRows(0);
  let fulfilling = 0;
  let distinct: number | undefined;
  return (page, mask) => {
    if (page.group !== group) {
      const entries = page.dictionary(name);
      if (entries) {
        verdict = match({ entries, indexes: Int32Array.from(entries.keys()) }, allRows(entries.length));
        fulfilling = countRows(verdict);
      }
      distinct = entries?.length;
      group = page.group;
    }
    if (distinct === undefined) return match(page.texts(name), mask);
    if (fulfilling === 0) return noneOf(mask.length);
    if (fulfilling === distinct) return mask;
    return rowsOfCodes(page.dictionaryColumn(name).indexes, verdict, mask);
  };
}
