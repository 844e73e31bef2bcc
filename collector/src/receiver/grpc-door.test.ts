import { once } from 'node:events';
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type CallOptions, Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { METRICS_REQUEST, METRICS_REQUEST_POINTS } from '../otlp/testing/metrics-request.ts';
import { decodeReference, encodeLogs, encodeMetrics, encodeTraces } from '../otlp/testing/reference-encoder.ts';
import { type OpenDoors, type OpenDoorsOptions, openDoors } from './testing/open-doors.ts';

const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const LOG = { timeUnixNano: '1', observedTimeUnixNano: '2', attributes: [], body: { stringValue: 'hello' } };
const SPAN = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'a', startTimeUnixNano: '1', endTimeUnixNano: '2', attributes: [] };
const LOGS_BODY = encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [LOG] }] }], 'protobuf');
const TRACES_BODY = encodeTraces(
  [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [SPAN, { ...SPAN, spanId: '' }] }] }],
  'protobuf',
);

let doors: OpenDoors;
let client: Client;

afterEach(async () => {
  client.close();
  await doors.close();
});

async function open(options?: OpenDoorsOptions, channelOptions: Record<string, number> = {}): Promise<void> {
  doors = await openDoors(options);
  client = new Client(doors.grpcAddress, credentials.createInsecure(), channelOptions);
}

function call(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Buffer> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (bytes: Buffer): Buffer => bytes;
  const options: CallOptions = { deadline: Date.now() + 30_000 };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, body, metadata, options, (error, answer) => {
      if (error) reject(error);
      else resolve(answer ?? Buffer.alloc(0));
    });
  });
}

async function errorOf(answer: Promise<Buffer>): Promise<ServiceError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'metadata' in error && error.metadata instanceof Metadata) {
      return Object.assign(error, {
        code: Number(error.code),
        details: String('details' in error ? error.details : ''),
        metadata: error.metadata,
      });
    }
    throw error;
  }
  throw new Error('expected an error');
}

interface Exchange {
  readonly headers?: Record<string, string>;
  /** As DATA frames, one each. */
  readonly parts?: readonly Buffer[];
  /** Nothing more is to come. */
  readonly isWhole?: boolean;
  /** Called once the answer's or the request's headers are on their way. */
  readonly onOpen?: (stream: ClientHttp2Stream) => void;
}

interface Answer {
  readonly httpStatus: number;
  readonly grpcStatus: string;
  readonly message: string;
  readonly accepted: string;
}

/** What no client of gRPC sends, or none that there is for Node. */
async function exchange({ headers = {}, parts = [], isWhole = true, onOpen }: Exchange): Promise<Answer> {
  const session = connectHttp2(`http://${doors.grpcAddress}`);
  const stream = session.request({ ':method': 'POST', ':path': LOGS, 'content-type': 'application/grpc', te: 'trailers', ...headers });
  const received: Record<string, unknown> = {};
  stream.on('response', (first) => Object.assign(received, first));
  stream.on('trailers', (trailers) => Object.assign(received, trailers));
  stream.on('error', () => undefined);
  stream.resume();
  onOpen?.(stream);
  for (const part of parts) await new Promise<void>((resolve) => stream.write(part, () => resolve()));
  if (isWhole) stream.end();
  await once(stream, 'close');
  session.close();
  const text = (name: string): string => String(received[name] ?? '');
  return {
    httpStatus: Number(received[':status']),
    grpcStatus: text('grpc-status'),
    message: decodeURIComponent(text('grpc-message')),
    accepted: text('grpc-accept-encoding'),
  };
}

function framed(message: Buffer, { isCompressed = false, length = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

function retryInfoOf({ metadata }: ServiceError): unknown {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return undefined;
  const { details } = decodeReference('RpcStatus', bytes);
  const [detail] = Array.isArray(details) ? details : [];
  return decodeReference('RetryInfo', Buffer.from(detail.value, 'base64'));
}

describe('OTLP/gRPC', () => {
  it('takes logs and traces and says what was rejected', async () => {
    await open();
    expect(await call(LOGS, LOGS_BODY)).toHaveLength(0);
    expect(decodeReference('ExportResponse', await call(TRACES, TRACES_BODY))).toMatchObject({ partialSuccess: { rejectedCount: '1' } });
    expect(doors.logs).toMatchObject([LOG]);
    expect(doors.spans).toMatchObject([SPAN]);
  });

  it('takes gzip and an empty request', async () => {
    await open({}, { 'grpc.default_compression_algorithm': 2 });
    expect(await call(LOGS, LOGS_BODY)).toHaveLength(0);
    expect(doors.logs).toHaveLength(1);
    expect(await call(LOGS, Buffer.alloc(0))).toHaveLength(0);
  });

  it('answers INVALID_ARGUMENT to what cannot be decoded', async () => {
    await open();
    const error = await errorOf(call(LOGS, Buffer.from([0x0a, 0x05])));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining('at byte') });
    expect(retryInfoOf(error)).toBeUndefined();
  });

  it('answers UNAUTHENTICATED without the key', async () => {
    await open({ ingestKey: 'the-key' });
    expect(await errorOf(call(LOGS, LOGS_BODY))).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await errorOf(call(LOGS, LOGS_BODY, { authorization: 'Bearer other' }))).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await call(LOGS, LOGS_BODY, { authorization: 'Bearer the-key' })).toHaveLength(0);
  });

  it('answers RESOURCE_EXHAUSTED without RetryInfo to a message over 4 MiB, also when gzip hides it', async () => {
    for (const channelOptions of [{}, { 'grpc.default_compression_algorithm': 2 }]) {
      await open({}, channelOptions);
      const error = await errorOf(call(LOGS, Buffer.alloc(4 * 1024 * 1024 + 1)));
      expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
      expect(error.details).toContain('over 4194304 bytes');
      expect(retryInfoOf(error)).toBeUndefined();
      client.close();
      await doors.close();
    }
  });

  it('answers UNAVAILABLE with RetryInfo while nothing can be kept', async () => {
    const fault = new ThreadlineError('storage_unavailable', 'the disk is full', { retryAfterMillis: 5_000 });
    await open({ write: () => Promise.reject(fault) });
    const error = await errorOf(call(LOGS, LOGS_BODY));
    expect(error.code).toBe(status.UNAVAILABLE);
    expect(retryInfoOf(error)).toEqual({ retryDelay: { seconds: '5' } });
  });

  it('answers UNAVAILABLE with RetryInfo while it is full and while it drains', async () => {
    const writing = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await open({
      limits: { inFlightBytes: 10_000, inFlightRequests: 1, openRequests: 10 },
      write: () => {
        begun.resolve();
        return writing.promise;
      },
    });
    const first = call(LOGS, LOGS_BODY);
    await begun.promise;
    const full = await errorOf(call(LOGS, LOGS_BODY));
    expect(full.code).toBe(status.UNAVAILABLE);
    expect(retryInfoOf(full)).toEqual({ retryDelay: { seconds: '1' } });
    writing.resolve();
    await first;
    await doors.queue.shutdown();
    const draining = await errorOf(call(LOGS, LOGS_BODY));
    expect(draining.code).toBe(status.UNAVAILABLE);
    expect(retryInfoOf(draining)).toEqual({ retryDelay: { seconds: '2' } });
  });

  it('counts each refusal', async () => {
    await open({ ingestKey: 'the-key' });
    const key = { authorization: 'Bearer the-key' };
    await errorOf(call(LOGS, LOGS_BODY));
    await errorOf(call(LOGS, Buffer.from([0x0a, 0x05]), key));
    await errorOf(call(LOGS, Buffer.alloc(4 * 1024 * 1024 + 1), key));
    await call(TRACES, TRACES_BODY, key);
    expect(doors.refusals).toEqual([
      { tenant: undefined, reason: 'unauthenticated', requests: 1 },
      { tenant: 'default', reason: 'malformed', requests: 1 },
      { tenant: 'default', reason: 'too_large', requests: 1 },
      { tenant: 'default', reason: 'invalid_record', requests: 1, records: 1 },
    ]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
    ['identity', undefined],
  ])('takes a message in %s', async (encoding, pack) => {
    await open();
    const message = pack ? pack(LOGS_BODY) : LOGS_BODY;
    const parts = [framed(message, { isCompressed: pack !== undefined })];
    expect(await exchange({ headers: { 'grpc-encoding': encoding }, parts })).toMatchObject({ httpStatus: 200, grpcStatus: '0' });
    expect(doors.logs).toMatchObject([LOG]);
  });

  it.each([
    ['is not in the encoding that it names', { headers: { 'grpc-encoding': 'gzip' }, parts: [framed(LOGS_BODY, { isCompressed: true })] }],
    ['is marked as compressed and says not how', { parts: [framed(LOGS_BODY, { isCompressed: true })] }],
    ['ends early', { parts: [framed(LOGS_BODY, { length: LOGS_BODY.length + 1 })] }],
    ['is followed by another', { parts: [framed(LOGS_BODY), framed(LOGS_BODY)] }],
    ['is not there', { parts: [] }],
  ])('answers INVALID_ARGUMENT to a message that %s', async (_caption, call) => {
    await open();
    expect(await exchange(call)).toMatchObject({ httpStatus: 200, grpcStatus: '3', message: expect.stringMatching(/message|encoding/) });
    expect(doors.refusals).toEqual([{ tenant: 'default', reason: 'malformed', requests: 1 }]);
    expect(doors.logs).toEqual([]);
  });

  it('answers UNIMPLEMENTED to an encoding that it does not know, and says which it knows', async () => {
    await open();
    const answer = await exchange({ headers: { 'grpc-encoding': 'snappy' }, parts: [framed(LOGS_BODY, { isCompressed: true })] });
    expect(answer).toMatchObject({ grpcStatus: '12', accepted: 'identity, gzip, deflate, zstd' });
    expect(answer.message).toBe('grpc-encoding must be one of gzip, deflate, zstd');
    expect(doors.refusals).toEqual([{ tenant: 'default', reason: 'unsupported', requests: 1 }]);
  });

  it('answers RESOURCE_EXHAUSTED to what unpacks to more than a message may have', async () => {
    await open();
    const packed = gzipSync(Buffer.alloc(4 * 1024 * 1024 + 1));
    const answer = await exchange({ headers: { 'grpc-encoding': 'gzip' }, parts: [framed(packed, { isCompressed: true })] });
    expect(answer.grpcStatus).toBe('8');
    expect(doors.refusals).toEqual([{ tenant: 'default', reason: 'too_large', requests: 1 }]);
  });

  it('answers 415 to what is no gRPC', async () => {
    await open();
    expect(await exchange({ headers: { 'content-type': 'application/json' } })).toMatchObject({ httpStatus: 415, grpcStatus: '' });
    expect(await exchange({ headers: { 'content-type': 'application/grpc+json' } })).toMatchObject({ httpStatus: 415 });
  });

  it('refuses a sender without the key before its message comes', async () => {
    await open({ ingestKey: 'the-key' });
    expect(await exchange({ isWhole: false })).toMatchObject({ grpcStatus: '16' });
  });

  it('takes a message that comes byte by byte', async () => {
    await open();
    const bytes = framed(LOGS_BODY);
    const parts = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(await exchange({ parts })).toMatchObject({ grpcStatus: '0' });
    expect(doors.logs).toHaveLength(1);
  });

  it('answers UNAVAILABLE to a message that comes too slowly', async () => {
    await open({ timeouts: { headersMillis: 100, requestMillis: 100, checkMillis: 20 } });
    expect(await exchange({ parts: [framed(LOGS_BODY).subarray(0, 20)], isWhole: false })).toMatchObject({ grpcStatus: '14' });
    expect(doors.refusals).toEqual([{ tenant: 'default', reason: 'slow', requests: 1 }]);
  });

  it('holds what has come of a message, and lets it go with its sender', async () => {
    await open({ limits: { inFlightBytes: 10_000, inFlightRequests: 10, openRequests: 10 } });
    const opened = Promise.withResolvers<ClientHttp2Stream>();
    const gone = exchange({ parts: [framed(Buffer.alloc(9_990), { length: 100_000 })], isWhole: false, onOpen: opened.resolve });
    const next = async (): Promise<string> => (await exchange({ parts: [framed(LOGS_BODY)] })).grpcStatus;
    await expect.poll(next, { timeout: 10_000 }).toBe('14');
    (await opened.promise).close(constants.NGHTTP2_CANCEL);
    await gone;
    await expect.poll(next, { timeout: 10_000 }).toBe('0');
    expect(doors.faults).toEqual([]);
  });

  it('goes on after connections that are no HTTP/2 or break', async () => {
    await open();
    for (const sent of ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n????????????????']) {
      const socket = connect(Number(doors.grpcAddress.split(':')[1]), '127.0.0.1', () => socket.write(sent));
      socket.on('error', () => undefined).resume();
      await once(socket, 'close');
    }
    expect(await call(LOGS, LOGS_BODY)).toHaveLength(0);
    expect(doors.faults).toEqual([]);
  });

  it('answers what is under way at a shutdown, and ends connections that wait for nothing', async () => {
    const writing = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await open({
      write: () => {
        begun.resolve();
        return writing.promise;
      },
    });
    const idle = connectHttp2(`http://${doors.grpcAddress}`);
    await once(idle, 'connect');
    const underWay = call(LOGS, LOGS_BODY);
    await begun.promise;
    const closed = doors.close();
    await once(idle, 'close');
    writing.resolve();
    expect(await underWay).toHaveLength(0);
    await closed;
    expect(doors.logs).toHaveLength(1);
  });

  it('takes metrics, counts their data points and keeps nothing of them', async () => {
    await open({}, { 'grpc.default_compression_algorithm': 2 });
    expect(await call(METRICS, encodeMetrics(METRICS_REQUEST, 'protobuf'))).toHaveLength(0);
    expect(doors.metrics).toEqual([METRICS_REQUEST_POINTS]);
    expect(await errorOf(call(METRICS, Buffer.from([0x0a, 0x05])))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect([doors.logs, doors.spans]).toEqual([[], []]);
  });

  it('answers UNIMPLEMENTED to profiles', async () => {
    await open();
    const error = await errorOf(call('/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export', Buffer.alloc(0)));
    expect(error.code).toBe(status.UNIMPLEMENTED);
    expect(doors.refusals).toEqual([{ tenant: undefined, reason: 'unknown_path', requests: 1 }]);
  });

  it('makes the ids of an idempotency key, the same as over HTTP', async () => {
    await open();
    await call(LOGS, LOGS_BODY, { 'idempotency-key': 'k' });
    await fetch(`${doors.httpUrl}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'idempotency-key': 'k' },
      body: new Uint8Array(LOGS_BODY),
    });
    expect(doors.logs[0]?.id).toBe(doors.logs[1]?.id);
  });
});
