import type { LogRecord, Span } from '../../../api/index.ts';
import { recordCharacters } from '../../record-size.ts';
import type { Row, RowPage, RowSearch } from '../../storage.ts';
import type { TableName } from '../layout.ts';
import type { ReadScope } from './read-scope.ts';
import { RowRestorer } from './restore-row.ts';
import { Scan } from './scan.ts';
import { OUT_OF_TIME } from './stop.ts';
import { greatest, least, type TimeWindow, windowOfRange } from './time-window.ts';
import { type FoundRow, TopRows } from './top-rows.ts';

/** Some megabytes at the very most that are restored for nothing. */
const RESTORED_AT_ONCE = 20;

export function searchLogs(scope: ReadScope, search: RowSearch): RowPage<LogRecord> {
  return searchPage(scope, 'logs', search, (rows) => new RowRestorer().logs(rows));
}

export function searchSpans(scope: ReadScope, search: RowSearch): RowPage<Span> {
  return searchPage(scope, 'spans', search, (rows) => new RowRestorer().spans(rows));
}

function searchPage<R extends LogRecord | Span>(
  scope: ReadScope,
  table: TableName,
  search: RowSearch,
  restore: (rows: readonly FoundRow[]) => readonly R[],
): RowPage<R> {
  const { rows: found, reachedNanos } = findRows(scope, table, { ...search, limit: search.limit + 1 });
  const page = found.slice(0, search.limit);
  const records = restoreUpTo(page, search.maxCharacters, restore);
  // What is left out is found again by the next page, and so is what was not reached.
  if (records.length < page.length) return { rows: rowsOf(page, records), hasMore: true };
  return {
    rows: rowsOf(page, records),
    hasMore: found.length > search.limit || reachedNanos !== undefined,
    ...(reachedNanos !== undefined && { partial: { searchedFromNanos: reachedNanos + 1n, reason: OUT_OF_TIME } }),
  };
}

/** The records of the first rows, of all where they are not too much. */
function restoreUpTo<R extends LogRecord | Span>(
  page: readonly FoundRow[],
  maxCharacters: number | undefined,
  restore: (rows: readonly FoundRow[]) => readonly R[],
): readonly R[] {
  if (maxCharacters === undefined) return restore(page);
  const records: R[] = [];
  let characters = 0;
  for (let at = 0; at < page.length && characters < maxCharacters; at += RESTORED_AT_ONCE) {
    for (const record of restore(page.slice(at, at + RESTORED_AT_ONCE))) {
      if (characters >= maxCharacters) break;
      characters += recordCharacters(record);
      records.push(record);
    }
  }
  return records;
}

function rowsOf<R>(page: readonly FoundRow[], records: readonly R[]): Row<R>[] {
  return records.flatMap((record, index) => {
    const key = page[index]?.key;
    return key === undefined ? [] : [{ key, record }];
  });
}

/** The first rows that match, in the order asked for. */
function firstRows(scope: ReadScope, table: TableName, search: RowSearch): readonly FoundRow[] {
  const { top, scan } = topOf(scope, table, search);
  scan.visit(
    search.order,
    (page, rows) => top.add(page, rows),
    (time) => top.isEnough(time),
  );
  return top.rows();
}

/** As `firstRows`; where time is over, newest first, those that are certain, and the time down to which it came. */
function findRows(scope: ReadScope, table: TableName, search: RowSearch): { rows: readonly FoundRow[]; reachedNanos?: bigint } {
  if (search.order === 'asc') return { rows: firstRows(scope, table, search) };
  const { top, scan } = topOf(scope, table, search);
  const reachedNanos = scan.visitWithinTime(
    (page, rows) => top.add(page, rows),
    (time) => top.isEnough(time),
  );
  if (reachedNanos === undefined) return { rows: top.rows() };
  return { rows: top.rows().filter(({ key }) => key.timeNanos > reachedNanos), reachedNanos };
}

function topOf(scope: ReadScope, table: TableName, search: RowSearch): { readonly top: TopRows; readonly scan: Scan } {
  const { query, order, limit, after } = search;
  return { top: new TopRows(order, limit, after), scan: new Scan(scope, { table, query, window: windowOf(search) }) };
}

/** The range, cut where the row is that it goes on after: of that row's own time there may be more. */
function windowOf({ range, order, after }: RowSearch): TimeWindow {
  const { min, max } = windowOfRange(range);
  if (!after) return { min, max };
  return order === 'asc' ? { min: greatest(min, after.timeNanos), max } : { min, max: least(max, after.timeNanos) };
}
