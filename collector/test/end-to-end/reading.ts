import type { LogRecord, LogSearchAnswer, TraceAnswer } from '../../src/api/index.ts';

/** Far more than a busy machine needs from a write to where a read finds it. */
export const FOUND_WITHIN = { timeout: 30_000, interval: 100 };

/** One page of logs, over all time. */
export async function searchLogs(apiUrl: string, query: string, headers: Record<string, string> = {}): Promise<LogRecord[]> {
  return (await logPage(apiUrl, query, undefined, headers)).records;
}

/** Every log that matches, page by page. */
export async function allLogs(apiUrl: string, query: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await logPage(apiUrl, query, cursor, {});
    records.push(...page.records);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return records;
}

export async function readTrace(apiUrl: string, traceId: string): Promise<TraceAnswer> {
  const response = await fetch(`${apiUrl}/api/v1/traces/${traceId}`);
  if (!response.ok) throw new Error(`the trace was answered with ${response.status}`);
  // The API's answers are typed by the package under test.
  return (await response.json()) as TraceAnswer;
}

async function logPage(
  apiUrl: string,
  query: string,
  cursor: string | undefined,
  headers: Record<string, string>,
): Promise<LogSearchAnswer> {
  const parameters = new URLSearchParams({
    query,
    from: '1970-01-01T00:00:00Z',
    to: 'now',
    limit: '1000',
    order: 'asc',
    ...(cursor && { cursor }),
  });
  const response = await fetch(`${apiUrl}/api/v1/logs?${parameters}`, { headers });
  if (!response.ok) throw new Error(`the search was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as LogSearchAnswer;
}
