import { once } from 'node:events';
import { connect } from 'node:http2';
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

/** A message that is marked as compressed, which no client of gRPC would send so; gives the answer's status. */
async function callCompressed(address: string, encoding: string, bytes: Buffer): Promise<string> {
  const session = connect(`http://${address}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': LOGS,
    'content-type': 'application/grpc',
    'grpc-encoding': encoding,
    te: 'trailers',
  });
  const head = Buffer.alloc(5);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(bytes.length, 1);
  let answered: unknown;
  stream.on('response', (headers) => {
    answered = headers['grpc-status'];
  });
  stream.on('trailers', (trailers) => {
    answered = trailers['grpc-status'];
  });
  stream.end(Buffer.concat([head, bytes])).resume();
  await once(stream, 'close');
  session.close();
  return String(answered);
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

  it('counts each refusal, also of a message that gRPC itself refuses', async () => {
    await open({ ingestKey: 'the-key' });
    const key = { authorization: 'Bearer the-key' };
    await errorOf(call(LOGS, LOGS_BODY));
    await errorOf(call(LOGS, Buffer.from([0x0a, 0x05]), key));
    await errorOf(call(LOGS, Buffer.alloc(4 * 1024 * 1024 + 1), key));
    await call(TRACES, TRACES_BODY, key);
    expect(doors.refusals).toEqual([
      { tenant: undefined, reason: 'unauthenticated', requests: 1 },
      { tenant: 'default', reason: 'malformed', requests: 1 },
      { tenant: undefined, reason: 'too_large', requests: 1 },
      { tenant: 'default', reason: 'invalid_record', requests: 1, records: 1 },
    ]);
  });

  it.each([
    ['gzip', status.INTERNAL],
    ['zstd', status.UNIMPLEMENTED],
  ])('counts a message that is not the %s that it says it is', async (encoding, code) => {
    await open();
    expect(await callCompressed(doors.grpcAddress, encoding, Buffer.from('not compressed'))).toBe(String(code));
    expect(doors.refusals).toEqual([{ tenant: undefined, reason: 'malformed', requests: 1 }]);
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
