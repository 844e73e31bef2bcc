import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppEnd, type AppProcess, createSpoolFolder, killApps, startApp, waitFor } from './app-process.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

/** Longer than any flush may take, short enough to tell that nothing waited for the collector. */
const PROMPT_MILLIS = 4000;

let collector: ScriptedCollector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

/** Nothing is sent before the end: what arrives was flushed. */
function startJob(how: string, env: Readonly<Record<string, string>> = {}): AppProcess {
  return startApp({
    script: 'job.mjs',
    args: [how],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '3600000', ...env },
  });
}

describe('the end of a process', () => {
  it.each([
    ['ends', 0, ['worked']],
    ['sets-exit-code', 4, ['worked']],
    ['exits', 3, ['worked']],
    // Thrown at the top of an ES module, which is a promise to Node.
    ['throws', 1, ['worked', 'unhandled rejection: uncaught']],
  ])('that %s keeps exit code %i and loses nothing', async (how, code, logged) => {
    const end = await startJob(how).ended();
    expect(end).toMatchObject({ code, signal: null });
    expect(collector.spans.map((span) => span.name)).toEqual(['work']);
    expect(collector.logs.map((log) => log.body)).toEqual(logged);
    // Work that no request caused is a flow of its own, named by its trace.
    const ids = [...collector.spans, ...collector.logs.slice(0, 1)].map((record) => record.attributes['correlation.id']);
    expect(ids).toEqual([collector.spans[0]?.traceId, collector.spans[0]?.traceId]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('by %s comes by that signal, after everything was sent', async (signal) => {
    const app = startJob('waits');
    await app.ready();
    app.kill(signal);
    const end = await app.ended();
    expect(end).toMatchObject({ code: null, signal });
    expect(collector.spans.map((span) => span.name)).toEqual(['work']);
    expect(collector.logs.map((log) => log.body)).toEqual(['worked']);
  });

  it('is left to the app’s own handler', async () => {
    const app = startJob('handles');
    await app.ready();
    app.kill('SIGTERM');
    const end = await app.ended();
    expect(end).toMatchObject({ code: 7, signal: null });
    expect(collector.logs.map((log) => log.body)).toEqual(['worked', 'closing']);
  });

  it.each(['ends-as-only-listener', 'ends-as-only-one-counted', 'ends-as-last-listener', 'ends-after-removing-all-listeners'])(
    'by SIGTERM comes where a listener %s, after everything was sent',
    async (how) => {
      const app = startJob(how);
      await app.ready();
      app.kill('SIGTERM');
      const end = await app.ended();
      expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(collector.logs.map((log) => log.body)).toEqual(['worked', 'closing']);
    },
  );

  it('by SIGTERM comes within the bound when the collector hangs', async () => {
    collector.behave('hang');
    const app = startJob('waits');
    await app.ready();
    app.kill('SIGTERM');
    const end = await app.ended();
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(end.millis).toBeLessThan(8000);
    expect(collector.requests.length).toBeGreaterThan(0);
  });

  it('by a second signal comes at once', async () => {
    collector.behave('hang');
    const app = startJob('waits');
    await app.ready();
    app.kill('SIGTERM');
    await waitFor('the flush has begun', () => collector.requests.length > 0);
    app.kill('SIGTERM');
    const end = await app.ended();
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(end.millis).toBeLessThan(PROMPT_MILLIS);
  });

  it('of its own comes within the bound when the collector hangs', async () => {
    collector.behave('hang');
    const end = await startJob('ends').ended();
    expect(end).toMatchObject({ code: 0, signal: null });
    expect(end.millis).toBeLessThan(10_000);
  });
});

describe('what an app does in beforeExit', () => {
  const ROUND = [{ first: 0 }, { second: 2 }];
  async function runJob(how: string) {
    const folder = createSpoolFolder();
    const app = startApp({
      script: 'before-exit.mjs',
      args: [join(folder, 'lock'), how],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '3600000', THREADLINE_SDK_SPOOL_DIR: folder },
    });
    const { code } = await app.ended();
    return { code, lines: app.lines };
  }

  it.each(['take', 'hang', 'away'] as const)(
    'is done once, in its order, and ends with its exit code: collector: %s',
    async (behaviour) => {
      if (behaviour === 'away') await collector.close();
      else collector.behave(behaviour);
      expect(await runJob('')).toEqual({ code: 0, lines: [...ROUND, { exit: 0 }] });
      expect(await runJob('sets-exit-code')).toEqual({ code: 4, lines: [{ first: 4 }, { second: 2 }, { exit: 4 }] });
      if (behaviour === 'away') collector = await startCollector();
      if (behaviour === 'take') expect(collector.spans.map((span) => span.name)).toEqual(['work', 'work']);
    },
  );

  it('is done again each time that it gave Node work, as long as it does, and nothing of that is lost', async () => {
    expect(await runJob('works-on')).toEqual({ code: 0, lines: [...ROUND, ...ROUND, ...ROUND, { exit: 0 }] });
    expect(collector.logs.map((log) => log.body)).toEqual(['worked', 'worked on 2', 'worked on 1']);
  });
});

describe('a collector that is away', () => {
  it.each([
    ['ends', { code: 0, signal: null }],
    ['exits', { code: 3, signal: null }],
  ])('does not keep a process that %s', async (how, expected) => {
    await collector.close();
    const app = startJob(how);
    const end = await app.ended();
    expect(end).toMatchObject(expected);
    expect(end.millis).toBeLessThan(8000);
    collector = await startCollector();
  });

  it('is named once, and what waited is sent when it is back, once', async () => {
    const { port } = collector;
    await collector.close();
    const app = startJob('waits', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await app.ready();
    await waitFor('the warning', () => app.stderr().includes('\n'));
    collector = await startCollector(port);
    await waitFor('what waited', () => collector.spans.length > 0 && collector.logs.length > 0);
    expect(collector.spans.map((span) => span.name)).toEqual(['work']);
    expect(collector.logs.map((log) => log.body)).toEqual(['worked']);
    expect(app.stderr()).toMatch(
      /^threadline: the collector at http:\/\/127\.0\.0\.1:\d+ takes nothing now \(.*ECONNREFUSED.*\); sending again later\n$/,
    );
  });
});

describe('a collector behind HTTPS', () => {
  const pem = (name: string): string => fileURLToPath(new URL(`./fixtures/tls/${name}.pem`, import.meta.url));
  beforeEach(async () => {
    await collector.close();
    collector = await startCollector(0, { key: readFileSync(pem('key'), 'utf8'), cert: readFileSync(pem('certificate'), 'utf8') });
  });

  it.each([
    ['ends', 'OTEL_EXPORTER_OTLP_CERTIFICATE', ['work'], ['worked']],
    ['exits', 'OTEL_EXPORTER_OTLP_CERTIFICATE', ['work'], ['worked']],
    ['ends', 'OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE', ['work'], []],
    ['exits', 'OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE', [], ['worked']],
  ])('gets what a process that %s has, where its certificate is that of %s', async (how, setting, spans, logs) => {
    await startJob(how, { [setting]: pem('certificate') }).ended();
    expect(collector.spans.map((span) => span.name)).toEqual(spans);
    expect(collector.logs.map((log) => log.body)).toEqual(logs);
  });
});

describe('a collector’s answer', () => {
  it('503 is followed by another try that arrives once', async () => {
    collector.behave({ status: 503, headers: { 'retry-after': '1' } });
    const app = startJob('waits', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await app.ready();
    await waitFor('both signals were refused', () => collector.requests.length >= 2);
    collector.behave('take');
    await waitFor('both signals', () => collector.spans.length > 0 && collector.logs.length > 0);
    expect(collector.spans).toHaveLength(1);
    expect(collector.logs).toHaveLength(1);
  });

  it('401 drops what was sent and is named in one line without the key', async () => {
    collector.behave({ status: 401 });
    const app = startJob('waits', { OTEL_BSP_SCHEDULE_DELAY: '20', THREADLINE_SDK_INGEST_KEY: 'wrong-key' });
    await app.ready();
    await waitFor('the warning', () => app.stderr().includes('\n'));
    expect(app.stderr()).toMatch(
      /^threadline: telemetry for http:\/\/127\.0\.0\.1:\d+ was dropped: Unauthorized; lost since the last warning: 1 (spans|log records)\n$/,
    );
    expect(collector.requests[0]?.authorization).toBe('Bearer wrong-key');
    expect(app.stderr()).not.toContain('wrong-key');
  });

  it('is never asked for with trace headers, and asking makes no spans', async () => {
    const app = startJob('ends');
    await app.ended();
    expect(collector.requests.length).toBeGreaterThanOrEqual(2);
    for (const headers of collector.requests) {
      expect(headers).not.toHaveProperty('traceparent');
      expect(headers).not.toHaveProperty('x-correlation-id');
      expect(headers['content-type']).toBe('application/x-protobuf');
    }
    expect(collector.spans).toHaveLength(1);
  });
});

describe('beside an error tracker that reports requests when the process has nothing left to do', () => {
  /** Takes whatever is reported, and says how often. */
  async function startTracker() {
    let reportCount = 0;
    const server = createServer((request, response) => {
      reportCount += 1;
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      get reportCount() {
        return reportCount;
      },
      close: () => new Promise((resolve) => server.close(resolve)),
    };
  }

  async function runBeside(how: string, path: string) {
    const tracker = await startTracker();
    const app = startApp({
      script: 'error-tracker.mjs',
      args: [`${tracker.url}${path}`, how],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    let end: AppEnd | undefined;
    void app.ended().then((ended) => (end = ended));
    await waitFor('the end, or report upon report', () => end !== undefined || tracker.reportCount > 20);
    await killApps();
    await tracker.close();
    return { end, reportCount: tracker.reportCount };
  }

  it('what the SDK sends is not seen on Node’s channel, so that nothing is reported', async () => {
    expect(await runBeside('channel', '/')).toMatchObject({ end: { code: 0 }, reportCount: 0 });
    expect(collector.spans.map((span) => span.name)).toEqual(['work']);
  });

  it('the process ends also where the tracker changed http.request, and every span arrives', async () => {
    const { end, reportCount } = await runBeside('patch', '/');
    expect(end).toMatchObject({ code: 0, signal: null });
    expect(reportCount).toBeLessThanOrEqual(4);
    expect(collector.spans.map((span) => span.name).toSorted()).toEqual([...Array(reportCount).fill('POST'), 'work']);
  });

  it('a report of Sentry’s is no span', async () => {
    const { end, reportCount } = await runBeside(
      'patch',
      '/api/1/envelope/?sentry_version=7&sentry_key=a&sentry_client=sentry.javascript.node%2F11.12.0',
    );
    expect([end?.code, reportCount]).toEqual([0, 1]);
    expect(collector.spans.map((span) => span.name)).toEqual(['work']);
  });
});
