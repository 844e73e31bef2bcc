import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePorts } from '../../servers/free-ports.mjs';
import type { RunningServer } from '../../servers/server-process.mjs';
import { type GatewayPlace, startCollector, startHaproxy, startNginx, startRsyslog, startService } from './gateway-processes.ts';

const INGEST_KEY = 'the-key-of-the-gateways';
const WITHIN = { timeout: 60_000, interval: 250 };
/** The ids of a caller that takes part in tracing. */
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, tracestate: 'vendor=1', baggage: 'tenant=acme' };

interface Attribute {
  readonly key: string;
  readonly value?: { readonly stringValue?: string; readonly intValue?: string };
}
interface Log {
  readonly body?: { readonly stringValue?: string };
  readonly severityText?: string;
  readonly traceId: string;
  readonly timeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly resource: { readonly attributes: readonly Attribute[] };
}
interface Span {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}
interface Flow {
  readonly summary: { readonly complete: boolean };
  readonly spans: readonly Span[];
  readonly logs: readonly Log[];
  readonly breaks: readonly unknown[];
}

/** The real gateways with the files of this folder, a service with the SDK behind them, rsyslog, and the collector that all of it comes to. */
describe('a gateway', () => {
  const directory = mkdtempSync(join(tmpdir(), 'threadline-gateway-'));
  const cleanUps: (() => Promise<void>)[] = [];
  const settings: Record<string, string> = {
    THREADLINE_DATA_DIR: join(directory, 'collector'),
    THREADLINE_INGEST_KEY: INGEST_KEY,
  };
  let place: GatewayPlace;
  let collector: Awaited<ReturnType<typeof startCollector>>;

  beforeAll(async () => {
    const [syslogPort = 0] = await findFreePorts(1);
    const logDirectory = join(directory, 'log');
    const rsyslogDirectory = join(directory, 'rsyslog');
    for (const made of [logDirectory, rsyslogDirectory]) mkdirSync(made, { recursive: true });
    // rsyslog waits for files that are not there yet, but looks for them seldom.
    for (const file of ['threadline.json', 'threadline-error.log']) writeFileSync(join(logDirectory, file), '');
    collector = await startCollector(settings);
    settings.THREADLINE_OTLP_HTTP_PORT = new URL(collector.addresses.otlpHttp).port;
    settings.THREADLINE_UI_PORT = new URL(collector.addresses.ui).port;
    cleanUps.push(() => collector.stop());
    const service = await startService({
      OTEL_SERVICE_NAME: 'orders',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.addresses.otlpHttp,
      THREADLINE_SDK_INGEST_KEY: INGEST_KEY,
      THREADLINE_SDK_SPOOL_DIR: join(directory, 'spool'),
    });
    cleanUps.push(() => service.stop());
    place = { upstream: `127.0.0.1:${service.addresses.port}`, logDirectory, syslogPort };
    const rsyslog = await startRsyslog(rsyslogDirectory, {
      ...{ collectorUrl: collector.addresses.otlpHttp, ingestKey: INGEST_KEY, logDirectory, syslogPort },
    });
    cleanUps.push(rsyslog.stop);
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
    rmSync(directory, { recursive: true, force: true });
  });

  async function ask<T>(path: string): Promise<T> {
    return JSON.parse(await (await fetch(`${collector.addresses.ui}/api/v1/${path}`)).text());
  }
  async function flowOf(correlationId: string): Promise<Flow> {
    return ask(`flows/${encodeURIComponent(correlationId)}?from=now-1h`);
  }
  async function logsOf(query: string): Promise<readonly Log[]> {
    const { records }: { readonly records: readonly Log[] } = await ask(`logs?from=now-1h&query=${encodeURIComponent(query)}`);
    return records;
  }

  describe.each([
    ['nginx', startNginx],
    ['haproxy', startHaproxy],
  ])('%s', (name, start) => {
    let gateway: RunningServer;
    beforeAll(async () => {
      gateway = await start(place);
      cleanUps.push(gateway.stop);
    });
    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${gateway.url}${path}`, { headers });

    it('gives a request an ID, under which its line, the span of the service and its log are one flow', async () => {
      const response = await get('/orders/7?token=secret', { 'user-agent': 'a "quoted" \\ agent' });
      const correlationId = response.headers.get('x-correlation-id') ?? '';
      expect(correlationId).toMatch(/^[0-9a-f]{32}$/);
      expect(await response.json()).toEqual({ correlationId });
      await expect.poll(async () => countsOf(await flowOf(correlationId)), WITHIN).toEqual({ spans: 1, gateway: 1, orders: 1 });
      const { logs, breaks, summary } = await flowOf(correlationId);
      expect({ breaks, complete: summary.complete }).toEqual({ breaks: [], complete: true });
      const line = logs.find((log) => serviceOf(log) === 'gateway');
      expect(line).toMatchObject({ body: { stringValue: 'GET /orders/7 200' }, severityText: 'info' });
      expect(attributesOf(line)).toMatchObject({
        'http.request.method': 'GET',
        'url.path': '/orders/7',
        'http.response.status_code': '200',
        'client.address': '127.0.0.1',
        'user_agent.original': 'a "quoted" \\ agent',
      });
      // Of now, to the millisecond.
      expect(Math.abs(Date.now() - Number(line?.timeUnixNano) / 1e6)).toBeLessThan(WITHIN.timeout);
      expect(JSON.stringify(logs)).not.toContain('secret');
    });

    it('passes on what a caller brings: its ID, its trace and its baggage', async () => {
      const correlationId = `${name}-caller-42`;
      const response = await get('/orders/8', { ...CALLER, 'x-correlation-id': correlationId });
      expect(response.headers.get('x-correlation-id')).toBe(correlationId);
      expect(await response.json()).toEqual({ ...CALLER, correlationId });
      await expect.poll(async () => countsOf(await flowOf(correlationId)), WITHIN).toEqual({ spans: 1, gateway: 1, orders: 1 });
      const { spans, logs } = await flowOf(correlationId);
      expect(spans[0]).toMatchObject({ traceId: TRACE_ID, parentSpanId: '00f067aa0ba902b7' });
      expect(logs.map(({ traceId }) => traceId)).toEqual([TRACE_ID, TRACE_ID]);
    });

    it('replaces an ID that is none', async () => {
      const response = await get('/orders/9', { 'x-correlation-id': 'two words' });
      const correlationId = response.headers.get('x-correlation-id');
      expect(correlationId).toMatch(/^[0-9a-f]{32}$/);
      expect(await response.json()).toEqual({ correlationId });
    });

    it('tells in its line how long a request took, and that it failed', async () => {
      const response = await get('/slow');
      expect(response.status).toBe(503);
      const query = `correlation.id:${response.headers.get('x-correlation-id')} service:gateway`;
      await expect.poll(async () => (await logsOf(query)).length, WITHIN).toBe(1);
      const [line] = await logsOf(query);
      expect(line).toMatchObject({ body: { stringValue: 'GET /slow 503' }, severityText: 'error' });
      expect(Number(attributesOf(line).duration_ms)).toBeGreaterThanOrEqual(120);
      expect(await logsOf(`${query} duration_ms:>=120 level:error`)).toHaveLength(1);
    });

    it('writes a line that is read whole, whatever a path holds', async () => {
      const paths = [`/a"b\\c'{}`, '/orders/%22%5c%ff', '/orders/1%0d%0a'];
      const idOf = (index: number) => `${name}-hostile-${index}`;
      for (const [index, path] of paths.entries()) {
        const headers = ['Host: x', `X-Correlation-ID: ${idOf(index)}`, 'User-Agent: \u00e9"\\', 'Connection: close'];
        await rawRequest(gateway.port, [`GET ${path} HTTP/1.1`, ...headers, '\r\n'].join('\r\n'));
      }
      const found = async () => {
        const lines = await logsOf(`correlation.id:${name}-hostile-* service:gateway`);
        return Object.fromEntries(lines.map((line) => [correlationIdOf(line), attributesOf(line)['url.path']]));
      };
      await expect.poll(found, WITHIN).toEqual(Object.fromEntries(paths.map((path, index) => [idOf(index), path])));
    });

    it('believes nobody where its configuration says so', async () => {
      const strict = await start({ ...place, believesNobody: true });
      try {
        const response = await fetch(`${strict.url}/orders/10`, { headers: { ...CALLER, 'x-correlation-id': 'of-a-stranger' } });
        const correlationId = response.headers.get('x-correlation-id');
        expect(correlationId).toMatch(/^[0-9a-f]{32}$/);
        expect(await response.json()).toEqual({ correlationId });
      } finally {
        await strict.stop();
      }
    });

    it('says so where the service cannot be reached, with an ID that the caller can tell', async () => {
      const [closedPort] = await findFreePorts(1);
      const lonely = await start({ ...place, upstream: `127.0.0.1:${closedPort}` });
      try {
        const response = await fetch(`${lonely.url}/orders/11`);
        expect([502, 503]).toContain(response.status);
        const correlationId = response.headers.get('x-correlation-id') ?? '';
        expect(correlationId).toMatch(/^[0-9a-f]{32}$/);
        await expect.poll(async () => (await logsOf(`correlation.id:${correlationId} level:error`)).length, WITHIN).toBe(1);
      } finally {
        await lonely.stop();
      }
    });

    it('loses no line while the collector is away', async () => {
      const ids = Array.from({ length: 5 }, (_, index) => `${name}-away-${index}`);
      await collector.stop();
      try {
        for (const id of ids) expect((await get('/orders/12', { 'x-correlation-id': id })).status).toBe(200);
      } finally {
        collector = await startCollector(settings);
      }
      const query = `service:gateway correlation.id:${name}-away-*`;
      await expect.poll(async () => (await logsOf(query)).map(correlationIdOf).toSorted(), WITHIN).toEqual(ids);
    });
  });

  it('tells of its own faults too: rsyslog brings what nginx writes of an error', async () => {
    await expect.poll(async () => (await logsOf('service:gateway level:error "Connection refused"')).length, WITHIN).toBeGreaterThan(0);
  });
});

function countsOf({ spans, logs }: Flow): Record<string, number> {
  const count = (service: string) => logs.filter((log) => serviceOf(log) === service).length;
  return { spans: spans.length, gateway: count('gateway'), orders: count('orders') };
}

function serviceOf({ resource }: Log): string | undefined {
  return resource.attributes.find(({ key }) => key === 'service.name')?.value?.stringValue;
}

function attributesOf(log: Log | undefined): Record<string, string | undefined> {
  return Object.fromEntries((log?.attributes ?? []).map(({ key, value }) => [key, value?.stringValue ?? value?.intValue]));
}

function correlationIdOf(log: Log): string {
  return attributesOf(log)['correlation.id'] ?? '';
}

/** A request as no client would write it. */
async function rawRequest(port: number, request: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(Buffer.from(request, 'latin1'));
  return text(socket);
}
