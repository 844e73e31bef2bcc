import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AppProcess, startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

const COMMAND = fileURLToPath(new URL('../dist/log-level.js', import.meta.url));
const KEY = 'a key that all services of a team share';
const NO_TRACES = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };

/** What the command prints, as headers. */
function headersFor(args: readonly string[], key = KEY): Record<string, string> {
  const printed = execFileSync(process.execPath, [COMMAND, ...args], { env: { THREADLINE_SDK_LOG_LEVEL_KEY: key }, encoding: 'utf8' });
  return Object.fromEntries(
    printed
      .trimEnd()
      .split('\n')
      .map((line) => line.split(': ')),
  );
}

async function startServices(env: Readonly<Record<string, string>>): Promise<{ url: string; front: AppProcess; back: AppProcess }> {
  const common = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...NO_TRACES, ...env };
  const back = startApp({ script: 'raised-back.cjs', env: { OTEL_SERVICE_NAME: 'back', ...common } });
  const front = startApp({
    script: 'raised-front.mjs',
    env: { OTEL_SERVICE_NAME: 'front', BACK: `http://127.0.0.1:${(await back.ready()).port}`, ...common },
  });
  return { url: `http://127.0.0.1:${(await front.ready()).port}/`, front, back };
}

const bodiesOf = (id: string): unknown[] =>
  collector.logs.filter((log) => log.attributes['correlation.id'] === id).map(({ body, severityNumber }) => [body, severityNumber]);

it('a signed request is logged from debug on, and traced, in every service that it touches; others are not', async () => {
  const { url, front, back } = await startServices({ THREADLINE_SDK_LOG_LEVEL_KEY: KEY });
  await get(url, { 'x-correlation-id': 'usual-1' });
  const answer = await get(url, headersFor(['debug', 'order-7']));
  expect(answer.headers['x-correlation-id']).toBe('order-7');
  await get(url, { ...headersFor(['debug', 'order-8'], 'another key of which no service here knows'), 'x-correlation-id': 'order-8' });
  await waitFor(
    'the logs of all',
    () => bodiesOf('order-7').length === 4 && bodiesOf('usual-1').length === 2 && bodiesOf('order-8').length === 2,
  );
  expect(bodiesOf('order-7')).toEqual(
    expect.arrayContaining([
      ['front looked', 5],
      ['front worries', 13],
      ['back looked', 5],
      ['back worries', 13],
    ]),
  );
  const looked = collector.logs.filter((log) => String(log.body).endsWith('looked'));
  expect(looked.map(({ attributes }) => attributes.isDebugEnabled)).toEqual([true, true]);
  await waitFor('the spans of the one', () => collector.spans.length >= 3);
  expect(new Set(collector.spans.map(({ attributes }) => attributes['correlation.id']))).toEqual(new Set(['order-7']));
  // The app's own lines are as they were.
  expect(JSON.stringify([front.lines, back.lines])).not.toContain('looked');
  expect(front.stderr()).toContain('does not get it: it is not signed with this service’s key for this correlation id');
  expect(back.stderr()).toBe('');
});

it('without a key nobody raises anything', async () => {
  const { url, front } = await startServices({});
  await get(url, headersFor(['trace', 'order-7']));
  await waitFor('the usual logs', () => bodiesOf('order-7').length === 2);
  expect(bodiesOf('order-7')).toEqual([
    ['front worries', 13],
    ['back worries', 13],
  ]);
  expect(collector.spans).toEqual([]);
  expect(front.stderr()).toBe('');
});

describe('threadline-log-level', () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = { THREADLINE_SDK_LOG_LEVEL_KEY: KEY }) =>
    spawnSync(process.execPath, [COMMAND, ...args], { env, encoding: 'utf8' });

  it('makes up an id, asks for debug, and names the header that the services read', () => {
    const { stdout } = run([], {
      THREADLINE_SDK_LOG_LEVEL_KEY: `${KEY},the key before this one and longer ago`,
      THREADLINE_SDK_CORRELATION_HEADERS: 'x-request-id',
    });
    expect(stdout).toMatch(/^x-request-id: debug-[0-9a-f]{8}\nx-log-level: debug\.\d{10}\.[A-Za-z0-9_-]{43}\n$/);
    expect(run(['--help']).stdout).toContain('curl -H @headers');
  });

  it.each([
    [['loud'], {}, 'expected a level of trace, debug, info, got "loud"'],
    [['debug', 'no id'], {}, 'got "no id"'],
    [['debug', 'a', 'b'], {}, 'more than a level and an ID: b'],
    [['--minutes', '1441'], {}, '--minutes: expected a number above 0 and up to 1440, got "1441"'],
    [['--minutes', 'x'], {}, 'got "x"'],
    [['--hours', '1'], {}, "Unknown option '--hours'"],
    [[], { THREADLINE_SDK_LOG_LEVEL_KEY: '' }, 'THREADLINE_SDK_LOG_LEVEL_KEY: expected the key of the services, got none'],
    [[], { THREADLINE_SDK_LOG_LEVEL_KEY: 'hunter2' }, 'expected keys of 32 characters or more, got "7 characters"'],
  ])('says what is wrong with %j %j', (args, env, message) => {
    const { status, stdout, stderr } = run(args, { THREADLINE_SDK_LOG_LEVEL_KEY: KEY, ...env });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
