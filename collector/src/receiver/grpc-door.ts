import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { ThreadlineError } from '../errors.ts';
import { encodeExportResponse, encodeStatus } from '../otlp/encode-response.ts';
import { LIMITS } from '../otlp/limits.ts';
import type { Door, DoorOptions } from './door.ts';
import { faultStatus } from './fault-status.ts';
import { frameMessage, GRPC_ACCEPT_ENCODING, PREFIX_BYTES, percentEncoded, readMessage } from './grpc-message.ts';
import { refusedRequest } from './refusal.ts';
import { collectBody, SenderGoneError } from './request-body.ts';
import { SIGNALS, type SignalRow } from './signals.ts';

/** Of one connection; the admission bounds all of them together. */
const MAX_CONCURRENT_STREAMS = 100;
/** A batch of some hundred kilobytes comes without waiting for its receiver between its parts, were it far away. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;
/** What has not come whole in this time frees its place; a message of 4 MiB gets through a slow line. */
const REQUEST_MILLIS = 60_000;
/** What is under way is answered within this time of a shutdown, or cut. */
const DRAIN_MILLIS = 10_000;

const CONTENT_TYPE = 'application/grpc';
/** Those that no fault of ours has. Source: gRPC's status codes. */
const STATUS = { ok: 0, unimplemented: 12 } as const;

export interface GrpcDoorOptions extends DoorOptions {
  /** How long a message may take to come. */
  readonly withinMillis?: number;
}

const METHODS: ReadonlyMap<string, SignalRow> = new Map(SIGNALS.map((row) => [`/${row.grpcService}/Export`, row]));

/**
 * OTLP/gRPC without TLS: calls of one message and one answer. The key is checked before the message is read, and what is read of a message is held
 * against the admission, piece by piece. Source: gRPC over HTTP2.
 */
export function createGrpcDoor(options: GrpcDoorOptions): Door {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({ settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, initialWindowSize: STREAM_WINDOW_BYTES } });
  server.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('close', () => sessions.delete(session));
  });
  // A connection that breaks, or never was HTTP/2: there is nobody to answer.
  server.on('sessionError', (_error, session) => session.destroy());
  server.on('stream', (stream, headers) => {
    // The stream's end is seen by whoever reads or answers it.
    stream.on('error', () => undefined);
    answerCall(stream, headers, options).catch(options.onFault);
  });
  let port: number | undefined;
  let closed: Promise<void> | undefined;
  return {
    start: async (signal) => {
      signal.throwIfAborted();
      port = await listen(server, options);
    },
    shutdown: () => {
      port = undefined;
      closed ??= close(server, sessions);
      return closed;
    },
    get address() {
      return port === undefined ? undefined : { host: options.host, port };
    },
  };
}

async function answerCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcDoorOptions): Promise<void> {
  if (!isGrpc(headers)) {
    refuse(stream, { ':status': 415 });
    return;
  }
  try {
    const message = await takeExport(stream, headers, options);
    if (stream.destroyed) return;
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(STATUS.ok) }));
    stream.end(frameMessage(message));
  } catch (error) {
    if (!(error instanceof SenderGoneError)) refuse(stream, { ':status': 200, 'content-type': CONTENT_TYPE, ...statusOf(error, options) });
  }
}

async function takeExport(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcDoorOptions): Promise<Buffer> {
  const path = headers[':path'] ?? '';
  const row = METHODS.get(path);
  if (!row) throw new ThreadlineError('not_found', `there is no method ${path}; OTLP/gRPC has ${[...METHODS.keys()].join(', ')}`);
  options.checkKey(headers.authorization);
  const ticket = options.admission.admit();
  try {
    const { withinMillis = REQUEST_MILLIS } = options;
    const body = await collectBody(stream, { ticket, maxBodyBytes: LIMITS.grpcMessageBytes, prefixBytes: PREFIX_BYTES, withinMillis });
    ticket.begin();
    const message = await readMessage(body, oneOf(headers['grpc-encoding']));
    ticket.resize(message.length);
    const idempotencyKey = oneOf(headers['idempotency-key']);
    const outcome = await options.handle({ row, encoding: 'protobuf', body: message, idempotencyKey });
    return encodeExportResponse(outcome, 'protobuf', row.rejectedField);
  } finally {
    ticket.release();
  }
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return headers[':method'] === 'POST' && /^application\/grpc(\+proto)?\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An answer without a message. What is still to come of the call is not read: it would only be thrown away. */
function refuse(stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond(headers, { endStream: true });
  if (stream.readableEnded) return;
  stream.resume();
  stream.close(constants.NGHTTP2_NO_ERROR);
}

/** The trailers of a call that failed. Retryable faults carry RetryInfo: without it a sender takes RESOURCE_EXHAUSTED and its like for final. */
function statusOf(error: unknown, { onFault, onRefused }: DoorOptions): OutgoingHttpHeaders {
  const { rpc, isUnexpected } = faultStatus(error);
  onRefused(refusedRequest(error));
  if (isUnexpected) onFault(error);
  const isUnknown = error instanceof ThreadlineError && (error.code === 'not_found' || error.code === 'unsupported_media_type');
  return {
    'grpc-status': String(isUnknown ? STATUS.unimplemented : rpc.code),
    'grpc-message': percentEncoded(rpc.message),
    'grpc-accept-encoding': GRPC_ACCEPT_ENCODING,
    ...(rpc.retryAfterMillis !== undefined && { 'grpc-status-details-bin': encodeStatus(rpc, 'protobuf').toString('base64') }),
  };
}

function listen(server: Http2Server, { host, port }: DoorOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

async function close(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, DRAIN_MILLIS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    for (const session of sessions) session.close();
  });
}
