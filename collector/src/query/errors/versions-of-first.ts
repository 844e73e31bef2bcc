import type { QueryNode } from '@threadline/query-language';
import { textOfAttribute, VERSION_ATTRIBUTE } from '../../storage/figures/countable-span.ts';
import type { Reader } from '../api-route.ts';
import { readLogs, readSpans } from '../read-rows.ts';

/** The version that the earliest log or span says which matches, empty where its resource does not say; both where a log and a span are as early, none where nothing matches. */
export async function readVersionsOfFirst(query: QueryNode, reader: Reader): Promise<readonly string[]> {
  const search = { query, maxRows: 1 };
  const [logs, spans] = await Promise.all([readLogs(search, reader), readSpans(search, reader)]);
  const rows = [...logs.rows, ...spans.rows];
  return rows
    .filter(({ key }) => rows.every((other) => key.timeNanos <= other.key.timeNanos))
    .map(({ record }) => textOfAttribute(record.resource.attributes, VERSION_ATTRIBUTE) ?? '');
}
