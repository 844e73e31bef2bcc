import { ErrorNames } from '../../errors/error-names.ts';
import { PageExceptions } from '../errors/page-exceptions.ts';
import type { Page } from '../reading/page.ts';
import { noRows, type RowMask } from './row-mask.ts';

/** What gives the rows of a mask that say the error of this fingerprint; undefined: any error. `check` throws to end it. */
export function rowsOfErrors(wanted: string | undefined, check: () => void): (page: Page, mask: RowMask) => RowMask {
  const names = new ErrorNames();
  const reader = new PageExceptions();
  return (page, mask) => {
    const exceptionsAt = reader.of(page);
    const found = noRows(mask.length);
    for (let row = mask.indexOf(1); row !== -1; row = mask.indexOf(1, row + 1)) {
      const exceptions = exceptionsAt(row);
      if (exceptions.length === 0) continue;
      check();
      if (wanted === undefined || names.fingerprintsOf(exceptions).includes(wanted)) found[row] = 1;
    }
    return found;
  };
}
