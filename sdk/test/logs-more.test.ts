import { expect, it } from 'vitest';
import { startApp } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

interface Run {
  /** What the responses of three requests named. */
  readonly ids: readonly (string | undefined)[];
  readonly lines: readonly unknown[];
}

async function run(env: Readonly<Record<string, string>>): Promise<Run> {
  const app = startApp({ script: 'logs-more.mjs', register: false, env: { COLLECTOR: collector.url, ...env } });
  const url = `http://127.0.0.1:${(await app.ready()).port}`;
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < 3; index += 1) ids.push((await get(`${url}/`, {})).headers['x-correlation-id']);
  await get(`${url}/end`, {});
  expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
  return { ids, lines: app.lines };
}

it('the app’s own ids begin flows, chosen baggage, levels and the console are in the logs, each once', async () => {
  const { ids, lines } = await run({
    THREADLINE_SDK_LOG_BAGGAGE: 'tenant,token',
    THREADLINE_SDK_LOG_LEVELS: 'audit=info3',
    THREADLINE_SDK_CAPTURE_CONSOLE: 'on',
  });
  expect(ids).toEqual(['own-1', 'own-2', expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(lines.at(-1)).toMatchObject({ counters: { invalidCorrelationIds: 1 } });
  const first = collector.logs.filter((log) => log.attributes['correlation.id'] === 'own-1');
  expect(first.map(({ body, severityNumber, attributes }) => [body, severityNumber, attributes.tenant, attributes.token])).toEqual([
    ['by winston', 11, 'acme', 'REDACTED'],
    ['with a field of its own', 9, 'mine', 'REDACTED'],
    ['by the console 7', 13, undefined, undefined],
  ]);
  expect(collector.spans.filter((span) => span.attributes['correlation.id'] === 'own-1').length).toBeGreaterThan(0);
  const printed = lines.filter((line) => typeof line === 'object' && line !== null && 'correlation_id' in line);
  expect(printed[0]).toMatchObject({ message: 'by winston', tenant: 'acme', correlation_id: 'own-1' });
  expect(printed[0]).not.toHaveProperty('other');
});

it('records nothing of these by default', async () => {
  await run({});
  const audit = collector.logs.filter((log) => log.body === 'by winston');
  expect(audit[0]).toMatchObject({ severityNumber: 9 });
  expect(audit[0]?.attributes).not.toHaveProperty('tenant');
  expect(collector.logs.some((log) => log.body === 'by the console 7')).toBe(false);
});

it.each([
  ['', true, false],
  ['logs', false, true],
  ['logs/dup', true, true],
])('OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=%s: on the span %s, as a record %s', async (value, onSpan, asRecord) => {
  await run({ OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: value });
  const failed = collector.spans.find((span) => span.statusCode === 2);
  expect(failed?.events.some((event) => event.name === 'exception')).toBe(onSpan);
  const records = collector.logs.filter((log) => log.eventName === 'exception');
  expect(records).toHaveLength(asRecord ? 1 : 0);
  if (asRecord) expect(records[0]).toMatchObject({ traceId: failed?.traceId, spanId: failed?.spanId, severityNumber: 17 });
});
