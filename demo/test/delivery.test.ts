import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settledOnDisk, startCountingService } from './counting-service.ts';
import { readFlow, textOf } from './flow-reader.ts';
import { startRefusingProxy } from './refusing-proxy.ts';
import { type RunningCollector, startCollector } from './running-collector.ts';

/** Two spans each, all on one page of the flow. */
const COUNT = 450;

let directory: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'threadline-delivery-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(ports: Readonly<Record<string, string>> = {}): Promise<RunningCollector> {
  const collector = await startCollector({ THREADLINE_DATA_DIR: path.join(directory, 'data'), ...ports });
  stops.push(collector.kill);
  return collector;
}

it('nothing is lost and nothing is twice when the collector is killed under load, and then the service that could not send', async () => {
  const spool = path.join(directory, 'spool');
  const first = await start();
  const service = startCountingService({ count: COUNT, otlpUrl: first.otlpUrl, spool });
  stops.push(service.kill);
  await readFlow(first.apiUrl, 'counted', ({ spans }) => spans.length > 100);
  await first.kill();
  await service.done;
  await settledOnDisk(spool);
  await service.kill();

  const second = await start({ THREADLINE_OTLP_HTTP_PORT: new URL(first.otlpUrl).port });
  const next = startCountingService({ count: 0, otlpUrl: second.otlpUrl, spool });
  stops.push(next.kill);
  const flow = await readFlow(second.apiUrl, 'counted', ({ summary }) => summary.spanCount >= 2 * COUNT && summary.logCount >= COUNT);
  expect(flow.summary).toMatchObject({ spanCount: 2 * COUNT, logCount: COUNT, complete: true, missing: [] });
  expect(new Set(flow.logs.map(textOf)).size).toBe(COUNT);
});

it('a request in the middle of which its service is killed is seen as unfinished', async () => {
  const collector = await start();
  const service = startCountingService({ count: 0, otlpUrl: collector.otlpUrl, spool: path.join(directory, 'spool') });
  stops.push(service.kill);
  await readFlow(collector.apiUrl, 'hanging', ({ unfinished }) => unfinished.length === 2);
  await service.kill();
  const { summary, spans, logs, unfinished } = await readFlow(collector.apiUrl, 'hanging', () => true);
  expect(spans).toEqual([]);
  expect(summary.complete).toBe(false);
  const [client, server] = unfinished;
  expect([client, server].map((span) => [span?.name, span?.kind, span?.service])).toEqual([
    ['GET', 3, 'counting'],
    ['GET', 2, 'counting'],
  ]);
  expect(server?.parentSpanId).toBe(client?.spanId);
  expect(logs).toEqual([]);
});

it('what the collector refused for good is reported to it, and the flow says that it is incomplete', async () => {
  const collector = await start();
  const proxy = await startRefusingProxy(collector.otlpUrl);
  stops.push(proxy.stop);
  const service = startCountingService({ count: 50, otlpUrl: proxy.url, spool: path.join(directory, 'spool') });
  stops.push(service.kill);
  const reported = (drops: readonly { readonly count: number }[]): number => drops.reduce((sum, { count }) => sum + count, 0);
  const { summary, drops, spans, logs } = await readFlow(collector.apiUrl, 'counted', (flow) => reported(flow.drops) >= 100);
  expect(reported(drops)).toBe(100);
  expect(drops[0]).toMatchObject({ service: 'counting', signal: 'traces', reason: 'Bad Request: not today' });
  expect(summary.complete).toBe(false);
  expect(spans).toEqual([]);
  expect(logs.map(textOf).every((text) => text.startsWith('counted '))).toBe(true);
  expect(logs).toHaveLength(50);
});
