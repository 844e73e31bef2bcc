import type { LogRecord } from '../../../api/index.ts';
import type { TableName } from '../layout.ts';
import { needleOf, rowsBetween, rowsEqual } from '../matching/match-columns.ts';
import { isEmpty, type RowMask } from '../matching/row-mask.ts';
import { requestToken, splitId } from '../rows/record-id.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { RowRestorer } from './restore-row.ts';
import { pagesOf, rowsOfTenant, visitGroups } from './scan.ts';
import { idReader } from './top-rows.ts';

export function readLog(scope: ReadScope, id: string): LogRecord | undefined {
  const { prefix, index } = splitId(id);
  const wanted = BigInt(index);
  let found: LogRecord | undefined;
  visitRequest(scope, 'logs', prefix, (page, rows) => {
    const row = rowsBetween(page.longs('id_index'), wanted, wanted, rows).indexOf(1);
    if (row !== -1) [found] = new RowRestorer().logs([{ page, row }]);
    return found === undefined;
  });
  return found;
}

/** Which of the ids the table has. */
export function knownIds(scope: ReadScope, table: TableName, ids: Iterable<string>): Set<string> {
  const known = new Set<string>();
  for (const [prefix, wanted] of Map.groupBy(ids, (id) => splitId(id).prefix)) {
    const left = new Set(wanted);
    visitRequest(scope, table, prefix, (page, rows) => {
      const idAt = idReader(page);
      for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
        const id = idAt(row);
        if (left.delete(id)) known.add(id);
      }
      return left.size > 0;
    });
  }
  return known;
}

/** The pages with rows of a request, newest first, until `visit` gives false. */
function visitRequest(scope: ReadScope, table: TableName, prefix: string, visit: (page: Page, rows: RowMask) => boolean): void {
  const probe = { type: 'token', token: requestToken(scope.tenant, { prefix }) } as const;
  const needle = needleOf(prefix);
  visitGroups(scope, scope.groups(table).toReversed(), (group) => {
    for (const page of pagesOf(scope, group, group.probe(probe))) {
      const rows = rowsEqual(page.texts('id_prefix'), needle, rowsOfTenant(scope, page));
      if (!isEmpty(rows) && !visit(page, rows)) return false;
    }
    return true;
  });
}
