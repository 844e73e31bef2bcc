import type { QueryNode, QueryTarget, RecordField } from '@threadline/query-language';
import type { LogRecord, Span } from '../../api/index.ts';
import type { IndexedRecord, RowKey } from '../../model/record.ts';
import { recordCharacters } from '../record-size.ts';
import type { ReadContext, RowPage, RowSearch, TimeRange } from '../storage.ts';
import { ResponseTooLargeError } from './connection.ts';
import { formatNanos, isEmptyRange, NANOS_FORMAT } from './nanosecond-time.ts';
import { lookUpNodes } from './query-lookups.ts';
import { type ElasticsearchQuery, translateQuery } from './query-translation.ts';
import { type Hit, inRange, RECORD_FIELD, type Search } from './search-requests.ts';

/** A page of 1,000 rows and the one that tells of more. Elasticsearch refuses more than 10,000 hits a search; longer pages are put together from several. */
const MAX_HITS_A_SEARCH = 1_001;

/** How much time after its start may hold a page of the oldest rows. */
const AHEAD_NANOS = [4n, 256n, 16_384n].map((seconds) => seconds * 1_000_000_000n);
/** Each of their values is of a few records. */
const SELECTIVE_FIELDS: ReadonlySet<RecordField> = new Set(['traceId', 'spanId', 'parentSpanId', 'correlationId', 'link']);

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
    const bounds = order === 'asc' && !isSelective(query) ? await aheadOf(search, { target, filter, range, after, size, context }) : {};
    const page = { target, filter: inRange(bounds, filter), order, size, context, ofMoment, ...(after && { after }) };
    let hits = await searchPage(search, page);
    // What was counted has been deleted since.
    if (hits !== undefined && hits.length < size && bounds.toNanos !== undefined) hits = await searchPage(search, { ...page, filter });
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

/** Whether so few rows match that it costs more to count them than to compare them. */
function isSelective(node: QueryNode): boolean {
  if (node.type === 'and') return node.children.some(isSelective);
  if (node.type === 'or') return node.children.every(isSelective);
  return node.type === 'equals' && node.field.type === 'record' && SELECTIVE_FIELDS.has(node.field.name);
}

/**
 * A range whose rows begin with the page. Indices are sorted the newest first: to find the oldest after some time, Elasticsearch compares all that are newer, but it counts
 * up to a page's number and stops.
 */
async function aheadOf(
  search: Search,
  page: {
    readonly target: QueryTarget;
    readonly filter: ElasticsearchQuery;
    readonly range: TimeRange;
    readonly after: RowKey | undefined;
    readonly size: number;
    readonly context: ReadContext;
  },
): Promise<TimeRange> {
  const { target, filter, range, after, size, context } = page;
  // Of those at the same time some are before the page.
  const fromNanos = after === undefined ? range.fromNanos : after.timeNanos + 1n;
  if (fromNanos === undefined) return {};
  const ranges = AHEAD_NANOS.map((nanos) => ({ fromNanos, toNanos: fromNanos + nanos })).filter(
    ({ toNanos }) => range.toNanos === undefined || toNanos < range.toNanos,
  );
  const counts = await Promise.all(
    ranges.map(async (each) => {
      const body = { size: 0, track_total_hits: size, query: inRange(each, filter) };
      return (await search(target, body, context)).hits.total?.value ?? 0;
    }),
  );
  const enough = ranges.find((_, place) => (counts[place] ?? 0) >= size);
  return enough === undefined ? {} : { toNanos: enough.toNanos };
}

/** Without what lies before the page, with which Elasticsearch would compare it. */
function restOf({ timeNanos }: RowKey, order: 'asc' | 'desc'): TimeRange {
  return order === 'asc' ? { fromNanos: timeNanos } : { toNanos: timeNanos + 1n };
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
    query: after ? inRange(restOf(after, page.order), page.filter) : page.filter,
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
