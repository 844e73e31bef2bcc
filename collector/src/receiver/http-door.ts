import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { ThreadlineError } from '../errors.ts';
import { encodeExportResponse, encodeStatus } from '../otlp/encode-response.ts';
import { LIMITS } from '../otlp/limits.ts';
import { encodingOf, MEDIA_TYPES, requireEncoding } from './content-type.ts';
import type { Door, DoorOptions } from './door.ts';
import { faultStatus } from './fault-status.ts';
import { addForeignRoute, foreignRouteOf, sendForeign } from './foreign-door.ts';
import { FOREIGN_ROUTES } from './foreign-routes.ts';
import { type Refusal, refusedRequest } from './refusal.ts';
import { ACCEPTED_ENCODINGS, readBody, SenderGoneError, unpackerOf } from './request-body.ts';
import { SIGNALS, type SignalRow } from './signals.ts';

/** A header that takes longer is not coming; a body of 20 MiB gets through a slow line in a minute. */
const TIMEOUTS = { headersMillis: 15_000, requestMillis: 60_000, checkMillis: 5_000 } as const;
/** Longer than senders' batch intervals, so that they find their connection open. */
const KEEP_ALIVE_MILLIS = 75_000;
/** What is under way is answered within this time of a shutdown, or cut. */
const DRAIN_MILLIS = 10_000;
/** Whose it is cannot be known. */
const UNREADABLE: Refusal = { tenant: undefined, reason: 'malformed', requests: 1 };
const SLOW: Refusal = { tenant: undefined, reason: 'slow', requests: 1 };
/** Short against a restart, long against the work of looking at every connection. */
const IDLE_SWEEP_MILLIS = 50;

export interface HttpDoorOptions extends DoorOptions {
  /** How long a header and a whole request may take, and how often that is looked at. */
  readonly timeouts?: { readonly headersMillis: number; readonly requestMillis: number; readonly checkMillis: number };
}

/** OTLP/HTTP: Express in front of the handler. Every 4xx and 5xx is a `google.rpc.Status` in the request's encoding. */
export function createHttpDoor(options: HttpDoorOptions): Door {
  const server = createHttpServer(createIngestApp(options), options);
  let closed: Promise<void> | undefined;
  return {
    start: (signal) => listen(server, options, signal),
    shutdown: () => {
      closed ??= close(server);
      return closed;
    },
    get address() {
      const address = server.address();
      return address === null || typeof address === 'string' ? undefined : { host: address.address, port: address.port };
    },
  };
}

/** The application without its socket. */
function createIngestApp(options: DoorOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  for (const row of SIGNALS) {
    app.post(row.path, (request, response) => takeExport(request, response, { row, options }));
    app.all(row.path, (_request, response) => {
      response.set('allow', 'POST');
      throw new ThreadlineError('method_not_allowed', `${row.path} takes POST only`);
    });
  }
  for (const route of FOREIGN_ROUTES) addForeignRoute(app, route, options);
  app.use(() => {
    throw new ThreadlineError('not_found', `nothing is taken here; OTLP/HTTP goes to ${SIGNALS.map((row) => row.path).join(', ')}`);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (error instanceof SenderGoneError || response.destroyed) return;
    if (response.headersSent) next(error);
    else answerFault(error, request, response, options);
  });
  return app;
}

async function takeExport(request: Request, response: Response, { row, options }: { row: SignalRow; options: DoorOptions }): Promise<void> {
  options.checkKey(request.headers.authorization);
  const encoding = requireEncoding(request.headers['content-type']);
  const unpack = unpackerOf(request.headers['content-encoding']);
  const ticket = options.admission.admit();
  try {
    const body = await readBody(request, unpack, { ticket, maxBodyBytes: LIMITS.bodyBytes });
    const idempotencyKey = request.get('idempotency-key');
    const outcome = await options.handle({ row, encoding, body, idempotencyKey });
    send(response, 200, MEDIA_TYPES[encoding], encodeExportResponse(outcome, encoding, row.rejectedField));
  } finally {
    ticket.release();
  }
}

function answerFault(error: unknown, request: Request, response: Response, { onFault, onRefused }: DoorOptions): void {
  const { httpStatus, rpc, isUnexpected } = faultStatus(error);
  // What Express could not read is the sender's doing, though none of our faults.
  onRefused(!(error instanceof ThreadlineError) && !isUnexpected ? UNREADABLE : refusedRequest(error));
  if (isUnexpected) onFault(error);
  const encoding = encodingOf(request.headers['content-type']) ?? 'json';
  if (httpStatus === 401) response.set('www-authenticate', 'Bearer realm="threadline"');
  if (httpStatus === 415) response.set('accept-encoding', ACCEPTED_ENCODINGS);
  const { retryAfterMillis, code, message } = rpc;
  if (retryAfterMillis !== undefined) response.set('retry-after', String(Math.ceil(retryAfterMillis / 1000)));
  const foreign = foreignRouteOf(request);
  const answer = () => {
    if (foreign) sendForeign(response, { status: httpStatus, ...foreign.answerFault(httpStatus, message) });
    else send(response, httpStatus, MEDIA_TYPES[encoding], encodeStatus({ code, message }, encoding));
  };
  // Node closes a connection that is not kept alive right behind the answer. A sender that is still writing its body would meet a broken
  // pipe instead of the answer, and send again what is refused for good: it is let finish first.
  if (request.complete || response.shouldKeepAlive) answer();
  else request.resume().once('close', answer);
}

/** Exactly this content type: Express would add a charset. */
function send(response: ServerResponse, status: number, contentType: string, body: Buffer): void {
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', body.length);
  response.end(body);
}

function createHttpServer(app: Express, { timeouts = TIMEOUTS, onRefused }: HttpDoorOptions): Server {
  const server = createServer({
    headersTimeout: timeouts.headersMillis,
    requestTimeout: timeouts.requestMillis,
    connectionsCheckingInterval: timeouts.checkMillis,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    // Answered by the application like any other request, not by Node with an empty body.
    requireHostHeader: false,
  });
  // A sender that says nothing more behind its request is still there for the answer: without this Node, which has no type for it, closes at once.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', app);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => app(request, response));
  server.on('clientError', (error, socket) => answerBrokenRequest(error, socket, onRefused));
  return server;
}

/** What cannot be parsed as HTTP never reaches the application; its encoding is not known. */
function answerBrokenRequest(error: Error, socket: Duplex, onRefused: DoorOptions['onRefused']): void {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { line, status, headers } = brokenRequestAnswer(code);
  // A sender that went away in the middle of its request was refused nothing.
  if (code !== 'HPE_INVALID_EOF_STATE') onRefused(code === 'ERR_HTTP_REQUEST_TIMEOUT' ? SLOW : UNREADABLE);
  const body = encodeStatus({ code: status, message: `the request cannot be read as HTTP: ${line}` }, 'json');
  const head = [`HTTP/1.1 ${line}`, `content-type: ${MEDIA_TYPES.json}`, `content-length: ${body.length}`, ...headers, 'connection: close'];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

/** A request that came too slowly is worth another try: its sender would drop the batch on a 408. */
function brokenRequestAnswer(code: unknown) {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { line: '503 Service Unavailable', status: 14, headers: ['retry-after: 1'] };
  const line = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  return { line, status: 3, headers: [] };
}

function listen(server: Server, { host, port }: DoorOptions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLIS);
    // A connection whose request was under way becomes idle only with its answer, and Node would keep it alive then.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MILLIS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
