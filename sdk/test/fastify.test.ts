import { expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';
import type { SpanLine } from './otlp.ts';

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

it('gives each request that failed its route and its error, wherever it failed', async () => {
  const app = startApp({ script: 'fastify-failing.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const { port } = await app.ready();
  const json = { 'content-type': 'application/json' };
  const cases: readonly (readonly [path: string, status: number, error: string | undefined, init?: RequestInit])[] = [
    ['/signed-in/7', 401, 'no token'],
    ['/refused/7', 403, undefined],
    ['/sent/7', 500, 'sent'],
    ['/thrown/7', 500, 'thrown'],
    ['/bridged/7', 500, 'thrown beside Express'],
    ['/shared/7', 500, 'one object for all'],
    ['/shared/7', 500, 'one object for all'],
    ['/elsewhere/7', 500, 'in preHandler'],
    ['/written/7', 500, 'in onSend'],
    ['/serialized/7', 500, '"b" is required!'],
    ['/valid/7', 400, "body must have required property 'a'", { method: 'POST', body: '{"b":1}', headers: json }],
    ['/valid/7', 400, "Body is not valid JSON but content-type is set to 'application/json'", { method: 'POST', body: '{', headers: json }],
    ['/valid/7', 415, 'Unsupported Media Type', { method: 'POST', body: 'a', headers: { 'content-type': 'text/odd' } }],
    ['/shops/handled/7', 502, 'handled by the app'],
  ];
  for (const [path, status, error, init] of cases) {
    const span = await serverSpan(`http://127.0.0.1:${port}${path}`, init);
    const route = path.replace('7', ':id');
    expect(span).toMatchObject({
      name: `${init?.method ?? 'GET'} ${route}`,
      statusCode: status < 500 ? 0 : 2,
      attributes: { 'http.route': route, 'http.response.status_code': status },
    });
    expect(span.events.map(({ attributes }) => attributes['exception.message'])).toEqual(error === undefined ? [] : [error]);
  }
  expect(app.stderr()).toBe('');
});

it('follows a service that was made before the SDK was started by what Fastify publishes of its handlers', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const { port } = await startApp({ script: 'fastify-failing.mjs', args: ['late'], register: false, env }).ready();
  const span = await serverSpan(`http://127.0.0.1:${port}/thrown/7`);
  expect(span).toMatchObject({ name: 'GET /thrown/:id', events: [{ attributes: { 'exception.message': 'thrown' } }] });
});

let requests = 0;

async function serverSpan(url: string, init: RequestInit = {}): Promise<SpanLine> {
  requests += 1;
  const id = `failing-${requests}`;
  await fetch(url, { ...init, headers: { ...init.headers, 'x-correlation-id': id } }).then((answer) => answer.text());
  const find = (): SpanLine | undefined => collector.spans.find(({ attributes }) => attributes['correlation.id'] === id);
  await waitFor(`the server span of ${url}`, () => find() !== undefined);
  return find() ?? expect.fail('not there');
}
