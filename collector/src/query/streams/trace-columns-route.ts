import type { QueryNode } from '@threadline/query-language';
import type { TraceColumnsLine } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { indexSpan } from '../../model/indexed-record.ts';
import type { RowKey } from '../../model/record.ts';
import { countableSpan } from '../../storage/figures/countable-span.ts';
import type { ReadContext, Row, RowPage, RowSearch, Storage } from '../../storage/storage.ts';
import type { TraceSpansPage } from '../../storage/trace-spans.ts';
import type { Reader } from '../api-route.ts';
import { parseTraceId } from '../parameters/trace-id.ts';
import { equals, withoutOwnEvents } from '../query-nodes.ts';
import { DEFAULT_TENANT } from '../read-context.ts';
import { countLinksInto, readLinkingSpans } from '../read-linking-spans.ts';
import { readOwnEvents } from '../read-own-events.ts';
import { summarizeTrace } from '../summarize-trace.ts';
import type { StreamReader, StreamRoute } from './stream-route.ts';
import { createColumnWriter } from './trace-columns.ts';
import { writeChunk } from './write-chunk.ts';

const MEDIA_TYPE = 'application/x-ndjson';
/** One page of many. */
const PAGE_DEADLINE_MILLIS = 60_000;
/** The first page is what a screen shows, and is there soonest; those after it double, as each costs the storage a search. */
const FIRST_PAGE = 500;
/** Some megabytes of records at their usual size, and what Elasticsearch gives at once. */
const MAX_PAGE = 8_000;
/** Of columns: some hundred bytes a span, drawn while the next page is read. */
const MAX_COLUMNS_PAGE = 32_000;
const COLUMNS_GROWTH = 8;

/** All of a trace in columns, page by page from the storage. One without a span and a record is `not_found`. */
export const traceColumnsRoute: StreamRoute = {
  path: '/api/v1/traces/:traceId/columns',
  names: { single: [] },
  isImmediate: false,
  contentTypeOf: () => MEDIA_TYPE,
  prepare({ path }) {
    const traceId = parseTraceId(path.traceId ?? '');
    return async (response, reader) => {
      const { signal } = reader;
      for await (const line of readLines(traceId, reader)) {
        if (!response.headersSent) response.writeHead(200, { 'content-type': MEDIA_TYPE });
        await writeChunk(response, `${JSON.stringify(line)}\n`, signal);
      }
      response.end();
    };
  },
};

async function* readLines(traceId: string, { storage, warnings, signal }: StreamReader): AsyncGenerator<TraceColumnsLine, void> {
  const reader = (): Reader => ({
    storage,
    context: { tenant: DEFAULT_TENANT, deadline: performance.now() + PAGE_DEADLINE_MILLIS, signal },
  });
  const query = equals('traceId', traceId);
  const events = await readOwnEvents({ scope: query, range: {}, traceIds: [traceId] }, reader());
  const [summary, environment] = await Promise.all([
    summarizeTrace(traceId, events.unfinished, reader()),
    environmentOf(traceId, reader()),
  ]);
  if (summary === undefined) {
    throw new ThreadlineError('not_found', 'There is no span and no log record of this trace.', { field: 'traceId' });
  }
  yield {
    type: 'head',
    summary,
    ...(environment !== '' && { environment }),
    unfinished: events.unfinished,
    drops: events.drops,
    warnings: [...events.warnings, ...warnings],
  };
  const writer = createColumnWriter(BigInt(summary.startTimeUnixNano));
  const count = { spans: 0, logs: 0 };
  // Read beside the spans, so that they come with them: a reader sees one trace and not first the one and then the other.
  const logs = readPages(withoutOwnEvents(query), (search) => storage.searchLogs(search, reader().context));
  const firstLogs = logs.next();
  firstLogs.catch(() => undefined);
  const linking = readLinkingSpans(traceId, reader());
  linking.catch(() => undefined);
  if (storage.traceSpans) {
    for await (const page of readColumns(traceId, storage.traceSpans.bind(storage), () => reader().context)) {
      count.spans += page.rows;
      yield writer.spanColumns(page);
    }
  } else {
    for await (const rows of readPages(query, (search) => storage.searchSpans(search, reader().context))) {
      count.spans += rows.length;
      yield writer.spans(rows);
    }
  }
  for (let page = await firstLogs; !page.done; page = await logs.next()) {
    count.logs += page.value.length;
    yield writer.logs(page.value);
  }
  const linkedFrom = Array.from(countLinksInto(traceId, await linking), ([spanId, links]) => ({ spanId, count: links }));
  yield { type: 'end', spanCount: count.spans, logCount: count.logs, linkedFrom };
}

/** Of the first span; empty where it does not say, or there is none. */
async function environmentOf(traceId: string, { storage, context }: Reader): Promise<string> {
  const { rows } = await storage.searchSpans({ query: equals('traceId', traceId), range: {}, order: 'asc', limit: 1 }, context);
  const [first] = rows;
  return first === undefined ? '' : countableSpan(context.tenant, indexSpan(first.record)).alike.source.environment;
}

/** As `readPages`, where the storage has columns. */
async function* readColumns(
  traceId: string,
  read: NonNullable<Storage['traceSpans']>,
  context: () => ReadContext,
): AsyncGenerator<TraceSpansPage, void> {
  let limit = FIRST_PAGE;
  let next: Promise<TraceSpansPage> | undefined = read({ traceId, limit }, context());
  while (next !== undefined) {
    const { last, ...page }: TraceSpansPage = await next;
    limit = Math.min(MAX_COLUMNS_PAGE, limit * COLUMNS_GROWTH);
    next = page.hasMore && last ? read({ traceId, limit, after: last }, context()) : undefined;
    next?.catch(() => undefined);
    if (page.rows > 0) yield page;
  }
}

/** The next page is read while the one before is on its way to the client. A page that ran out of time is gone on with from where it came to. */
async function* readPages<R>(
  query: QueryNode,
  search: (request: RowSearch) => Promise<RowPage<R>>,
): AsyncGenerator<readonly Row<R>[], void> {
  let limit = FIRST_PAGE;
  let fromNanos: bigint | undefined;
  let after: RowKey | undefined;
  const ask = (): Promise<RowPage<R>> =>
    search({ query, range: fromNanos === undefined ? {} : { fromNanos }, order: 'asc', limit, ...(after && { after }) });
  let next: Promise<RowPage<R>> | undefined = ask();
  while (next !== undefined) {
    const page: RowPage<R> = await next;
    after = page.rows.at(-1)?.key ?? after;
    // Ascending, rows up to that time are all in the page.
    if (page.partial) fromNanos = page.partial.searchedFromNanos;
    limit = Math.min(MAX_PAGE, limit * 2);
    next = page.hasMore || page.partial ? ask() : undefined;
    // It is awaited on the next turn, or never where the client goes away.
    next?.catch(() => undefined);
    if (page.rows.length > 0) yield page.rows;
  }
}
