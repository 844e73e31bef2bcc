import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { exchange } from './exchange.mjs';
import { findFreePorts, LOOPBACK } from './free-ports.mjs';

describe('exchange', () => {
  let server: Server | undefined;
  afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

  async function serve(onConnection: (socket: Socket) => void): Promise<number> {
    const [port = 0] = await findFreePorts(1);
    server = createServer((socket) => onConnection(socket.on('error', () => socket.destroy()))).listen(port, LOOPBACK);
    await once(server, 'listening');
    return port;
  }

  it('collects the pieces of an answer until it is whole', async () => {
    const port = await serve((socket) => {
      socket.once('data', (request) => {
        socket.write(`you said ${request}`);
        setImmediate(() => socket.write('!'));
      });
    });
    const answer = await exchange(port, 'hello', { isWhole: (bytes) => bytes.includes('!') });
    expect(answer?.toString()).toBe('you said hello!');
  });

  it('has no answer where nobody listens', async () => {
    const [port = 0] = await findFreePorts(1);
    expect(await exchange(port, 'hello', { isWhole: () => true })).toBeUndefined();
  });

  it('has no answer from a connection that ends too early', async () => {
    const port = await serve((socket) => socket.resume().end('half'));
    expect(await exchange(port, 'hello', { isWhole: (bytes) => bytes.length > 4 })).toBeUndefined();
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const port = await serve((socket) => socket.resume());
    expect(await exchange(port, 'hello', { isWhole: () => true, timeoutMillis: 20 })).toBeUndefined();
  });
});
