import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import undici, { type Dispatcher, Pool, WebSocket as UndiciWebSocket, upgrade } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPropagator } from '../correlation/open-propagator.test-support.ts';
import { ConstantSampler } from '../sampling/plain-samplers.ts';
import { collectEnded } from '../traces/ended-spans.test-support.ts';
import type { ReadableSpan } from '../traces/span-types.ts';
import { patchUndici, traceUndici } from './undici.ts';
import { isObject } from './wrap-method.ts';

const GIVEN = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
let ended: ReadableSpan[] = [];
let isKept = true;
let stop = (): void => undefined;
beforeAll(() => {
  const sampler = { shouldSample: () => new ConstantSampler(isKept).shouldSample(), toString: () => 'of the test' };
  ended = collectEnded({ sampler });
  const propagator = openPropagator();
  propagation.setGlobalPropagator(propagator);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  stop = traceUndici();
});
afterAll(() => {
  stop();
  trace.disable();
  propagation.disable();
  context.disable();
});

it.each([
  ['http://shop.local:8080', '/stock/7?view=full', 'http://shop.local:8080/stock/7?view=full', 'shop.local', 8080],
  ['https://shop.local', '/', 'https://shop.local/', 'shop.local', 443],
  ['http://[::1]:3000', '/a', 'http://[::1]:3000/a', '[::1]', 3000],
  ['http://shop.local', '/a/../b/./c', 'http://shop.local/b/c', 'shop.local', 80],
  ['http://shop.local', '/.well-known/a..b/c', 'http://shop.local/.well-known/a..b/c', 'shop.local', 80],
  ['http://shop.local', '/söme path?q=a b\'"', 'http://shop.local/s%C3%B6me%20path?q=a%20b%27%22', 'shop.local', 80],
  ['http://shop.local', '//other.host/a', 'http://shop.local//other.host/a', 'shop.local', 80],
  ['http://shop.local', '/a?token=secret&page=2', 'http://shop.local/a?token=REDACTED&page=2', 'shop.local', 80],
  ['http://bob:hunter2@shop.local', '/a', 'http://REDACTED:REDACTED@shop.local/a', 'shop.local', 80],
  ['http://proxy.local:3128', 'http://bob:hunter2@shop.local/a?token=secret', 'http://shop.local/a?token=REDACTED', 'shop.local', 80],
])('shows a call of %s%s as a URL has it, without secrets', (origin, path, shown, address, port) => {
  const request = { origin, path, method: 'GET', headers: [], addHeader: () => undefined };
  channel('undici:request:create').publish({ request });
  channel('undici:request:trailers').publish({ request });
  const attributes = ended.at(-1)?.attributes;
  expect(attributes).toMatchObject({ 'url.full': shown, 'server.address': address, 'server.port': port });
  expect(attributes?.['url.path']).toBe(new URL(shown).pathname);
});

it.each([
  [
    'a list',
    ['Accept', '*/*', 'Traceparent', GIVEN, 'baggage', 'own=1', 'X-Two', ['1', '2'], 'tracestate', 'a=b'],
    ['Accept', '*/*', 'X-Two', ['1', '2']],
  ],
  [
    'the text of undici before 6',
    `Accept: */*\r\nTraceparent: ${GIVEN}\r\nbaggage: own=1\r\ntracestate: a=b\r\nX-Two: 2\r\n`,
    'Accept: */*\r\nX-Two: 2\r\n',
  ],
])('replaces what the app handed on in %s', (_form, headers, kept) => {
  const added: Record<string, string> = {};
  const request = {
    ...{ origin: 'http://shop.local', path: '/', method: 'GET', headers },
    addHeader: (name: string, value: string) => void Object.assign(added, { [name]: value }),
  };
  channel('undici:request:create').publish({ request });
  expect(request.headers).toEqual(kept);
  expect(added).toEqual({
    traceparent: expect.not.stringContaining(GIVEN),
    baggage: expect.stringMatching(/^correlation\.id=[0-9a-f]{32},own=1$/),
    'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

it('leaves nothing on the request of a call that is left out', () => {
  isKept = false;
  const before = ended.length;
  const request = { origin: 'http://shop.local', path: '/', method: 'GET', headers: [], addHeader: () => undefined };
  for (const name of ['create', 'headers', 'trailers'])
    channel(`undici:request:${name}`).publish({ request, response: { statusCode: 500 } });
  expect(Object.getOwnPropertySymbols(request)).toEqual([]);
  expect(ended).toHaveLength(before);
});

/** What RFC 6455 has a server answer. */
function accept(request: IncomingMessage, socket: Duplex): void {
  const accepted = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write(`${[...head, `Sec-WebSocket-Accept: ${accepted.digest('base64')}`].join('\r\n')}\r\n\r\n`);
}

describe('the span of a connection that goes on with another protocol', () => {
  const server = createServer().on('upgrade', (request, socket) => {
    accept(request, socket);
    closing.push(() => socket.destroy());
  });
  const closing: (() => unknown)[] = [];
  let host = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    host = `127.0.0.1:${isObject(address) ? address.port : ''}`;
  });
  afterAll(() => {
    for (const close of closing) close();
    server.close();
  });
  const open = async (socket: EventTarget): Promise<void> => {
    await once(socket, 'open');
  };

  it.each([
    ['Node’s WebSocket', () => open(new WebSocket(`ws://${host}/live`))],
    ['undici’s WebSocket', () => open(new UndiciWebSocket(`ws://${host}/live`))],
    [
      'undici’s upgrade',
      async () => {
        const headers = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
        const { socket } = await upgrade(`http://${host}/live`, { protocol: 'websocket', headers });
        socket.destroy();
      },
    ],
  ])('ends with the answer, once: %s', async (_, connect) => {
    isKept = true;
    const before = ended.length;
    await connect();
    const spans = ended.slice(before);
    expect(spans.map(({ name, status }) => [name, status.code])).toEqual([['GET', 0]]);
    expect(spans[0]?.attributes).toMatchObject({
      'http.response.status_code': 101,
      'url.path': '/live',
      'network.peer.address': '127.0.0.1',
    });
  });

  it('has the error of one that is refused', async () => {
    isKept = true;
    const before = ended.length;
    const refusing = createServer().on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const address = refusing.address();
    const socket = new WebSocket(`ws://127.0.0.1:${isObject(address) ? address.port : ''}/live`);
    await once(socket, 'error');
    refusing.close();
    expect(ended.slice(before).map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([[2, '404']]);
  });
});

describe('a connection that another request opened', () => {
  const REQUEST = createContextKey('the request of the test');
  const inRequest = <T>(name: string, act: () => T): T => context.with(ROOT_CONTEXT.setValue(REQUEST, name), act);
  const running = (): unknown => context.active().getValue(REQUEST);
  let opened = 0;
  beforeAll(() => patchUndici(undici));
  const server = createServer((_, response) => response.end('kept'))
    .on('connection', () => opened++)
    .on('upgrade', (request, socket) => {
      accept(request, socket);
      // A message, once the other side has said something: a text frame of two letters.
      socket.once('data', () => socket.end(Buffer.from([0x81, 2, 0x68, 0x69])));
    });
  let host = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    host = `127.0.0.1:${isObject(address) ? address.port : ''}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A pool of one connection, which the first request opened. */
  const keepConnection = async (): Promise<Pool> => {
    opened = 0;
    const pool = new Pool(`http://${host}`, { connections: 1 });
    await inRequest('first', async () => (await pool.request({ path: '/', method: 'GET' })).body.text());
    return pool;
  };
  const hears = (socket: EventTarget & { send(text: string): void }): Promise<unknown[]> =>
    new Promise((resolve) => {
      const heard: unknown[] = [];
      const hear = ({ type }: Event): void => void heard.push([type, running()]);
      socket.addEventListener('open', (event) => {
        hear(event);
        socket.send('hello');
      });
      socket.addEventListener('message', hear);
      socket.addEventListener('close', (event) => {
        hear(event);
        resolve(heard);
      });
    });

  it.each([
    ['Node’s WebSocket', (dispatcher: Dispatcher): WebSocket => Reflect.construct(WebSocket, [`ws://${host}/live`, { dispatcher }])],
    ['undici’s WebSocket', (dispatcher: Dispatcher) => new UndiciWebSocket(`ws://${host}/live`, { dispatcher })],
  ])('is heard in the context of the upgrade: %s', async (_, open) => {
    const pool = await keepConnection();
    const heard = await inRequest('second', () => hears(open(pool)));
    expect(heard).toEqual(['open', 'message', 'close'].map((type) => [type, 'second']));
    expect(opened).toBe(1);
    await pool.destroy();
  });

  it('is heard in the context of the upgrade: undici’s upgrade', async () => {
    const dispatcher = await keepConnection();
    const heard = await inRequest('second', async () => {
      const headers = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
      const { socket } = await upgrade(`http://${host}/live`, { protocol: 'websocket', headers, dispatcher });
      return new Promise((resolve) => {
        const contexts: unknown[] = [];
        socket.on('data', () => contexts.push(running()));
        socket.on('close', () => resolve([...contexts, running()]));
        socket.write('hello');
      });
    });
    expect(heard).toEqual(['second', 'second']);
    expect(opened).toBe(1);
    await dispatcher.destroy();
  });

  it('calls every method of a request’s own handler in its context', async () => {
    const pool = await keepConnection();
    const heard = await inRequest(
      'second',
      () =>
        new Promise((resolve, reject) => {
          const contexts: unknown[] = [];
          const note = (): boolean => contexts.push(running()) > 0;
          pool.dispatch(
            { path: '/', method: 'GET' },
            {
              onRequestStart: note,
              onResponseStart: note,
              onResponseData: note,
              onResponseEnd: () => resolve([...contexts, running()]),
              onResponseError: (_, error) => reject(error),
            },
          );
        }),
    );
    expect(heard).toEqual(['second', 'second', 'second', 'second']);
    await pool.destroy();
  });
});
