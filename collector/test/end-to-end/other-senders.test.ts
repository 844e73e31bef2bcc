import { Client, HttpConnection } from '@elastic/elasticsearch';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from 'winston';
import LokiTransport from 'winston-loki';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { allLogs, FOUND_WITHIN, readTrace, searchLogs } from './reading.ts';

const KEY = 'ingest-secret';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector;

beforeAll(async () => {
  directory = await temporaryDirectory();
  collector = await startCollector(directory.path, { THREADLINE_INGEST_KEY: KEY });
});

afterAll(async () => {
  await collector?.end('SIGTERM');
  await directory?.remove();
});

describe('senders that do not speak OTLP', () => {
  it('OpenTelemetry’s exporter for Zipkin is read as the spans that it was given', async () => {
    const exporter = new ZipkinExporter({ url: `${collector.otlpHttp}/api/v2/spans`, headers: { authorization: `Bearer ${KEY}` } });
    const resource = resourceFromAttributes({ 'service.name': 'zipkin-shop' });
    const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const span = provider
      .getTracer('orders', '1.2.3')
      .startSpan('POST /orders', { kind: SpanKind.SERVER, attributes: { 'http.route': '/orders', items: 3 } });
    span.addEvent('reserved');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'out of stock' });
    span.end();
    await provider.forceFlush();
    await provider.shutdown();
    const { traceId, spanId } = span.spanContext();
    await expect
      .poll(async () => (await readTrace(collector.ui, traceId)).spans, FOUND_WITHIN)
      .toMatchObject([
        {
          spanId,
          name: 'POST /orders',
          kind: 2,
          status: { code: 2, message: 'out of stock' },
          events: [{ name: 'reserved' }],
          attributes: expect.arrayContaining([
            { key: 'http.route', value: { stringValue: '/orders' } },
            { key: 'items', value: { stringValue: '3' } },
          ]),
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'zipkin-shop' } }] },
        },
      ]);
  });

  it.each([
    ['JSON', true],
    ['protobuf in Snappy', false],
  ])('winston’s transport for Loki is read in %s', async (form, json) => {
    const app = `loki-shop-${json ? 'json' : 'protobuf'}`;
    const errors: unknown[] = [];
    const transport = new LokiTransport({
      host: collector.otlpHttp,
      basicAuth: `winston:${KEY}`,
      labels: { app },
      json,
      interval: 1,
      replaceTimestamp: true,
      gracefulShutdown: false,
      onConnectionError: (error) => errors.push(error),
    });
    const logger = createLogger({ transports: [transport] });
    logger.warn(`out of stock in ${form}`, { orderId: 'o-17' });
    await expect.poll(() => searchLogs(collector.ui, `service:${app}`), FOUND_WITHIN).toHaveLength(1);
    logger.close();
    expect(errors).toEqual([]);
    const [log] = await searchLogs(collector.ui, `service:${app} level:warn "out of stock"`);
    expect(log?.body?.stringValue).toContain('o-17');
    expect(log?.resource.attributes).toContainEqual({ key: 'app', value: { stringValue: app } });
  });

  it('Elasticsearch’s client gets its bulk helper’s documents in', async () => {
    const client = new Client({ node: collector.otlpHttp, auth: { username: 'any', password: KEY }, Connection: HttpConnection });
    const documents = Array.from({ length: 1_200 }, (_, number) => ({
      '@timestamp': '2026-11-20T10:00:00.123456789Z',
      message: `document ${number}`,
      'log.level': number === 7 ? 'error' : 'info',
      service: { name: 'bulk-shop' },
      http: { status: number },
    }));
    const dropped: unknown[] = [];
    const result = await client.helpers.bulk({
      datasource: documents,
      onDocument: () => ({ create: { _index: 'logs-shop-default' } }),
      onDrop: ({ error }) => dropped.push(error),
    });
    expect([result.successful, result.failed, dropped]).toEqual([1_200, 0, []]);
    await expect
      .poll(() => searchLogs(collector.ui, 'service:bulk-shop level:error'), FOUND_WITHIN)
      .toMatchObject([{ timeUnixNano: '1795168800123456789', severityText: 'error', body: { stringValue: 'document 7' } }]);
    expect(await searchLogs(collector.ui, 'service:bulk-shop http.status:>=1190 elasticsearch.index:logs-shop-default')).toHaveLength(10);
    expect(await client.ping()).toBe(true);
    await client.close();
  });

  it('a bulk of equal documents is stored whole, once, however often its sender sends it under one key, over a kill too', async () => {
    const own = await temporaryDirectory();
    const send = async ({ otlpHttp }: RunningCollector): Promise<number> => {
      const response = await fetch(`${otlpHttp}/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'k1' },
        body: '{"create":{}}\n{"message":"heartbeat"}\n'.repeat(2_500),
      });
      return (await response.text()).match(/"status":201/g)?.length ?? 0;
    };
    let running = await startCollector(own.path);
    try {
      expect(await send(running)).toBe(2_500);
      await expect.poll(async () => (await allLogs(running.ui, 'heartbeat')).length, FOUND_WITHIN).toBe(2_500);
      expect(await send(running)).toBe(2_500);
      await running.end('SIGKILL');
      running = await startCollector(own.path);
      expect(await send(running)).toBe(2_500);
      expect(await allLogs(running.ui, 'heartbeat')).toHaveLength(2_500);
    } finally {
      await running.end('SIGTERM');
      await own.remove();
    }
  });

  it('are refused without the key', async () => {
    const client = new Client({ node: collector.otlpHttp, maxRetries: 0, Connection: HttpConnection });
    await expect(client.bulk({ operations: [{ create: { _index: 'x' } }, { message: 'x' }] })).rejects.toMatchObject({ statusCode: 401 });
    await client.close();
  });
});
