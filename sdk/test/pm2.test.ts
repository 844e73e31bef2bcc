import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'threadline-pm2-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What PM2 7 does in its own script before the app's: it runs what the environment names, which is one variable in cluster mode. */
const CONTAINERS = {
  fork: "require('module')._load(process.env.pm_exec_path, null, true);",
  cluster: "Object.assign(process.env, JSON.parse(process.env.pm2_env)); require('module')._load(process.env.pm_exec_path, null, true);",
};

it.each(['fork', 'cluster'] as const)('an app under PM2 (%s mode) has its settings and is called as its package', async (mode) => {
  const app = join(folder, mode, 'shop', 'main.cjs');
  const pm2 = join(folder, mode, 'pm2', 'lib', mode === 'fork' ? 'ProcessContainerFork.js' : 'ProcessContainer.js');
  for (const [path, text] of [
    [join(folder, mode, 'shop', 'package.json'), '{"name":"shop-orders","version":"4.5.6"}'],
    [app, "fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/asked').catch(() => undefined);"],
    [join(folder, mode, 'pm2', 'package.json'), '{"name":"pm2","version":"7.0.4"}'],
    [pm2, CONTAINERS[mode]],
  ] as const) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  const said = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, pm_exec_path: app, name: 'orders-1' };
  startApp({ script: relative(FIXTURES, pm2), env: mode === 'fork' ? said : { pm2_env: JSON.stringify({ ...said, instances: 2 }) } });
  await waitFor('the span', () => collector.spans.length > 0);
  expect(collector.spans[0]?.resource).toMatchObject({ 'service.name': 'shop-orders', 'service.version': '4.5.6', 'process.command': app });
});
