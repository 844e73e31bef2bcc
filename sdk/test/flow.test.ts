import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import { get, type HeaderEcho, isHeaderEcho } from './http-get.ts';
import type { LogLine, SpanLine } from './otlp.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

const SERVER = 2;
const CLIENT = 3;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

describe.each(['shop-imported.mjs', 'shop-required.cjs'])('%s with nothing but --import @threadline/sdk/register', (script) => {
  let collector: ScriptedCollector;
  let base = '';
  let plain = '';
  let grpcPort = 0;
  let lines: unknown[] = [];
  let flows = 0;

  beforeAll(async () => {
    collector = await startCollector();
    const app = startApp({ script, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop' } });
    const ports = await app.ready();
    base = `http://127.0.0.1:${ports.express}`;
    plain = `http://127.0.0.1:${ports.plain}`;
    grpcPort = ports.grpc ?? 0;
    lines = app.lines;
  });
  afterAll(async () => {
    await killApps();
    await collector.close();
  });

  const newId = (): string => {
    flows += 1;
    return `test-${flows}`;
  };
  const spansOf = (id: string): SpanLine[] => collector.spans.filter((span) => span.attributes['correlation.id'] === id);
  const logsOf = (id: string): LogLine[] => collector.logs.filter((log) => log.attributes['correlation.id'] === id);
  const serverSpan = async (id: string): Promise<SpanLine> => {
    await waitFor(`a server span of ${id}`, () => spansOf(id).some((span) => span.kind === SERVER));
    return found(spansOf(id).find((span) => span.kind === SERVER));
  };

  it('makes one server span with the route, the stable HTTP attributes and the id', async () => {
    const id = newId();
    const answer = await get(`${base}/orders/17?expand=1`, { 'x-correlation-id': id });
    const span = await serverSpan(id);
    expect(answer.headers['x-correlation-id']).toBe(id);
    expect(span.name).toBe('GET /orders/:id');
    expect(span.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'url.path': '/orders/17',
      'url.query': 'expand=1',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'correlation.id': id,
    });
    expect(span.resource).toMatchObject({ 'service.name': 'shop', 'service.version': '3.2.1', 'telemetry.sdk.language': 'nodejs' });
    expect(span.resource['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(spansOf(id)).toHaveLength(1);
  });

  it('names a route of a nested router by its whole path', async () => {
    const id = newId();
    const other = newId();
    await get(`${base}/shops/5/items/9`, { 'x-correlation-id': id });
    await get(`${base}/shops/5/items`, { 'x-correlation-id': other });
    expect((await serverSpan(id)).name).toBe('GET /shops/:shop/items/:item');
    expect((await serverSpan(other)).name).toBe('GET /shops/:shop/items');
    expect([...spansOf(id), ...spansOf(other)]).toHaveLength(2);
  });

  it('gives a request that no route answered a span without a route', async () => {
    const id = newId();
    const other = newId();
    await get(`${base}/nowhere`, { 'x-correlation-id': id });
    await get(`${base}/skips`, { 'x-correlation-id': other });
    for (const span of [await serverSpan(id), await serverSpan(other)]) {
      expect(span.name).toBe('GET');
      expect(span.attributes['http.response.status_code']).toBe(404);
      expect(span.attributes).not.toHaveProperty('http.route');
      expect(span.statusCode).toBe(0);
    }
  });

  it.each([
    ['throws', 'TypeError', 'thrown in a route'],
    ['rejects', 'Error', 'rejected in a route'],
  ])('puts the error of a route that %s on its server span and the id on the answer', async (route, type, message) => {
    const id = newId();
    const answer = await get(`${base}/${route}`, { 'x-correlation-id': id });
    const span = await serverSpan(id);
    expect(answer.status).toBe(500);
    expect(answer.headers['x-correlation-id']).toBe(id);
    expect(span.name).toBe(`GET /${route}`);
    expect(span.statusCode).toBe(2);
    expect(span.events).toHaveLength(1);
    expect(span.events[0]).toMatchObject({ name: 'exception', attributes: { 'exception.type': type, 'exception.message': message } });
  });

  it.each([
    ['throws-text', [{ 'exception.message': 'a text that was thrown' }]],
    ['throws-object', [{ 'exception.message': '{ status: 409 }' }]],
  ])('names the route that %s by its path, as one that throws an error', async (route, exceptions) => {
    const id = newId();
    expect((await get(`${base}/${route}`, { 'x-correlation-id': id })).status).toBe(500);
    const span = await serverSpan(id);
    expect(span.name).toBe(`GET /${route}`);
    expect(span.events.map(({ attributes }) => attributes)).toMatchObject(exceptions);
  });

  it('sends the response header also when an error handler has removed all headers', async () => {
    const id = newId();
    const answer = await get(`${base}/removes-headers`, { 'x-correlation-id': id });
    expect(answer.status).toBe(418);
    expect(answer.headers['x-correlation-id']).toBe(id);
  });

  it('keeps the context of a streamed response until its end', async () => {
    const id = newId();
    const answer = await get(`${base}/streams`, { 'x-correlation-id': id });
    expect(answer.body).toBe('one two');
    const span = await serverSpan(id);
    await waitFor('the log of the stream', () => logsOf(id).length > 0);
    expect(logsOf(id)[0]).toMatchObject({ body: 'in the middle of a stream', spanId: span.spanId });
  });

  it('ends the span of an aborted request as an error', async () => {
    const id = newId();
    const controller = new AbortController();
    const hanging = fetch(`${base}/hangs`, { headers: { 'x-correlation-id': id }, signal: controller.signal }).catch(() => 'aborted');
    setTimeout(() => controller.abort(), 200);
    expect(await hanging).toBe('aborted');
    const span = await serverSpan(id);
    expect(span.attributes['error.type']).toBe('aborted');
    expect(span.attributes).not.toHaveProperty('http.response.status_code');
    expect(span.statusCode).toBe(2);
    await waitFor('the log of the close event', () => logsOf(id).length > 0);
  });

  it.each<[string, string, string, number, (() => string)?]>([
    ['no error where its reader asked for events', 'text/event-stream', 'text/plain', 0],
    ['no error where it is of events', '*/*', 'text/event-stream; charset=utf-8', 0],
    ['no error where it is of events by its head alone', '*/*', 'text/event-stream', 0, () => plain],
    ['an error where it is of something else', '*/*', 'text/plain', 2],
    ['an error where it is of something else by its head alone', '*/*', 'text/plain', 2, () => plain],
  ])('ends the span of a stream that its reader leaves as %s', async (_, accept, type, statusCode, server = () => base) => {
    const id = newId();
    const controller = new AbortController();
    const stream = await fetch(`${server()}/events?type=${encodeURIComponent(type)}`, {
      headers: { accept, 'x-correlation-id': id },
      signal: controller.signal,
    });
    await stream.body?.getReader().read();
    controller.abort();
    const span = await serverSpan(id);
    expect(span.statusCode).toBe(statusCode);
    expect(span.attributes['http.response.status_code']).toBe(200);
    expect(span.attributes['error.type']).toBe(statusCode === 0 ? undefined : 'aborted');
  });

  it('keeps the context of a job that runs after the response', async () => {
    const id = newId();
    await get(`${base}/later`, { 'x-correlation-id': id });
    const span = await serverSpan(id);
    await waitFor('the log of the job', () => logsOf(id).length > 0);
    expect(logsOf(id)[0]).toMatchObject({ body: 'job after the response', traceId: span.traceId, spanId: span.spanId });
  });

  it('makes a server span without a route for plain http', async () => {
    const id = newId();
    const answer = await get(`${plain}/anything`, { 'x-correlation-id': id });
    const span = await serverSpan(id);
    expect(answer.headers['x-correlation-id']).toBe(id);
    expect(span.name).toBe('GET');
    expect(span.attributes).toMatchObject({ 'http.request.method': 'GET', 'url.path': '/anything', 'http.response.status_code': 200 });
    await waitFor('its log', () => logsOf(id).length > 0);
    expect(logsOf(id)[0]).toMatchObject({ body: 'plain request', spanId: span.spanId });
  });

  it.each(['fetches', 'requests'])('carries trace and id through a client that %s', async (route) => {
    const id = newId();
    const answer = await get(`${base}/${route}?url=${encodeURIComponent(`${plain}/deep`)}`, { 'x-correlation-id': id });
    await waitFor('three spans', () => spansOf(id).length === 3);
    const [outer, client, inner] = chain(spansOf(id));
    expect([outer.kind, client.kind, inner.kind]).toEqual([SERVER, CLIENT, SERVER]);
    expect(client.name).toBe('GET');
    expect(client.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'url.full': `${plain}/deep`,
    });
    expect(headersOf(answer.body)).toMatchObject({
      traceparent: `00-${outer.traceId}-${client.spanId}-01`,
      baggage: `correlation.id=${id}`,
      'x-correlation-id': id,
    });
  });

  it.each(['fetches', 'requests'])('ends the span of a call that nobody answers as an error when it %s', async (route) => {
    const id = newId();
    const gone = await startCollector();
    await gone.close();
    const answer = await get(`${base}/${route}?url=${encodeURIComponent(gone.url)}`, { 'x-correlation-id': id });
    expect(answer.status).toBe(500);
    await waitFor('both spans', () => spansOf(id).length === 2);
    const client = found(spansOf(id).find((span) => span.kind === CLIENT));
    expect(client.statusCode).toBe(2);
    expect(client.attributes).toHaveProperty('error.type');
    expect(client.attributes).not.toHaveProperty('http.response.status_code');
  });

  it('keeps headers that an app gives http.request as a list', async () => {
    const id = newId();
    const answer = await get(`${base}/requests?list=1&url=${encodeURIComponent(`${plain}/list`)}`, { 'x-correlation-id': id });
    expect(headersOf(answer.body)).toMatchObject({ accept: 'application/json', 'x-list': 'kept', 'x-correlation-id': id });
  });

  it('leaves an id alone that the app itself put on an outgoing call', async () => {
    const answer = await get(`${base}/fetches?own=theirs&url=${encodeURIComponent(`${plain}/own`)}`, { 'x-correlation-id': newId() });
    expect(headersOf(answer.body)['x-correlation-id']).toBe('theirs');
  });

  it.each(['fetches', 'requests'])('tells a public host the trace but neither id nor baggage when it %s', async (route) => {
    const port = new URL(plain).port;
    const id = newId();
    const answer = await get(`${base}/${route}?url=${encodeURIComponent(`http://api.example.com:${port}/`)}`, {
      'x-correlation-id': id,
      baggage: 'tenant=secret',
    });
    const headers = headersOf(answer.body);
    expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(headers).not.toHaveProperty('baggage');
    expect(headers).not.toHaveProperty('x-correlation-id');
  });

  it('carries trace and id through a unary gRPC call', async () => {
    const id = newId();
    const answer = await get(`${base}/charges?amount=5`, { 'x-correlation-id': id });
    await waitFor('three spans', () => spansOf(id).length === 3);
    const [outer, client, server] = chain(spansOf(id));
    expect([client.name, server.name]).toEqual(['shop.Payments/Charge', 'shop.Payments/Charge']);
    expect([client.kind, server.kind]).toEqual([CLIENT, SERVER]);
    expect(client.attributes).toMatchObject({
      'rpc.system': 'grpc',
      'rpc.service': 'shop.Payments',
      'rpc.method': 'Charge',
      'rpc.grpc.status_code': 0,
      'server.address': '127.0.0.1',
      'server.port': grpcPort,
    });
    const parsed: unknown = JSON.parse(answer.body);
    expect(parsed).toMatchObject({
      metadata: { traceparent: `00-${outer.traceId}-${client.spanId}-01`, baggage: `correlation.id=${id}`, 'x-correlation-id': id },
    });
    await waitFor('both logs', () => logsOf(id).length === 2);
    expect(logsOf(id).find((log) => log.body === 'charging')?.spanId).toBe(server.spanId);
    expect(logsOf(id).find((log) => log.body === 'charge answered')?.spanId).toBe(outer.spanId);
  });

  it('marks a refused gRPC call as an error on the client and as an answer on the server', async () => {
    const id = newId();
    await get(`${base}/charges?amount=500`, { 'x-correlation-id': id });
    await waitFor('three spans', () => spansOf(id).length === 3);
    const [, client, server] = chain(spansOf(id));
    expect([client.statusCode, server.statusCode]).toEqual([2, 0]);
    expect([client.attributes['rpc.grpc.status_code'], server.attributes['rpc.grpc.status_code']]).toEqual([9, 9]);
  });

  it.each([
    ['counts', '[0,1,2]', 'shop.Payments/Count', 0],
    ['chats', '["a","b"]', 'shop.Payments/Chat', 2],
  ])('lets gRPC streams pass (%s) and keeps their listeners in the call’s context', async (route, body, name, logs) => {
    const id = newId();
    const answer = await get(`${base}/${route}`, { 'x-correlation-id': id });
    expect(answer.body).toBe(body);
    await waitFor('three spans and the logs', () => spansOf(id).length === 3 && logsOf(id).length === logs);
    const [, client, server] = chain(spansOf(id));
    expect([client.name, server.name, client.attributes['rpc.grpc.status_code'], server.attributes['rpc.grpc.status_code']]).toEqual([
      name,
      name,
      0,
      0,
    ]);
    expect(logsOf(id).every((log) => log.spanId === server.spanId)).toBe(true);
  });

  it('continues the trace and the baggage of a caller', async () => {
    const answer = await get(`${base}/fetches?url=${encodeURIComponent(plain)}`, {
      traceparent: `00-${TRACE}-${CALLER}-01`,
      tracestate: 'vendor=a%3Db',
      baggage: 'tenant=a%2Fb;scope=x, correlation.id=from-baggage ,user=me',
    });
    await waitFor('three spans', () => spansOf('from-baggage').length === 3);
    const [outer, client] = chain(spansOf('from-baggage'));
    expect(outer).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    expect(answer.headers['x-correlation-id']).toBe('from-baggage');
    expect(headersOf(answer.body)).toMatchObject({
      traceparent: `00-${TRACE}-${client.spanId}-01`,
      tracestate: 'vendor=a%3Db',
      baggage: 'correlation.id=from-baggage,tenant=a%2Fb;scope=x,user=me',
    });
  });

  it('takes the trace id for a request without an id', async () => {
    const answer = await get(`${base}/orders/1`, {});
    const id = answer.headers['x-correlation-id'] ?? '';
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect((await serverSpan(id)).traceId).toBe(id);
  });

  it.each(['has blanks', 'x'.repeat(129), 'semi;colon', '<script>', 'a, b'])(
    'replaces the invalid id %j and never echoes it',
    async (invalid) => {
      const answer = await get(`${base}/orders/1`, { 'x-correlation-id': invalid });
      const id = answer.headers['x-correlation-id'] ?? '';
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect((await serverSpan(id)).traceId).toBe(id);
    },
  );

  it('keeps the id of a flow that its caller did not sample, in logs and headers but without spans', async () => {
    const id = newId();
    const answer = await get(`${base}/fetches?url=${encodeURIComponent(plain)}`, {
      'x-correlation-id': id,
      traceparent: `00-${TRACE}-${CALLER}-00`,
    });
    expect(headersOf(answer.body)).toMatchObject({ 'x-correlation-id': id, baggage: `correlation.id=${id}` });
    expect(headersOf(answer.body).traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    await waitFor('the log', () => logsOf(id).length === 1);
    expect(logsOf(id)[0]?.traceId).toBe(TRACE);
    const probe = newId();
    await get(`${base}/orders/2`, { 'x-correlation-id': probe });
    await serverSpan(probe);
    expect(spansOf(id)).toEqual([]);
  });

  it('sends each winston record once, with its types, its severity and its place, and shows the ids in the app’s own output', async () => {
    const id = newId();
    await get(`${base}/orders/23`, { 'x-correlation-id': id });
    const span = await serverSpan(id);
    await waitFor('both records', () => logsOf(id).length === 2);
    const [first, second] = logsOf(id);
    expect(first).toMatchObject({
      body: 'order read',
      severityNumber: 9,
      severityText: 'info',
      traceId: span.traceId,
      spanId: span.spanId,
    });
    expect(first?.attributes).toMatchObject({ orderId: '23', total: 5.5, tags: ['a', 'b'], nested: { deep: true } });
    expect(first?.attributes).not.toHaveProperty('trace_id');
    expect(second).toMatchObject({ body: 'from a child', severityNumber: 13, attributes: { component: 'checkout' } });
    expect(Number(second?.attributes['threadline.sequence'])).toBe(Number(first?.attributes['threadline.sequence']) + 1);
    expect(found(second).timeUnixNano).toBeGreaterThan(found(first).timeUnixNano);
    const shown = lines.filter((line) => JSON.stringify(line).includes(`"correlation_id":"${id}"`));
    expect(shown).toHaveLength(2);
    expect(shown[0]).toMatchObject({ message: 'order read', trace_id: span.traceId, span_id: span.spanId, correlation_id: id });
  });

  it('finds the error of a record as the message, as the second argument and under a key', async () => {
    const id = newId();
    await get(`${base}/errors`, { 'x-correlation-id': id });
    await waitFor('three records', () => logsOf(id).length === 3);
    const [message, second, key] = logsOf(id);
    expect(message).toMatchObject({ body: 'as the message', severityNumber: 17, attributes: { 'exception.type': 'RangeError' } });
    expect(second?.attributes).toMatchObject({ 'exception.type': 'TypeError', 'exception.message': 'second argument' });
    expect(second?.attributes).not.toHaveProperty('stack');
    expect(key?.attributes).toMatchObject({ orderId: 7, 'exception.type': 'Error', 'exception.message': 'outer' });
    expect(String(key?.attributes['exception.stacktrace'])).toMatch(
      /^Error: outer\n {4}at [\s\S]*\nCaused by: SyntaxError: inner\n {4}at /,
    );
  });
});

/** Three spans, each the parent of the next. */
function chain(spans: readonly SpanLine[]): readonly [SpanLine, SpanLine, SpanLine] {
  const first = found(spans.find((span) => !spans.some((other) => other.spanId === span.parentSpanId)));
  const second = found(spans.find((span) => span.parentSpanId === first.spanId));
  const third = found(spans.find((span) => span.parentSpanId === second.spanId));
  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
  return [first, second, third];
}

function headersOf(body: string): HeaderEcho['headers'] {
  const parsed: unknown = JSON.parse(body);
  if (!isHeaderEcho(parsed)) throw new Error(`not an echo of headers: ${body}`);
  return parsed.headers;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}
