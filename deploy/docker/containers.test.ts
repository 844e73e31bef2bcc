import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findJdk, findMaven } from '../elasticsearch/find-jdk.mjs';
import { startElasticsearch } from '../elasticsearch/node.mjs';
import { composeService } from './compose-file.ts';
import { type ContainerProcess, runInContainer, startContainerProcess } from './container-process.ts';
import { readDockerfile, restOf } from './dockerfile.ts';
import { makeProductionTree } from './production-tree.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const [build = [], final = []] = readDockerfile(new URL('Dockerfile', import.meta.url));
/** On the checkout's file system, since packages are linked. */
const directory = path.join(ROOT, '.cache', 'production-tree');
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'threadline-deploy-'));
const PORTS = { THREADLINE_OTLP_HTTP_PORT: '0', THREADLINE_OTLP_GRPC_PORT: '0', THREADLINE_UI_PORT: '0' };

/** The commands of the image and of docker-compose.yml, on what the image holds, with the ports that the system gives. */
describe('the containers', () => {
  const running: ContainerProcess[] = [];
  let addresses: { otlpHttp: string; ui: string };

  beforeAll(async () => {
    const { workspaces }: { workspaces: string[] } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const prune = restOf(build, 'RUN').find((command) => command.startsWith('npm prune'));
    await makeProductionTree(directory, { workspaces, prune: prune ?? '' });
    const command: string[] = JSON.parse(restOf(final, 'CMD')[0] ?? '[]');
    const environment = {
      ...settingsOf('collector'),
      ...PORTS,
      NODE_ENV: 'production',
      THREADLINE_HOST: '127.0.0.1',
      THREADLINE_STORAGE: 'embedded',
      THREADLINE_DATA_DIR: path.join(dataDirectory, 'collector'),
    };
    const collector = startContainerProcess(command, { directory, environment });
    running.push(collector);
    addresses = field(await collector.ready, 'addresses');
  });

  afterAll(async () => {
    for (const container of running.reverse()) await container.stop();
    for (const leftover of [directory, dataDirectory]) rmSync(leftover, { recursive: true, force: true });
  });

  it('run the collector without development packages, and its health check finds it', async () => {
    expect(existsSync(path.join(directory, 'node_modules', 'typescript'))).toBe(false);
    const check = withPort(composeService('collector').healthcheck.test.slice(1), addresses.ui);
    expect(await runInContainer(check, { directory, environment: {} })).toEqual({ exitCode: 0, output: '' });
  });

  it('are unhealthy where nobody answers, with a line that says so', async () => {
    const check = withPort(composeService('collector').healthcheck.test.slice(1), 'http://127.0.0.1:1');
    const { exitCode, output } = await runInContainer(check, { directory, environment: {} });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:1\/api\/v1\/health is not healthy: .*\n$/);
  });

  it('run the demo, whose health check finds it and whose traffic the collector has', async () => {
    const { command = [], environment, healthcheck } = composeService('demo');
    expect(environment.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://collector:4318');
    const demo = startContainerProcess(command, {
      directory,
      environment: {
        ...settingsOf('demo'),
        NODE_ENV: 'production',
        OTEL_EXPORTER_OTLP_ENDPOINT: addresses.otlpHttp,
        SHOP_GATEWAY_PORT: '0',
        SHOP_DATA_DIR: path.join(dataDirectory, 'demo'),
      },
    });
    running.push(demo);
    const gatewayUrl: string = field(await demo.ready, 'gatewayUrl');
    const check = withPort(healthcheck.test.slice(1), gatewayUrl);
    expect(await runInContainer(check, { directory, environment: {} })).toEqual({ exitCode: 0, output: '' });
    await expect
      .poll(() => serviceNames(addresses.ui), { timeout: 30_000 })
      .toEqual(['gateway', 'inventory', 'notifications', 'orders', 'payments']);
  });

  it.skipIf(findJdk() === undefined || !findMaven())('ask Elasticsearch for its health in words that it knows', async () => {
    const command = composeService('elasticsearch').healthcheck.test;
    const address = command.find((word) => word.startsWith('http://')) ?? '';
    const node = await startElasticsearch({ directory: path.join(dataDirectory, 'elasticsearch') });
    try {
      const response = await fetch(address.replace('http://127.0.0.1:9200', node.url));
      expect({ status: response.status, answer: await response.json() }).toMatchObject({ status: 200, answer: { timed_out: false } });
    } finally {
      await node.stop();
    }
  });
});

/** A service's environment as Compose would pass it where no .env sets anything. */
function settingsOf(service: string): Record<string, string> {
  const entries = Object.entries(composeService(service).environment);
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]));
}

function withPort(command: readonly string[], url: string): string[] {
  return command.map((word) => word.replace(/^http:\/\/127\.0\.0\.1:\d+/, url));
}

/** One field of the message that a process sends when it is ready. */
function field<T>(message: unknown, name: string): T {
  const value: T | undefined = Object(message)[name];
  if (value === undefined) throw new Error(`the message has no ${name}: ${JSON.stringify(message)}`);
  return value;
}

async function serviceNames(apiUrl: string): Promise<string[]> {
  const response = await fetch(`${apiUrl}/api/v1/services`);
  const answer: unknown = await response.json();
  return field<{ name: string }[]>(answer, 'services')
    .map(({ name }) => name)
    .sort();
}
