import type { DuckDBValue } from '@duckdb/node-api';
import type { QueryNode } from '@threadline/query-language';
import type { LogRecord, Span } from '../../api/index.ts';
import type { HistogramRequest, HistogramResult, RowPage, RowSearch, TimeRange } from '../storage.ts';
import type { TableName } from './layout.ts';
import type { RunStatement } from './read-pool.ts';
import { levelOfNumber } from './record-fields.ts';
import { hashNumber, hashRecord } from './record-hash.ts';
import { SqlParameters } from './sql-parameters.ts';
import { sqlCondition } from './sql-query.ts';
import { greatest, least, readWindows, type TimeWindow, windowOfRange } from './time-windows.ts';

/** What the records of a table come back as. */
interface RecordOfTable {
  readonly logs: LogRecord;
  readonly spans: Span;
}

/** A page of rows in the order of (time, sequence, id). */
export async function searchRows<T extends TableName>(
  table: T,
  search: RowSearch,
  tenant: string,
  run: RunStatement,
): Promise<RowPage<RecordOfTable[T]>> {
  const { order, limit } = search;
  const rows = await readWindows({
    order,
    limit: limit + 1,
    bounds: boundsOf(search),
    firstTime: (window) => firstTime(table, order, { window, tenant }, run),
    rowsIn: (window, most) => rowsInWindow(table, { ...search, limit: most }, { window, tenant }, run),
  });
  return {
    rows: rows.slice(0, limit).map(([timeNanos, sequence, id, record]) => ({
      key: { timeNanos: BigInt(String(timeNanos)), sequence: BigInt(String(sequence)), id: String(id) },
      record: parseRecord(record),
    })),
    hasMore: rows.length > limit,
  };
}

/** What a search of one window is about. */
interface Place {
  readonly window: TimeWindow;
  readonly tenant: string;
}

/** The range, cut where the row is that it goes on after: of that row's own time there may be more. */
function boundsOf({ range, order, after }: RowSearch): TimeWindow {
  const { min, max } = windowOfRange(range);
  if (!after) return { min, max };
  return order === 'asc' ? { min: greatest(min, after.timeNanos), max } : { min, max: least(max, after.timeNanos) };
}

async function firstTime(table: TableName, order: 'asc' | 'desc', place: Place, run: RunStatement): Promise<bigint | undefined> {
  const parameters = new SqlParameters();
  const sql = `SELECT ${order === 'asc' ? 'min' : 'max'}(time_nanos) FROM ${table} WHERE ${placeConditions(place, parameters).join(' AND ')}`;
  const time = (await run(sql, parameters))[0]?.[0];
  return typeof time === 'bigint' ? time : undefined;
}

function rowsInWindow(table: TableName, search: RowSearch, place: Place, run: RunStatement): Promise<readonly DuckDBValue[][]> {
  const parameters = new SqlParameters();
  const direction = search.order === 'asc' ? 'ASC' : 'DESC';
  const conditions = [
    ...placeConditions(place, parameters),
    sqlCondition(search.query, table, parameters),
    ...afterCondition(search, parameters),
  ];
  return run(
    `SELECT time_nanos, sequence, id, record FROM ${table} WHERE ${conditions.join(' AND ')}
     ORDER BY time_nanos ${direction}, sequence ${direction}, id ${direction} LIMIT ${parameters.bigint(BigInt(search.limit))}`,
    parameters,
  );
}

function placeConditions({ window, tenant }: Place, parameters: SqlParameters): string[] {
  return [
    `tenant = ${parameters.text(tenant)}`,
    `time_nanos BETWEEN ${parameters.bigint(window.min)} AND ${parameters.bigint(window.max)}`,
  ];
}

export async function readLog(tenant: string, id: string, run: RunStatement): Promise<LogRecord | undefined> {
  const parameters = new SqlParameters();
  const hash = parameters.unsignedBigint(hashNumber(hashRecord(tenant, id)));
  const rows = await run(
    `SELECT record FROM logs WHERE id_hash = ${hash} AND tenant = ${parameters.text(tenant)} AND id = ${parameters.text(id)}`,
    parameters,
  );
  return rows[0] && parseRecord<LogRecord>(rows[0][0]);
}

export async function countLogs(request: HistogramRequest, tenant: string, run: RunStatement): Promise<HistogramResult> {
  const parameters = new SqlParameters();
  const conditions = rowConditions('logs', request.query, request.range, { tenant, parameters });
  const rows = await run(
    `SELECT time_nanos // ${parameters.bigint(request.widthNanos)} AS bucket, level, count(*) FROM logs WHERE ${conditions.join(' AND ')} GROUP BY bucket, level`,
    parameters,
  );
  return {
    counts: rows.map(([bucket, level, count]) => ({
      bucket: BigInt(String(bucket)),
      level: levelOfNumber(Number(level)),
      count: Number(count),
    })),
  };
}

/** Of the records that match: their distinct traces. */
export async function findTraces(
  table: TableName,
  search: { readonly query: QueryNode; readonly range: TimeRange; readonly limit: number },
  tenant: string,
  run: RunStatement,
): Promise<{ readonly traceId: string; readonly firstNanos: bigint }[]> {
  const parameters = new SqlParameters();
  const conditions = rowConditions(table, search.query, search.range, { tenant, parameters });
  const rows = await run(
    `SELECT trace_id, min(time_nanos) AS first FROM ${table} WHERE trace_id <> '' AND ${conditions.join(' AND ')}
     GROUP BY trace_id ORDER BY first DESC, trace_id DESC LIMIT ${parameters.bigint(BigInt(search.limit))}`,
    parameters,
  );
  return rows.map(([traceId, first]) => ({ traceId: String(traceId), firstNanos: BigInt(String(first)) }));
}

/** The conditions on a tenant's rows in a range that match a query, to be joined with AND. */
export function rowConditions(
  table: TableName,
  query: QueryNode,
  range: TimeRange,
  { tenant, parameters }: { readonly tenant: string; readonly parameters: SqlParameters },
): string[] {
  return [`tenant = ${parameters.text(tenant)}`, ...timeConditions(range, parameters), sqlCondition(query, table, parameters)];
}

/** From inclusive, to exclusive, as `windowOfRange` says. */
export function timeConditions(range: TimeRange, parameters: SqlParameters): string[] {
  const { min, max } = windowOfRange(range);
  return [`time_nanos BETWEEN ${parameters.bigint(min)} AND ${parameters.bigint(max)}`];
}

/** Strictly after a row in the order asked for; rows of times before it are out of bounds already. */
function afterCondition({ after, order }: RowSearch, parameters: SqlParameters): string[] {
  if (!after) return [];
  const beyond = order === 'asc' ? '>' : '<';
  const time = parameters.bigint(after.timeNanos);
  const sequence = parameters.bigint(after.sequence);
  const id = parameters.text(after.id);
  return [`(time_nanos ${beyond} ${time} OR sequence ${beyond} ${sequence} OR (sequence = ${sequence} AND id ${beyond} ${id}))`];
}

/** What `row-columns.ts` wrote is what comes back: the text is a record's own JSON. */
function parseRecord<R extends LogRecord | Span>(text: unknown): R {
  return JSON.parse(String(text));
}
