import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogSearchAnswer } from '../api/index.ts';
import { ApiClient, baseUrl } from './api-client.ts';
import { CliError, UsageError } from './command.ts';
import { createTerminal } from './terminal.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function clientOf(answer: RequestListener, { slowMillis, written = new PassThrough() }: Slow = {}): Promise<ApiClient> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const context = { env: {}, err: createTerminal(written, {}), signal: new AbortController().signal };
  return new ApiClient(`http://127.0.0.1:${address.port}`, context, slowMillis);
}

interface Slow {
  readonly slowMillis?: number;
  readonly written?: PassThrough;
}

describe('an answer that is not the collector’s', () => {
  it.each([
    ['a page', { 'content-type': 'text/html; charset=utf-8' }, '<html></html>', 'the answer was text/html and not'],
    ['of no type', {}, '{}', 'the answer was of no type and not'],
    ['no JSON', { 'content-type': 'application/json' }, '{"records":[', 'the answer was no JSON and not'],
    ['JSON of a number', { 'content-type': 'application/json' }, '12', 'the answer was JSON without records and not'],
    ['JSON of null', { 'content-type': 'application/json' }, 'null', 'the answer was JSON without records and not'],
    ['JSON of somebody else', { 'content-type': 'application/json' }, '{"hits":[]}', 'the answer was JSON without records and not'],
    ['cut off', { 'content-type': 'application/json', 'content-length': '100' }, '{}', 'broke off'],
  ])('is told in a sentence: %s', async (_caption, headers, body, message) => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, headers);
      response.write(body, () => {
        if (message === 'broke off') response.destroy();
        else response.end();
      });
    });
    const read = client.read<LogSearchAnswer>('/api/v1/logs', {}, 'records');
    await expect(read).rejects.toThrow(CliError);
    await expect(read).rejects.toThrow(message);
  });

  it('is no export', async () => {
    const client = await clientOf((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'));
    await expect(client.open('/api/v1/logs/export', { mediaType: 'application/x-ndjson' })).rejects.toThrow(
      'the answer was text/html and not',
    );
  });
});

describe('the URL of a collector', () => {
  it('may have a path, as behind a proxy', () => {
    expect(baseUrl('http://localhost:4319/')).toBe('http://localhost:4319');
    expect(baseUrl('https://logs.example.com/threadline/')).toBe('https://logs.example.com/threadline');
  });

  it.each([
    ['a password, which is not repeated', 'http://me:my-secret@localhost:4319', 'it may have no user and password'],
    ['a user', 'http://me@localhost:4319', 'it may have no user and password'],
    ['what a browser shows of a search', 'http://localhost:4319/logs?query=level:error', 'it may have no ? and no #'],
    ['a fragment', 'http://localhost:4319/#top', 'it may have no ? and no #'],
    ['a password and no scheme', 'me:my-secret@localhost:4319', 'localhost:4319 is not a URL'],
    ['no scheme that is known', 'localhost:4319', 'is not a URL that starts with http:// or https://'],
  ])('is refused with %s', (_caption, url, problem) => {
    let told: unknown;
    try {
      baseUrl(url);
    } catch (error) {
      told = error;
    }
    expect(told).toBeInstanceOf(UsageError);
    expect(String(told)).toContain(problem);
    expect(String(told)).not.toContain('my-secret');
  });
});

describe('a collector that is slow to answer', () => {
  it('is said to be waited for, once', async () => {
    const written = new PassThrough();
    const client = await clientOf(
      async (_request, response) => {
        await sleep(150);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"records":[]}');
      },
      { slowMillis: 20, written },
    );
    await client.read<LogSearchAnswer>('/api/v1/logs', {}, 'records');
    expect(String(written.read())).toBe(`threadline: still waiting for the collector at ${client.url}; Ctrl+C ends it\n`);
  });

  it('is not spoken of where it answers in time', async () => {
    const written = new PassThrough();
    const client = await clientOf(
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"records":[]}'),
      { slowMillis: 30, written },
    );
    await client.read<LogSearchAnswer>('/api/v1/logs', {}, 'records');
    await sleep(60);
    expect(written.read()).toBeNull();
  });
});
