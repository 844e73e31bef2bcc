/** Sends records as an exporter does, in JSON: `{ resourceLogs }` or `{ resourceSpans }`. Throws unless they were acknowledged. */
export async function sendOtlp(otlpHttp: string, signal: 'logs' | 'traces', body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${otlpHttp}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`The collector answered ${response.status} to ${signal}: ${await response.text()}`);
}
