import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type LogLine, parseRequest, readLogs, readSpans, type SpanLine } from './otlp.ts';

/** What the collector does with a request: take it, at once or slowly, answer something else, or never answer. */
export type Behaviour = 'take' | 'hang' | Answer | { readonly delayMillis: number };

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ScriptedCollector {
  readonly url: string;
  readonly port: number;
  /** How the next requests are answered. */
  behave(behaviour: Behaviour): void;
  /**
   * What was taken so far, as a collector keeps it: a body that comes again under its key is not there twice. A sender repeats
   * what it has no answer for in time, on a busy machine also what had arrived.
   */
  readonly spans: SpanLine[];
  readonly logs: LogLine[];
  /** The `idempotency-key` of each request that was taken, in their order. */
  readonly keys: string[];
  /** Headers of each request, taken or not. */
  readonly requests: IncomingHttpHeaders[];
  /** When each of them was there, in milliseconds since the epoch. */
  readonly arrivals: number[];
  close(): Promise<void>;
}

/** A real OTLP/HTTP server that takes protobuf and JSON, keeps what it took and misbehaves on demand; with a certificate, one of HTTPS. */
export async function startCollector(port = 0, tls?: { readonly key: string; readonly cert: string }): Promise<ScriptedCollector> {
  const spans: SpanLine[] = [];
  const logs: LogLine[] = [];
  const keys: string[] = [];
  const bodies = new Map<string, Buffer>();
  const requests: IncomingHttpHeaders[] = [];
  const arrivals: number[] = [];
  let behaviour: Behaviour = 'take';
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push(request.headers);
      arrivals.push(Date.now());
      const bytes = Buffer.concat(parts);
      if (behaviour === 'hang') return;
      if (typeof behaviour === 'object' && 'status' in behaviour) {
        answer(response, behaviour);
        if (behaviour.status !== 200) return;
      }
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      const body = parseRequest(request.url === '/v1/logs' ? 'logs' : 'traces', request.headers['content-type'], plain);
      const given = request.headers['idempotency-key'];
      const key = String(given);
      const isRepeated = given !== undefined && bodies.get(key)?.equals(plain) === true;
      if (request.url === '/v1/traces' && !isRepeated) spans.push(...readSpans(body));
      if (request.url === '/v1/logs' && !isRepeated) logs.push(...readLogs(body));
      bodies.set(key, plain);
      keys.push(key);
      if (typeof behaviour === 'object' && 'delayMillis' in behaviour)
        setTimeout(() => answer(response, { status: 200 }), behaviour.delayMillis);
      else if (behaviour === 'take') answer(response, { status: 200 });
    });
  };
  const server = tls === undefined ? createServer(take) : createHttpsServer(tls, take);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    behave(next) {
      behaviour = next;
    },
    spans,
    logs,
    keys,
    requests,
    arrivals,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(response: ServerResponse, { status, headers = {}, body = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
