import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, it } from 'vitest';
import { IS_OLDEST_NODE, startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'threadline-unseen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the temporary folder, as a script of the fixtures' folder. */
function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return relative(FIXTURES, path);
}

const IMPORTED_CHUNKS: [format: 'esm' | 'cjs', script: string, code: string] = [
  'esm',
  'start.mjs',
  "await import('./chunks/first.mjs'); await import('./chunks/second.mjs');",
];

describe('a known library', () => {
  it.each([
    ['late-start.mjs', 'express, winston'],
    ['late-start.cjs', 'express, @grpc/grpc-js'],
  ])('that was loaded before the SDK (%s) is named once at the start', async (script, names) => {
    const app = startApp({ script, register: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stderr()).toBe(
      `threadline: loaded before the SDK, so that they may not be followed: ${names}; ` +
        'start with node --import @threadline/sdk/register, or call start before they are imported\n',
    );
    await waitFor('the report', () => collector.logs.some(({ eventName }) => eventName === 'threadline.libraries.unseen'));
    const reports = collector.logs.filter(({ eventName }) => eventName === 'threadline.libraries.unseen');
    expect(reports.map(({ attributes }) => attributes)).toMatchObject([
      { 'library.names': names.split(', '), 'library.reason': 'loaded_before' },
    ]);
  });

  it.each([
    ['app.cjs', "require('kafkajs'); require('kafkajs');"],
    ['app.mjs', "await import('kafkajs'); await import('kafkajs');"],
  ])('of a version that was not tried (%s) is named once and left alone', async (script, code) => {
    write('node_modules/kafkajs/package.json', JSON.stringify({ name: 'kafkajs', version: '99.1.0-beta.2' }));
    write('node_modules/kafkajs/index.js', 'exports.Kafka = class {};');
    const app = startApp({ script: write(script, code), env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stderr()).toBe('threadline: kafkajs 99.1.0-beta.2 is not of the tested versions (>=2.0.0 <3), so that it is not followed\n');
  });

  it.each([
    ['app.cjs', "require('nats'); require('nats/more.js');"],
    ['app.mjs', "await import('nats'); await import('nats/more.js');"],
  ])('for which there is nothing (%s) is named once, and the collector is told', async (script, code) => {
    write('node_modules/nats/package.json', JSON.stringify({ name: 'nats', version: '2.29.3' }));
    for (const file of ['index', 'more']) write(`node_modules/nats/${file}.js`, 'exports.connect = () => {};');
    const app = startApp({ script: write(script, code), env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stderr()).toBe('threadline: nats is not followed: the flow of what is sent by it ends there\n');
    const reports = () => collector.logs.filter(({ eventName }) => eventName === 'threadline.libraries.unseen');
    await waitFor('the report', () => reports().length > 0);
    expect(reports().map(({ attributes }) => attributes)).toMatchObject([{ 'library.names': ['nats'], 'library.reason': 'not_supported' }]);
  });

  it.each([
    'bull',
    'agenda',
    'graphile-worker',
    '@aws-sdk/client-eventbridge',
    '@azure/service-bus',
    '@google-cloud/pubsub',
    'rabbitmq-client',
  ])('that nothing here follows is named: %s', async (name) => {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '4.0.0' }));
    write(`node_modules/${name}/index.js`, '');
    const app = startApp({ script: write('app.cjs', `require('${name}');`), env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stderr()).toBe(`threadline: ${name} is not followed: the flow of what is sent by it ends there\n`);
  });

  it('that is bundled is named once, and what Node publishes itself is seen', async () => {
    const bundle = await rolldown({ input: join(FIXTURES, 'shop-imported.mjs'), platform: 'node', logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    await bundle.close();
    const app = startApp({
      script: write('bundle.mjs', output[0].code),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    const { express, plain } = await app.ready();
    await waitFor('the line', () => app.stderr().includes('\n'));
    expect(app.stderr()).toBe(
      'threadline: bundled into bundle.mjs, so that they are not followed: express, winston, @grpc/grpc-js; ' +
        'bundle with the plugin of @threadline/sdk/esbuild, or name them as external to the bundler; what Node itself publishes (http, fetch) is seen either way\n',
    );
    const url = encodeURIComponent(`http://127.0.0.1:${plain}`);
    await get(`http://127.0.0.1:${express}/fetches?url=${url}`, { 'x-correlation-id': 'bundled' });
    await waitFor('two servers and a client', () => collector.spans.length === 3);
    expect(collector.spans.map(({ name, attributes }) => [name, attributes['correlation.id']])).toEqual([
      ['GET', 'bundled'],
      ['GET', 'bundled'],
      ['GET', 'bundled'],
    ]);
  });

  it.each([
    // Older Nodes than those that the tests run on show no files of ES modules.
    ...(IS_OLDEST_NODE ? [] : [IMPORTED_CHUNKS]),
    ['cjs', 'start.cjs', "require('./chunks/first.cjs'); require('./chunks/second.cjs');"],
  ] as const)(
    'that is bundled into a file which the script loads (%s), as frameworks build them, is named once',
    async (format, script, code) => {
      const contents = "import winston from 'winston'; console.log(typeof winston.createLogger);";
      const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
      for (const name of ['first', 'second'])
        await build({
          stdin: { contents, resolveDir: FIXTURES },
          ...(format === 'esm' ? { banner } : {}),
          ...{ bundle: true, platform: 'node', format, logLevel: 'silent', outfile: join(folder, 'chunks', `${name}.${script.slice(-3)}`) },
        });
      const app = startApp({
        script: write(script, `${code} setInterval(() => undefined, 1000);`),
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      });
      await waitFor('the report', () => collector.logs.some(({ eventName }) => eventName === 'threadline.libraries.unseen'));
      app.kill('SIGTERM');
      await app.ended();
      expect(app.stderr()).toBe(
        `threadline: bundled into first.${script.slice(-3)}, so that they are not followed: winston; ` +
          'bundle with the plugin of @threadline/sdk/esbuild, or name them as external to the bundler; what Node itself publishes (http, fetch) is seen either way\n',
      );
    },
  );

  it('that was loaded in time is not named', async () => {
    const app = startApp({ script: 'shop-imported.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { express } = await app.ready();
    await get(`http://127.0.0.1:${express}/orders/1`, {});
    await waitFor('the span', () => collector.spans.some(({ name }) => name === 'GET /orders/:id'));
    expect(app.stderr()).toBe('');
  });
});
