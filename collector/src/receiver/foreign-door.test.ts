import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { LIMITS } from '../otlp/limits.ts';
import { type OpenDoors, type OpenDoorsOptions, openDoors } from './testing/open-doors.ts';

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const SPAN = { traceId: '5982fe77008310cc80f1da5e10147519', id: '90394f6bcffb5d13', name: 'get' };
const SPANS = JSON.stringify([SPAN]);
const PUSH = '{"streams":[{"stream":{"job":"api"},"values":[["1790000000000000000","hello"]]}]}';
/** `PushRequest` with one stream `{job="api"}` of one entry `hello` at second 1, and its hash. */
const PUSH_MESSAGE = Buffer.concat([
  Buffer.from([0x0a, 0x1c, 0x0a, 0x0b]),
  Buffer.from('{job="api"}'),
  Buffer.from([0x12, 0x0b, 0x0a, 0x02, 0x08, 0x01, 0x12, 0x05]),
  Buffer.from('hello'),
  Buffer.from([0x18, 0x00]),
]);
const BULK = '{"create":{"_index":"logs","_id":"a"}}\n{"message":"hello"}\n';

let doors: OpenDoors;

afterEach(async () => {
  await doors.close();
});

async function open(options?: OpenDoorsOptions): Promise<void> {
  doors = await openDoors(options);
}

function post(path: string, body: Uint8Array | string, headers: Record<string, string>, method = 'POST'): Promise<Response> {
  return fetch(`${doors.httpUrl}${path}`, { method, headers, body: typeof body === 'string' ? body : new Uint8Array(body) });
}

describe('Zipkin', () => {
  it('is taken as JSON, packed too, and answered 202', async () => {
    await open();
    const response = await post('/api/v2/spans', gzipSync(SPANS), { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    expect([response.status, await response.text()]).toEqual([202, '']);
    expect(doors.spans).toMatchObject([{ traceId: SPAN.traceId, spanId: SPAN.id, name: 'get' }]);
  });

  it('says which spans were not taken, and refuses a request of which none was', async () => {
    await open();
    const some = await post('/api/v2/spans', JSON.stringify([SPAN, { ...SPAN, id: 'xyz' }]), { 'content-type': JSON_TYPE });
    expect([some.status, await some.text()]).toEqual([202, expect.stringContaining('1 span')]);
    const none = await post('/api/v2/spans', JSON.stringify([{ name: 'no ids' }]), { 'content-type': JSON_TYPE });
    expect([none.status, await none.text()]).toEqual([400, expect.stringContaining('1 span')]);
    expect(doors.spans).toHaveLength(1);
  });

  it.each([
    [{ 'content-type': 'application/x-protobuf' }, SPANS, 415, 'Zipkin spans are taken as application/json\n'],
    [{}, SPANS, 415, 'Zipkin spans are taken as application/json\n'],
    [{ 'content-type': JSON_TYPE }, '{"a":1}', 400, 'the body is not a JSON list of spans, as Zipkin v2 has it\n'],
    [{ 'content-type': JSON_TYPE, 'content-encoding': 'br' }, SPANS, 415, 'content-encoding must be one of gzip, deflate, zstd\n'],
  ])('answers %j with %s in text', async (headers, body, status, message) => {
    await open();
    const response = await post('/api/v2/spans', Buffer.from(body), headers);
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      status,
      message,
      'text/plain; charset=utf-8',
    ]);
  });
});

describe('Loki', () => {
  it.each([
    ['JSON', PUSH, { 'content-type': JSON_TYPE }],
    ['a block of Snappy', compressSync(PUSH_MESSAGE), { 'content-type': 'application/x-protobuf' }],
    [
      'a block of Snappy that says so',
      compressSync(PUSH_MESSAGE),
      { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    ],
  ])('is taken as %s and answered 204', async (_caption, body, headers) => {
    await open();
    const response = await post('/loki/api/v1/push', body, headers);
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(doors.logs).toMatchObject([
      {
        body: { stringValue: 'hello' },
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }, { key: 'job' }] },
      },
    ]);
  });

  it.each([
    ['text/plain', PUSH, 415],
    [JSON_TYPE, '{"streams":1}', 400],
    ['application/x-protobuf', PUSH_MESSAGE, 400],
    ['application/x-protobuf', compressSync(Buffer.alloc(LIMITS.treeBodyBytes + 1)), 413],
    [JSON_TYPE, gzipSync(Buffer.alloc(LIMITS.treeBodyBytes + 1)), 413],
  ])('of %s is refused where it is none or too large (%#)', async (contentType, body, status) => {
    await open();
    const headers = { 'content-type': contentType, ...(contentType === JSON_TYPE && status === 413 && { 'content-encoding': 'gzip' }) };
    const response = await post('/loki/api/v1/push', body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });
});

describe('what Loki’s senders ask first', () => {
  it('is whether it is ready', async () => {
    await open();
    const response = await fetch(`${doors.httpUrl}/ready`);
    expect([response.status, await response.text()]).toEqual([200, 'ready\n']);
  });
});

describe('a bulk of Elasticsearch', () => {
  it.each([
    ['/_bulk', NDJSON, 'POST'],
    ['/other/_bulk', JSON_TYPE, 'PUT'],
    ['/_bulk?filter_path=errors', 'application/vnd.elasticsearch+x-ndjson; compatible-with=9', 'POST'],
  ])('is taken at %s as %s', async (path, contentType, method) => {
    await open();
    const response = await post(path, BULK, { 'content-type': contentType }, method);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-elastic-product')).toBe('Elasticsearch');
    expect(await response.json()).toMatchObject({
      errors: false,
      items: [{ create: { _index: 'logs', _id: 'a', status: 201, result: 'created' } }],
    });
    expect(doors.logs).toMatchObject([{ body: { stringValue: 'hello' } }]);
  });

  it('answers each action by itself', async () => {
    await open();
    const response = await post('/logs/_bulk', `{"delete":{"_id":"1"}}\n{"index":{}}\n{"message":"x"}\n`, { 'content-type': NDJSON });
    expect(await response.json()).toMatchObject({
      errors: true,
      items: [
        { delete: { _id: '1', status: 400, error: { type: 'illegal_argument_exception' } } },
        { index: { _index: 'logs', status: 201 } },
      ],
    });
  });

  it('is to be sent again as a whole where its first part cannot be made safe, and in part where a later one cannot', async () => {
    let writes = 0;
    let safeWrites = 0;
    await open({
      write: async () => {
        writes += 1;
        if (writes > safeWrites) throw new ThreadlineError('queue_full', 'full', { retryAfterMillis: 3_000 });
      },
    });
    const bulk = Array.from({ length: 1_500 }, (_, number) => `{"create":{"_index":"l"}}\n{"message":"${number}"}\n`).join('');
    const none = await post('/_bulk', bulk, { 'content-type': NDJSON });
    expect([none.status, none.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await none.json()).toEqual({ error: { root_cause: [], type: 'threadline_exception', reason: 'full' }, status: 429 });

    safeWrites = 2;
    const some = await post('/_bulk', bulk, { 'content-type': NDJSON });
    const answer = await some.json();
    const statuses = JSON.stringify(answer).matchAll(/"_primary_term":1,"status":(201)|"status":(429)/g);
    expect([some.status, answer]).toMatchObject([200, { errors: true }]);
    expect([...statuses].map(([, kept, full]) => kept ?? full)).toEqual([
      ...Array.from({ length: 1_000 }, () => '201'),
      ...Array.from({ length: 500 }, () => '429'),
    ]);
    expect(doors.logs).toHaveLength(1_000);
  });

  it('has ids of its own for each of its parts that are equal, the same ones when it is sent again', async () => {
    await open();
    const keyed = { 'content-type': NDJSON, 'idempotency-key': 'k' };
    const bulk = '{"create":{}}\n{"message":"same"}\n'.repeat(2_000);
    await post('/_bulk', bulk, keyed);
    await post('/_bulk', bulk, keyed);
    const [first, again] = [doors.logs.slice(0, 2_000), doors.logs.slice(2_000)].map((logs) => logs.map(({ id }) => id));
    expect(new Set(first).size).toBe(2_000);
    expect(again).toEqual(first);
  });

  it('is kept once, however often it is sent, where each document has an id of its sender’s: that is why it has one', async () => {
    await open();
    const named = (id: string): string => `{"create":{"_id":"${id}"}}\n{"message":"m"}\n`;
    const idsOf = async (body: string, path = '/_bulk'): Promise<string[]> => {
      const before = doors.logs.length;
      await post(path, body, { 'content-type': NDJSON });
      return doors.logs.slice(before).map(({ id }) => id);
    };
    const first = await idsOf(named('a') + named('b'));
    expect(await idsOf(named('a') + named('b'))).toEqual(first);
    const others = [
      await idsOf(named('a') + named('c')),
      await idsOf(named('a') + named('b'), '/other/_bulk'),
      await idsOf(`${named('a')}{"create":{}}\n{"message":"m"}\n`),
      await idsOf(`${named('a')}{"create":{}}\n{"message":"m"}\n`),
    ];
    expect(new Set([...first, ...others.flat()]).size).toBe(10);
  });

  it('has other ids for what its sender sends again of it without the rest', async () => {
    let writes = 0;
    await open({
      write: async () => {
        writes += 1;
        if (writes === 2) throw new ThreadlineError('queue_full', 'full', { retryAfterMillis: 1 });
      },
    });
    const keyed = { 'content-type': NDJSON, 'idempotency-key': 'k' };
    const line = '{"create":{}}\n{"message":"same"}\n';
    await post('/_bulk', line.repeat(2_000), keyed);
    await post('/_bulk', line.repeat(1_000), keyed);
    expect(new Set(doors.logs.map(({ id }) => id)).size).toBe(2_000);
  });

  it('says of what is nested deeper than is kept how deep it is, up to 400', async () => {
    await open();
    const nested = (depth: number): string => `${'[{"b":'.repeat(depth / 2)}${depth % 2 === 1 ? '[1]' : '1'}${'}]'.repeat(depth / 2)}`;
    const bulk = [16, 17, 20, 21, 30, 5_000].map((depth) => `{"create":{}}\n{"a":${nested(depth)},"c":[1]}\n`).join('');
    await post('/_bulk', bulk, { 'content-type': NDJSON });
    const cut = (originalSize: number) => [{ path: 'attributes.a', limit: 'depth', originalSize }];
    expect(doors.logs.map(({ truncations }) => truncations)).toEqual([undefined, cut(17), cut(20), cut(21), cut(30), cut(400)]);
  });

  it('loses only the part that is refused for good', async () => {
    await open();
    const empties = `{"create":{}}\n{"a":[${'{},'.repeat(599_999)}{}]}\n`;
    const one = (message: string): string => `{"create":{}}\n{"message":"${message}"}\n`;
    const filled = one('x'.repeat(2_000_000));
    const answer = await (
      await post('/_bulk', `${filled}${filled}${empties.repeat(2)}${filled}${filled}`, { 'content-type': NDJSON })
    ).json();
    const statuses = [...JSON.stringify(answer).matchAll(/"_primary_term":1,"status":(201)|"status":(413)/g)].map(
      ([, kept, not]) => kept ?? not,
    );
    expect(statuses).toEqual(['201', '201', '413', '413', '201', '201']);
    expect(doors.logs).toHaveLength(4);
  });

  it.each([
    ['/_bulk', 'text/plain', BULK, 415],
    ['/_bulk', NDJSON, '', 400],
    ['/_bulk', NDJSON, '{"message":"x"}\n', 400],
  ])('at %s of %s is refused where it is none (%#)', async (path, contentType, body, status) => {
    await open();
    const response = await post(path, body, { 'content-type': contentType });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, error: { type: 'threadline_exception' } });
  });

  it.each(['/', '/_license', '/_cluster/health'])('is preceded by what its senders ask at %s', async (path) => {
    await open();
    const response = await fetch(`${doors.httpUrl}${path}`);
    expect([response.status, response.headers.get('x-elastic-product')]).toEqual([200, 'Elasticsearch']);
  });

  it.each([
    ['GET', '/pino/_refresh'],
    ['POST', '/_refresh'],
  ])('is followed by what pino-elasticsearch asks, whose error would end the app: %s %s', async (method, path) => {
    await open();
    const response = await fetch(`${doors.httpUrl}${path}`, { method });
    expect([response.status, response.headers.get('x-elastic-product')]).toEqual([200, 'Elasticsearch']);
    expect(await response.json()).toEqual({ _shards: { total: 1, successful: 1, failed: 0 } });
  });
});

describe('every protocol', () => {
  const requests = [
    ['/api/v2/spans', SPANS, JSON_TYPE, 202],
    ['/loki/api/v1/push', PUSH, JSON_TYPE, 204],
    ['/_bulk', BULK, NDJSON, 200],
  ] as const;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it.each(requests)('needs the ingest key at %s, in the form that its senders have', async (path, body, contentType, status) => {
    await open({ ingestKey: 'secret' });
    const answers = [
      '',
      'Bearer wrong',
      `Basic ${base64('secret:wrong')}`,
      'Bearer secret',
      `Basic ${base64('any:secret')}`,
      `ApiKey ${base64('id:secret')}`,
    ];
    const statuses = await Promise.all(
      answers.map(
        async (authorization) =>
          (await post(path, body, { 'content-type': contentType, ...(authorization !== '' && { authorization }) })).status,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, status, status, status]);
  });

  it.each(requests)('takes its own method alone at %s', async (path) => {
    await open();
    const response = await fetch(`${doors.httpUrl}${path}`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')?.startsWith('POST')]).toEqual([405, true]);
  });

  it.each(requests)('is told at %s to come back when the log is full', async (path, body, contentType) => {
    await open({ write: () => Promise.reject(new ThreadlineError('storage_unavailable', 'no room', { retryAfterMillis: 2_000 })) });
    const response = await post(path, body, { 'content-type': contentType });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it.each([
    ['/api/v2/spans', JSON_TYPE, (deep: string) => `[{"traceId":"${SPAN.traceId}","id":"${SPAN.id}","tags":{"a":${deep}}}]`, 202],
    ['/loki/api/v1/push', JSON_TYPE, (deep: string) => `{"streams":[{"stream":{"a":${deep}},"values":[["1","x",{"b":${deep}}]]}]}`, 204],
    ['/_bulk', NDJSON, (deep: string) => `{"index":{}}\n{"a":${deep}}\n`, 200],
    ['/_bulk', NDJSON, (deep: string) => `${deep}\n`, 400],
    ['/api/v2/spans', JSON_TYPE, (deep: string) => deep, 400],
    ['/loki/api/v1/push', JSON_TYPE, (deep: string) => `{"streams":${deep}}`, 400],
  ])('reads what is nested as deep as a body goes at %s (%#)', async (path, contentType, bodyOf, status) => {
    await open();
    const levels = 400_000;
    const response = await post(path, bodyOf('['.repeat(levels) + ']'.repeat(levels)), { 'content-type': contentType });
    expect(response.status).toBe(status);
    expect(doors.faults).toEqual([]);
  });

  it.each(requests)('is kept once at %s when it is sent again with its key', async (path, body, contentType, status) => {
    await open();
    const headers = { 'content-type': contentType, 'idempotency-key': 'k' };
    const ids = new Set<string | undefined>();
    for (const _ of [1, 2]) {
      expect((await post(path, body, headers)).status).toBe(status);
      for (const { id } of [...doors.logs, ...doors.spans]) ids.add(id);
    }
    expect(ids.size).toBe(1);
  });
});
