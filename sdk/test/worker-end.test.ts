import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppOptions, type AppProcess, killApps, startApp, waitFor } from './app-process.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

let collector: ScriptedCollector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

/** Nothing is sent before the end: what arrives was flushed. */
function startJob(args: readonly string[], { env, ...app }: Partial<AppOptions> = {}): AppProcess {
  return startApp({
    script: 'worker-job.mjs',
    args,
    ...app,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '3600000', ...env },
  });
}

function expectWork(count = 1, { spans, logs } = collector): void {
  expect(spans.map((span) => span.name)).toEqual(Array.from({ length: count }, () => 'work'));
  const bodies = logs.map((log) => log.body).filter((body) => String(body).startsWith('worked'));
  expect(bodies.sort()).toEqual(Array.from({ length: count }, (_, number) => `worked ${number}`).sort());
}

describe('what a worker thread did', () => {
  it.each([
    ['lets it end', 'lets-end', 0],
    ['ends it without a word', 'terminates', 0],
    ['calls process.exit()', 'exits', 3],
    ['throws', 'throws', 1],
  ])('is not lost when its process %s, whose exit code is its own', async (_, how, code) => {
    expect(await startJob([how]).ended()).toMatchObject({ code, signal: null });
    expectWork();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('is not lost when its process ends by %s', async (signal) => {
    const app = startJob(['waits']);
    await app.ready();
    app.kill(signal);
    expect(await app.ended()).toMatchObject({ code: null, signal });
    expectWork();
  });

  it.each(['http/protobuf', 'http/json'])('by the thousand is sent whole, in the requests of its process, as %s', async (protocol) => {
    const app = startJob(['terminates', '3000'], { env: { OTEL_EXPORTER_OTLP_PROTOCOL: protocol } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expectWork(3000);
    expect(collector.requests.length).toBeLessThanOrEqual(2 * Math.ceil(3000 / 512));
  });

  it('is not lost either where a worker of its own did it', async () => {
    expect(await startJob(['terminates', '10', 'nested']).ended()).toMatchObject({ code: 0 });
    expectWork(10);
  });

  it('is not lost either where an app starts the SDK itself, in each thread', async () => {
    const app = startJob(['terminates', '10'], { script: 'worker-job-started.mjs', register: false });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expectWork(10);
  });

  it('waits on disk with what its process did while the collector is away, and is sent once', async () => {
    const { port } = collector;
    await collector.close();
    const app = startJob(['waits', '100'], { env: { OTEL_BSP_SCHEDULE_DELAY: '20' } });
    await app.ready();
    await waitFor('the warning', () => app.stderr().includes('takes nothing now'));
    collector = await startCollector(port);
    await waitFor('what waited', () => collector.spans.length >= 100 && collector.logs.length >= 100);
    expectWork(100);
    expect(app.stderr().trim().split('\n')).toHaveLength(1);
  });

  it('goes where the worker is told to send, where that is not where its process sends', async () => {
    const other = await startCollector();
    try {
      expect(await startJob(['lets-end', '5', '', other.url]).ended()).toMatchObject({ code: 0 });
      expectWork(5, other);
      expect(collector.requests).toHaveLength(0);
    } finally {
      await other.close();
    }
  });

  it('is counted where its process was too busy to take it: nothing is missing without a word', async () => {
    const count = 20_000;
    const app = startJob(['is-busy', String(count)], { env: { OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_BSP_MAX_QUEUE_SIZE: '2000' } });
    await app.ready();
    const lost = (signal: string): number =>
      collector.logs
        .filter((log) => log.eventName === 'threadline.drop' && log.attributes['drop.signal'] === signal)
        .reduce((sum, log) => sum + Number(log.attributes['drop.count']), 0);
    const worked = (): number => collector.logs.filter((log) => String(log.body).startsWith('worked')).length;
    await waitFor('all spans or their number', () => collector.spans.length + lost('traces') === count);
    await waitFor('all records or their number', () => worked() + lost('logs') === count);
    expect(lost('traces')).toBeGreaterThan(0);
  });
});

describe('a pool of workers', () => {
  it('loses nothing of its last tasks', async () => {
    const app = startJob(['200'], { script: 'pool-job.mjs' });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(collector.logs.map((log) => log.body).sort()).toEqual(Array.from({ length: 200 }, (_, number) => `task ${number}`).sort());
  });
});
