import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { Batch, Signal } from './batch.ts';
import { ENCODINGS, encodingOf } from './encodings.ts';
import { type ExportAnswer, readExportAnswer } from './export-answer.ts';
import type { RequestConfig } from './request-config.ts';
import { parseRetryAfter } from './retry-delay.ts';
import { makeUnseen } from './unseen-request.ts';

const compress = promisify(gzip);

/** The OTLP specification's statuses of a collector that is busy or away for now. */
const RETRYABLE_STATUSES = [429, 502, 503, 504];
const NOT_FOUND = 404;
const PORT_ADVICE = 'name the port of OTLP/HTTP, which is 4318 by default';
/** An answer is a few words; of one that has more the rest is not waited for. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** It comes in one piece or two. Each takes memory of its own, however little is in it. */
const MAX_ANSWER_PIECES = 1_000;

/** What became of a batch. */
export type SendOutcome =
  /** The collector has it, but for so many of its items; `message` is what it says about those, or about others that it changed. */
  | { readonly status: 'taken'; readonly rejectedItems: number; readonly message: string }
  /** Not now. Without `retryAfterMillis` the collector did not say when. */
  | { readonly status: 'retry'; readonly reason: string; readonly retryAfterMillis: number | undefined }
  /** Never. */
  | { readonly status: 'refused'; readonly reason: string };

export interface CollectorClientOptions extends RequestConfig {
  readonly url: string;
  readonly maxConnections: number;
}

/** One signal's door of the collector. */
export interface CollectorClient {
  /** Posts a batch, once; never rejects. Does not keep the process alive. */
  post(batch: Batch): Promise<SendOutcome>;
  close(): void;
}

/** The headers of a batch, whoever sends it. */
export function batchHeaders(headers: Readonly<Record<string, string>>, { key, body }: Batch): Record<string, string> {
  return { ...headers, 'content-type': ENCODINGS[encodingOf(body)].contentType, 'idempotency-key': key };
}

/** OTLP/HTTP over connections that are kept open, without spans of its own. */
export function createCollectorClient(options: CollectorClientOptions): CollectorClient {
  let http: typeof import('node:http') | typeof import('node:https') | undefined;
  let agent: Agent | undefined;
  // A connection is kept for longer than the request of the app's during which it happened to be opened.
  const outside = AsyncLocalStorage.snapshot();

  async function open(requestOptions: RequestOptions): Promise<ClientRequest> {
    // Loaded when there is something to send, so that it costs a start nothing, and once: an import costs as much as a request each time.
    http ??= options.url.startsWith('https:') ? await import('node:https') : await import('node:http');
    const { Agent, request } = http;
    agent ??= new Agent({ keepAlive: true, maxSockets: options.maxConnections });
    return makeUnseen(() => request(options.url, { ...requestOptions, ...options.certificates, agent }));
  }

  async function attempt(batch: Batch): Promise<SendOutcome> {
    const isGzip = options.compression === 'gzip';
    const body = isGzip ? await compress(batch.body) : batch.body;
    const headers = {
      ...batchHeaders(options.headers, batch),
      'content-length': body.length,
      'user-agent': 'threadline-sdk/0.1.0',
      ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    };
    const request = await outside(() => context.with(suppressTracing(EMPTY_CONTEXT), () => open({ method: 'POST', headers })));
    // Also one that is used again: the agent refs it for each request.
    request.on('socket', (socket) => socket.unref());
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${options.timeoutMillis} ms`)),
      options.timeoutMillis,
    ).unref();
    try {
      return readOutcome(await exchange(request, body), batch.signal, options.url);
    } catch (error) {
      // The collector closed an idle connection at the moment of its use; a key may be sent twice.
      if (request.reusedSocket && codeOf(error) === 'ECONNRESET') return attempt(batch);
      return { status: 'retry', reason: describeError(error), retryAfterMillis: undefined };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    post: (batch) =>
      attempt(batch).catch((error: unknown) => ({ status: 'retry', reason: describeError(error), retryAfterMillis: undefined })),
    close: () => agent?.destroy(),
  };
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly retryAfter: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

function exchange(request: ClientRequest, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      let byteCount = 0;
      const answer = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? '',
          retryAfter: response.headers['retry-after'],
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(parts),
        });
      response.on('data', (part: Buffer) => {
        byteCount += part.length;
        if (byteCount <= MAX_ANSWER_BYTES && parts.length < MAX_ANSWER_PIECES) {
          parts.push(part);
          return;
        }
        // Its status says what became of the batch. Who sends without an end is told to stop.
        answer();
        response.destroy();
      });
      response.on('error', reject);
      response.on('end', answer);
    });
    request.end(body);
  });
}

function readOutcome({ status, statusText, retryAfter, ...answer }: Answer, signal: Signal, url: string): SendOutcome {
  const isTaken = status >= 200 && status < 300;
  // A balancer's or a single-page app's page for all that it does not know: nobody has kept the batch.
  if (isTaken && isWebPage(answer.contentType))
    return { status: 'retry', reason: `a web page answers: ${describeWrongUrl(url)}`, retryAfterMillis: undefined };
  const { rejectedItems, message }: ExportAnswer = readExportAnswer(answer, signal, isTaken);
  if (isTaken) return { status: 'taken', rejectedItems, message };
  const reason = `${statusText === '' ? `status ${status}` : statusText}${message === '' ? '' : `: ${message}`}`;
  if (status === NOT_FOUND) return { status: 'refused', reason: `${reason}${message === '' ? ':' : ';'} ${describeWrongUrl(url)}` };
  if (!RETRYABLE_STATUSES.includes(status)) return { status: 'refused', reason };
  return { status: 'retry', reason, retryAfterMillis: parseRetryAfter(retryAfter, Date.now()) };
}

function isWebPage(contentType: string): boolean {
  return /^text\/html\b/i.test(contentType);
}

/** The whole of it, as it was asked, without credentials or a query. */
function describeWrongUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  const repeated = /\/v1\/(?:traces|logs)(?=\/+v1\/(?:traces|logs)$)/.test(pathname);
  const advice = repeated ? 'OTEL_EXPORTER_OTLP_ENDPOINT is the address without it' : `${PORT_ADVICE}, and neither the UI's nor gRPC's`;
  return `nothing takes OTLP at ${origin}${pathname}; ${advice}`;
}

/** An error that stands for several addresses has no message of its own. */
function describeError(error: unknown): string {
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [];
  const cause = first ?? error;
  if (!(cause instanceof Error)) return String(cause);
  // Node's parser; what a server of HTTP/2, and so of gRPC, says first is no answer to it.
  if (String(codeOf(cause)).startsWith('HPE_')) return `what answers there does not speak HTTP/1, it is probably OTLP/gRPC: ${PORT_ADVICE}`;
  return cause.message === '' ? cause.name : cause.message;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
