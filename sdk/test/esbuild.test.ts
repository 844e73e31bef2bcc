import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadlinePlugin } from '@threadline/sdk/esbuild';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killApps, startApp, waitFor } from './app-process.ts';
import { get } from './http-get.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
/** As esbuild's own page says: an ES module has no `require`, which CommonJS packages call. */
const REQUIRE = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
const FORMATS: readonly [name: string, options: BuildOptions][] = [
  ['app.cjs', { format: 'cjs' }],
  ['app.mjs', { format: 'esm', banner: REQUIRE }],
  ['app.min.cjs', { format: 'cjs', minify: true }],
];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-esbuild-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function bundle(name: string, options: BuildOptions): Promise<string> {
  const outfile = join(directory, name);
  await build({ bundle: true, platform: 'node', absWorkingDir: FIXTURES, outfile, logLevel: 'silent', ...options });
  return outfile;
}

describe('an app in one file', () => {
  let collector: ScriptedCollector;
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(async () => {
    await killApps();
    await collector.close();
  });

  async function serve(outfile: string) {
    const app = startApp({ script: relative(FIXTURES, outfile), env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { port } = await app.ready();
    await get(`http://127.0.0.1:${port}/orders/7`, { 'x-correlation-id': 'order-7' });
    await waitFor('the span', () => collector.spans.length > 0);
    return app;
  }

  it.each(FORMATS)('is followed as any other where it was made with the plugin: %s', async (name, options) => {
    const app = await serve(await bundle(name, { entryPoints: ['bundled.mjs'], plugins: [threadlinePlugin()], ...options }));
    await waitFor('the logs', () => collector.logs.length >= 2);
    const [span] = collector.spans;
    expect(span).toMatchObject({ name: 'GET /orders/:id', attributes: { 'http.route': '/orders/:id', 'correlation.id': 'order-7' } });
    expect(collector.logs.map(({ body, traceId }) => [body, traceId])).toEqual([
      ['read by winston', span?.traceId],
      ['read by pino', span?.traceId],
    ]);
    expect(app.lines).toContainEqual(expect.objectContaining({ message: 'read by winston', correlation_id: 'order-7' }));
    expect(app.stderr()).toBe('');
  });

  it('is told what is not followed where it was made without it', async () => {
    const app = await serve(await bundle('without.cjs', { entryPoints: ['bundled.mjs'], format: 'cjs' }));
    await waitFor('the line', () => app.stderr() !== '');
    expect(app.stderr()).toMatch(
      /bundled into without\.cjs.*: express, pino, winston; bundle with the plugin of @threadline\/sdk\/esbuild/,
    );
    expect(collector.logs.filter(({ eventName }) => eventName === undefined)).toEqual([]);
  });
});

describe('the plugin', () => {
  const LIBRARIES = [
    '@aws-sdk/client-sns',
    '@aws-sdk/client-sqs',
    '@grpc/grpc-js',
    '@redis/client',
    'amqp-connection-manager',
    'amqplib',
    'bullmq',
    'express',
    'ioredis',
    'kafkajs',
    'mariadb',
    'mongodb',
    'mysql',
    'mysql2',
    'pg',
    'pino',
    'winston',
  ];

  it.each(['import', 'require'])('announces each library that the SDK follows, with what it exports: %s', async (way) => {
    const source = LIBRARIES.map((name, index) =>
      way === 'import' ? `import * as library${index} from '${name}'; console.log(typeof library${index});` : `require('${name}');`,
    ).join('\n');
    const outfile = await bundle(`all-${way}.cjs`, {
      stdin: { contents: source, resolveDir: FIXTURES },
      format: 'cjs',
      plugins: [threadlinePlugin()],
      // What these ask for and do without.
      external: [
        'pg-native',
        'mongodb-client-encryption',
        'kerberos',
        'snappy',
        'aws4',

        'gcp-metadata',
        'socks',
        '@aws-sdk/credential-providers',
      ],
    });
    const listener = join(directory, 'listener.cjs');
    await writeFile(
      listener,
      `globalThis[Symbol.for('threadline.bundled')] = (label, kind, value) => console.log(JSON.stringify({ label, kind, keys: Object.keys(value).length + Object.getOwnPropertyNames(value.prototype ?? {}).length }));`,
    );
    const { stdout, stderr } = spawnSync(process.execPath, ['--require', listener, outfile], { encoding: 'utf8' });
    const announced = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): { label: string; kind: string; keys: number } => JSON.parse(line));
    const names = new Set(announced.map(({ label }) => label.replace('threadline.bundled:', '').replace(/@[^@]+$/, '')));
    expect([...names].sort(), stderr).toEqual(LIBRARIES);
    expect(announced.every(({ keys }) => keys > 0)).toBe(true);
    // Bundlers take an ES module where there is one.
    expect(announced.some(({ kind }) => kind === 'namespace')).toBe(way === 'import');
  });

  it('leaves the SDK outside, so that a process has one', async () => {
    const contents = "import { correlation } from '@threadline/sdk'; console.log(correlation.id());";
    const result = await build({
      stdin: { contents, resolveDir: FIXTURES },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      plugins: [threadlinePlugin()],
    });
    expect(result.outputFiles[0]?.text).toContain('from "@threadline/sdk"');
  });
});
