import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startApp } from './app-process.ts';
import { collector } from './collector-each-test.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures', import.meta.url));
const ADVICE = 'remove it, or put this one into it with new NodeSDK({ ...threadline() }) in place of register and start';

async function run(env: Readonly<Record<string, string>>): Promise<{ readonly stderr: string; readonly lines: readonly unknown[] }> {
  const app = startApp({ script: 'two-sdks.mjs', register: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env } });
  expect(await app.ended()).toMatchObject({ code: 0 });
  return { stderr: app.stderr().replaceAll(FIXTURES, 'FIXTURES'), lines: app.lines };
}

describe('an older copy of OpenTelemetry’s API that registered something first', () => {
  it('costs nothing: spans and logs of all copies are sent, and its logger hears as before', async () => {
    const { stderr, lines } = await run({});
    expect(stderr).toBe('');
    const server = collector.spans.find(({ kind }) => kind === 2);
    expect(collector.spans.find(({ name }) => name === 'by the older copy')).toMatchObject({
      traceId: server?.traceId,
      parentSpanId: server?.spanId,
    });
    expect(collector.logs).toMatchObject([{ body: 'asked', traceId: server?.traceId, spanId: server?.spanId }]);
    expect(lines).toEqual([{ said: [] }]);
  });

  it('is named where it can register no more, once', async () => {
    const { stderr, lines } = await run({ AFTER: 'registerMeters,registerMeters' });
    expect(stderr).toBe(
      'threadline: @opentelemetry/api 1.9.1 cannot register its metrics (FIXTURES/older-api.cjs) beside 1.10.0, so that it is not used; ' +
        'install one version, 1.10.0: npm ls @opentelemetry/api names who brings which\n',
    );
    expect(lines).toEqual([{ said: ['error', 'error'] }]);
  });
});

describe('another SDK', () => {
  it('that registered before this one is told of in one line', async () => {
    const { stderr } = await run({ BEFORE: 'registerAnother' });
    expect(stderr).toBe(
      'threadline: another OpenTelemetry SDK registered its tracer provider and propagator before this one, ' +
        `so that what goes there is not sent to the collector; ${ADVICE}\n`,
    );
    expect(collector.spans).toEqual([]);
    // What only this one registered works.
    expect(collector.logs).toMatchObject([{ body: 'asked' }]);
  });

  it('that registers after this one is told of in one line, and ours is used', async () => {
    const { stderr } = await run({ AFTER: 'registerAnother' });
    expect(stderr).toBe(
      'threadline: another OpenTelemetry SDK (FIXTURES/older-api.cjs) was started after this one and is not registered, ' +
        `so that its spans are missing or made beside ours; ${ADVICE}\n`,
    );
    expect(collector.spans.map(({ name }) => name)).toContain('by the older copy');
  });

  it('such as OpenTelemetry’s own NodeSDK beside register is named by its package', async () => {
    const app = startApp({ script: 'own-node-sdk.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stderr()).toBe(
      'threadline: another OpenTelemetry SDK (@opentelemetry/sdk-node) was started after this one and is not registered, ' +
        `so that its spans are missing or made beside ours; ${ADVICE}\n`,
    );
  });
});

it('an agent that changed http’s and https’s servers before hears what it heard, and each request has one server span', async () => {
  const app = startApp({ script: 'agent-first.mjs', register: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  expect(await app.ended()).toMatchObject({ code: 0 });
  expect(app.lines).toEqual([{ seen: ['request', 'upgrade', 'request', 'upgrade'] }]);
  const servers = collector.spans.filter(({ kind }) => kind === 2);
  expect(servers.map(({ attributes }) => [attributes['url.scheme'], attributes['http.response.status_code']])).toEqual([
    ['http', 200],
    ['http', 101],
    ['https', 200],
    ['https', 101],
  ]);
});
