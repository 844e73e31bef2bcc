import { expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

it.each(['pino-imported.mjs', 'pino-required.cjs'])(
  'pino’s lines are in their request’s flow, and each is sent once: %s',
  async (script) => {
    const app = startApp({ script, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { port } = await app.ready();
    await get(`http://127.0.0.1:${port}/`, { 'x-correlation-id': 'flow-1' });
    await waitFor('the span and the log', () => collector.spans.length > 0 && collector.logs.length > 0);
    const [span] = collector.spans;
    expect(collector.logs).toMatchObject([
      {
        body: 'served',
        severityNumber: 9,
        traceId: span?.traceId,
        spanId: span?.spanId,
        attributes: { 'correlation.id': 'flow-1', component: 'checkout', password: 'REDACTED' },
      },
    ]);
    const ids = { trace_id: span?.traceId, span_id: span?.spanId, correlation_id: 'flow-1' };
    expect(app.lines).toContainEqual(expect.objectContaining({ msg: 'served', password: 'hunter2', ...ids }));
    expect(app.stderr()).toBe('');
  },
);
