import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { METRICS_REQUEST, METRICS_REQUEST_POINTS } from '../otlp/testing/metrics-request.ts';
import { decodeReference, encodeLogs, encodeMetrics, encodeTraces } from '../otlp/testing/reference-encoder.ts';
import { type OpenDoors, type OpenDoorsOptions, openDoors } from './testing/open-doors.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const LOG = { timeUnixNano: '1', observedTimeUnixNano: '2', attributes: [], body: { stringValue: 'hello' } };
const SPAN = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'GET /',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
  attributes: [],
};
const LOGS = [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [LOG] }] }];
const TRACES = [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [SPAN] }] }];
const LOGS_PROTOBUF = encodeLogs(LOGS, 'protobuf');
const LOGS_JSON = encodeLogs(LOGS, 'json');

let doors: OpenDoors;

afterEach(async () => {
  await doors.close();
});

async function open(options?: OpenDoorsOptions): Promise<void> {
  doors = await openDoors(options);
}

function post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${doors.httpUrl}${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : new Uint8Array(body) });
}

async function statusOf(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type');
  if (type === JSON_TYPE) return response.json();
  expect(type).toBe(PROTOBUF);
  return decodeReference('RpcStatus', new Uint8Array(await response.arrayBuffer()));
}

describe('OTLP/HTTP', () => {
  it.each([
    [PROTOBUF, LOGS_PROTOBUF, encodeTraces(TRACES, 'protobuf')],
    [JSON_TYPE, LOGS_JSON, encodeTraces(TRACES, 'json')],
    ['Application/JSON; charset=UTF-8', LOGS_JSON, encodeTraces(TRACES, 'json')],
    ['APPLICATION/X-PROTOBUF; x=y', LOGS_PROTOBUF, encodeTraces(TRACES, 'protobuf')],
  ])('takes logs and traces as %s and answers likewise', async (contentType, logs, traces) => {
    await open();
    for (const response of [
      await post('/v1/logs', logs, { 'content-type': contentType }),
      await post('/v1/traces', traces, { 'content-type': contentType }),
    ]) {
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(contentType.toLowerCase().includes('json') ? JSON_TYPE : PROTOBUF);
      expect(await response.text()).toBe(contentType.toLowerCase().includes('json') ? '{}' : '');
    }
    expect(doors.logs).toMatchObject([{ ...LOG, arrivalTimeUnixNano: '1790000000000000000' }]);
    expect(doors.spans).toMatchObject([SPAN]);
  });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstdCompressSync],
    ['identity', (bytes: Uint8Array) => bytes],
  ])('unpacks %s', async (encoding, pack) => {
    await open();
    const response = await post('/v1/logs', pack(LOGS_JSON), { 'content-type': JSON_TYPE, 'content-encoding': encoding });
    expect(response.status).toBe(200);
    expect(doors.logs).toHaveLength(1);
  });

  it('unpacks all frames of zstd and all members of gzip, also behind one that has nothing', async () => {
    await open();
    const halves = [LOGS_PROTOBUF, LOGS_PROTOBUF];
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    for (const [encoding, body] of [
      ['gzip', Buffer.concat(halves.map((half) => gzipSync(half)))],
      ['zstd', Buffer.concat([skippable, zstdCompressSync(''), ...halves.map((half) => zstdCompressSync(half))])],
    ] as const) {
      const response = await post('/v1/logs', body, { 'content-type': PROTOBUF, 'content-encoding': encoding });
      expect(response.status).toBe(200);
    }
    expect(doors.logs).toHaveLength(4);
  });

  it('answers an empty request with 200', async () => {
    await open();
    expect((await post('/v1/logs', '', { 'content-type': PROTOBUF })).status).toBe(200);
    expect((await post('/v1/logs', '', { 'content-type': JSON_TYPE })).status).toBe(200);
    expect((await post('/v1/traces', '{}', { 'content-type': JSON_TYPE })).status).toBe(200);
  });

  it('says what was rejected and what was cut, in the encoding of the request', async () => {
    await open();
    const spans = encodeTraces(
      [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [SPAN, { ...SPAN, traceId: 'abcd' }] }] }],
      'json',
    );
    expect(await (await post('/v1/traces', spans, { 'content-type': JSON_TYPE })).json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: '1 span rejected: traceId is not 16 bytes (32 hex digits) or is all zeros (1)' },
    });
    const long = { ...LOG, attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(70_000) } }] };
    const logs = encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [long] }] }], 'protobuf');
    const response = await post('/v1/logs', logs, { 'content-type': PROTOBUF });
    expect(decodeReference('ExportResponse', new Uint8Array(await response.arrayBuffer()))).toEqual({
      partialSuccess: { errorMessage: '1 log record cut to the limits and marked as truncated: valueBytes 65536 (1)' },
    });
    expect(doors.logs[0]?.truncations).toEqual([{ path: 'attributes.k', limit: 'valueBytes', originalSize: 70_000 }]);
  });

  it('makes the same ids of requests with the same idempotency key', async () => {
    await open();
    for (const key of ['a', 'a', 'b']) await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE, 'idempotency-key': key });
    const ids = doors.logs.map((log) => log.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe('metrics over OTLP/HTTP', () => {
  it.each([
    ['protobuf', PROTOBUF, undefined, (bytes: Buffer) => bytes],
    ['json', JSON_TYPE, undefined, (bytes: Buffer) => bytes],
    ['protobuf', PROTOBUF, 'gzip', gzipSync],
    ['json', JSON_TYPE, 'deflate', deflateSync],
    ['protobuf', PROTOBUF, 'zstd', zstdCompressSync],
  ] as const)('are taken in %s as %s with encoding %s, counted and not kept', async (encoding, contentType, contentEncoding, pack) => {
    await open();
    const response = await post('/v1/metrics', pack(encodeMetrics(METRICS_REQUEST, encoding)), {
      'content-type': contentType,
      ...(contentEncoding && { 'content-encoding': contentEncoding }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(await response.text()).toBe(encoding === 'json' ? '{}' : '');
    expect(doors.metrics).toEqual([METRICS_REQUEST_POINTS]);
    expect([doors.logs, doors.spans]).toEqual([[], []]);
  });

  it('are refused as logs are: without the key, over the limit, of another type, by another method, and where they cannot be read', async () => {
    await open({ ingestKey: 'the-key' });
    const json = { 'content-type': JSON_TYPE, authorization: 'Bearer the-key' };
    expect((await post('/v1/metrics', '{}', { 'content-type': JSON_TYPE })).status).toBe(401);
    expect((await post('/v1/metrics', gzipSync(Buffer.alloc(200 * 1024 * 1024)), { ...json, 'content-encoding': 'gzip' })).status).toBe(
      413,
    );
    expect((await post('/v1/metrics', '{}', { ...json, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await fetch(`${doors.httpUrl}/v1/metrics`)).status).toBe(405);
    for (const [body, contentType] of [
      ['{', JSON_TYPE],
      ['{"resourceMetrics":[{"scopeMetrics":{}}]}', JSON_TYPE],
      ['\x0a\x05', PROTOBUF],
    ] as const) {
      const response = await post('/v1/metrics', body, { ...json, 'content-type': contentType });
      expect(response.status).toBe(400);
      expect(await statusOf(response)).toMatchObject({ code: 3, message: expect.stringMatching(/\S/) });
    }
    expect(doors.metrics).toEqual([]);
  });
});

describe('OTLP/HTTP answers with a google.rpc.Status', () => {
  it.each([
    ['an unknown path', '/v1/nothing', 404, 5],
    ['profiles, which are not taken', '/v1development/profiles', 404, 5],
    ['a path that cannot be decoded', '/v1/%zz', 404, 5],
  ])('for %s', async (_what, path, httpStatus, code) => {
    await open();
    for (const contentType of [PROTOBUF, JSON_TYPE]) {
      const response = await post(path, '', { 'content-type': contentType });
      expect(response.status).toBe(httpStatus);
      expect(response.headers.get('content-type')).toBe(contentType);
      expect(await statusOf(response)).toMatchObject({ code, message: expect.stringContaining('/v1/logs') });
    }
  });

  it('for a method other than POST', async () => {
    await open();
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${doors.httpUrl}/v1/logs`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(await statusOf(response)).toMatchObject({ code: 12 });
    }
  });

  it.each([
    ['text/plain', undefined],
    ['', undefined],
    ['application/json; charset=utf-16', undefined],
    [JSON_TYPE, 'br'],
    [JSON_TYPE, 'gzip, gzip'],
  ])('415 for content type %j and encoding %j', async (contentType, encoding) => {
    await open();
    const response = await post('/v1/logs', LOGS_JSON, { 'content-type': contentType, ...(encoding && { 'content-encoding': encoding }) });
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-encoding')).toBe('gzip, deflate, zstd');
    expect(await statusOf(response)).toMatchObject({ code: 3 });
    expect(doors.logs).toEqual([]);
  });

  it('400 for what cannot be decoded or unpacked, in its encoding', async () => {
    await open();
    for (const [body, headers] of [
      ['{', { 'content-type': JSON_TYPE }],
      ['\x0a\x05', { 'content-type': PROTOBUF }],
      ['not gzip', { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }],
      [gzipSync(LOGS_PROTOBUF).subarray(0, -12), { 'content-type': PROTOBUF, 'content-encoding': 'gzip' }],
      [
        Buffer.concat([deflateSync(LOGS_PROTOBUF), deflateSync(LOGS_PROTOBUF)]),
        { 'content-type': PROTOBUF, 'content-encoding': 'deflate' },
      ],
      [Buffer.concat([deflateRawSync(LOGS_PROTOBUF), Buffer.from('more')]), { 'content-type': PROTOBUF, 'content-encoding': 'deflate' }],
      [Buffer.concat([zstdCompressSync(LOGS_PROTOBUF), Buffer.from('more')]), { 'content-type': PROTOBUF, 'content-encoding': 'zstd' }],
      [zstdCompressSync(LOGS_PROTOBUF).subarray(0, -2), { 'content-type': PROTOBUF, 'content-encoding': 'zstd' }],
      [Buffer.alloc(9 * 1_001, zstdCompressSync('')), { 'content-type': PROTOBUF, 'content-encoding': 'zstd' }],
    ] as const) {
      const response = await post('/v1/logs', body, headers);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toBe(headers['content-type']);
      expect(response.headers.get('retry-after')).toBeNull();
      expect(await statusOf(response)).toMatchObject({ code: 3, message: expect.stringMatching(/\S/) });
    }
  });

  it('413 for a body over the limit: announced, in chunks, or packed', async () => {
    await open();
    const limit = 20 * 1024 * 1024;
    const over = Buffer.alloc(limit + 1, ' ');
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < over.length; at += 1_048_576) controller.enqueue(over.subarray(at, at + 1_048_576));
        controller.close();
      },
    });
    const responses = [
      await post('/v1/logs', over, { 'content-type': PROTOBUF }),
      await fetch(`${doors.httpUrl}/v1/logs`, { method: 'POST', headers: { 'content-type': PROTOBUF }, body: chunked, duplex: 'half' }),
      await post('/v1/logs', bomb, { 'content-type': PROTOBUF, 'content-encoding': 'gzip' }),
      await post('/v1/logs', deflateSync(over), { 'content-type': PROTOBUF, 'content-encoding': 'deflate' }),
      await post('/v1/logs', Buffer.concat([zstdCompressSync(over.subarray(1)), zstdCompressSync('x')]), {
        'content-type': PROTOBUF,
        'content-encoding': 'zstd',
      }),
    ];
    for (const response of responses) {
      expect(response.status).toBe(413);
      expect(await statusOf(response)).toMatchObject({ code: 8, message: expect.stringContaining(String(limit)) });
    }
    const within = Buffer.concat([LOGS_JSON, Buffer.alloc(limit - LOGS_JSON.length, ' ')]);
    expect((await post('/v1/logs', gzipSync(within), { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(200);
  }, 30_000);

  it('413 also to a sender that closes its connection after each request and reads only once it has written its body', async () => {
    await open();
    const piece = Buffer.alloc(1024 * 1024, ' ');
    const pieces = 24;
    const head = [
      'POST /v1/logs HTTP/1.1',
      'host: x',
      `content-type: ${PROTOBUF}`,
      `content-length: ${pieces * piece.length}`,
      'connection: close',
    ];
    const socket = connect(doors.httpPort, '127.0.0.1').pause();
    const write = (bytes: Buffer | string) =>
      new Promise<void>((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : setImmediate(resolve))));
    await write(`${head.join('\r\n')}\r\n\r\n`);
    for (let count = 0; count < pieces; count += 1) await write(piece);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject).once('data', (bytes) => resolve(String(bytes)));
      socket.resume();
    });
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('401 without the ingest key, before the body is looked at', async () => {
    await open({ ingestKey: 'the-key' });
    for (const authorization of [undefined, 'Bearer wrong', 'Basic the-key', 'the-key', 'Bearer the-key2', 'Bearer ']) {
      const response = await post('/v1/logs', '{', { 'content-type': JSON_TYPE, ...(authorization && { authorization }) });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await statusOf(response)).toMatchObject({ code: 16 });
    }
    expect((await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE, authorization: 'bearer the-key' })).status).toBe(200);
  });

  it('503 with Retry-After while nothing can be kept, and loses nothing when the sender comes back', async () => {
    let isAway = true;
    await open({
      write: async () => {
        if (isAway) throw new ThreadlineError('storage_unavailable', 'the disk is full');
      },
    });
    const response = await post('/v1/logs', LOGS_PROTOBUF, { 'content-type': PROTOBUF });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statusOf(response)).toMatchObject({ code: 14 });
    isAway = false;
    expect((await post('/v1/logs', LOGS_PROTOBUF, { 'content-type': PROTOBUF })).status).toBe(200);
    expect(doors.logs).toHaveLength(1);
    expect(doors.faults).toEqual([]);
  });

  it('500 for a fault of the collector’s own, which is reported and not shown', async () => {
    const fault = new Error('secret of the collector');
    await open({ write: () => Promise.reject(fault) });
    const response = await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(doors.faults).toEqual([fault]);
  });

  it('429 with Retry-After while as much is in flight as may be, and takes more when it is done', async () => {
    const writing = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await open({
      limits: { inFlightBytes: 10_000, inFlightRequests: 1, openRequests: 10 },
      write: () => {
        begun.resolve();
        return writing.promise;
      },
    });
    const first = post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    await begun.promise;
    const second = await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statusOf(second)).toMatchObject({ code: 14 });
    writing.resolve();
    expect((await first).status).toBe(200);
    expect((await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE })).status).toBe(200);
    const tooMuch = await post('/v1/logs', Buffer.alloc(10_001, ' '), { 'content-type': JSON_TYPE });
    expect(tooMuch.status).toBe(429);
    const unpacksToMore = await post('/v1/logs', gzipSync(Buffer.alloc(10_001, ' ')), {
      'content-type': JSON_TYPE,
      'content-encoding': 'gzip',
    });
    expect(unpacksToMore.status).toBe(429);
  });

  it('503 while it drains, and answers what was under way', async () => {
    const writing = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await open({
      write: () => {
        begun.resolve();
        return writing.promise;
      },
    });
    const underWay = post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    await begun.promise;
    const drained = doors.queue.shutdown();
    const late = await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    expect(late.status).toBe(503);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    writing.resolve();
    await drained;
    expect((await underWay).status).toBe(200);
  });

  it('400 for what is no HTTP, and 431 for headers without end', async () => {
    await open();
    for (const [sent, line] of [
      ['NONSENSE\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
      [`POST /v1/logs HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431 '],
    ] as const) {
      const answer = await raw(sent);
      expect(answer).toContain(line);
      expect(answer).toContain(`content-type: ${JSON_TYPE}`);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ code: 3 });
    }
  });
});

describe('each refusal is counted', () => {
  it('by its reason, for the tenant where the request says whose it is', async () => {
    await open({ ingestKey: 'the-key', limits: { inFlightBytes: 100_000_000, inFlightRequests: 1_000, openRequests: 1_000 } });
    const key = { authorization: 'Bearer the-key' };
    const json = { ...key, 'content-type': JSON_TYPE };
    const spans = encodeTraces(
      [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [SPAN, { ...SPAN, traceId: 'abcd' }] }] }],
      'json',
    );
    await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    await post('/v1/logs', '{', json);
    await post('/v1/logs', LOGS_JSON, { ...key, 'content-type': 'text/plain' });
    await post('/v1/logs', Buffer.alloc(20 * 1024 * 1024 + 1, ' '), json);
    await post('/v1development/profiles', '{}', json);
    await post('/v1/logs', LOGS_JSON, json);
    await post('/v1/traces', spans, json);
    await raw('NONSENSE\r\n\r\n');
    await doors.queue.shutdown();
    await post('/v1/logs', LOGS_JSON, json);
    expect(doors.refusals).toEqual([
      { tenant: undefined, reason: 'unauthenticated', requests: 1 },
      { tenant: 'default', reason: 'malformed', requests: 1 },
      { tenant: 'default', reason: 'unsupported', requests: 1 },
      { tenant: 'default', reason: 'too_large', requests: 1 },
      { tenant: undefined, reason: 'unknown_path', requests: 1 },
      { tenant: 'default', reason: 'invalid_record', requests: 1, records: 1 },
      { tenant: undefined, reason: 'malformed', requests: 1 },
      { tenant: 'default', reason: 'draining', requests: 1 },
    ]);
  });

  it('where nothing can be kept, where too much is in flight, and where a request is too slow', async () => {
    await open({
      limits: { inFlightBytes: 1_000, inFlightRequests: 10, openRequests: 10 },
      timeouts: { headersMillis: 100, requestMillis: 100, checkMillis: 20 },
    });
    await post('/v1/logs', Buffer.alloc(2_000, ' '), { 'content-type': JSON_TYPE });
    await raw('POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
    expect(doors.refusals).toEqual([
      { tenant: 'default', reason: 'overloaded', requests: 1 },
      { tenant: undefined, reason: 'slow', requests: 1 },
    ]);
    await doors.close();
    await open({ write: () => Promise.reject(new ThreadlineError('storage_unavailable', 'the disk is full')) });
    await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE });
    expect(doors.refusals).toEqual([{ tenant: 'default', reason: 'disk', requests: 1 }]);
  });
});

describe('a sender that goes away', () => {
  it('holds nothing of a body that it announces and does not send, and leaves room for the next when it goes', async () => {
    await open({ limits: { inFlightBytes: 10_000, inFlightRequests: 1, openRequests: 2 } });
    const next = async (): Promise<number> => (await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE })).status;
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = httpRequest(`${doors.httpUrl}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, 'content-length': 10_000 },
    });
    request.on('error', () => resolve());
    request.write('{');
    const socket = await new Promise<import('node:net').Socket>((settle) =>
      request.on('socket', (used) => (used.connecting ? used.once('connect', () => settle(used)) : settle(used))),
    );
    expect(await next()).toBe(200);
    request.write(Buffer.alloc(9_900, ' '));
    await expect.poll(next, { timeout: 10_000 }).toBe(429);
    socket.destroy();
    await promise;
    await expect.poll(next, { timeout: 10_000 }).toBe(200);
    expect(doors.faults).toEqual([]);
  });

  it('takes no other’s turn while it sends, unless as many are open as may be', async () => {
    await open({ limits: { inFlightBytes: 10_000, inFlightRequests: 1, openRequests: 2 } });
    const slow = Array.from({ length: 2 }, () =>
      connect(doors.httpPort, '127.0.0.1', function sendHead(this: import('node:net').Socket) {
        this.write('POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
      }),
    );
    const next = async (): Promise<number> => (await post('/v1/logs', LOGS_JSON, { 'content-type': JSON_TYPE })).status;
    await expect.poll(next, { timeout: 10_000 }).toBe(429);
    slow[0]?.destroy();
    await expect.poll(next, { timeout: 10_000 }).toBe(200);
    slow[1]?.destroy();
  });

  it('answers 503 with Retry-After to a request that came too slowly, so that its sender keeps the batch', async () => {
    await open({ timeouts: { headersMillis: 100, requestMillis: 100, checkMillis: 20 } });
    const answer = await raw('POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 503 /);
    expect(head).toContain('retry-after: 1');
    expect(JSON.parse(body)).toMatchObject({ code: 14 });
  });
});

describe('a sender that says nothing more behind its request', () => {
  const head = `POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${LOGS_JSON.length}\r\n\r\n`;

  it('has its answer, and its connection is closed behind it', async () => {
    const { promise: isSafe, resolve: makeSafe } = Promise.withResolvers<void>();
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
    await open({
      write: () => {
        ask();
        return isSafe;
      },
    });
    const answered = halfClosed(`${head}${LOGS_JSON}`);
    await isAsked;
    // The end of what it says is here by then, as it is behind the request.
    expect((await post('/nothing', '', {})).status).toBe(404);
    makeSafe();
    expect(await answered).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(doors.logs).toHaveLength(1);
  });

  it('is told so, and let go, where the request is not all there', async () => {
    await open();
    expect(await halfClosed(`${head}{`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await halfClosed('')).toBe('');
    expect(doors.logs).toEqual([]);
  });
});

/** What comes back until the door has closed the connection, of which this end says nothing behind what it sends. */
function halfClosed(sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: doors.httpPort, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(sent));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

function raw(sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(doors.httpPort, '127.0.0.1', () => socket.write(sent));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}
