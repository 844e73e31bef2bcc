import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import type { SpanLine } from './otlp.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

describe.each(['handled', 'unhandled'])('errors of Express outside of routes, %s', (handling) => {
  let collector: ScriptedCollector;
  let base = '';
  let requests = 0;

  beforeAll(async () => {
    collector = await startCollector();
    const app = startApp({ script: 'express-failing.mjs', args: [handling], env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { port } = await app.ready();
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  const serverSpan = async (path: string, options: RequestInit = {}): Promise<SpanLine> => {
    requests += 1;
    const id = `${handling}-${requests}`;
    await fetch(`${base}${path}`, { ...options, headers: { ...options.headers, 'x-correlation-id': id } }).then((answer) => answer.text());
    const find = (): SpanLine | undefined => collector.spans.find(({ attributes }) => attributes['correlation.id'] === id);
    await waitFor(`the server span of ${path}`, () => find() !== undefined);
    return find() ?? expect.fail('not there');
  };

  it.each([
    ['/everywhere', 'GET', 'TypeError', 'thrown in a middleware of all paths'],
    ['/admin/7/passes', 'GET /admin/:tenant', 'Error', 'passed on in a middleware'],
    ['/admin/7/throws', 'GET /admin/:tenant', 'Error', 'thrown in a middleware'],
    ['/admin/7/rejects', 'GET /admin/:tenant', 'Error', 'rejected in a middleware'],
    ['/admin/7/nested', 'GET /admin/:tenant', 'Error', 'passed on in a router'],
    ['/users/nobody', 'GET', 'Error', 'no such user'],
    ['/last', 'GET /last', 'Error', 'passed on by the last'],
  ])('%s: the error is on the server span, named by the path that it was mounted at', async (path, name, type, message) => {
    const span = await serverSpan(path);
    expect(span).toMatchObject({ name, statusCode: 2, attributes: { 'http.response.status_code': 500 } });
    expect(span.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': type, 'exception.message': message } }]);
  });

  it.each([
    ['/assets/logo.svg', 'GET /assets', 200],
    ['/admin/7/refused', 'GET /admin/:tenant', 401],
    ['/assets/missing', 'GET', 404],
  ])('%s: what a middleware answers, and did not pass on, is named by the path that it was mounted at', async (path, name, status) => {
    const span = await serverSpan(path);
    expect(span).toMatchObject({ name, attributes: { 'http.response.status_code': status } });
    expect(span.attributes['http.route']).toBe(name === 'GET' ? undefined : name.slice('GET '.length));
  });

  it('records an error that a caller is to blame for, as that of a route, and the span is none', async () => {
    const span = await serverSpan('/orders', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
    expect(span).toMatchObject({ statusCode: 0, attributes: { 'http.response.status_code': 400 } });
    expect(span.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'SyntaxError' } }]);
  });

  it('records an error object of a module in each request that fails with it, once', async () => {
    for (const span of [await serverSpan('/shared'), await serverSpan('/shared')]) {
      expect(span.events).toMatchObject([{ attributes: { 'exception.type': 'RangeError', 'exception.message': 'one object for all' } }]);
    }
  });

  it.each([
    ['/object', 404, { 'exception.message': 'an object that was passed on' }],
    ['/number', 500, { 'exception.message': '404' }],
  ])('%s: what is no error is on the server span too, with what it says', async (path, status, attributes) => {
    const span = await serverSpan(path);
    expect(span.attributes['http.response.status_code']).toBe(status);
    expect(span.events).toMatchObject([{ name: 'exception', attributes }]);
  });

  it('takes a word of Express’s own for no error', async () => {
    const span = await serverSpan('/next-route');
    expect(span.attributes['http.response.status_code']).toBe(404);
    expect(span.events).toEqual([]);
  });

  // Express's own handler reads the error itself.
  if (handling === 'handled')
    it.each([
      ['message', 'RangeError', '[Object: null prototype] {}'],
      ['getter', 'RangeError', '[Unreadable]'],
      ['stack', 'RangeError', 'odd'],
      ['symbols', 'RangeError', 'Symbol(m)'],
      ['proxy', 'Error', '[Unreadable]'],
    ])('hands an error that cannot be read (%s) to the app’s handler, and records what can', async (how, type, message) => {
      const span = await serverSpan(`/odd/${how}`);
      expect(span).toMatchObject({ name: 'GET /odd/:how', attributes: { 'http.response.status_code': 500 } });
      expect(span.events).toMatchObject([{ attributes: { 'exception.type': type, 'exception.message': message } }]);
    });

  it('records a text once, and both an error and the one that an error handler made of it', async () => {
    const messages = async (path: string) => (await serverSpan(path)).events.map(({ attributes }) => attributes['exception.message']);
    expect(await messages('/text')).toEqual(['a text that was passed on']);
    expect(await messages('/translated')).toEqual(['the cause', 'what the caller is told']);
  });
});
