import { context, type Link, SeverityNumber, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusAnswer } from '../../src/api/index.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { FOUND_WITHIN, readTrace, searchLogs } from './reading.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let collector: RunningCollector;

beforeAll(async () => {
  directory = await temporaryDirectory();
  collector = await startCollector(directory.path);
});

afterAll(async () => {
  await collector?.end('SIGTERM');
  await directory?.remove();
});

interface Exporters {
  readonly name: string;
  readonly logs: () => LogRecordExporter;
  readonly traces: () => SpanExporter;
  readonly metrics: () => PushMetricExporter;
}

const EXPORTERS: readonly Exporters[] = [
  {
    name: 'http-protobuf',
    logs: () => new ProtobufLogExporter({ url: `${collector.otlpHttp}/v1/logs` }),
    traces: () => new ProtobufTraceExporter({ url: `${collector.otlpHttp}/v1/traces` }),
    metrics: () => new ProtobufMetricExporter({ url: `${collector.otlpHttp}/v1/metrics` }),
  },
  {
    name: 'http-json',
    logs: () => new JsonLogExporter({ url: `${collector.otlpHttp}/v1/logs` }),
    traces: () => new JsonTraceExporter({ url: `${collector.otlpHttp}/v1/traces` }),
    metrics: () => new JsonMetricExporter({ url: `${collector.otlpHttp}/v1/metrics` }),
  },
  {
    name: 'grpc',
    logs: () => new GrpcLogExporter({ url: `http://${collector.otlpGrpc}` }),
    traces: () => new GrpcTraceExporter({ url: `http://${collector.otlpGrpc}` }),
    metrics: () => new GrpcMetricExporter({ url: `http://${collector.otlpGrpc}` }),
  },
];

describe.each(EXPORTERS)('what OpenTelemetry JS sends over $name', ({ name, logs, traces, metrics }) => {
  const resource = resourceFromAttributes({ 'service.name': `shop-${name}`, 'host.cpus': 8 });

  it('is found again as a log with every field', async () => {
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: logs() })] });
    const spanContext = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
    provider.getLogger('orders', '1.2.3', { schemaUrl: 'https://example.com/schema/1' }).emit({
      timestamp: [1_790_000_000, 123_456_789],
      observedTimestamp: [1_790_000_001, 1],
      severityNumber: SeverityNumber.WARN2,
      severityText: 'warning',
      body: { text: 'ordered ✓', list: [1, 'two', true], nested: { deep: 0.5 } },
      eventName: 'order.created',
      attributes: { 'order.id': 'o-1', count: 3, ratio: 1.5, ok: false, tags: ['a', 'b'] },
      context: trace.setSpanContext(context.active(), spanContext),
    });
    await provider.forceFlush();
    await provider.shutdown();
    await expect.poll(() => searchLogs(collector.ui, `service:shop-${name}`), FOUND_WITHIN).toHaveLength(1);
    const [log] = await searchLogs(collector.ui, `service:shop-${name}`);
    expect(log).toMatchObject({
      timeUnixNano: '1790000000123456789',
      observedTimeUnixNano: '1790000001000000001',
      severityNumber: 14,
      severityText: 'warning',
      eventName: 'order.created',
      flags: 1,
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      scope: { name: 'orders', version: '1.2.3', schemaUrl: 'https://example.com/schema/1' },
    });
    expect(log?.resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: `shop-${name}` } },
        { key: 'host.cpus', value: { intValue: '8' } },
      ]),
    );
    expect(log?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'order.id', value: { stringValue: 'o-1' } },
        { key: 'count', value: { intValue: '3' } },
        { key: 'ratio', value: { doubleValue: 1.5 } },
        { key: 'ok', value: { boolValue: false } },
        { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
      ]),
    );
    expect(log?.body?.kvlistValue?.values).toEqual([
      { key: 'text', value: { stringValue: 'ordered ✓' } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'two' }, { boolValue: true }] } } },
      { key: 'nested', value: { kvlistValue: { values: [{ key: 'deep', value: { doubleValue: 0.5 } }] } } },
    ]);
  });

  it('is found again as a trace with its events, links and status', async () => {
    const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: traces() })] });
    const tracer = provider.getTracer('http', '2.0.0');
    const link: Link = { context: { traceId: '12'.repeat(16), spanId: '34'.repeat(8), traceFlags: 1 }, attributes: { why: 'retry' } };
    const root = tracer.startSpan('GET /orders', {
      kind: SpanKind.SERVER,
      startTime: [1_790_000_000, 5],
      attributes: { 'http.status_code': 500 },
      links: [link],
    });
    const child = tracer.startSpan(
      'select',
      { kind: SpanKind.CLIENT, startTime: [1_790_000_000, 10] },
      trace.setSpan(context.active(), root),
    );
    child.end([1_790_000_000, 20]);
    root.addEvent('exception', { 'exception.type': 'Error' }, [1_790_000_000, 15]);
    root.setStatus({ code: SpanStatusCode.ERROR, message: 'no stock' });
    root.end([1_790_000_000, 30]);
    await provider.forceFlush();
    await provider.shutdown();
    const { traceId, spanId } = root.spanContext();
    await expect.poll(async () => (await readTrace(collector.ui, traceId).catch(() => undefined))?.spans.length, FOUND_WITHIN).toBe(2);
    const { spans, summary } = await readTrace(collector.ui, traceId);
    expect(summary).toMatchObject({
      rootService: `shop-${name}`,
      rootOperation: 'GET /orders',
      spanCount: 2,
      errorCount: 1,
      durationNano: '25',
    });
    expect(spans[0]).toMatchObject({
      spanId,
      name: 'GET /orders',
      kind: 2,
      startTimeUnixNano: '1790000000000000005',
      endTimeUnixNano: '1790000000000000030',
      status: { code: 2, message: 'no stock' },
      attributes: [{ key: 'http.status_code', value: { intValue: '500' } }],
      events: [
        {
          name: 'exception',
          timeUnixNano: '1790000000000000015',
          attributes: [{ key: 'exception.type', value: { stringValue: 'Error' } }],
        },
      ],
      links: [{ traceId: '12'.repeat(16), spanId: '34'.repeat(8), attributes: [{ key: 'why', value: { stringValue: 'retry' } }] }],
      scope: { name: 'http', version: '2.0.0' },
    });
    expect(spans[0]).not.toHaveProperty('parentSpanId');
    expect(spans[1]).toMatchObject({ name: 'select', kind: 3, parentSpanId: spanId });
  });

  it('is counted as metrics of every kind', async () => {
    const before = await dataPoints();
    const reader = new PeriodicExportingMetricReader({ exporter: metrics() });
    const provider = new MeterProvider({
      resource,
      readers: [reader],
      views: [{ instrumentName: 'sizes', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter('orders');
    meter.createCounter('requests').add(3, { route: '/a' });
    meter.createUpDownCounter('open').add(-2);
    meter.createHistogram('duration').record(0.25);
    meter.createHistogram('sizes').record(700);
    meter.createObservableGauge('memory').addCallback((result) => {
      result.observe(1.5, { pool: 'a' });
      result.observe(2, { pool: 'b' });
    });
    await provider.forceFlush();
    // Before the shutdown, which exports everything once more.
    expect((await dataPoints()) - before).toBe(6);
    await provider.shutdown();
  });
});

async function dataPoints(): Promise<number> {
  const status = (await (await fetch(`${collector.ui}/api/v1/status`)).json()) as StatusAnswer;
  return status.metrics.reduce((sum, count) => sum + count.dataPoints, 0);
}
