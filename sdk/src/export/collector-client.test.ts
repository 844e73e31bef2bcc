import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from './batch.ts';
import { type CollectorClient, type CollectorClientOptions, createCollectorClient } from './collector-client.ts';

const BATCH: Batch = {
  signal: 'logs',
  key: '00112233445566778899aabbccddeeff',
  itemCount: 3,
  createdMillis: 0,
  body: Buffer.from('{"resourceLogs":[]}'),
};

describe('a collector’s client', () => {
  let server: Server;
  let respond: (response: ServerResponse) => void = () => undefined;
  let seen: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  let client: CollectorClient;

  function connect(changes: Partial<CollectorClientOptions> = {}): CollectorClient {
    const { port } = server.address() as AddressInfo;
    client = createCollectorClient({
      url: `http://127.0.0.1:${port}/v1/logs`,
      headers: { authorization: 'Bearer key' },
      timeoutMillis: 5000,
      compression: 'none',
      certificates: {},
      maxConnections: 2,
      ...changes,
    });
    return client;
  }

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(parts) });
        respond(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('posts a batch with its key, its headers and its bytes', async () => {
    respond = (response) => response.end('{}');
    expect(await connect().post(BATCH)).toEqual({ status: 'taken', rejectedItems: 0, message: '' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer key',
      'content-type': 'application/json',
      'content-length': String(BATCH.body.length),
      'idempotency-key': BATCH.key,
    });
    expect(seen[0]?.body.equals(BATCH.body)).toBe(true);
  });

  it('compresses what it sends when that was asked for', async () => {
    respond = (response) => response.end('{}');
    await connect({ compression: 'gzip' }).post(BATCH);
    expect(seen[0]?.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(seen[0]?.body ?? '').equals(BATCH.body)).toBe(true);
  });

  it.each([
    ['{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too long"}}', { rejectedItems: 2, message: 'too long' }],
    ['{"partialSuccess":{"errorMessage":"an attribute was cut"}}', { rejectedItems: 0, message: 'an attribute was cut' }],
    ['not JSON', { rejectedItems: 0, message: '' }],
    ['null', { rejectedItems: 0, message: '' }],
  ])('reads what the collector says of a batch that it took: %s', async (body, said) => {
    respond = (response) => response.end(body);
    expect(await connect().post(BATCH)).toEqual({ status: 'taken', ...said });
  });

  it('names the encoding of a batch by its first byte, and reads an answer in protobuf', async () => {
    const protobuf = { ...BATCH, body: Buffer.of(0x0a, 0) };
    // partial_success { rejected: 2, error_message: "too long" }
    const answer = Buffer.concat([Buffer.of(0x0a, 12, 0x08, 2, 0x12, 8), Buffer.from('too long')]);
    respond = (response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(answer);
    expect(await connect().post(protobuf)).toEqual({ status: 'taken', rejectedItems: 2, message: 'too long' });
    expect(seen[0]?.headers['content-type']).toBe('application/x-protobuf');
    respond = (response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    expect(await client.post(protobuf)).toEqual({ status: 'taken', rejectedItems: 0, message: '' });
    // google.rpc.Status { code: 3, message: "not OTLP" }
    const status = Buffer.concat([Buffer.of(0x08, 3, 0x12, 8), Buffer.from('not OTLP')]);
    respond = (response) => response.writeHead(400, { 'content-type': 'application/x-protobuf' }).end(status);
    expect(await client.post(protobuf)).toEqual({ status: 'refused', reason: 'Bad Request: not OTLP' });
    respond = (response) => response.writeHead(400, { 'content-type': 'application/x-protobuf' }).end('no protobuf');
    expect(await client.post(protobuf)).toEqual({ status: 'refused', reason: 'Bad Request' });
  });

  it.each([429, 502, 503, 504])('takes %i for a reason to try again, when the collector says', async (status) => {
    respond = (response) => response.writeHead(status, { 'retry-after': '7' }).end();
    expect(await connect().post(BATCH)).toMatchObject({ status: 'retry', retryAfterMillis: 7000 });
  });

  it.each([
    [400, '{"message":"not OTLP"}', 'Bad Request: not OTLP'],
    [401, '', 'Unauthorized'],
    [413, '<html>', 'Payload Too Large'],
    [500, '', 'Internal Server Error'],
  ])('takes %i for a refusal with its reason', async (status, body, reason) => {
    respond = (response) => response.writeHead(status).end(body);
    expect(await connect().post(BATCH)).toEqual({ status: 'refused', reason });
  });

  it.each([
    ['/v1/logs', '', "name the port of OTLP/HTTP, which is 4318 by default, and neither the UI's nor gRPC's"],
    ['/v1/logs', '?token=secret', "name the port of OTLP/HTTP, which is 4318 by default, and neither the UI's nor gRPC's"],
    ['/v1/traces/v1/logs', '', 'OTEL_EXPORTER_OTLP_ENDPOINT is the address without it'],
  ])('says the whole address where nothing takes OTLP (%s%s), and what to do', async (path, query, advice) => {
    respond = (response) => response.writeHead(404).end('<html>');
    const { port } = server.address() as AddressInfo;
    const outcome = await connect({ url: `http://127.0.0.1:${port}${path}${query}` }).post(BATCH);
    expect(outcome).toEqual({
      status: 'refused',
      reason: `Not Found: nothing takes OTLP at http://127.0.0.1:${port}${path}; ${advice}`,
    });
    respond = (response) => response.writeHead(404).end('{"message":"not here"}');
    expect(await client.post(BATCH)).toMatchObject({ reason: expect.stringContaining('Not Found: not here; nothing takes OTLP at') });
  });

  it.each(['text/html', 'text/html; charset=utf-8', 'TEXT/HTML'])(
    'tries again where a web page of type %s stands in the collector’s place',
    async (contentType) => {
      respond = (response) => response.writeHead(200, { 'content-type': contentType }).end('<!doctype html><title>Welcome</title>');
      const outcome = await connect().post(BATCH);
      expect(outcome).toMatchObject({ status: 'retry', retryAfterMillis: undefined });
      const { port } = server.address() as AddressInfo;
      expect(outcome).toHaveProperty(
        'reason',
        `a web page answers: nothing takes OTLP at http://127.0.0.1:${port}/v1/logs; name the port of OTLP/HTTP, which is 4318 by default, and neither the UI's nor gRPC's`,
      );
    },
  );

  it('says of the port of OTLP/gRPC that it does not speak HTTP/1', async () => {
    const grpc = createHttp2Server();
    await new Promise<void>((resolve) => grpc.listen(0, '127.0.0.1', resolve));
    const { port } = grpc.address() as AddressInfo;
    const outcome = await connect({ url: `http://127.0.0.1:${port}/v1/logs` }).post(BATCH);
    await new Promise((resolve) => grpc.close(resolve));
    expect(outcome).toEqual({
      status: 'retry',
      reason: 'what answers there does not speak HTTP/1, it is probably OTLP/gRPC: name the port of OTLP/HTTP, which is 4318 by default',
      retryAfterMillis: undefined,
    });
  });

  it('gives up on an answer that does not come', async () => {
    respond = () => undefined;
    expect(await connect({ timeoutMillis: 50 }).post(BATCH)).toEqual({
      status: 'retry',
      reason: 'no answer within 50 ms',
      retryAfterMillis: undefined,
    });
  });

  it('tries again after an answer that broke off', async () => {
    respond = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setImmediate(() => response.destroy());
    };
    expect(await connect().post(BATCH)).toMatchObject({ status: 'retry' });
  });

  it.each([
    ['large', 'x'.repeat(16 * 1024)],
    ['tiny', 'x'],
  ])('reads no more of an answer without an end than one of a collector can have, in %s pieces', async (_size, piece) => {
    const closed = Promise.withResolvers<void>();
    respond = (response) => {
      let isOpen = true;
      response.on('close', () => {
        isOpen = false;
        closed.resolve();
      });
      const goOn = (): void => {
        // Each piece is a chunk of its own; what was written before waits for the client to take it.
        if (isOpen) response.write(piece, () => setImmediate(goOn));
      };
      response.writeHead(200);
      goOn();
    };
    expect(await connect({ timeoutMillis: 60_000 }).post(BATCH)).toEqual({ status: 'taken', rejectedItems: 0, message: '' });
    await closed.promise;
    // The next one has a connection of its own.
    respond = (response) => response.writeHead(400).end('{"message":"not OTLP"}');
    expect(await client.post(BATCH)).toEqual({ status: 'refused', reason: 'Bad Request: not OTLP' });
  });

  it('tries again later when nobody listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const outcome = await connect({ url: `http://127.0.0.1:${port}/v1/logs` }).post(BATCH);
    expect(outcome).toMatchObject({ status: 'retry', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('posts once more at once when the kept connection was closed at the moment of its use', async () => {
    respond = (response) => response.end('{}');
    connect();
    await client.post(BATCH);
    let isFirst = true;
    respond = (response) => {
      if (isFirst) response.socket?.resetAndDestroy();
      else response.end('{}');
      isFirst = false;
    };
    expect(await client.post(BATCH)).toMatchObject({ status: 'taken' });
    expect(seen).toHaveLength(3);
  });
});
