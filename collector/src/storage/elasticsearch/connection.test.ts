import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Connection, createConnection, isForbidden, isTurnedAway } from './connection.ts';

let server: Server | undefined;
let connection: Connection | undefined;

afterEach(async () => {
  await connection?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What says that it is Elasticsearch and answers each request with this status, type of error and reason. */
async function connectTo(status: number, type: string, reason = ''): Promise<Connection> {
  server = createServer((_, response) => {
    response.writeHead(status, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { type, reason }, status }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = createConnection({ url: `http://127.0.0.1:${port}` });
  return connection;
}

test.each([
  [
    403,
    'index [.ds-i-1] blocked by: [FORBIDDEN/8/index write (api)];',
    /has the index \.ds-i-1, which is blocked \(403 cluster_block_exception: index write \(api\)\): .*setting index\.blocks\.write to null$/,
  ],
  [
    429,
    'index [i] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block; for more information, see https://elastic.co/x];',
    /has the index i, which is blocked \(429 .*flood-stage watermark, index has read-only-allow-delete block\): make room on the disk, .*index\.blocks\.read_only_allow_delete to null$/,
  ],
  [
    403,
    'blocked by: [FORBIDDEN/6/cluster read-only (api)];',
    /is blocked \(403 .*cluster read-only \(api\)\): .*cluster\.blocks\.read_only to null$/,
  ],
  [403, 'in words of another version', /is blocked \(403 cluster_block_exception: a block\): take the block off$/],
])('says of a block with %i which index has it and what to do: %s', async (status, reason, message) => {
  const { request } = await connectTo(status, 'cluster_block_exception', reason);
  const fault = await request({ method: 'GET', path: '/i/_search' }).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'storage_unavailable', message: expect.stringMatching(message) });
  expect([isForbidden(fault), isTurnedAway(fault)]).toEqual([false, false]);
});

test.each([
  [503, 'cluster_block_exception', /cannot take the request now \(503 cluster_block_exception\)$/, false],
  [429, 'es_rejected_execution_exception', /cannot take the request now \(429 es_rejected_execution_exception\)$/, false],
  [502, 'node_disconnected_exception', /cannot take the request now \(502 node_disconnected_exception\)$/, false],
  [403, 'security_exception', /refuses the collector's credentials \(403\)/, true],
])('says of %i %s what it is and what to do', async (status, type, message, forbidden) => {
  const { request } = await connectTo(status, type);
  const fault = await request({ method: 'GET', path: '/i/_search' }).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: 'storage_unavailable', message: expect.stringMatching(message) });
  expect(isForbidden(fault)).toBe(forbidden);
});

const HTML = '<html><h1>Down for maintenance</h1></html>';

test.each([
  ['a page', 200, 'text/html', HTML, {}, /is not Elasticsearch \(200\)/],
  ['a page with the header of Elasticsearch', 200, 'text/html', HTML, undefined, /is not Elasticsearch \(200\)/],
  ['nothing', 200, 'application/json', '', undefined, /is not Elasticsearch \(200\)/],
  ['a redirect', 302, 'text/html', '', undefined, /is not Elasticsearch \(302\)/],
  ['a list', 200, 'application/json', '[]', undefined, /is not Elasticsearch \(200\)/],
  ['JSON of something else', 200, 'application/json', '{}', {}, /is not Elasticsearch \(200\)/],
  ['JSON that is cut off', 200, 'application/json', '{"took":1,"err', undefined, /is cut off or no JSON/],
  ['a page with 400', 400, 'text/html', HTML, {}, /is not Elasticsearch \(400\)/],
  ['a page with 404', 404, 'text/html', HTML, {}, /is not Elasticsearch \(404\)/],
  ['a page with 404 where that is an answer', 404, 'text/html', HTML, {}, /is not Elasticsearch \(404\)/, [404]],
  ['a page with 500', 500, 'text/html', HTML, {}, /is not Elasticsearch \(500\)/],
])('takes %s for a fault that passes, which says nothing about the request', async (...given) => {
  const [, status, type, body, headers = { 'x-elastic-product': 'Elasticsearch' }, message, acceptedStatuses = []] = given;
  server = createServer((_, response) => response.writeHead(status, { ...headers, 'content-type': type }).end(body));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = createConnection({ url: `http://127.0.0.1:${port}` });
  const fault = await connection.request({ method: 'GET', path: '/i', acceptedStatuses }).catch((error: unknown) => error);
  expect(fault).toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringMatching(message),
    retryAfterMillis: expect.any(Number),
  });
  expect(fault).toMatchObject({ message: expect.stringContaining('THREADLINE_ELASTICSEARCH_URL') });
});

test('ends only the request that ran out of time, where nobody can abort either', async () => {
  const answered = Promise.withResolvers<void>();
  server = createServer(async (request, response) => {
    if (request.url === '/slow') return;
    await answered.promise;
    response.writeHead(200, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = createConnection({ url: `http://127.0.0.1:${port}` });
  const other = connection.request({ method: 'GET', path: '/other' });
  const slow = connection.request({ method: 'GET', path: '/slow', deadline: performance.now() + 50 });
  await expect(slow).rejects.toMatchObject({ code: 'deadline_exceeded' });
  answered.resolve();
  await expect(other).resolves.toMatchObject({ status: 200 });
});
