import { describe, expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get, isHeaderEcho } from './http-get.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const FROM_OUTSIDE = { 'x-correlation-id': 'theirs', traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'a=b', baggage: 'tenant=x' };

interface Shop {
  readonly express: string;
  readonly plain: string;
  stderr(): string;
}

async function startShop(env: Readonly<Record<string, string>>): Promise<Shop> {
  const app = startApp({
    script: 'shop-imported.mjs',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop', ...env },
  });
  const ports = await app.ready();
  return { express: `http://127.0.0.1:${ports.express}`, plain: `http://127.0.0.1:${ports.plain}`, stderr: app.stderr };
}

describe('a wrong setting', () => {
  it.each([
    [{ THREADLINE_SDK_TRUST: 'everyone' }, 'THREADLINE_SDK_TRUST: expected all, none or address ranges such as 10.0.0.0/8, got "everyone"'],
    [{ THREADLINE_SDK_TRSUT: 'all' }, 'THREADLINE_SDK_TRSUT: unknown setting, did you mean THREADLINE_SDK_TRUST?'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'OTEL_EXPORTER_OTLP_ENDPOINT: expected an address such as http://localhost:4318, got "collector:4318"',
    ],
  ])('%j ends the process with one line and exit code 1', async (env, line) => {
    const app = startApp({ script: 'shop-imported.mjs', env });
    expect(await app.ended()).toMatchObject({ code: 1, signal: null });
    expect(app.stderr()).toBe(`threadline: ${line}\n`);
    expect(app.lines).toEqual([]);
  });
});

describe('a name of OpenTelemetry’s that this SDK does not have', () => {
  it('is told in one line and counts as not set, so that the service runs and is seen', async () => {
    const { express, stderr } = await startShop({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
      OTEL_TRACES_EXPORTER: 'otlp,console',
      OTEL_LOGS_EXPORTER: 'OTLP',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'br',
      OTEL_SDK_DISABLED: '1',
      OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs,spans',
      OTEL_PROPAGATORS: 'tracecontext,b3',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_BSP_EXPORT_TIMEOUT: '30000',
      OTEL_RESOURCE_ATTRIBUTES: 'app.build=a=b,discount=100%',
    });
    await get(`${express}/orders/1`, {});
    await waitFor('the span', () => collector.spans.length === 1);
    const protocols = 'http/protobuf or http/json';
    const samplers = 'always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio';
    expect(stderr().split('\n')).toEqual([
      `threadline: OTEL_EXPORTER_OTLP_PROTOCOL: expected ${protocols}, got "grpc", which is ignored; gRPC is not sent; the port of OTLP/HTTP is 4318 by default`,
      'threadline: OTEL_EXPORTER_OTLP_COMPRESSION: expected none or gzip, got "zstd", which is ignored',
      'threadline: OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: expected none or gzip, got "br", which is ignored',
      'threadline: OTEL_TRACES_EXPORTER: expected otlp or none, got "console", which is ignored',
      `threadline: OTEL_TRACES_SAMPLER: expected ${samplers}, got "jaeger_remote", which is ignored`,
      'threadline: OTEL_SDK_DISABLED: expected true or false, got "1", which is ignored',
      'threadline: OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: expected logs or logs/dup, got "spans", which is ignored',
      'threadline: OTEL_PROPAGATORS: expected tracecontext or baggage, got "b3", which is ignored; these two are always used',
      'threadline: OTEL_BSP_EXPORT_TIMEOUT is not used: OTEL_EXPORTER_OTLP_TIMEOUT says how long one export may take, and what was not taken waits on disk',
      'threadline: OTEL_METRICS_EXPORTER is not used: this SDK makes no metrics',
      'threadline: OTEL_RESOURCE_ATTRIBUTES: expected key=value with % as %25, got "discount=100%", which is ignored; the other pairs are used',
      '',
    ]);
  });
});

describe('a Node that is too old', () => {
  /** Stands for Node 20, which no test can count on being there: what it lacks is taken away. */
  const old = `import Module, { syncBuiltinESMExports } from 'node:module'; delete Module.registerHooks; syncBuiltinESMExports();`;

  it('ends the process with one line that names the Node that is needed, and exit code 1', async () => {
    const app = startApp({
      script: 'shop-imported.mjs',
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}` },
    });
    expect(await app.ended()).toMatchObject({ code: 1, signal: null });
    expect(app.stderr()).toMatch(/^threadline: Node 22\.15 or newer is needed, this is v[\d.]+\n$/);
    expect(app.lines).toEqual([]);
  });
});

describe('settings', () => {
  it('OTEL_SDK_DISABLED leaves the app as it is', async () => {
    const { express } = await startShop({ OTEL_SDK_DISABLED: 'true' });
    const answer = await get(`${express}/orders/1`, FROM_OUTSIDE);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('x-correlation-id');
    expect(collector.requests).toEqual([]);
  });

  it('THREADLINE_SDK_TRUST=none starts a new trace that links to the caller and keeps its id apart', async () => {
    const { express, plain } = await startShop({ THREADLINE_SDK_TRUST: 'none' });
    const answer = await get(`${express}/fetches?url=${encodeURIComponent(plain)}`, FROM_OUTSIDE);
    const id = answer.headers['x-correlation-id'] ?? '';
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(id).not.toBe(TRACE);
    await waitFor('both server spans', () => collector.spans.filter((span) => span.kind === 2).length === 2);
    const outer = collector.spans.find((span) => span.name === 'GET /fetches');
    expect(outer).toMatchObject({ traceId: id, parentSpanId: '', links: [{ traceId: TRACE, spanId: CALLER }] });
    expect(outer?.attributes).toMatchObject({ 'correlation.id': id, 'correlation.external_id': 'theirs' });
    const echo: unknown = JSON.parse(answer.body);
    if (!isHeaderEcho(echo)) throw new Error(answer.body);
    expect(echo.headers).toMatchObject({ 'x-correlation-id': id, baggage: `correlation.id=${id}` });
    expect(echo.headers).not.toHaveProperty('tracestate');
  });

  it('THREADLINE_SDK_TRUST with the caller’s range believes it', async () => {
    const { express } = await startShop({ THREADLINE_SDK_TRUST: '10.0.0.0/8, 127.0.0.0/8' });
    expect((await get(`${express}/orders/1`, FROM_OUTSIDE)).headers['x-correlation-id']).toBe('theirs');
    await waitFor('the span', () => collector.spans.length === 1);
    expect(collector.spans[0]).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, links: [] });
  });

  it('THREADLINE_SDK_ALLOWED_HOSTS and THREADLINE_SDK_CORRELATION_HEADERS say where the id goes and under which name', async () => {
    const { express, plain } = await startShop({
      THREADLINE_SDK_ALLOWED_HOSTS: '*.example.com',
      THREADLINE_SDK_CORRELATION_HEADERS: 'X-Request-Id,x-correlation-id',
    });
    const target = encodeURIComponent(`http://api.example.com:${new URL(plain).port}/`);
    const answer = await get(`${express}/fetches?url=${target}`, { 'x-correlation-id': 'second-name', baggage: 'tenant=x' });
    expect(answer.headers['x-request-id']).toBe('second-name');
    expect(JSON.parse(answer.body)).toMatchObject({
      headers: { 'x-request-id': 'second-name', baggage: 'correlation.id=second-name,tenant=x' },
    });
  });

  it('a host that is not allowed is named once on standard error', async () => {
    const { express, plain, stderr } = await startShop({});
    const port = new URL(plain).port;
    for (const client of ['fetches', 'requests']) {
      await get(`${express}/${client}?url=${encodeURIComponent(`http://api.example.com:${port}/`)}`, {});
      await get(`${express}/${client}?url=${encodeURIComponent(plain)}`, {});
    }
    await waitFor('the line', () => stderr() !== '');
    expect(stderr()).toBe(
      'threadline: api.example.com is told neither correlation id nor baggage; if it is yours, add it to THREADLINE_SDK_ALLOWED_HOSTS\n',
    );
  });

  it('THREADLINE_SDK_TRACE_CONTEXT_TO=allowed keeps the trace from public hosts', async () => {
    const { express, plain } = await startShop({ THREADLINE_SDK_TRACE_CONTEXT_TO: 'allowed' });
    const target = encodeURIComponent(`http://api.example.com:${new URL(plain).port}/`);
    const answer = await get(`${express}/requests?url=${target}`, {});
    expect(JSON.parse(answer.body).headers).not.toHaveProperty('traceparent');
  });

  it('OTEL_TRACES_SAMPLER=always_off sends no spans, and logs and ids as ever', async () => {
    const { express, plain } = await startShop({ OTEL_TRACES_SAMPLER: 'always_off' });
    const answer = await get(`${express}/fetches?url=${encodeURIComponent(plain)}`, {});
    const id = answer.headers['x-correlation-id'];
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    await waitFor('the log', () => collector.logs.length > 0);
    expect(collector.logs[0]).toMatchObject({ body: 'plain request', traceId: id, attributes: { 'correlation.id': id } });
    expect(collector.spans).toEqual([]);
  });

  it('THREADLINE_SDK_INGEST_KEY is sent with every export', async () => {
    const { express } = await startShop({ THREADLINE_SDK_INGEST_KEY: 'k-1' });
    await get(`${express}/orders/1`, {});
    await waitFor('an export', () => collector.requests.length > 0);
    expect(collector.requests.map((headers) => headers.authorization)).toContain('Bearer k-1');
  });
});

describe('two services', () => {
  it('share one trace and one id, over a hop that the first makes by http.request', async () => {
    const orders = await startShop({ OTEL_SERVICE_NAME: 'orders' });
    const gateway = await startShop({ OTEL_SERVICE_NAME: 'gateway' });
    const answer = await get(`${gateway.express}/requests?url=${encodeURIComponent(`${orders.express}/orders/9`)}`, {});
    const id = answer.headers['x-correlation-id'] ?? '';
    await waitFor('three spans and two logs', () => collector.spans.length === 3 && collector.logs.length === 2);
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([id]));
    expect(new Set([...collector.spans, ...collector.logs].map((record) => record.attributes['correlation.id']))).toEqual(new Set([id]));
    const names = collector.spans.map((span) => `${span.resource['service.name']}: ${span.name}`).sort();
    expect(names).toEqual(['gateway: GET', 'gateway: GET /requests', 'orders: GET /orders/:id']);
  });
});
