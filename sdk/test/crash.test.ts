import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppProcess, createSpoolFolder, killApps, startApp, waitFor } from './app-process.ts';
import type { LogLine } from './otlp.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

let collector: ScriptedCollector;
let spool: string;
beforeEach(async () => {
  collector = await startCollector();
  spool = createSpoolFolder();
});
afterEach(async () => {
  await killApps();
  await collector.close();
});

function start(script: string, how: string, env: Readonly<Record<string, string>> = {}, ...args: string[]): AppProcess {
  return startApp({
    script,
    args: [how, ...args],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, THREADLINE_SDK_SPOOL_DIR: spool, OTEL_BSP_SCHEDULE_DELAY: '3600000', ...env },
  });
}

const worked = (): number => collector.spans.filter(({ name }) => name === 'work').length;
const errors = (): LogLine[] => collector.logs.filter(({ severityNumber }) => severityNumber >= 17);
const starts = (): LogLine[] => collector.logs.filter(({ eventName }) => eventName === 'threadline.span.start');

describe('an error that nothing caught', () => {
  it.each([
    ['throws', 1, 'uncaught exception: too far'],
    ['throws-later', 1, 'uncaught exception: too far'],
    ['rejects', 1, 'unhandled rejection: too far'],
    ['awaits-and-rejects', 1, 'unhandled rejection: too far'],
    ['handles-throw', 9, 'uncaught exception: too far'],
    ['handles-rejection', 9, 'unhandled rejection: too far'],
    ['logs-throw', 9, 'the app’s own too far'],
    ['winston-handles', 1, expect.stringContaining('too far')],
    ['goes-on', 0, 'unhandled rejection: too far'],
    ['throws-again', 7, 'uncaught exception: too far'],
    ['logs-and-throws-again', 7, 'the app’s own too far'],
    ['throws-rejection', 1, 'unhandled rejection: too far'],
    ['logs-and-throws-rejection', 1, 'the app’s own too far'],
  ])('(%s) keeps exit code %i and is one record with its stack in its flow, and all that ended is there', async (how, code, body) => {
    const app = start('ends-badly.cjs', how);
    expect(await app.ended()).toMatchObject({ code, signal: null });
    await waitFor('all that ended, and what had not', () => worked() === 100 && starts().length === 1);
    expect(errors()).toHaveLength(1);
    const [error] = errors();
    expect(error?.body).toEqual(body);
    expect(error?.severityText).toBe('error');
    expect(error?.attributes).toMatchObject({
      'correlation.id': 'the-flow',
      'exception.type': 'RangeError',
      'exception.message': 'too far',
    });
    expect(error?.attributes['exception.stacktrace']).toMatch(/^RangeError: too far\n {4}at .*ends-badly[\s\S]*\nCaused by: Error: no map/);
    expect([error?.traceId, error?.spanId]).toEqual([starts()[0]?.traceId, starts()[0]?.spanId]);
  });

  it('is shown on standard error as thrown where it was, also when the app’s own handler throws it again', async () => {
    const app = start('ends-badly.cjs', 'throws-again');
    await app.ended();
    expect(app.stderr()).toMatch(/^\S*ends-badly\.cjs:\d+\n/);
  });

  it.each([
    ['listener', 'uncaught exception: too far'],
    ['body', 'uncaught exception: too far'],
    ['after-another', 'uncaught exception: too far'],
    ['app-logs', 'the app’s own too far'],
  ])('is in its flow also where a request’s listener throws it at once (%s), and is shown where it was thrown', async (where, body) => {
    const app = start('throws-in-request.cjs', where);
    expect(await app.ended()).toMatchObject({ code: 1, signal: null });
    const served = (): LogLine | undefined => starts().find(({ attributes }) => attributes['span.kind'] === 2);
    await waitFor('the span that had not ended', () => served() !== undefined);
    expect(errors()).toMatchObject([{ body, attributes: { 'correlation.id': 'the-flow', 'exception.type': 'RangeError' } }]);
    expect([errors()[0]?.traceId, errors()[0]?.spanId]).toEqual([served()?.traceId, served()?.spanId]);
    if (where !== 'app-logs') expect(app.stderr()).toMatch(/^\S*throws-in-request\.cjs:\d+\n/m);
  });

  it.each([
    ['logs-as-cause', 9, /\nCaused by: RangeError: too far\n/],
    ['logs-text-as-cause', 0, /\nCaused by: too far$/],
  ])('(%s) is one record where the app logs what it is a cause of', async (how, code, stack) => {
    expect(await start('ends-badly.cjs', how).ended()).toMatchObject({ code, signal: null });
    await waitFor('all that ended', () => worked() === 100 && errors().length > 0);
    expect(errors()).toMatchObject([{ body: 'the app’s own', attributes: { 'exception.stacktrace': expect.stringMatching(stack) } }]);
  });

  it('is told as it is when it is no Error', async () => {
    expect(await start('ends-badly.cjs', 'throws-text').ended()).toMatchObject({ code: 1 });
    expect(errors().map(({ body, attributes }) => [body, attributes['exception.message']])).toEqual([
      ['uncaught exception: too far', 'too far'],
    ]);
  });

  it.each([
    ['throws-object', 'uncaught exception: too far', { 'exception.type': 'EFAR', 'exception.message': 'too far' }],
    ['throws-bare-object', 'uncaught exception: [Object: null prototype] {}', { 'exception.message': '[Object: null prototype] {}' }],
    ['throws-without-message', 'uncaught exception: [Unreadable]', { 'exception.type': 'RangeError' }],
    ['throws-without-stack', 'uncaught exception: too far', { 'exception.stacktrace': expect.stringContaining('RangeError: too far') }],
    ['throws-unprintable', 'uncaught exception: too far', { 'exception.type': 'RangeError' }],
    ['rejects-with-text', expect.stringMatching(/^unhandled rejection: .*"too far"/s), { 'exception.type': 'UnhandledPromiseRejection' }],
  ])('(%s) is one record of what can be read of it, and all that ended is there', async (how, body, attributes) => {
    expect(await start('ends-badly.cjs', how).ended()).toMatchObject({ code: 1, signal: null });
    await waitFor('all that ended', () => worked() === 100);
    expect(errors()).toMatchObject([{ body, attributes }]);
  });

  it.each(['warn', 'none', 'warn-with-error-code', 'strict'])('is one record with --unhandled-rejections=%s', async (mode) => {
    const app = start('ends-badly.cjs', 'rejects', { NODE_OPTIONS: `--unhandled-rejections=${mode}` });
    expect(await app.ended()).toMatchObject({ code: mode === 'strict' || mode === 'warn-with-error-code' ? 1 : 0 });
    await waitFor('all that ended', () => worked() === 100);
    expect(errors()).toMatchObject([{ body: 'unhandled rejection: too far' }]);
  });

  it.each([
    ['exits', 3, 0],
    ['throws', 1, 1],
    ['throws-again', 7, 1],
    ['rejects', 1, 1],
  ])('(%s) while the collector is away keeps exit code %i, and the next process brings everything, once', async (how, code, errorCount) => {
    const { port } = collector;
    await collector.close();
    expect(await start('ends-badly.cjs', how).ended()).toMatchObject({ code, signal: null });
    collector = await startCollector(port);
    const next = start('hangs.mjs', 'for-ever', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await waitFor('all that ended', () => worked() >= 100 && errors().length >= errorCount);
    next.kill('SIGTERM');
    await next.ended();
    expect(worked()).toBe(100);
    expect(errors()).toHaveLength(errorCount);
  });
});

describe('more spans than there is room for in memory', () => {
  it.each([
    ['exits', 3],
    ['throws', 1],
  ])('made without a turn of the event loop by a process that %s arrive, with the next process', async (how, code) => {
    expect(await start('ends-badly.cjs', how, {}, '20000').ended()).toMatchObject({ code });
    const next = start('hangs.mjs', 'for-ever', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await waitFor('all that ended', () => worked() >= 20_000, 40_000);
    next.kill('SIGTERM');
    await next.ended();
    const numbers = collector.spans.filter(({ name }) => name === 'work').map(({ attributes }) => Number(attributes.number));
    expect(new Set(numbers).size).toBe(20_000);
    expect(numbers).toHaveLength(20_000);
  });
});

describe('a span that is still open', () => {
  it('after two seconds is announced, so that it is seen although its process is killed', async () => {
    const app = start('hangs.mjs', 'for-ever', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await waitFor('both', () => starts().length === 2);
    app.kill('SIGKILL');
    await app.ended();
    const [request, call] = starts();
    expect(collector.spans.map(({ name }) => name)).toEqual(['short']);
    expect(request?.spanId).toBe(collector.spans[0]?.parentSpanId);
    expect(request?.traceId).toBe(collector.spans[0]?.traceId);
    expect(request?.attributes).toMatchObject({
      'correlation.id': 'the-flow',
      'span.name': 'request',
      'span.kind': 2,
      'span.start_time_unix_nano': expect.stringMatching(/^\d{19}$/),
    });
    expect(request?.attributes).not.toHaveProperty('span.parent_id');
    expect(call?.attributes).toMatchObject({ 'span.name': 'call', 'span.kind': 3, 'span.parent_id': request?.spanId });
    expect(call?.traceId).toBe(request?.traceId);
  });

  it('is announced once, and then comes as any other when it ends', async () => {
    const app = start('hangs.mjs', 'ends-it', { OTEL_BSP_SCHEDULE_DELAY: '20' });
    await waitFor('the span', () => collector.spans.some(({ name }) => name === 'request'));
    app.kill('SIGTERM');
    await app.ended();
    expect(starts().map(({ attributes }) => attributes['span.name'])).toEqual(['request', 'call']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('at a %s is announced before the process ends', async (signal) => {
    const app = start('hangs.mjs', 'for-ever');
    await app.ready();
    app.kill(signal);
    expect(await app.ended()).toMatchObject({ code: null, signal });
    expect(starts().map(({ attributes }) => attributes['span.name'])).toEqual(['request', 'call']);
  });

  it.each(['exits', 'throws'])('when the process %s is announced', async (how) => {
    await start('ends-badly.cjs', how).ended();
    expect(starts().map(({ attributes }) => attributes['span.name'])).toEqual(['request']);
  });
});
