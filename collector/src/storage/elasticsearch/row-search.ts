import type { QueryTarget } from '@threadline/query-language';
import type { LogRecord, Span } from '../../api/index.ts';
import type { IndexedRecord, RowKey } from '../../model/record.ts';
import { recordCharacters } from '../record-size.ts';
import type { ReadContext, RowPage, RowSearch } from '../storage.ts';
import { ResponseTooLargeError } from './connection.ts';
import { formatNanos, isEmptyRange, NANOS_FORMAT } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { type Hit, inRange, RECORD_FIELD, type Search } from './search-requests.ts';

/** A page of 1,000 rows and the one that tells of more. Elasticsearch refuses more than 10,000 hits a search; longer pages are put together from several. */
const MAX_HITS_A_SEARCH = 1_001;

/** Behind all that have the same time, sequence and id. */
const LAST_PLACE = Number.MAX_SAFE_INTEGER;

/** The order of all rows: by time, sequence, id. */
export function rowSort(order: 'asc' | 'desc'): object[] {
  return [{ '@timestamp': { order, format: NANOS_FORMAT } }, { sequence: order }, { recordId: order }];
}

/** A page of rows in the order of their keys; what is written meanwhile never repeats or moves a row. */
export async function searchRows<R extends LogRecord | Span>(
  search: Search,
  request: {
    readonly target: QueryTarget;
    readonly rows: RowSearch;
    readonly context: ReadContext;
    readonly recordOf: (hit: Hit) => R;
    readonly indexed: (record: R) => IndexedRecord;
    /** Of a point in time, where rows have their place in it as a last key that nobody asked for. */
    readonly ofMoment?: boolean;
  },
): Promise<RowPage<R>> {
  const { target, context, recordOf, indexed, ofMoment = false } = request;
  const { query, range, order, limit, maxCharacters } = request.rows;
  if (isEmptyRange(range)) return { rows: [], hasMore: false };
  const lookups = await lookUpNodes(search, { query, target, range, context });
  const filter = inRange(range, translateQuery(query, target, lookups));
  const rows: { key: RowKey; record: R }[] = [];
  let after = request.rows.after;
  let pageSize = MAX_HITS_A_SEARCH;
  let characters = 0;
  for (;;) {
    // One more than is wanted tells whether more follow.
    const size = Math.min(pageSize, limit + 1 - rows.length);
    const hits = await searchPage(search, { target, filter, order, size, context, ofMoment, ...(after && { after }) });
    if (hits === undefined) {
      pageSize = Math.ceil(size / 2);
      continue;
    }
    for (const hit of hits) {
      if (maxCharacters !== undefined && characters >= maxCharacters) return { rows: rows.slice(0, limit), hasMore: true };
      const record = recordOf(hit);
      if (maxCharacters !== undefined) characters += recordCharacters(record);
      const { timeNanos, sequence, id } = indexed(record);
      after = { timeNanos, sequence, id };
      rows.push({ key: after, record });
    }
    if (rows.length > limit) return { rows: rows.slice(0, limit), hasMore: true };
    if (hits.length < size) return { rows, hasMore: false };
  }
}

/** Undefined when the answer is too long for this many. */
async function searchPage(
  search: Search,
  page: {
    readonly target: QueryTarget;
    readonly filter: ElasticsearchQuery;
    readonly order: 'asc' | 'desc';
    readonly size: number;
    readonly context: ReadContext;
    readonly ofMoment: boolean;
    readonly after?: RowKey;
  },
): Promise<readonly Hit[] | undefined> {
  const { after, size } = page;
  const body = {
    size,
    query: page.filter,
    sort: rowSort(page.order),
    ...RECORD_FIELD,
    ...(after && {
      search_after: [formatNanos(after.timeNanos), String(after.sequence), after.id, ...(page.ofMoment ? [LAST_PLACE] : [])],
    }),
  };
  try {
    return (await search(page.target, body, page.context)).hits.hits;
  } catch (error) {
    if (error instanceof ResponseTooLargeError && size > 1) return undefined;
    throw error;
  }
}
