import type { LogRecord, Span } from '../../../api/index.ts';
import type { RowPage, RowSearch } from '../../storage.ts';
import type { TableName } from '../layout.ts';
import type { ReadScope } from './read-scope.ts';
import { RowRestorer } from './restore-row.ts';
import { Scan } from './scan.ts';
import { greatest, least, type TimeWindow, windowOfRange } from './time-window.ts';
import { type FoundRow, TopRows } from './top-rows.ts';

export function searchLogs(scope: ReadScope, search: RowSearch): RowPage<LogRecord> {
  return searchPage(scope, 'logs', search, (rows) => new RowRestorer().logs(rows));
}

export function searchSpans(scope: ReadScope, search: RowSearch): RowPage<Span> {
  return searchPage(scope, 'spans', search, (rows) => new RowRestorer().spans(rows));
}

function searchPage<R>(
  scope: ReadScope,
  table: TableName,
  search: RowSearch,
  restore: (rows: readonly FoundRow[]) => readonly R[],
): RowPage<R> {
  const found = firstRows(scope, table, { ...search, limit: search.limit + 1 });
  const page = found.slice(0, search.limit);
  const records = restore(page);
  return {
    rows: page.flatMap(({ key }, index) => {
      const record = records[index];
      return record === undefined ? [] : [{ key, record }];
    }),
    hasMore: found.length > search.limit,
  };
}

/** The first rows that match, in the order asked for. */
export function firstRows(scope: ReadScope, table: TableName, search: RowSearch): readonly FoundRow[] {
  const { query, order, limit, after } = search;
  const top = new TopRows(order, limit, after);
  new Scan(scope, { table, query, window: windowOf(search) }).visit(
    order,
    (page, rows) => top.add(page, rows),
    (time) => top.isEnough(time),
  );
  return top.rows();
}

/** The range, cut where the row is that it goes on after: of that row's own time there may be more. */
function windowOf({ range, order, after }: RowSearch): TimeWindow {
  const { min, max } = windowOfRange(range);
  if (!after) return { min, max };
  return order === 'asc' ? { min: greatest(min, after.timeNanos), max } : { min, max: least(max, after.timeNanos) };
}
