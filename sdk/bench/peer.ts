/**
 * Everything that is not measured, in one process: the service's callers, the service that it calls, and a stand-in for the
 * collector that takes all of it and counts what was in it. Answers its parent over the channel between them.
 */
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { countItems } from './count-items.ts';

/** A load of so many requests by so many callers at once. */
interface Load {
  readonly port: number;
  readonly requests: number;
  readonly callers: number;
}

const received = new Map<string, number>();

const downstream = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"count":7}');
});

/** Its first path segment says whose telemetry it is. */
const collector = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  response.setHeader('content-type', request.headers['content-type'] ?? 'application/json');
  response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
  const [, variant = '', , signal = ''] = (request.url ?? '').split('/');
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(Buffer.concat(parts)) : Buffer.concat(parts);
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  if (signal === 'traces' || signal === 'logs') {
    const key = `${variant} ${signal}`;
    received.set(key, (received.get(key) ?? 0) + countItems(body, isJson));
  }
});

process.on('message', (asked: { readonly load?: Load; readonly take?: string }) => {
  if (asked.load !== undefined) void drive(asked.load).then((failed) => process.send?.({ kind: 'driven', failed }));
  if (asked.take !== undefined) {
    const count = (signal: string): number => received.get(`${asked.take} ${signal}`) ?? 0;
    process.send?.({ kind: 'received', spans: count('traces'), logs: count('logs') });
    for (const signal of ['traces', 'logs']) received.delete(`${asked.take} ${signal}`);
  }
});
process.on('disconnect', () => process.exit(0));

downstream.listen(0, '127.0.0.1', () => {
  collector.listen(0, '127.0.0.1', () => {
    process.send?.({ kind: 'ready', downstreamPort: portOf(downstream), collectorPort: portOf(collector) });
  });
});

async function drive({ port, requests, callers }: Load): Promise<number> {
  // Of its own: what was idle while others had their turn is closed by the service at any moment, and a request on it fails.
  const agent = new Agent({ keepAlive: true });
  let left = requests;
  let failed = 0;
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const status = await fetchStatus(agent, port, `/orders/${left}?view=full`);
      if (status !== 200) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  agent.destroy();
  return failed;
}

function fetchStatus(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path, headers: { 'user-agent': 'bench/1.0' } }, (response: IncomingMessage) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
