import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AppProcess, killApps, startApp, waitFor } from '../app-process.ts';
import { type ScriptedCollector, startCollector } from '../scripted-collector.ts';
import { startLoad } from './steady-load.ts';

const REQUESTS_PER_SECOND = 250;
/** Until the app's heap is as large as the load makes it, whatever the collector does. */
const WARM_UP_MILLIS = 30_000;
const OUTAGE_MILLIS = 60_000;
const MAX_GROWTH_BYTES = 20 * 1024 * 1024;

let collector: ScriptedCollector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

it('loses nothing and grows by at most 20 MB while the collector is away for a minute at 250 requests a second', async () => {
  const app = startApp({ script: 'busy.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '500' } });
  const { port } = await app.ready();
  const load = startLoad(`http://127.0.0.1:${port}`, REQUESTS_PER_SECOND);
  await delay(WARM_UP_MILLIS);
  const before = collector;
  await before.close();
  const samplesBefore = memoryOf(app).length;
  await delay(OUTAGE_MILLIS);
  const samples = memoryOf(app);
  const usual = Math.max(...samples.slice(samplesBefore - 10, samplesBefore));
  const most = Math.max(...samples.slice(samplesBefore));
  collector = await startCollector(before.port);
  const comeback = performance.now();
  await load.stop();
  const numbers = (): number[] =>
    [...before.spans, ...collector.spans].map(({ attributes }) => Number(String(attributes['url.path']).split('/')[2]));
  const logged = (): number[] => [...before.logs, ...collector.logs].map(({ attributes }) => Number(attributes.number));
  await waitFor('everything', () => numbers().length >= load.count && logged().length >= load.count, 60_000);
  console.log(
    `${load.count} requests, ${before.spans.length} spans before the outage; all there ${Math.round(performance.now() - comeback)} ms after it; ` +
      `memory ${mebibytes(usual)} MiB before, ${mebibytes(most)} MiB at most in it`,
  );
  const all = Array.from({ length: load.count }, (_, index) => index + 1);
  expect(sorted(numbers())).toEqual(all);
  expect(sorted(logged())).toEqual(all);
  const keys = [...before.keys, ...collector.keys];
  expect(new Set(keys).size).toBe(keys.length);
  expect(most - usual).toBeLessThanOrEqual(MAX_GROWTH_BYTES);
});

/** Resident memory, a sample a second. */
function memoryOf(app: AppProcess): number[] {
  return app.lines.flatMap((line) => {
    const memory: unknown = typeof line === 'object' && line !== null && 'memory' in line ? line.memory : undefined;
    return typeof memory === 'object' && memory !== null && 'rss' in memory ? [Number(memory.rss)] : [];
  });
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
