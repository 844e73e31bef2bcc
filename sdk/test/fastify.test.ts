import { afterEach, beforeEach, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import { get } from './http-get.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

let collector: ScriptedCollector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

it.each(['fastify-imported.mjs', 'fastify-required.cjs'])(
  '%s: a server span a request, by its route, with its error and its logs',
  async (script) => {
    const app = startApp({ script, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { port } = await app.ready();
    const base = `http://127.0.0.1:${port}`;
    const answer = await get(`${base}/shops/4/items/7`, { 'x-correlation-id': 'flow-1' });
    expect(answer.headers['x-correlation-id']).toBe('flow-1');
    expect((await get(`${base}/throws`, { 'x-correlation-id': 'flow-2' })).status).toBe(500);
    expect((await get(`${base}/nowhere`, { 'x-correlation-id': 'flow-3' })).status).toBe(404);
    await waitFor('the spans and the log', () => collector.spans.length === 3 && collector.logs.some(({ body }) => body === 'item read'));
    const spanOf = (id: string) => collector.spans.find(({ attributes }) => attributes['correlation.id'] === id);
    expect(spanOf('flow-1')).toMatchObject({
      name: 'GET /shops/:shop/items/:item',
      attributes: { 'http.route': '/shops/:shop/items/:item' },
    });
    expect(spanOf('flow-2')).toMatchObject({
      name: 'GET /throws',
      statusCode: 2,
      events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'thrown in a handler' } }],
    });
    expect(spanOf('flow-3')?.attributes).not.toHaveProperty('http.route');
    expect(collector.logs.find(({ body }) => body === 'item read')).toMatchObject({
      spanId: spanOf('flow-1')?.spanId,
      attributes: { 'correlation.id': 'flow-1' },
    });
    expect(app.stderr()).toBe('');
  },
);
