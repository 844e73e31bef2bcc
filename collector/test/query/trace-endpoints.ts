import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationsAnswer, ServicesAnswer, TraceAnswer, TraceSearchAnswer } from '../../src/api/index.ts';
import { DROP_ATTRIBUTES, DROP_EVENT, SPAN_START_ATTRIBUTES, SPAN_START_EVENT } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan, hexId } from '../storage-contract/builders.ts';
import { array, attributes, int, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z';
const trace = (name: string): string => hexId(`trace ${name}`, 32);
const span = (name: string): string => hexId(name, 16);

const checkout = { traceId: trace('checkout') };
const SPANS = [
  buildSpan('gateway', { ...checkout, startTimeUnixNano: at(10), seconds: 3, name: 'GET /checkout', kind: 2, service: 'gateway' }),
  buildSpan('orders', {
    ...checkout,
    startTimeUnixNano: at(11),
    seconds: 0.5,
    parentSpanId: span('gateway'),
    name: 'POST /orders',
    service: 'orders',
    attributes: attributes({ 'http.route': '/orders', region: 'eu:west' }),
  }),
  buildSpan('payments', {
    ...checkout,
    startTimeUnixNano: at(12),
    seconds: 0.25,
    parentSpanId: span('gateway'),
    name: 'POST /charge',
    status: { code: 2 },
    service: 'payments',
    attributes: attributes({ 'http.route': '/charge', retries: int(2) }),
  }),
  buildSpan('health', {
    traceId: trace('health'),
    startTimeUnixNano: at(20),
    seconds: 0.1,
    name: 'GET /health',
    service: 'gateway',
    status: { code: 1 },
  }),
  buildSpan('orphan', {
    traceId: trace('orphan'),
    startTimeUnixNano: at(15),
    parentSpanId: span('nowhere'),
    name: 'late',
    service: 'orders',
  }),
  ...Array.from({ length: 12 }, (_, index) =>
    buildSpan(`paged-${String(index).padStart(2, '0')}`, {
      traceId: trace('paged'),
      startTimeUnixNano: at(100 + Math.floor(index / 3)),
      ...(index === 0 ? {} : { parentSpanId: span('paged-00') }),
      service: 'batch',
    }),
  ),
];
const PAGED_LOGS = Array.from({ length: 30 }, (_, index) =>
  buildLog(`paged-log-${String(index).padStart(2, '0')}`, {
    traceId: trace('paged'),
    timeUnixNano: at(95 + index / 2),
    body: text('working'),
  }),
);
const LOGS = [
  ...PAGED_LOGS,
  buildLog('inside', { ...checkout, spanId: span('orders'), timeUnixNano: at(11, 5n), body: text('x'.repeat(5_000)), service: 'orders' }),
  buildLog('alone', { traceId: trace('alone'), timeUnixNano: at(30), body: text('no span at all'), service: 'jobs' }),
  buildLog('alone-later', { traceId: trace('alone'), timeUnixNano: at(32), service: 'jobs' }),
  ...['payments', 'stuck'].map((name) =>
    buildLog(`start-${name}`, {
      ...checkout,
      spanId: span(name),
      timeUnixNano: at(14),
      eventName: SPAN_START_EVENT,
      service: 'payments',
      attributes: attributes({
        [SPAN_START_ATTRIBUTES.name]: `waiting ${name}`,
        [SPAN_START_ATTRIBUTES.kind]: int(3),
        [SPAN_START_ATTRIBUTES.parentId]: span('orders'),
        [SPAN_START_ATTRIBUTES.startTimeUnixNano]: int(at(12)),
      }),
    }),
  ),
  buildLog('only-started', {
    traceId: trace('started'),
    spanId: span('only'),
    timeUnixNano: at(40),
    eventName: SPAN_START_EVENT,
    service: 'jobs',
  }),
  buildLog('dropped', {
    timeUnixNano: at(50),
    eventName: DROP_EVENT,
    service: 'orders',
    attributes: attributes({
      [DROP_ATTRIBUTES.signal]: 'traces',
      [DROP_ATTRIBUTES.reason]: 'the spool was full',
      [DROP_ATTRIBUTES.count]: int(7),
      [DROP_ATTRIBUTES.firstTimeUnixNano]: at(11),
      [DROP_ATTRIBUTES.traceIds]: array(text(trace('other')), text(trace('checkout'))),
    }),
  }),
];

/** What the API answers about traces, on any storage; one that is given is the suite's own and empty. */
export function testTraceEndpoints(createStorage?: () => Storage): void {
  describe('the trace endpoints', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ spans: SPANS, logs: LOGS });
    });
    afterAll(() => api.stop());

    async function search(parameters: string): Promise<string[]> {
      const { traces } = await api.get<TraceSearchAnswer>(`/api/v1/traces?${RANGE}&${parameters}`);
      return traces.map(({ traceId }) => traceId);
    }

    it('lists traces with the newest root start first and the figures of the whole trace', async () => {
      const { traces } = await api.get<TraceSearchAnswer>(`/api/v1/traces?${RANGE}`);
      expect(traces.map(({ traceId }) => traceId)).toEqual(['paged', 'health', 'orphan', 'checkout'].map(trace));
      expect(traces[3]).toMatchObject({
        rootService: 'gateway',
        rootOperation: 'GET /checkout',
        spanCount: 3,
        errorCount: 1,
        durationNano: '3000000000',
      });
      expect(traces[2]).toMatchObject({ rootMissing: true, rootService: 'orders', rootOperation: 'late' });
    });

    it.each([
      ['service=orders', ['orphan', 'checkout']],
      ['operation=POST+/charge', ['checkout']],
      ['status=error', ['checkout']],
      ['status=ok', ['health']],
      ['minDuration=1s', ['paged', 'orphan', 'checkout']],
      ['minDuration=1.5s', ['checkout']],
      ['maxDuration=100ms', ['health']],
      ['minDuration=250ms&maxDuration=250ms', ['checkout']],
      ['attribute=http.route:/charge', ['checkout']],
      ['attribute=retries:2', ['checkout']],
      ['attribute=region:eu:west', ['checkout']],
      ['attribute=http.route:/charge&attribute=retries:2', ['checkout']],
      ['attribute=http.route:*', []],
      ['query=kind:server', ['checkout']],
      ['query=root:true+AND+service:gateway', ['health', 'checkout']],
    ])('finds by %s', async (parameters, expected) => {
      expect(await search(parameters)).toEqual(expected.map(trace));
    });

    it.each([
      ['service=orders&status=error'],
      ['service=payments&operation=POST+/orders'],
      ['attribute=http.route:/charge&attribute=http.route:/orders'],
      ['query=service:orders&operation=POST+/charge'],
      ['query=a+OR+b&service=gateway'],
    ])('wants one single span to fulfil all of %s', async (parameters) => {
      expect(await search(parameters)).toEqual([]);
    });

    it.each([
      ['query=service:gateway&with=service:payments', ['checkout']],
      ['service=gateway&with=service:payments+status:error&with=http.route:/orders', ['checkout']],
      ['service=gateway&with=service:payments+http.route:/orders', []],
      ['with=service:orders', ['orphan', 'checkout']],
      ['with=', ['paged', 'health', 'orphan', 'checkout']],
      ['minTraceDuration=3s', ['paged', 'checkout']],
      ['minTraceDuration=2s&maxTraceDuration=3s', ['checkout']],
      ['service=payments&maxDuration=1s&minTraceDuration=3s', ['checkout']],
    ])('finds traces whose spans together fulfil %s', async (parameters, expected) => {
      expect(await search(parameters)).toEqual(expected.map(trace));
    });

    it('gives traces of several conditions in pages, and refuses the cursor of others', async () => {
      const parameters = 'with=service:orders&with=service:*&limit=1';
      const first: TraceSearchAnswer = await api.get(`/api/v1/traces?${RANGE}&${parameters}`);
      const next: TraceSearchAnswer = await api.get(`/api/v1/traces?${RANGE}&${parameters}&cursor=${first.nextCursor}`);
      expect([...first.traces, ...next.traces].map(({ traceId }) => traceId)).toEqual(['orphan', 'checkout'].map(trace));
      expect(next.nextCursor).toBeUndefined();
      const other = errorOf(await api.send(`/api/v1/traces?${RANGE}&with=service:orders&limit=1&cursor=${first.nextCursor}`));
      expect(other.message).toContain('another "with"');
    });

    it.each([
      ['with=service:(', { field: 'with', position: 9 }],
      [Array.from({ length: 9 }, () => 'with=a').join('&'), { field: 'with', position: 0 }],
      ['minTraceDuration=2s&maxTraceDuration=1s', { field: 'minTraceDuration', position: 0 }],
      ['maxTraceDuration=long', { field: 'maxTraceDuration' }],
    ])('says what is wrong with %s', async (parameters, expected) => {
      expect(errorOf(await api.send(`/api/v1/traces?${RANGE}&${parameters}`))).toMatchObject(expected);
    });

    it.each([
      ['order=slowest', ['paged', 'checkout', 'orphan', 'health']],
      ['order=slowest&service=gateway', ['checkout', 'health']],
      ['order=slowest&maxTraceDuration=2s', ['orphan', 'health']],
      ['order=newest', ['paged', 'health', 'orphan', 'checkout']],
    ])('orders by %s', async (parameters, expected) => {
      const answer: TraceSearchAnswer = await api.get(`/api/v1/traces?${RANGE}&${parameters}`);
      expect(answer.traces.map(({ traceId }) => traceId)).toEqual(expected.map(trace));
      expect(answer.nextCursor).toBeUndefined();
    });

    it('takes no text of a parameter for a query', async () => {
      expect(await search(`service=${encodeURIComponent('x" OR service:"gateway')}`)).toEqual([]);
      expect(await search('service=gate*')).toEqual([]);
    });

    it('matches spans that start in the range, the end not included', async () => {
      const find = (from: string, to: string) => api.get<TraceSearchAnswer>(`/api/v1/traces?service=payments&from=${from}&to=${to}`);
      expect((await find('2026-11-20T10:00:12Z', '2026-11-20T10:00:13Z')).traces).toHaveLength(1);
      expect((await find('2026-11-20T10:00:11Z', '2026-11-20T10:00:12Z')).traces).toHaveLength(0);
    });

    it('gives every trace exactly once in pages', async () => {
      const found: string[] = [];
      let cursor = '';
      do {
        const page: TraceSearchAnswer = await api.get(`/api/v1/traces?${RANGE}&limit=1${cursor && `&cursor=${cursor}`}`);
        found.push(...page.traces.map(({ traceId }) => traceId));
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      expect(found).toEqual(['paged', 'health', 'orphan', 'checkout'].map(trace));
    });

    it('answers a trace with its spans by start, its logs, what is unfinished and what was dropped', async () => {
      const answer = await api.get<TraceAnswer>(`/api/v1/traces/${trace('checkout').toUpperCase()}`);
      expect(answer.spans.map(({ id }) => id)).toEqual(['gateway', 'orders', 'payments']);
      expect(answer.logs.map(({ id, bodyTruncated }) => [id, bodyTruncated])).toEqual([['inside', true]]);
      expect(answer.unfinished).toEqual([
        {
          traceId: trace('checkout'),
          spanId: span('stuck'),
          parentSpanId: span('orders'),
          name: 'waiting stuck',
          kind: 3,
          startTimeUnixNano: at(12),
          service: 'payments',
        },
      ]);
      expect(answer.drops).toEqual([
        {
          service: 'orders',
          signal: 'traces',
          reason: 'the spool was full',
          count: 7,
          firstTimeUnixNano: at(11),
          lastTimeUnixNano: at(50),
        },
      ]);
      expect(answer.summary).toMatchObject({ rootOperation: 'GET /checkout', spanCount: 3 });
      expect(answer.nextCursor).toBeUndefined();
    });

    it.each([1, 2, 5, 12, 30, 1_000])('gives every span and log of a trace exactly once in pages of %i', async (limit) => {
      const spans: string[] = [];
      const logs: string[] = [];
      let cursor = '';
      do {
        const page: TraceAnswer = await api.get(`/api/v1/traces/${trace('paged')}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(page.spans.length).toBeLessThanOrEqual(limit);
        expect(page.logs.length).toBeLessThanOrEqual(limit);
        expect(page.summary.spanCount).toBe(12);
        spans.push(...page.spans.map(({ id }) => id));
        logs.push(...page.logs.map(({ id }) => id));
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      expect(spans).toEqual(SPANS.filter(({ record }) => record.traceId === trace('paged')).map(({ id }) => id));
      expect(logs).toEqual(PAGED_LOGS.map(({ id }) => id));
    });

    it('bounds spans and logs by from and to, the summary is of the whole trace', async () => {
      const answer = await api.get<TraceAnswer>(`/api/v1/traces/${trace('checkout')}?from=2026-11-20T10:00:12Z&to=2026-11-20T10:00:13Z`);
      expect(answer.spans.map(({ id }) => id)).toEqual(['payments']);
      expect(answer.logs).toEqual([]);
      expect(answer.summary.spanCount).toBe(3);
    });

    it('answers a trace of which there are only logs', async () => {
      const answer = await api.get<TraceAnswer>(`/api/v1/traces/${trace('alone')}`);
      expect(answer.logs.map(({ id }) => id)).toEqual(['alone', 'alone-later']);
      expect(answer.summary).toMatchObject({
        rootMissing: true,
        rootService: 'jobs',
        startTimeUnixNano: at(30),
        durationNano: '2000000000',
        spanCount: 0,
      });
    });

    it('answers a trace of which there is only a start', async () => {
      const answer = await api.get<TraceAnswer>(`/api/v1/traces/${trace('started')}`);
      expect(answer.unfinished.map(({ spanId }) => spanId)).toEqual([span('only')]);
      expect(answer.logs).toEqual([]);
    });

    it('answers an unknown trace with not_found and a cursor of another trace with the reason', async () => {
      const unknown = await api.send(`/api/v1/traces/${'ab'.repeat(16)}`);
      expect([unknown.status, errorOf(unknown).code]).toEqual([404, 'not_found']);
      const { nextCursor } = await api.get<TraceAnswer>(`/api/v1/traces/${trace('paged')}?limit=1`);
      const other = await api.send(`/api/v1/traces/${trace('checkout')}?limit=1&cursor=${nextCursor}`);
      expect([other.status, errorOf(other).field]).toEqual([400, 'cursor']);
    });

    it.each([
      ['minDuration=5', 'invalid_duration', 'minDuration'],
      ['minDuration=2s&maxDuration=1s', 'invalid_argument', 'minDuration'],
      ['status=bad', 'invalid_argument', 'status'],
      ['attribute=novalue', 'invalid_argument', 'attribute'],
      ['attribute=:x', 'invalid_argument', 'attribute'],
      ['order=asc', 'invalid_argument', 'order'],
      ['service=a&service=b', 'invalid_argument', 'service'],
      ['query=level:error', 'not_supported_on_field', 'query'],
    ])('refuses %s', async (parameters, code, field) => {
      const response = await api.send(`/api/v1/traces?${parameters}`);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code, field, position: expect.any(Number) });
    });

    it('lists every service by name, of all time unless a range is given', async () => {
      const { services } = await api.get<ServicesAnswer>('/api/v1/services');
      expect(services.map(({ name }) => name)).toEqual(['batch', 'gateway', 'jobs', 'orders', 'payments', 'shop']);
      expect(services[1]).toEqual({ name: 'gateway', spanCount: 2, logCount: 0, errorCount: 0, lastSeen: '2026-11-20T10:00:20Z' });
      const recent = await api.get<ServicesAnswer>('/api/v1/services?from=2026-11-20T10:00:20Z&to=2026-11-20T10:00:21Z');
      expect(recent.services.map(({ name }) => name)).toEqual(['gateway']);
    });

    it('lists the operations of a service', async () => {
      const { operations } = await api.get<OperationsAnswer>('/api/v1/services/payments/operations');
      expect(operations).toEqual([{ name: 'POST /charge', kind: 0, spanCount: 1, errorCount: 1 }]);
      expect(await api.get('/api/v1/services/no%2Fbody/operations')).toEqual({ operations: [] });
    });

    it('finds the slowest of very many traces, whatever order they came in', async () => {
      const count = 3_000;
      const slow = new Map([700, 1_500, 2_900].map((place, rank) => [place, 9 - rank]));
      const spans = Array.from({ length: count }, (_, place) =>
        buildSpan(`many-${place}`, {
          traceId: trace(`many-${place}`),
          startTimeUnixNano: at(86_400 + place),
          seconds: slow.get(place) ?? 0.1 + ((place * 7_919) % count) / count,
          service: 'many',
        }),
      );
      await api.write({ spans });
      const range = 'from=2026-11-21T10:00:00Z&to=2026-11-21T11:00:00Z';
      const { traces } = await api.get<TraceSearchAnswer>(`/api/v1/traces?${range}&order=slowest&limit=5`);
      const longest = [...spans].sort((left, right) => Number(right.durationNanos - left.durationNanos)).slice(0, 5);
      expect(traces.map(({ traceId }) => traceId)).toEqual(longest.map(({ record }) => record.traceId));
      expect(traces[0]?.traceId).toBe(trace('many-700'));
    });

    it('finds the one among very many that is long though none of its spans is, or says that it did not look for such', async () => {
      const spans = Array.from({ length: 3_000 }, (_, place) =>
        buildSpan(`short-${place}`, {
          traceId: trace(`short-${place}`),
          startTimeUnixNano: at(3 * 86_400 + place),
          seconds: 0.1 + place / 1e5,
        }),
      );
      const [first, last] = [10, 2_990].map((second) =>
        buildSpan(`stretched-${second}`, { traceId: trace('stretched'), startTimeUnixNano: at(3 * 86_400 + second), seconds: 0.01 }),
      );
      if (first === undefined || last === undefined) throw new Error('it has two spans');
      await api.write({ spans: [...spans, first, last] });
      const asked = '/api/v1/traces?from=2026-11-23T10:00:00Z&to=2026-11-23T11:00:00Z&order=slowest&limit=100';
      const { traces, warnings = [] } = await api.get<TraceSearchAnswer>(asked);
      if (traces[0]?.traceId !== trace('stretched'))
        expect(warnings).toEqual([
          expect.stringMatching(/^Only traces with a span of at least (?=[\d.]{1,4}ms)\d+(?:\.\d+)?ms were looked at\.$/),
        ]);
      const rest = traces.filter(({ traceId }) => traceId !== trace('stretched')).map(({ traceId }) => traceId);
      expect(rest).toEqual(Array.from({ length: rest.length }, (_, place) => trace(`short-${2_999 - place}`)));
      expect(rest.length).toBeGreaterThanOrEqual(99);
    });

    it('finds the slowest that match by a short span, and the rest of them page by page', async () => {
      const count = 2_400;
      const seconds = (place: number) => 1 + ((place * 7_919) % count) / 100;
      const spans = Array.from({ length: count }, (_, place) => {
        const own = { traceId: trace(`pair-${place}`), startTimeUnixNano: at(2 * 86_400 + place) };
        return [
          buildSpan(`pair-${place}`, { ...own, seconds: seconds(place), service: 'outer' }),
          // The longer the request, the shorter the span that is asked for.
          buildSpan(`pair-${place}-in`, { ...own, parentSpanId: span(`pair-${place}`), seconds: 0.9 / seconds(place), service: 'inner' }),
        ];
      }).flat();
      await api.write({ spans });
      const asked = '/api/v1/traces?from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z&order=slowest&service=inner&limit=1000';
      const found: string[] = [];
      let cursor: string | undefined = '';
      for (let page = 0; page < 5 && cursor !== undefined; page += 1) {
        const answer: TraceSearchAnswer = await api.get(`${asked}${cursor && `&cursor=${cursor}`}`);
        found.push(...answer.traces.map(({ traceId }) => traceId));
        cursor = answer.nextCursor;
      }
      const places = Array.from({ length: count }, (_, place) => place).sort((left, right) => seconds(right) - seconds(left));
      expect(found).toEqual(places.map((place) => trace(`pair-${place}`)));
      expect(cursor).toBeUndefined();
    });

    it.each(['newest', 'slowest'])('begins again with the first trace of a page, whatever arrived before it, %s first', async (order) => {
      // Of a day of its own.
      const day = order === 'newest' ? 7 : 8;
      const late = (name: string, fields: { readonly second: number; readonly seconds: number }) =>
        buildSpan(`${name} ${order}`, {
          traceId: trace(`${name} ${order}`),
          startTimeUnixNano: at(day * 86_400 + fields.second),
          seconds: fields.seconds,
          service: 'late',
        });
      const [twin, first, second] = [
        late('twin', { second: 10, seconds: 5 }),
        late('first', { second: 10, seconds: 5 }),
        late('second', { second: 9, seconds: 4 }),
      ];
      await api.write({ spans: [twin, first, second] });
      const asked = `/api/v1/traces?service=late&order=${order}&from=2026-11-${20 + day}T10:00:00Z&to=2026-11-${20 + day}T11:00:00Z`;
      const page = await api.get<TraceSearchAnswer>(`${asked}&limit=2`);
      const rest = await api.get<TraceSearchAnswer>(`${asked}&limit=2&cursor=${page.nextCursor}`);
      await api.write({ spans: [late('arrived', { second: 20, seconds: 9 })] });
      const idsOf = ({ traces }: TraceSearchAnswer) => traces.map(({ traceId }) => traceId);
      expect(idsOf(await api.get(`${asked}&limit=2&cursor=${page.startCursor}`))).toEqual(idsOf(page));
      expect(idsOf(await api.get(`${asked}&limit=2&cursor=${rest.startCursor}`))).toEqual(idsOf(rest));
      expect(idsOf(await api.get(`${asked}&limit=1`))).toEqual([trace(`arrived ${order}`)]);
      expect(await api.get(`${asked}&status=error`)).not.toHaveProperty('startCursor');
    });
  });
}
