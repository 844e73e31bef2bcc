import { once } from 'node:events';
import { Agent, type ClientRequest, createServer, request } from 'node:http';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isObject } from '../instrument/wrap-method.ts';
import { collectEnded } from '../traces/ended-spans.test-support.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { traceHttpClients } from './http-client.ts';

let ended: ReadableSpan[] = [];
const server = createServer((incoming, response) => {
  if (incoming.url === '/hangs') incoming.socket.destroy();
  else response.end();
});
const agent = new Agent({ keepAlive: true });
let port = 0;
let stop = (): void => undefined;

async function listenAnywhere(): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return isObject(address) ? address.port : 0;
}

beforeAll(async () => {
  ended = collectEnded();
  stop = traceHttpClients();
  port = await listenAnywhere();
});
afterAll(() => {
  stop();
  trace.disable();
  agent.destroy();
  server.close();
});

/** Also of one that failed. */
function closed(called: ClientRequest): Promise<void> {
  return new Promise((resolve) => called.on('close', resolve));
}

async function spanOf(options: Parameters<typeof request>[1]): Promise<ReadableSpan | undefined> {
  const called = request({ host: '127.0.0.1', port, path: '/orders', ...options });
  called.on('response', (response) => response.resume()).on('error', () => undefined);
  called.end();
  await closed(called);
  return ended.at(-1);
}

it.each([
  ['Node’s own header', {}],
  ['a header that names another host', { headers: { host: 'tenant-a.example' } }],
  ['a header that names another host and port', { headers: { host: 'tenant-a.example:8080' } }],
  ['a gateway’s header of the same host', { headers: { host: '127.0.0.1:8080' } }],
  ['a gateway’s header of the same host without a port', { headers: { host: '127.0.0.1' } }],
  ['a list of headers', { headers: ['Host', 'tenant-a.example', 'Accept', '*/*'] }],
  ['no header', { setHost: false, headers: { accept: '*/*' } }],
  ['another host, by an agent’s connection', { agent, headers: { host: 'tenant-a.example' } }],
  ['another host, by the same connection again', { agent, headers: { host: 'tenant-b.example' } }],
  ['another host that hangs up', { path: '/hangs', headers: { host: 'tenant-a.example' } }],
])('shows the host and the port that is connected to: %s', async (_, options) => {
  const attributes = (await spanOf(options))?.attributes;
  expect(attributes).toMatchObject({
    'server.address': '127.0.0.1',
    'server.port': port,
    'url.full': `http://127.0.0.1:${port}${'path' in options ? options.path : '/orders'}`,
  });
});

it('shows the port that nobody listens on', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const free = isObject(address) ? address.port : 0;
  other.close();
  await once(other, 'close');
  const span = await spanOf({ port: free, headers: { host: 'tenant-a.example' } });
  expect(span?.attributes).toMatchObject({
    'error.type': 'ECONNREFUSED',
    'server.port': free,
    'url.full': `http://127.0.0.1:${free}/orders`,
  });
});

it('shows no port where none is known', async () => {
  const called = request({ host: '127.0.0.1', port, headers: { host: 'tenant-a.example' } }).on('error', () => undefined);
  called.destroy();
  await closed(called);
  expect(ended.at(-1)?.attributes).not.toHaveProperty('server.port');
});
