import type { QueryNode } from '@threadline/query-language';
import { textOfAttribute, VERSION_ATTRIBUTE } from '../../storage/figures/countable-span.ts';
import type { Reader } from '../api-route.ts';
import { readLogs, readSpans } from '../read-rows.ts';

/** The earliest of all logs and spans that match. */
export interface FirstRecord {
  readonly timeNanos: bigint;
  /** Of its resource, empty where it does not say; of both where a log and a span are as early. */
  readonly versions: readonly string[];
}

/** Undefined where nothing that is kept matches. */
export async function readFirstRecord(query: QueryNode, reader: Reader): Promise<FirstRecord | undefined> {
  const search = { query, maxRows: 1 };
  const [logs, spans] = await Promise.all([readLogs(search, reader), readSpans(search, reader)]);
  const rows = [...logs.rows, ...spans.rows];
  const [first, second] = rows.map(({ key }) => key.timeNanos);
  if (first === undefined) return undefined;
  const timeNanos = second !== undefined && second < first ? second : first;
  const versions = rows
    .filter(({ key }) => key.timeNanos === timeNanos)
    .map(({ record }) => textOfAttribute(record.resource.attributes, VERSION_ATTRIBUTE) ?? '');
  return { timeNanos, versions };
}
