import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { LogArrivals } from '../storage/log-arrivals.ts';
import type { SearchStore } from '../storage/searches/search-store.ts';
import type { Storage } from '../storage/storage.ts';
import type { CollectorView } from './collector-view.ts';
import { createQueryApp } from './query-app.ts';
import { serverCloses } from './streams/stream-route.ts';

/** How long `shutdown` waits for answers under way before it cuts their connections. */
const SHUTDOWN_GRACE_MILLIS = 5_000;
/** A query of the greatest length (32,768 characters) in percent-encoding fits; Node's own default is 16 KiB. */
const MAX_HEADER_BYTES = 131_072;
/** A header that is not there by then is not coming. */
const HEADERS_TIMEOUT_MILLIS = 15_000;

export interface QueryServerOptions {
  readonly storage: Storage;
  /** What live tails show. */
  readonly arrivals: LogArrivals;
  /** Where saved searches are kept. */
  readonly searches: SearchStore;
  /**
   * Resolves when what was acknowledged before is in the storage, or soon, at the latest after the time that is given: a reader finds what it sent a moment
   * ago. Gives whether it is there.
   */
  readonly delivered?: (withinMillis?: number) => Promise<boolean>;
  readonly collector: CollectorView;
  /** Address to listen on, `127.0.0.1`. */
  readonly host: string;
  /** 0 for one that the system gives. */
  readonly port: number;
  /** When set, everything under `/api/` but the health's status needs it as `authorization: Bearer`. */
  readonly readKey?: string;
  /** Names, beside loopback's and IP literals, that the Host header may have. */
  readonly allowedHosts: readonly string[];
  /** The built UI (`ui/dist`); without it, or before it is built, `/` says how to build it. */
  readonly uiDirectory?: string;
  /** Where senders send to, for the UI's help. */
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
  /** For how many days from its arrival on a record is kept, for the UI's help; undefined where nobody here knows. */
  readonly retentionDays?: number;
  readonly version: string;
  /** Told of each request that failed for a reason of the collector's own (5xx), never of one that the client gave up. */
  readonly onError: (error: unknown, request: { readonly method: string; readonly path: string }) => void;
}

export interface QueryServerAddress {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:4319`, without a slash at the end. */
  readonly url: string;
}

export interface QueryServer {
  /** Resolves when it listens. Rejects with Node's own error (`EADDRINUSE`) or the signal's reason; may then be called again. */
  start(signal: AbortSignal): Promise<void>;
  /** Takes no more requests, ends streams, lets the other requests under way end (at most 5 s), then closes. Safe to repeat and before `start`. */
  shutdown(): Promise<void>;
  /** Undefined while it does not listen. */
  readonly address: QueryServerAddress | undefined;
}

/** The query API and the UI on one port. It does not own the storage: who made that starts and shuts it down. */
export function createQueryServer(options: QueryServerOptions): QueryServer {
  let server: Server | undefined;
  let closing = new AbortController();
  let starting: Promise<void> | undefined;
  return {
    start(signal) {
      closing = closing.signal.aborted ? new AbortController() : closing;
      starting ??= listen({ ...options, closing: closing.signal }, signal).then(
        (listening) => {
          server = listening;
        },
        (error: unknown) => {
          starting = undefined;
          throw error;
        },
      );
      return starting;
    },
    async shutdown() {
      await starting?.catch(() => undefined);
      const ending = server;
      server = undefined;
      starting = undefined;
      closing.abort(serverCloses());
      if (ending !== undefined) await close(ending);
    },
    get address() {
      return server === undefined ? undefined : addressOf(server);
    },
  };
}

async function listen(options: QueryServerOptions & { readonly closing: AbortSignal }, signal: AbortSignal): Promise<Server> {
  signal.throwIfAborted();
  // Unlike a sender's, a connection that says nothing more is closed: from here it looks like one whose client left, and reads stop then.
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MILLIS }, createQueryApp(options));
  server.on('clientError', answerUnreadable);
  server.on('request', closeAfterAnswerWhenDraining(server));
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.once('listening', listening.resolve);
  server.listen({ host: options.host, port: options.port });
  await listening.promise;
  server.off('error', listening.reject);
  server.on('error', (error) => options.onError(error, { method: '', path: '' }));
  if (signal.aborted) {
    await close(server);
    signal.throwIfAborted();
  }
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MILLIS);
  await closed.promise;
  clearTimeout(timer);
}

/** A connection that is kept alive would keep `close` waiting. */
function closeAfterAnswerWhenDraining(server: Server) {
  return (_request: unknown, response: ServerResponse): void => {
    response.once('finish', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  };
}

/** What is not HTTP, or a header that is too large, never reaches Express; it is told so in JSON all the same. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', `The request line and headers are over ${MAX_HEADER_BYTES} bytes.`]
      : ['400 Bad Request', 'This is not a valid HTTP/1.1 request.'];
  const body = JSON.stringify({ error: { code: 'invalid_argument', message } });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\nx-content-type-options: nosniff\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function addressOf(server: Server): QueryServerAddress | undefined {
  const address = server.address();
  if (address === null || typeof address === 'string') return undefined;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { host: address.address, port: address.port, url: `http://${host}:${address.port}` };
}
