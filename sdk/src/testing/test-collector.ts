import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ENCODINGS } from '../export/encodings.ts';
import { holdTimers } from '../own-timers.ts';
import { expectFlow, type FlowSource, type FlowStart } from './expect-flow.ts';
import { decodeRequest } from './otlp-protobuf.ts';
import { type ReceivedLog, type ReceivedSpan, readLogs, readSpans } from './received-records.ts';

export interface TestCollectorOptions {
  /** How long an expectation waits for what has not arrived; 10,000 by default. */
  readonly timeoutMillis?: number;
}

/** A collector in the memory of the test: OTLP over HTTP on loopback, in protobuf or JSON, from any number of processes. */
export interface TestCollector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`, or `endpoint` of `start`. */
  readonly url: string;
  /** Put this into the environment of the processes under test: it names the collector, sends soon and keeps nothing on disk. */
  readonly env: Readonly<Record<string, string>>;
  /** What has arrived, in the order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  readonly logs: readonly ReceivedLog[];
  /**
   * Says what a flow should be like; await the sentence.
   *
   * @example
   * await collector.expectFlow('order-7').from('gateway').through('kafka').to('payments');
   */
  expectFlow(id: string): FlowStart;
  /** Forgets what has arrived. */
  clear(): void;
  /** Safe to repeat. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const DEFAULT_TIMEOUT_MILLIS = 10_000;
/** As the collector's own limit. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/**
 * Starts a collector for tests on a free port of loopback.
 *
 * @example
 * const collector = await startTestCollector();
 * const app = spawn(process.execPath, ['--import', '@threadline/sdk/register', 'app.js'], { env: { ...process.env, ...collector.env } });
 */
export async function startTestCollector(options: TestCollectorOptions = {}): Promise<TestCollector> {
  holdTimers();
  const spans: ReceivedSpan[] = [];
  const logs: ReceivedLog[] = [];
  const refusals = new Set<string>();
  const arrivals = new EventEmitter().setMaxListeners(0);
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => take(request, response, body),
      () => response.destroy(),
    );
  });
  // A test may run the SDK itself, whose server spans of exports would be exported again.
  Object.defineProperty(server, 'emit', { value: EventEmitter.prototype.emit });

  function take(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const type = request.headers['content-type'] ?? 'a body without a type';
    const parsed = parse(request, type, body);
    if (parsed === undefined) {
      refusals.add(`${type} to ${request.url}: it takes OTLP over HTTP, in protobuf or JSON`);
      response.writeHead(415, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (request.url === '/v1/traces') spans.push(...readSpans(parsed));
    if (request.url === '/v1/logs') logs.push(...readLogs(parsed));
    response.writeHead(200, { 'content-type': type }).end(type.startsWith(ENCODINGS.json.contentType) ? '{}' : '');
    arrivals.emit('arrival');
  }

  const port = await listen(server);
  const url = `http://127.0.0.1:${port}`;
  const source: FlowSource = {
    received: () => ({ spans, logs }),
    onArrival(listener) {
      arrivals.on('arrival', listener);
      return () => arrivals.off('arrival', listener);
    },
    refusals: () => [...refusals],
    timeoutMillis: options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS,
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return {
    url,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      THREADLINE_SDK_SPOOL_MAX_BYTES: '0',
    },
    spans,
    logs,
    expectFlow: (id) => expectFlow(id, source),
    clear() {
      spans.length = 0;
      logs.length = 0;
      refusals.clear();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk: unknown = part;
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`more than ${MAX_BODY_BYTES} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Undefined for what is no OTLP. */
function parse({ url, headers }: IncomingMessage, type: string, body: Buffer): unknown {
  try {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES }) : body;
    if (type.startsWith(ENCODINGS.json.contentType)) return JSON.parse(bytes.toString());
    return type.startsWith(ENCODINGS.protobuf.contentType) ? decodeRequest(url === '/v1/logs' ? 'logs' : 'traces', bytes) : undefined;
  } catch {
    return undefined;
  }
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
