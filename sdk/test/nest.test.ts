import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { IS_OLDEST_NODE, startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';
import type { SpanLine } from './otlp.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'threadline-nest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * What Nest has in this file, which its main one does not export, as far as an answer goes: its router hands whatever was thrown to `next`, which answers in
 * the place of Express or Fastify.
 */
const HANDLER = `class ExceptionsHandler {
  next(exception, host) {
    const response = host.getArgByIndex(1);
    response.statusCode = typeof exception.getStatus === 'function' ? exception.getStatus() : 500;
    response.end('answered by Nest');
  }
}`;

/** A controller's methods, reached as the router of Nest reaches them: `/fastify/…` with Fastify's request around Node's. */
const APP = `
const shared = new RangeError('one object for all');
class HttpException extends Error {
  constructor(message, status) { super(message); this.status = status; }
  getStatus() { return this.status; }
}
const thrown = {
  error: () => new TypeError('thrown in a controller'),
  shared: () => shared,
  gateway: () => new HttpException('the other side is away', 502),
  missing: () => new HttpException('no such cat', 404),
  text: () => 'a text that was thrown',
};
const { handler } = createRouter();
const server = createServer(async (request, response) => {
  const [, adapter, name] = request.url.split('/');
  const args = [adapter === 'fastify' ? { raw: request } : request, response];
  try {
    await null;
    throw thrown[name]();
  } catch (exception) {
    handler.next(exception, { getArgByIndex: (index) => args[index] });
  }
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ ready: { port: server.address().port } })));
`;

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return relative(FIXTURES, path);
}

it.each([
  {
    version: '11.2.10',
    manifest: {},
    handler: `'use strict';\nexports.ExceptionsHandler = ${HANDLER};`,
    index:
      "const { ExceptionsHandler } = require('./exceptions/exceptions-handler');\nexports.createRouter = () => ({ handler: new ExceptionsHandler() });",
    script: 'app.cjs',
    head: "const { createServer } = require('node:http');\nconst { createRouter } = require('@nestjs/core');",
  },
  {
    version: '12.5.1',
    manifest: { type: 'module', exports: { '.': './index.js', './*': './*.js' } },
    handler: `export ${HANDLER}`,
    index:
      "import { ExceptionsHandler } from './exceptions/exceptions-handler.js';\nexport const createRouter = () => ({ handler: new ExceptionsHandler() });",
    script: 'app.mjs',
    head: "import { createServer } from 'node:http';\nimport { createRouter } from '@nestjs/core';",
  },
])('what a request of Nest $version failed with is on its server span, and an answer below 500 is no failure', async (nest) => {
  const at = (file: string): string => join(nest.version, file);
  const core = at('node_modules/@nestjs/core');
  write(join(core, 'package.json'), JSON.stringify({ name: '@nestjs/core', version: nest.version, main: './index.js', ...nest.manifest }));
  write(join(core, 'index.js'), nest.index);
  write(join(core, 'exceptions/exceptions-handler.js'), nest.handler);
  const app = startApp({ script: write(at(nest.script), `${nest.head}${APP}`), env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const { port } = await app.ready();
  const eventsOf = async (path: string): Promise<SpanLine['events']> => {
    const span = (): SpanLine | undefined => collector.spans.find(({ attributes }) => attributes['url.path'] === path);
    await get(`http://127.0.0.1:${port}${path}`, {});
    await waitFor(`the server span of ${path}`, () => span() !== undefined);
    return span()?.events ?? [];
  };
  // Exceptions of Nest 12, which is ES modules, are seen from Node 24 on (docs/sdk.md); its routes are there.
  if (IS_OLDEST_NODE && nest.version.startsWith('12.')) {
    expect(await eventsOf('/express/error')).toEqual([]);
    return;
  }
  for (const adapter of ['express', 'fastify']) {
    expect(await eventsOf(`/${adapter}/error`)).toMatchObject([
      { name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'thrown in a controller' } },
    ]);
    expect(await eventsOf(`/${adapter}/gateway`)).toMatchObject([{ attributes: { 'exception.type': 'HttpException' } }]);
    expect(await eventsOf(`/${adapter}/shared`)).toMatchObject([{ attributes: { 'exception.message': 'one object for all' } }]);
    expect(await eventsOf(`/${adapter}/text`)).toMatchObject([{ attributes: { 'exception.message': 'a text that was thrown' } }]);
    expect(await eventsOf(`/${adapter}/missing`)).toEqual([]);
  }
  expect(app.stderr()).toBe('');
});
