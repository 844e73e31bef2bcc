import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Stands between a collector and a node and gives connections up at the worst moment, as a balancer does that has forgotten an idle one. */
export interface ResettingProxy {
  readonly url: string;
  /**
   * From now on a connection that was used before is reset under its next request: by turns before the node hears of it and after the node has
   * answered. Its first request always passes.
   */
  resetsReused: boolean;
  /** Of bulks, and of all else. */
  readonly resets: { bulks: number; others: number };
  close(): Promise<void>;
}

export async function startResettingProxy(targetUrl: string): Promise<ResettingProxy> {
  const used = new WeakSet<Socket>();
  const resets = { bulks: 0, others: 0 };
  const server = createServer((request, response) => {
    const { socket } = request;
    const isReset = proxy.resetsReused && used.has(socket);
    used.add(socket);
    if (!isReset) return forward(request, response, () => undefined);
    const kind = request.url?.includes('_bulk') ? 'bulks' : 'others';
    resets[kind] += 1;
    if (resets[kind] % 2 === 0) socket.resetAndDestroy();
    else forward(request, response, () => socket.resetAndDestroy());
  });

  /** `before` comes when the node has answered, before its answer passes. */
  function forward(request: IncomingMessage, response: ServerResponse, before: () => void): void {
    const forwarded = httpRequest(new URL(request.url ?? '/', targetUrl), { method: request.method, headers: request.headers });
    forwarded.once('error', () => response.destroy());
    forwarded.once('response', (answer) => {
      before();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    request.pipe(forwarded);
  }

  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  const proxy: ResettingProxy = {
    url: `http://127.0.0.1:${address.port}`,
    resetsReused: false,
    resets,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
