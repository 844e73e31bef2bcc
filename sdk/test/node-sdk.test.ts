import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { threadline } from '../src/node-sdk/threadline.ts';
import { type AppProcess, startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';
import type { LogLine, SpanLine } from './otlp.ts';
import { type RealCollector, startRealCollector } from './real-collector.ts';
import { startCollector } from './scripted-collector.ts';

const SERVER = 2;
const CLIENT = 3;

interface App {
  readonly process: AppProcess;
  /** GET of an order, which calls `host`, with the id of its flow. */
  order(id: string, host?: string): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body: unknown }>;
  /** Shuts the NodeSDK down and resolves when that is done. */
  stop(): Promise<void>;
}

async function start(script: string, env: Readonly<Record<string, string>> = {}): Promise<App> {
  const app = startApp({
    script,
    register: false,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRICS_EXPORTER: 'none', OTEL_SERVICE_NAME: 'own-sdk', ...env },
  });
  const ports = await app.ready();
  const base = `http://127.0.0.1:${ports.express}`;
  return {
    process: app,
    async order(id, host = '127.0.0.1') {
      const url = encodeURIComponent(`http://${host}:${ports.echo}/`);
      const { headers, body } = await get(`${base}/orders/7?url=${url}`, { 'x-correlation-id': id });
      return { headers, body: JSON.parse(body) };
    },
    async stop() {
      await get(`${base}/stop`, {});
      await waitFor('the NodeSDK is shut down', () => app.lines.some((line) => JSON.stringify(line) === '{"stopped":true}'));
    },
  };
}

const spansOf = (id: string): SpanLine[] => collector.spans.filter((span) => span.attributes['correlation.id'] === id);
const logsOf = (id: string): LogLine[] => collector.logs.filter((log) => log.attributes['correlation.id'] === id);

describe.each(['node-sdk-imported.mjs', 'node-sdk-required.cjs'])('%s: new NodeSDK({ ...threadline() })', (script) => {
  it('has everything that register gives, and loses nothing when it is shut down', async () => {
    const app = await start(script, { OTEL_BSP_SCHEDULE_DELAY: '3600000' });
    const { headers, body } = await app.order('flow-1');
    expect(headers['x-correlation-id']).toBe('flow-1');
    expect(body).toMatchObject({ id: 'flow-1', echo: { 'x-correlation-id': 'flow-1', baggage: 'correlation.id=flow-1' } });
    await app.stop();
    const server = spansOf('flow-1').find(({ name }) => name === 'GET /orders/:id');
    const client = spansOf('flow-1').find(({ kind }) => kind === CLIENT);
    expect(client).toMatchObject({ traceId: server?.traceId, parentSpanId: server?.spanId });
    expect(logsOf('flow-1')).toMatchObject([
      { body: 'order read', traceId: server?.traceId, spanId: server?.spanId, attributes: { orderId: '7', password: 'REDACTED' } },
    ]);
    expect(logsOf('flow-1')[0]?.attributes['threadline.sequence']).toBeTypeOf('number');
    // What OpenTelemetry's detectors find is theirs to find.
    expect(server?.resource).toMatchObject({ 'service.name': 'own-sdk', 'telemetry.sdk.name': 'opentelemetry' });
    expect(new Set(collector.keys).size).toBe(collector.keys.length);
    expect(app.process.stderr()).toBe('');
  });

  it('beside OpenTelemetry’s own instrumentation has the id on every span and tells it to allowed hosts alone', async () => {
    const app = await start(script, { MODE: 'theirs' });
    expect((await app.order('flow-2')).body).toMatchObject({ echo: { 'x-correlation-id': 'flow-2', baggage: 'correlation.id=flow-2' } });
    const { body } = await app.order('flow-3', 'api.example.com');
    expect(body).toMatchObject({ id: 'flow-3', echo: { traceparent: expect.stringMatching(/^00-/) } });
    expect(JSON.stringify(body)).not.toContain('"baggage"');
    expect(JSON.stringify(body)).not.toContain('"x-correlation-id"');
    await waitFor('the spans', () => spansOf('flow-3').some(({ kind }) => kind === SERVER));
    expect(spansOf('flow-2').map(({ kind }) => kind)).toEqual(expect.arrayContaining([SERVER, CLIENT]));
    expect(app.process.stderr()).toContain('api.example.com is told neither correlation id nor baggage');
  });

  it('beside OpenTelemetry’s own instrumentation knows whom to call by an unsampled call too, and whom to believe', async () => {
    const app = await start(script, { MODE: 'theirs', OTEL_TRACES_SAMPLER: 'always_off', THREADLINE_SDK_TRUST: '10.0.0.0/8' });
    const { body } = await app.order('from-outside', 'api.example.com');
    expect(JSON.stringify(body)).not.toContain('from-outside');
    expect(JSON.stringify(body)).not.toContain('"baggage"');
    expect(body).toMatchObject({ echo: { traceparent: expect.stringMatching(/-00$/) } });
    await app.stop();
    expect(collector.spans).toEqual([]);
  });

  it('sends to OpenTelemetry’s exporter-trace-otlp-http too', async () => {
    const other = await startCollector();
    const app = await start(script, { MODE: 'both-exporters', OTHER_URL: `${other.url}/v1/traces` });
    await app.order('flow-4');
    await waitFor('both have the spans', () =>
      [collector, other].every(({ spans }) => spans.some(({ name }) => name === 'GET /orders/:id')),
    );
    expect(other.spans.find(({ name }) => name === 'GET /orders/:id')?.attributes).toMatchObject({ 'correlation.id': 'flow-4' });
    await app.stop();
    await other.close();
  });
});

describe('against the collector itself', () => {
  let real: RealCollector;
  beforeEach(async () => {
    real = await startRealCollector();
  });
  afterEach(() => real.stop());

  it.each([
    ['our way to it', {}],
    ['exporter-trace-otlp-http in place of it', { MODE: 'their-exporter', OTEL_TRACES_EXPORTER: 'none' }],
  ])('a flow is whole by %s', async (_way, env) => {
    const app = await start('node-sdk-imported.mjs', { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: real.otlpUrl });
    await app.order('flow-5');
    await app.stop();
    const names = await real.spanNamesOf('flow-5', 3);
    expect(names).toEqual(['GET', 'GET', 'GET /orders/:id']);
  });
});

it('threadline() beside register says that it is one too many', async () => {
  const app = startApp({ script: 'node-sdk-imported.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  expect((await app.ended()).code).toBe(1);
  expect(app.stderr()).toContain('threadline: the SDK runs in this process already');
});

it('threadline() is what the types of OpenTelemetry’s NodeSDK take', () => {
  const create = (): NodeSDK => new NodeSDK({ ...threadline() });
  expect(create).toBeTypeOf('function');
});
