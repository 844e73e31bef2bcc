import type { LogRecord, LogSearchAnswer, Span, TraceAnswer } from '../../src/api/index.ts';

/** What a scenario's sender sent, asked back through the query API, in its order; without what the collector adds. */
export async function readBack(apiUrl: string, service: string, traceId: string) {
  const range = 'from=2023-11-14T00:00:00Z&to=2023-11-15T00:00:00Z';
  const found = await get<LogSearchAnswer>(`${apiUrl}/api/v1/logs?query=service:${service}&order=asc&${range}`);
  const trace = await get<TraceAnswer>(`${apiUrl}/api/v1/traces/${traceId}`);
  return {
    logs: found.records.map(withoutCollectorFields),
    spans: trace.spans.filter((span) => serviceOf(span) === service).map(withoutCollectorFields),
  };
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  // The API's own types are what the test relies on; the OpenAPI test holds the answers to them.
  return (await response.json()) as T;
}

function withoutCollectorFields<R extends LogRecord | Span>({ id: _, arrivalTimeUnixNano: __, ...sent }: R) {
  return sent;
}

function serviceOf(span: Span): string | undefined {
  return span.resource.attributes.find(({ key }) => key === 'service.name')?.value?.stringValue;
}
