import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JaegerEnvelope, JaegerTrace } from '../../src/query/jaeger/jaeger-model.ts';
import { changedStorage } from '../../src/storage/changed-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan, hexId, SECOND_NANOS } from '../storage-contract/builders.ts';
import { attributes, text } from '../storage-contract/values.ts';
import { type ApiResponse, type QueryApi, startQueryApi } from './query-api.ts';

/** One more than an answer has room for. */
const HUGE_TRACE_SPANS = 50_001;
/** How many spans one write takes: what a sender would put into some requests. */
const WRITE_SPANS = 10_000;
const micros = (seconds: number): string => String((BASE_NANOS + BigInt(seconds) * SECOND_NANOS) / 1_000n);
const millis = (seconds: number): string => String((BASE_NANOS + BigInt(seconds) * SECOND_NANOS) / 1_000_000n);
const HOUR = `start=${micros(0)}&end=${micros(3_600)}`;

const SHOP = { traceId: hexId('shop', 32) };
const MAIL = { traceId: hexId('mail', 32) };
const span = (name: string): string => hexId(name, 16);

const SPANS = [
  buildSpan('gateway', { ...SHOP, startTimeUnixNano: at(10), seconds: 3, name: 'GET /checkout', kind: 2, service: 'gateway' }),
  buildSpan('call', { ...SHOP, parentSpanId: span('gateway'), startTimeUnixNano: at(11), kind: 3, service: 'gateway' }),
  buildSpan('orders', { ...SHOP, parentSpanId: span('call'), startTimeUnixNano: at(11, 5n), kind: 2, service: 'orders' }),
  buildSpan('charge', {
    ...SHOP,
    parentSpanId: span('orders'),
    startTimeUnixNano: at(12),
    kind: 2,
    status: { code: 2 },
    service: 'payments',
  }),
  buildSpan('refund', { ...SHOP, parentSpanId: span('orders'), startTimeUnixNano: at(13), kind: 2, service: 'payments' }),
  buildSpan('publish', { ...SHOP, parentSpanId: span('orders'), startTimeUnixNano: at(14), kind: 4, service: 'orders' }),
  buildSpan('deliver', {
    ...MAIL,
    startTimeUnixNano: at(60),
    kind: 5,
    links: [{ ...SHOP, spanId: span('publish'), attributes: [] }],
    service: 'mail',
  }),
  buildSpan('last microsecond', { startTimeUnixNano: at(2_000, 999n), service: 'edge' }),
];

const listed = (response: ApiResponse): JaegerEnvelope => JSON.parse(response.text);

describe("Jaeger's API", () => {
  let api: QueryApi;
  const ask = async <T>(path: string): Promise<JaegerEnvelope & { readonly data: T }> => api.get(`/jaeger/api/${path}`);
  const tracesOf = async (path: string): Promise<string[]> => (await ask<JaegerTrace[]>(path)).data.map(({ traceID }) => traceID);

  beforeAll(async () => {
    api = await startQueryApi();
    await api.write({ spans: SPANS, logs: [buildLog('only-logs', { service: 'cron', body: text('tick'), traceId: hexId('cron', 32) })] });
  });
  afterAll(() => api.stop());

  it('answers in Jaeger’s envelope', async () => {
    const response = await api.send('/jaeger/api/services');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(listed(response)).toEqual({
      data: ['edge', 'gateway', 'mail', 'orders', 'payments'],
      total: 5,
      limit: 0,
      offset: 0,
      errors: null,
    });
  });

  it('finds traces by what one of their spans is, newest first, and answers them whole', async () => {
    expect(await tracesOf(`traces?service=mail&${HOUR}`)).toEqual([MAIL.traceId]);
    expect(await tracesOf(`traces?service=payments&tags=%7B%22error%22%3A%22true%22%7D&${HOUR}`)).toEqual([SHOP.traceId]);
    expect(await tracesOf(`traces?service=orders&tags=%7B%22error%22%3A%22true%22%7D&${HOUR}`)).toEqual([]);
    expect(await tracesOf(`traces?service=gateway&operation=GET+%2Fcheckout&minDuration=3s&maxDuration=3s&${HOUR}`)).toEqual([
      SHOP.traceId,
    ]);
    expect(await tracesOf(`traces?service=gateway&tag=span.kind:client&${HOUR}`)).toEqual([SHOP.traceId]);
    const { data } = await ask<JaegerTrace[]>(`traces?service=orders&${HOUR}`);
    expect(data[0]?.spans).toHaveLength(6);
    expect(Object.values(data[0]?.processes ?? {}).map(({ serviceName }) => serviceName)).toEqual(['gateway', 'orders', 'payments']);
  });

  it('has both ends of a range in it, to the end of the last microsecond', async () => {
    const microsecond = micros(2_000);
    expect(await tracesOf(`traces?service=edge&start=${microsecond}&end=${microsecond}`)).toHaveLength(1);
    expect(await tracesOf(`traces?service=edge&start=${BigInt(microsecond) + 1n}&end=${micros(2_001)}`)).toEqual([]);
    expect(await tracesOf(`traces?service=edge&start=${micros(1_999)}&end=${BigInt(microsecond) - 1n}`)).toEqual([]);
  });

  it('answers traces by their ids and names those that are not there', async () => {
    const nowhere = 'f'.repeat(32);
    const answer = await ask<JaegerTrace[]>(`traces?traceID=${MAIL.traceId}&traceID=${nowhere}&traceID=${SHOP.traceId.toUpperCase()}`);
    expect(answer.data.map(({ traceID }) => traceID)).toEqual([MAIL.traceId, SHOP.traceId]);
    expect(answer.errors).toEqual([{ msg: 'trace not found', traceID: nowhere }]);
  });

  it('finds a trace by its id whatever range is named beside it', async () => {
    expect(await tracesOf(`traces/${MAIL.traceId}?start=1&end=2`)).toEqual([MAIL.traceId]);
  });

  it.each([
    ['traces/ffff', 404, 'trace not found'],
    ['traces/0', 404, 'trace not found'],
    [`traces/${hexId('cron', 32)}`, 404, 'trace not found'],
    ['traces/not-hex', 400, 'The parameter "traceID" is not a trace id of 1 to 32 hexadecimal digits.'],
    ['traces/%E0%A4%A', 400, 'The path is not valid percent-encoding.'],
    ['traces', 400, 'The parameter "service" is not there; a search needs it, or traceID.'],
    ['traces?service=a&tags=%FF', 400, 'The parameter "tags" is not valid percent-encoding of UTF-8.'],
    ['traces?service=a&tags={"a":[]}', 400, 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['operations', 400, 'The parameter "service" is not there; operations are those of one service.'],
    [
      'operations?service=a&spanKind=odd',
      400,
      'The parameter "spanKind" is not one of unspecified, internal, server, client, producer, consumer.',
    ],
    ['dependencies?endTs=yesterday', 400, 'The parameter "endTs" is not a time in milliseconds since 1970.'],
    ['dependencies?lookback=-1', 400, 'The parameter "lookback" is not a number of milliseconds.'],
    ['metrics/latencies', 404, 'There is nothing of Jaeger at this path; docs/jaeger.md lists what there is.'],
    ['', 404, 'There is nothing of Jaeger at this path; docs/jaeger.md lists what there is.'],
  ])('answers %s with %i and the reason in the envelope', async (path, status, msg) => {
    const response = await api.send(`/jaeger/api/${path}`);
    expect(response.status).toBe(status);
    expect(listed(response)).toEqual({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg }] });
  });

  it('answers any parameters with what it found or with what is wrong, never with a fault', async () => {
    const names = [
      'service',
      'operation',
      'tag',
      'tags',
      'minDuration',
      'maxDuration',
      'start',
      'end',
      'lookback',
      'limit',
      'traceID',
      'endTs',
      'spanKind',
      'raw',
    ];
    const odd = [
      '',
      '0',
      '-1',
      '1',
      '9'.repeat(30),
      '1s',
      '0x1',
      'a:b',
      ':',
      '{}',
      '{"a":1}',
      '[',
      '%00',
      '%ff',
      '%',
      '__proto__',
      'mail',
      '%C3%A9',
      '+',
    ];
    const query = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...odd), fc.string().map(encodeURIComponentSafely))),
      { maxLength: 6 },
    );
    const path = fc.constantFrom(
      'services',
      'operations',
      'services/a%2Fb/operations',
      'traces',
      'traces/1',
      'dependencies',
      'v3/traces',
      'v3/operations',
    );
    await fc.assert(
      fc.asyncProperty(path, query, async (endpoint, pairs) => {
        const response = await api.send(`/jaeger/api/${endpoint}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`);
        expect([200, 400, 404]).toContain(response.status);
      }),
      { numRuns: 150 },
    );
    expect(api.errors).toEqual([]);
  });

  it('only reads', async () => {
    const response = await api.send('/jaeger/api/traces', { method: 'POST' });
    expect(response).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(listed(response).errors).toEqual([{ code: 405, msg: 'This path takes GET and HEAD only.' }]);
  });

  it('draws who calls whom, through messages too', async () => {
    const range = `endTs=${millis(120)}&lookback=120000`;
    const all = [
      { parent: 'gateway', child: 'orders', callCount: 1 },
      { parent: 'orders', child: 'mail', callCount: 1 },
      { parent: 'orders', child: 'payments', callCount: 2 },
    ];
    expect(await ask(`dependencies?${range}`)).toEqual({ data: all, total: 0, limit: 0, offset: 0, errors: null });
    expect((await ask(`dependencies?${range}&service=mail`)).data).toEqual([all[1]]);
    // Minutes count as a whole.
    expect((await ask(`dependencies?endTs=${millis(-1)}&lookback=9000`)).data).toEqual([]);
    expect((await ask(`dependencies?endTs=${millis(-1)}&lookback=${millis(10)}0`)).data).toEqual([]);
    // Without a range it is the last day, in which nothing was.
    expect((await ask('dependencies')).data).toEqual([]);
  });
});

describe("Jaeger's API, version 3", () => {
  let api: QueryApi;
  const range = 'query.startTimeMin=2026-11-20T10:00:00.000Z&query.startTimeMax=2026-11-20T11:00:00.000Z';
  const search = (parameters: string) => api.get<{ summaries: { traceId: string }[] }>(`/jaeger/api/v3/trace-summaries?${parameters}`);

  beforeAll(async () => {
    api = await startQueryApi();
    await api.write({ spans: SPANS });
  });
  afterAll(() => api.stop());

  it('lists services and operations as Jaeger UI reads them', async () => {
    expect(await api.get('/jaeger/api/v3/services')).toEqual({ services: ['edge', 'gateway', 'mail', 'orders', 'payments'] });
    expect(await api.get('/jaeger/api/v3/operations?service=edge')).toEqual({
      operations: [{ name: 'last microsecond', spanKind: 'internal' }],
    });
    expect(await api.get('/jaeger/api/v3/operations?service=gateway&spanKind=client')).toEqual({
      operations: [{ name: 'call', spanKind: 'client' }],
    });
  });

  it('sums up the traces that a search finds, newest first', async () => {
    const { summaries } = await search(`query.serviceName=gateway&query.operationName=GET+%2Fcheckout&query.durationMin=3s&${range}`);
    expect(summaries).toEqual([
      {
        traceId: SHOP.traceId,
        rootServiceName: 'gateway',
        rootOperationName: 'GET /checkout',
        minStartTimeUnixNano: at(10),
        maxEndTimeUnixNano: at(15),
        spanCount: 6,
        errorSpanCount: 1,
        services: [
          { name: 'gateway', spanCount: 2, errorSpanCount: 0 },
          { name: 'orders', spanCount: 2, errorSpanCount: 0 },
          { name: 'payments', spanCount: 2, errorSpanCount: 1 },
        ],
      },
    ]);
    const errors = await search(`query.attributes=%7B%22error%22%3A%22true%22%7D&query.searchDepth=10&${range}`);
    expect(errors.summaries.map(({ traceId }) => traceId)).toEqual([SHOP.traceId]);
    expect((await search(range)).summaries).toHaveLength(3);
    expect((await search(`query.searchDepth=1&${range}`)).summaries).toHaveLength(1);
  });

  it('answers whole traces as OTLP, by id and by a search in the old names too', async () => {
    const byId = await api.get<{ result: { resourceSpans: object[] } }>(`/jaeger/api/v3/traces/${MAIL.traceId}`);
    expect(byId).toEqual({
      result: {
        resourceSpans: [
          {
            resource: { attributes: attributes({ 'service.name': 'mail' }) },
            scopeSpans: [
              {
                scope: { attributes: [] },
                spans: [
                  {
                    ...MAIL,
                    spanId: span('deliver'),
                    name: 'deliver',
                    kind: 5,
                    startTimeUnixNano: at(60),
                    endTimeUnixNano: at(61),
                    attributes: [],
                    links: [{ ...SHOP, spanId: span('publish'), attributes: [] }],
                  },
                ],
              },
            ],
          },
        ],
      },
    });
    const old = 'query.start_time_min=2026-11-20T10:00:00.000Z&query.start_time_max=2026-11-20T11:00:00.000Z';
    for (const parameters of [`query.service_name=mail&${old}`, `query.serviceName=mail&${range}`]) {
      expect(await api.get(`/jaeger/api/v3/traces?${parameters}`)).toEqual(byId);
    }
    const { result } = await api.get<{ result: { resourceSpans: object[] } }>(`/jaeger/api/v3/traces?query.serviceName=orders&${range}`);
    expect(result.resourceSpans.map(({ scopeSpans }: { scopeSpans?: { spans: object[] }[] }) => scopeSpans?.[0]?.spans.length)).toEqual([
      2, 2, 2,
    ]);
  });

  it.each(['traces/ffff', `traces?query.serviceName=nobody&${range}`])('answers %s with 404, for nothing is there', async (path) => {
    const response = await api.send(`/jaeger/api/v3/${path}`);
    expect([response.status, JSON.parse(response.text)]).toEqual([404, { error: { httpCode: 404, message: 'No traces found' } }]);
  });

  it.each([
    ['', 'The parameter "query.startTimeMin" is not there; a search needs both ends of its time.'],
    [`query.searchDepth=9999&${range}`, 'The parameter "query.searchDepth" is not a whole number from 0 to 1500.'],
    [`query.attributes=[]&${range}`, 'The parameter "query.attributes" is not a JSON object of strings, numbers and booleans.'],
    [`query.durationMin=2s&query.durationMax=1s&${range}`, 'The parameter "query.durationMax" is not as long as "query.durationMin".'],
    [
      'query.startTimeMin=2026-11-20T10:00:00Z&query.startTimeMax=2026-11-20T09:00:00Z',
      'The parameter "query.startTimeMin" is not before "query.startTimeMax".',
    ],
  ])('refuses %s in this version’s form', async (parameters, message) => {
    const response = await api.send(`/jaeger/api/v3/trace-summaries?${parameters}`);
    expect(response.status).toBe(400);
    expect(JSON.parse(response.text)).toEqual({ error: { httpCode: 400, message } });
  });
});

describe("Jaeger's API with a read key", () => {
  let api: QueryApi;
  beforeAll(async () => {
    api = await startQueryApi({ readKey: 'secret', allowedHosts: [] });
  });
  afterAll(() => api.stop());

  it.each([
    ['no key', {}, 401],
    ['a wrong key', { authorization: 'Bearer other' }, 401],
    ['the key', { authorization: 'Bearer secret' }, 200],
    ['a foreign host', { authorization: 'Bearer secret', host: 'evil.example' }, 403],
    ['a page of another site', { authorization: 'Bearer secret', 'sec-fetch-site': 'cross-site' }, 403],
  ])('answers %s as the other API does', async (_caption, headers, status) => {
    const response = await api.send('/jaeger/api/services', { headers: { ...headers } });
    expect(response.status).toBe(status);
    const { errors } = listed(response);
    expect(errors).toEqual(status === 200 ? null : [{ code: status, msg: expect.stringMatching(/./) }]);
    expect(response.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="threadline"' : undefined);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe("Jaeger's API at its limits", () => {
  let api: QueryApi;
  const traceId = hexId('huge', 32);

  beforeAll(async () => {
    api = await startQueryApi();
    const spans = Array.from({ length: HUGE_TRACE_SPANS }, (_, index) =>
      buildSpan(`huge-${index}`, {
        traceId,
        ...(index > 0 && { parentSpanId: span('huge-0') }),
        startTimeUnixNano: at(index / 1_000),
        service: index === 0 ? 'caller' : 'huge',
        attributes: attributes({ n: 'x' }),
      }),
    );
    for (let start = 0; start < spans.length; start += WRITE_SPANS) {
      await api.storage.writeSpans('default', spans.slice(start, start + WRITE_SPANS));
    }
    await api.write({ spans: [buildSpan('small', { traceId: hexId('small', 32), startTimeUnixNano: at(100), service: 'huge' })] });
  });
  afterAll(() => api.stop());

  it('cuts a trace for which one answer has no room, and says so', async () => {
    const { data } = await api.get<{ data: JaegerTrace[] }>(`/jaeger/api/traces/${traceId}`);
    expect(data[0]?.spans).toHaveLength(HUGE_TRACE_SPANS - 1);
    expect(data[0]?.warnings).toEqual(['Only the first 50000 spans by start are here: one answer has no room for more.']);
  });

  it('leaves out a whole trace rather than show a part of it beside others', async () => {
    const answer = await api.get<JaegerEnvelope & { data: JaegerTrace[] }>(`/jaeger/api/traces?service=huge&${HOUR}`);
    expect(answer.data.map(({ traceID, spans }) => [traceID, spans.length])).toEqual([[hexId('small', 32), 1]]);
    expect(answer.errors).toEqual([{ msg: 'left out: one answer has no room for this trace too', traceID: traceId }]);
  });

  it('counts every call of a trace of any size, and says where a storage did not count all', async () => {
    const path = `/jaeger/api/dependencies?endTs=${millis(59)}&lookback=59000`;
    const whole = await api.get<JaegerEnvelope>(path);
    expect(whole).toMatchObject({ data: [{ parent: 'caller', child: 'huge', callCount: HUGE_TRACE_SPANS - 1 }] });
    expect(whole).not.toHaveProperty('warnings');
    const slow = await startQueryApi({ storage: withPartialFigures(api.storage) });
    expect(await slow.get<JaegerEnvelope>(path)).toMatchObject({
      warnings: ['Only spans since 2026-11-20T10:00:01Z were counted; a shorter lookback counts all of its own.'],
    });
    await slow.stop();
  });
});

/** What a sender could have put there; lone surrogates have no encoding. */
function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The storage, but its figures are of a part only. Its own life is the test's. */
function withPartialFigures(storage: Storage): Storage {
  return changedStorage(storage, {
    start: async () => undefined,
    shutdown: async () => undefined,
    serviceFigures: async (request, context) => ({
      ...(await storage.serviceFigures(request, context)),
      partial: { searchedFromNanos: BigInt(at(1)), reason: 'a test' },
    }),
  });
}
