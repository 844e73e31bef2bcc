import { createServer, request } from 'node:http';

/** Stands before a collector and refuses every trace; all else it passes on. */
export interface RefusingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startRefusingProxy(otlpUrl: string): Promise<RefusingProxy> {
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/v1/traces') {
      incoming.resume().on('end', () => answer.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"not today"}'));
      return;
    }
    const outgoing = request(new URL(incoming.url ?? '/', otlpUrl), { method: 'POST', headers: incoming.headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
