import type { ColumnName } from '../columns.ts';
import type { TextColumn } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import { allRows, countRows, noRows, type RowMask } from './row-mask.ts';

type Match = (page: Page, mask: RowMask) => RowMask;

/**
 * A condition on the texts of a column. Where the row group has a dictionary of them its texts are looked at once, and the pages only where some fulfil it
 * and some do not.
 */
export function matchTexts(name: ColumnName, match: (column: TextColumn, mask: RowMask) => RowMask): Match {
  let group: RowGroup | undefined;
  let verdict: RowMask = noRows(0);
  let fulfilling = 0;
  return (page, mask) => {
    const entries = page.dictionary(name);
    if (!entries) return match(page.texts(name), mask);
    if (page.group !== group) {
      verdict = match({ entries, indexes: Int32Array.from(entries.keys()) }, allRows(entries.length));
      fulfilling = countRows(verdict);
      group = page.group;
    }
    if (fulfilling === 0) return noRows(mask.length);
    if (fulfilling === entries.length) return mask;
    const { indexes } = page.dictionaryColumn(name);
    const found = noRows(mask.length);
    for (let row = 0; row < mask.length; row += 1) found[row] = (mask[row] ?? 0) & (verdict[indexes[row] ?? 0] ?? 0);
    return found;
  };
}
