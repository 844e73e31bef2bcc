import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { CliError } from './command.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function clientOf(answer: RequestListener): Promise<ApiClient> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new ApiClient(`http://127.0.0.1:${address.port}`, { env: {}, signal: new AbortController().signal });
}

describe('an answer that is not the collector’s', () => {
  it.each([
    ['a page', { 'content-type': 'text/html; charset=utf-8' }, '<html></html>', 'the answer was text/html and not'],
    ['of no type', {}, '{}', 'the answer was of no type and not'],
    ['no JSON', { 'content-type': 'application/json' }, '{"records":[', 'the answer was no JSON and not'],
    ['cut off', { 'content-type': 'application/json', 'content-length': '100' }, '{}', 'broke off'],
  ])('is told in a sentence: %s', async (_caption, headers, body, message) => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, headers);
      response.write(body, () => {
        if (message === 'broke off') response.destroy();
        else response.end();
      });
    });
    const read = client.read('/api/v1/logs');
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
