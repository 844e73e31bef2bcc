import type { QueryNode } from '@threadline/query-language';
import type { LogRecord, Span } from '../api/index.ts';
import type { RowKey } from '../model/record.ts';
import type { Row, RowPage, TimeRange } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';

/** Ids of one query: below what a storage refuses (Elasticsearch: some thousand clauses), far above one trace's. */
export const MAX_IDS_PER_QUERY = 500;
/** Rows that one call of a storage reads. */
const PAGE_ROWS = 1_000;

export interface ReadRowsOptions {
  readonly query: QueryNode;
  readonly range?: TimeRange;
  readonly after?: RowKey | undefined;
  readonly maxRows: number;
}

/** Rows in ascending order until there are no more or `maxRows` are read; `hasMore` where some are left. */
export async function readSpans(options: ReadRowsOptions, { storage, context }: Reader): Promise<RowPage<Span>> {
  return readRows(options, (search) => storage.searchSpans(search, context));
}

/** As `readSpans`, of logs. */
export async function readLogs(options: ReadRowsOptions, { storage, context }: Reader): Promise<RowPage<LogRecord>> {
  return readRows(options, (search) => storage.searchLogs(search, context));
}

/** In pieces of at most `MAX_IDS_PER_QUERY`. */
export function chunksOf<T>(items: readonly T[], size = MAX_IDS_PER_QUERY): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

interface AscendingSearch {
  readonly query: QueryNode;
  readonly range: TimeRange;
  readonly order: 'asc';
  readonly limit: number;
  readonly after?: RowKey;
}

async function readRows<R>(options: ReadRowsOptions, search: (request: AscendingSearch) => Promise<RowPage<R>>): Promise<RowPage<R>> {
  const rows: Row<R>[] = [];
  let after = options.after;
  for (;;) {
    const limit = Math.min(PAGE_ROWS, options.maxRows - rows.length);
    const base = { query: options.query, range: options.range ?? {}, order: 'asc' as const, limit };
    const page = await search(after === undefined ? base : { ...base, after });
    rows.push(...page.rows);
    after = page.rows.at(-1)?.key;
    const isDone = !page.hasMore || after === undefined || rows.length >= options.maxRows;
    if (isDone || page.partial !== undefined) {
      return { rows, hasMore: page.hasMore, ...(page.partial === undefined ? {} : { partial: page.partial }) };
    }
  }
}
