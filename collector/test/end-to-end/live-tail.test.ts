import { SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogTailArrivals } from '../../src/api/index.ts';
import { type EventClient, openEvents, type ReceivedEvent } from '../query/event-client.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { poll } from '../storage-contract/reading.ts';

const shown = (events: readonly ReceivedEvent[]): string[] =>
  events.flatMap(({ event, data }) =>
    event === 'arrivals' ? (data as LogTailArrivals).records.map(({ body }) => body?.stringValue ?? '') : [],
  );

describe('a live tail of a collector', () => {
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
  const open = async (lastEventId?: string): Promise<EventClient> => {
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const client = await openEvents(`${collector.ui}/api/v1/logs/tail?query=level:error%20service:shop`, headers);
    await client.until((events) => events.length > 0);
    return client;
  };
  const exporters: readonly (readonly [string, () => LogRecordExporter])[] = [
    ['HTTP and protobuf', () => new ProtobufLogExporter({ url: `${collector.otlpHttp}/v1/logs` })],
    ['HTTP and JSON', () => new JsonLogExporter({ url: `${collector.otlpHttp}/v1/logs` })],
    ['gRPC', () => new GrpcLogExporter({ url: `http://${collector.otlpGrpc}` })],
  ];
  async function send(exporter: LogRecordExporter, bodies: readonly string[]): Promise<void> {
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const logger = provider.getLogger('shop');
    for (const body of bodies) {
      logger.emit({ body, severityNumber: SeverityNumber.ERROR });
      logger.emit({ body: `${body} as info`, severityNumber: SeverityNumber.INFO });
    }
    await provider.forceFlush();
    await provider.shutdown();
  }

  it.each(exporters)('shows what comes over %s, of what the query finds', async (name, create) => {
    const client = await open();
    await send(create(), [`${name} one`, `${name} two`]);
    await client.until((events) => shown(events).length >= 2);
    expect(shown(client.events).toSorted()).toEqual([`${name} one`, `${name} two`]);
    client.close();
  });

  it('says after a crash that it cannot go on where it was, and goes on with what comes', async () => {
    const before = await open();
    await send(new ProtobufLogExporter({ url: `${collector.otlpHttp}/v1/logs` }), ['before the crash']);
    await before.until((events) => shown(events).length > 0);
    await collector.end('SIGKILL');
    await poll(async () => before.hasEnded);
    expect(before.events.at(-1)?.event).toBe('arrivals');
    collector = await startCollector(directory.path);
    const after = await open(before.events.at(-1)?.id);
    expect(after.events[0]).toMatchObject({ event: 'start', data: { resumed: false } });
    await send(new ProtobufLogExporter({ url: `${collector.otlpHttp}/v1/logs` }), ['after the crash']);
    await after.until((events) => shown(events).includes('after the crash'));
    after.close();
  });

  it('ends with the reason when the collector is stopped, which does not wait for it', async () => {
    const client = await open();
    expect(await collector.end('SIGTERM')).toBe(0);
    await poll(async () => client.hasEnded);
    expect(client.events.at(-1)).toMatchObject({ event: 'failure', data: { error: { code: 'shutting_down' } } });
  });
});
