import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCollector, type TestCollector } from '../src/testing.ts';
import { killApps, startApp } from './app-process.ts';
import { get } from './http-get.ts';

const EXAMPLE = new URL('../examples/testing/checkout.test.mjs', import.meta.url);

describe('@threadline/sdk/testing', () => {
  let collector: TestCollector;
  beforeEach(async () => {
    collector = await startTestCollector({ timeoutMillis: 20_000 });
  });
  afterEach(async () => {
    await killApps();
    await collector.close();
  });

  const startShop = async (service: string): Promise<{ readonly express: string; readonly plain: string }> => {
    const app = startApp({ script: 'shop-imported.mjs', env: { ...collector.env, OTEL_SERVICE_NAME: service } });
    const ports = await app.ready();
    return { express: `http://127.0.0.1:${ports.express}`, plain: `http://127.0.0.1:${ports.plain}` };
  };

  it('follows a flow through real processes', async () => {
    const [gateway, orders, payments] = await Promise.all([startShop('gateway'), startShop('orders'), startShop('payments')]);
    const second = `${orders.express}/requests?url=${encodeURIComponent(payments.plain)}`;
    await get(`${gateway.express}/fetches?url=${encodeURIComponent(second)}`, { 'x-correlation-id': 'order-7' });
    const flow = await collector
      .expectFlow('order-7')
      .from('gateway')
      .through('http')
      .to('orders')
      .through('http')
      .to('payments')
      .logging('plain request');
    expect(flow.spans.map((span) => span.resource['service.name'])).toEqual(['gateway', 'gateway', 'orders', 'orders', 'payments']);
  });

  it('does not trace itself in a process that runs the SDK', async () => {
    const app = startApp({ script: 'tests-itself.mjs', register: false });
    expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
    expect(app.lines).toEqual([{ flow: ['job'], all: ['job'] }]);
  });

  it('hears of what happens while the test has fake timers, and fails in time', async () => {
    const app = startApp({ script: 'tests-itself-with-fake-timers.mjs', register: false });
    expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
    expect(app.lines).toEqual([{ flows: ['job-1', 'job-2'], failure: expect.stringContaining('expected the flow job-3 from job') }]);
  });
});

describe('the example of docs/sdk.md', () => {
  it('is the file that is tried here', async () => {
    const page = await readFile(new URL('../../docs/sdk.md', import.meta.url), 'utf8');
    expect(page).toContain(await readFile(EXAMPLE, 'utf8'));
  });

  it('passes', async () => {
    const { NODE_OPTIONS: _own, ...env } = process.env;
    const path = fileURLToPath(EXAMPLE);
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', path], { env });
    expect(stdout).toContain('# pass 1');
  });
});
