import { expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

const LOADER_FIRST = ['--import', './own-loader.mjs', '--import', '@threadline/sdk/register'];

it('follows libraries whose source another loader gives Node', async () => {
  const app = startApp({
    script: 'shop-imported.mjs',
    nodeArgs: LOADER_FIRST,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop' },
  });
  const { express } = await app.ready();
  await get(`http://127.0.0.1:${express}/orders/7`, { 'x-correlation-id': 'order-7' });
  await waitFor('the span and the record', () => collector.spans.length > 0 && collector.logs.length > 0);
  expect(collector.spans.map(({ name }) => name)).toContain('GET /orders/:id');
  expect(collector.logs.map(({ attributes }) => attributes['correlation.id'])).toEqual(['order-7', 'order-7']);
});
