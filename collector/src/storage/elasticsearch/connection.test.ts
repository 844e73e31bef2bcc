import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Connection, createConnection } from './connection.ts';

let server: Server | undefined;
let connection: Connection | undefined;

afterEach(async () => {
  await connection?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What says that it is Elasticsearch and answers each request with this status and type of error. */
async function connectTo(status: number, type: string): Promise<Connection> {
  server = createServer((_, response) => {
    response.writeHead(status, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { type, reason: 'index [i] blocked by: [FORBIDDEN/8/index write (api)]' }, status }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = createConnection({ url: `http://127.0.0.1:${port}` });
  return connection;
}

test.each([
  [
    403,
    'cluster_block_exception',
    /has an index that is read-only \(403 cluster_block_exception\).*make room on it, or take the block off/,
  ],
  [429, 'cluster_block_exception', /has an index that is read-only \(429 cluster_block_exception\)/],
  [503, 'cluster_block_exception', /cannot take the request now \(503\)/],
  [429, 'es_rejected_execution_exception', /cannot take the request now \(429\)/],
  [403, 'security_exception', /refuses the collector's credentials \(403\)/],
])('says of %i %s what it is and what to do', async (status, type, message) => {
  const { request } = await connectTo(status, type);
  await expect(request({ method: 'GET', path: '/i/_search' })).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringMatching(message),
  });
});
