import { expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

const LOADER_FIRST = ['--import', './own-loader.mjs', '--import', '@threadline/sdk/register'];
const RESOLVER_FIRST = ['--require', './plug-and-play.cjs', '--import', '@threadline/sdk/register'];

it.each([
  ['whose source another loader gives Node', 'shop-imported.mjs', LOADER_FIRST],
  ['where packages are found as by Yarn’s Plug’n’Play, imported', 'shop-imported.mjs', RESOLVER_FIRST],
  ['where packages are found as by Yarn’s Plug’n’Play, required', 'shop-required.cjs', RESOLVER_FIRST],
])('follows libraries %s', async (_where, script, nodeArgs) => {
  const app = startApp({
    script,
    nodeArgs,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop' },
  });
  const { express } = await app.ready();
  await get(`http://127.0.0.1:${express}/orders/7`, { 'x-correlation-id': 'order-7' });
  await waitFor('the span and the record', () => collector.spans.length > 0 && collector.logs.length > 0);
  expect(collector.spans.map(({ name }) => name)).toContain('GET /orders/:id');
  expect(collector.logs.map(({ attributes }) => attributes['correlation.id'])).toEqual(['order-7', 'order-7']);
});
