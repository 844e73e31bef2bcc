import type { QueryNode, QueryTarget } from '@threadline/query-language';
import type { LogRecord, Span } from '../../src/api/index.ts';
import type { IndexedLog, IndexedSpan, RowKey } from '../../src/model/record.ts';
import type { ReadContext, Row, RowPage, RowSearch, Storage } from '../../src/storage/storage.ts';

export const ALL: QueryNode = { type: 'all' };
/** Long enough for any read of the suite on a busy machine. */
const READ_TIMEOUT_MILLIS = 30_000;
/** How long the suite waits for what was written: longer than the contract's second, so that one slow moment is not a failure. */
const VISIBLE_TIMEOUT_MILLIS = 20_000;
const POLL_MILLIS = 25;

export function readContext(tenant: string, overrides: Partial<ReadContext> = {}): ReadContext {
  return { tenant, deadline: performance.now() + READ_TIMEOUT_MILLIS, signal: new AbortController().signal, ...overrides };
}

/** A page of logs or spans; what is not named is: everything, ascending, up to 1,000. */
export function search(
  storage: Storage,
  target: QueryTarget,
  { tenant, ...fields }: Partial<RowSearch> & { readonly tenant: string },
): Promise<RowPage<LogRecord | Span>> {
  const request: RowSearch = { query: ALL, range: {}, order: 'asc', limit: 1_000, ...fields };
  return target === 'logs' ? storage.searchLogs(request, readContext(tenant)) : storage.searchSpans(request, readContext(tenant));
}

/** Every row by following pages of one size. Fails on a page that is too large, or empty with more to come. */
export async function readAllPages(
  storage: Storage,
  target: QueryTarget,
  fields: Partial<RowSearch> & { readonly tenant: string; readonly limit: number },
): Promise<Row<LogRecord | Span>[]> {
  const rows: Row<LogRecord | Span>[] = [];
  let after: RowKey | undefined;
  for (;;) {
    const page = await search(storage, target, { ...fields, ...(after && { after }) });
    if (page.rows.length > fields.limit) throw new Error(`a page of ${page.rows.length} rows where ${fields.limit} is the limit`);
    rows.push(...page.rows);
    if (!page.hasMore) return rows;
    after = page.rows.at(-1)?.key;
    if (!after) throw new Error('an empty page says that more follows');
  }
}

/** Writes the records and waits until all of the tenant's are found. */
export async function writeAndAwait(
  storage: Storage,
  tenant: string,
  records: { readonly logs?: readonly IndexedLog[]; readonly spans?: readonly IndexedSpan[] },
): Promise<void> {
  const { logs = [], spans = [] } = records;
  if (logs.length > 0) await storage.writeLogs(tenant, logs, { mayRepeat: true });
  if (spans.length > 0) await storage.writeSpans(tenant, spans, { mayRepeat: true });
  await poll(
    async () => (await countRows(storage, 'logs', tenant)) >= logs.length && (await countRows(storage, 'spans', tenant)) >= spans.length,
  );
}

export async function countRows(storage: Storage, target: QueryTarget, tenant: string): Promise<number> {
  return (await readAllPages(storage, target, { tenant, limit: 1_000 })).length;
}

/** Asks again until the condition holds. Throws when it does not in time. */
export async function poll(condition: () => Promise<boolean>, timeoutMillis = VISIBLE_TIMEOUT_MILLIS): Promise<void> {
  const deadline = performance.now() + timeoutMillis;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`the condition did not hold within ${timeoutMillis} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}
