import type { QueryNode } from '@threadline/query-language';
import type { LogRecord } from '../api/index.ts';
import { MAX_INDEX_TIME_NANOS } from '../model/indexed-record.ts';
import type { RowKey } from '../model/record.ts';
import type { PartialRead, Row, TimeRange } from '../storage/storage.ts';
import type { Reader } from './api-route.ts';
import { readLogs } from './read-rows.ts';

export interface LogPageRequest {
  readonly query: QueryNode;
  readonly range: TimeRange;
  readonly limit: number;
  /** The last record that an earlier page had. */
  readonly after: RowKey | undefined;
  /** Spans of this start are still to come: logs from then on go with them. Undefined when this page has the last span. */
  readonly untilNanos: bigint | undefined;
}

export interface LogPage {
  readonly rows: readonly Row<LogRecord>[];
  /** Where the next page goes on; the same as `after` when this page has none. */
  readonly last: RowKey | undefined;
  readonly hasMore: boolean;
  readonly partial: PartialRead | undefined;
}

/**
 * The logs that go with a page of spans: by time, each on exactly one page. Logs never hold spans back: those for which a page has no
 * room come on the next ones, at the end on pages without spans. What lies before the first span is on the first page, what lies
 * after the last one on the last.
 */
export async function pageLogs({ query, range, limit, after, untilNanos }: LogPageRequest, reader: Reader): Promise<LogPage> {
  const isCut =
    untilNanos !== undefined && untilNanos < MAX_INDEX_TIME_NANOS && (range.toNanos === undefined || untilNanos < range.toNanos);
  const page = await readLogs({ query, range: isCut ? { ...range, toNanos: untilNanos } : range, after, maxRows: limit }, reader);
  return {
    rows: page.rows,
    last: page.rows.at(-1)?.key ?? after,
    hasMore: page.hasMore,
    partial: page.partial,
  };
}
