import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceColumnsLine, TraceLogsLine, TraceSpanAnswer, TraceSpansLine } from '../../src/api/index.ts';
import { SPAN_START_ATTRIBUTES, SPAN_START_EVENT } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan, hexId } from '../storage-contract/builders.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { validate } from './openapi-check.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const TRACE = hexId('trace columns', 32);
const OTHER = hexId('trace other', 32);
/** Of both halves of one call. */
const SHARED = hexId('shared', 16);
const id = (index: number): string => hexId(`span ${index}`, 16);
const NO_ID = '0'.repeat(16);

/** More than one page of the stream. */
const SPAN_COUNT = 700;
const SPANS = [
  ...Array.from({ length: SPAN_COUNT }, (_, index) =>
    buildSpan(`span ${index}`, {
      traceId: TRACE,
      startTimeUnixNano: at(100, BigInt(index)),
      seconds: index === 0 ? 2 : 0.001,
      name: `step ${index % 3}`,
      service: index % 2 === 0 ? 'even' : 'odd',
      kind: index % 6,
      ...(index === 0 ? {} : { parentSpanId: id(0) }),
      ...(index === 5
        ? {
            status: { code: 2 },
            events: [{ timeUnixNano: at(100, 7n), name: 'exception', attributes: [] }],
            links: [{ traceId: OTHER, spanId: id(1), attributes: [] }],
            droppedAttributesCount: 3,
          }
        : {}),
    }),
  ),
  buildSpan('elsewhere', {
    traceId: OTHER,
    startTimeUnixNano: at(200),
    name: 'follow up',
    service: 'mail',
    links: [{ traceId: TRACE, spanId: id(5), attributes: [] }],
  }),
  ...['client', 'server'].map((half, place) =>
    buildSpan(half, { traceId: OTHER, spanId: SHARED, startTimeUnixNano: at(201 + place), service: half, kind: 3 - place }),
  ),
];
const LOGS = [
  buildLog('first', {
    traceId: TRACE,
    spanId: id(5),
    timeUnixNano: at(100, 6n),
    severityNumber: 17,
    body: text('x'.repeat(5_000)),
    service: 'odd',
  }),
  buildLog('second', { traceId: TRACE, timeUnixNano: at(101), body: text('no span'), service: 'third' }),
  buildLog('start', {
    traceId: TRACE,
    spanId: hexId('stuck', 16),
    timeUnixNano: at(102),
    eventName: SPAN_START_EVENT,
    service: 'odd',
    attributes: attributes({
      [SPAN_START_ATTRIBUTES.name]: 'waits',
      [SPAN_START_ATTRIBUTES.kind]: int(3),
      [SPAN_START_ATTRIBUTES.parentId]: id(0),
    }),
  }),
];

/** What the API answers of a trace in columns, on any storage; one that is given is the suite's own and empty. */
export function testTraceColumns(createStorage?: () => Storage): void {
  describe('a trace in columns', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ spans: SPANS, logs: LOGS });
    });
    afterAll(() => api.stop());

    async function lines(traceId: string): Promise<TraceColumnsLine[]> {
      const response = await fetch(`${api.url}/api/v1/traces/${traceId}/columns`);
      expect(response.headers.get('content-type')).toBe('application/x-ndjson');
      const whole = await response.text();
      const parsed = whole
        .trimEnd()
        .split('\n')
        .map((line): TraceColumnsLine => JSON.parse(line));
      for (const line of parsed) expect(validate('#/components/schemas/TraceColumnsLine', line)).toBe('');
      return parsed;
    }

    it('has the head first, every span once by start, then the logs, then the end', async () => {
      const all = await lines(TRACE);
      expect(all.map(({ type }) => type)).toEqual(['head', 'spans', 'spans', 'logs', 'end']);
      const spans = all.filter((line): line is TraceSpansLine => line.type === 'spans');
      const ids = spans.flatMap((line) => line.ids.match(/.{16}/g) ?? []);
      expect(ids).toEqual(Array.from({ length: SPAN_COUNT }, (_, index) => id(index)));
      expect(spans.flatMap(({ starts }) => starts)).toEqual(Array.from({ length: SPAN_COUNT }, (_, index) => index));
      expect(spans[0]?.durations.slice(0, 2)).toEqual([2e9, 1e6]);
      expect(spans[0]?.parents.slice(0, 32)).toBe(NO_ID + id(0));
      expect(spans[0]?.kinds.slice(0, 7)).toBe('0123450');
      expect(spans[0]?.statuses.slice(0, 7)).toBe('0000020');
      expect(all.at(-1)).toEqual({ type: 'end', spanCount: SPAN_COUNT, logCount: 2, linkedFrom: [{ spanId: id(5), count: 1 }] });
      expect(all[0]).toMatchObject({ summary: { spanCount: SPAN_COUNT, rootSpanId: id(0) }, unfinished: [{ name: 'waits' }], drops: [] });
    });

    it('says what its spans call, as far as their names do not', async () => {
      const traceId = hexId('of calls', 32);
      const call = (name: string, second: number, fields: { readonly kind: number; readonly of: Readonly<Record<string, string>> }) =>
        buildSpan(`${name} ${second}`, {
          traceId,
          name,
          startTimeUnixNano: at(second),
          kind: fields.kind,
          attributes: attributes(fields.of),
        });
      const http = {
        'http.request.method': 'POST',
        'server.address': 'api.example.com',
        'url.full': 'https://u:p@api.example.com/v2/charge?x=1',
      };
      await api.write({
        spans: [
          call('POST', 1, { kind: 3, of: http }),
          call('POST', 2, { kind: 2, of: http }),
          call('SELECT', 3, { kind: 3, of: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' } }),
          call('send orders', 4, { kind: 4, of: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' } }),
          call('POST', 5, { kind: 3, of: http }),
        ],
      });
      const spans = (await lines(traceId)).filter((line): line is TraceSpansLine => line.type === 'spans');
      const targets = spans.flatMap(({ newTargets }) => newTargets);
      expect(spans.flatMap((line) => line.targets.map((target) => targets[target]))).toEqual([
        'api.example.com/v2/charge',
        '',
        'postgresql shop',
        'kafka',
        'api.example.com/v2/charge',
      ]);
    });

    it('says of very many different targets those that come first, and of the others the host', async () => {
      const traceId = hexId('of very many calls', 32);
      const count = 1_200;
      await api.write({
        spans: Array.from({ length: count }, (_, index) =>
          buildSpan(`of very many ${index}`, {
            traceId,
            name: 'GET',
            startTimeUnixNano: at(index),
            kind: 3,
            attributes: attributes({ 'http.request.method': 'GET', 'server.address': 'items', 'url.full': `http://items/${index}` }),
          }),
        ),
      });
      const spans = (await lines(traceId)).filter((line): line is TraceSpansLine => line.type === 'spans');
      const targets = spans.flatMap(({ newTargets }) => newTargets);
      const told = spans.flatMap((line) => line.targets.map((target) => targets[target]));
      expect(told).toHaveLength(count);
      expect(told.slice(0, 900)).toEqual(Array.from({ length: 900 }, (_, index) => `items/${index}`));
      expect(new Set(told.slice(1_000))).toEqual(new Set(['items']));
    });

    it('says where its first span is from, and nothing where that does not say', async () => {
      const from = (name: string, second: number, environment: string) =>
        buildSpan(name, {
          traceId: hexId('of staging', 32),
          startTimeUnixNano: at(second),
          resource: { attributes: attributes({ 'service.name': 'a', 'deployment.environment.name': environment }) },
        });
      await api.write({ spans: [from('later', 2, 'production'), from('first', 1, 'staging')] });
      const [head] = await lines(hexId('of staging', 32));
      expect(head).toMatchObject({ type: 'head', environment: 'staging' });
      expect((await lines(TRACE))[0]).not.toHaveProperty('environment');
    });

    it('names what it has named before by number', async () => {
      const spans = (await lines(TRACE)).filter((line): line is TraceSpansLine => line.type === 'spans');
      expect(spans.map(({ newNames }) => newNames)).toEqual([['step 0', 'step 1', 'step 2'], []]);
      expect(spans.map(({ newServices }) => newServices)).toEqual([['even', 'odd'], []]);
      expect(spans[1]?.names.slice(0, 3)).toEqual([500 % 3, 501 % 3, 502 % 3]);
    });

    it('has events, links and what was dropped by the place of their span', async () => {
      const spans = (await lines(TRACE)).find((line): line is TraceSpansLine => line.type === 'spans');
      expect(spans?.events).toEqual([{ span: 5, time: 7, name: 'exception' }]);
      expect(spans?.links).toEqual([{ span: 5, traceId: OTHER, spanId: id(1) }]);
      expect(spans?.dropped).toEqual([{ span: 5, attributes: 3, events: 0, links: 0 }]);
    });

    it('has the logs with the beginning of each body', async () => {
      const logs = (await lines(TRACE)).find((line): line is TraceLogsLine => line.type === 'logs');
      expect(logs?.spans).toBe(id(5) + NO_ID);
      expect(logs?.times).toEqual([6, 1e9]);
      expect(logs?.levels).toEqual([4, 6]);
      expect(logs?.newServices).toEqual(['third']);
      expect(logs?.services).toEqual([1, 2]);
      expect(logs?.bodies).toEqual([{ stringValue: `${'x'.repeat(400)}…` }, { stringValue: 'no span' }]);
    });

    it('answers all spans of one id, the first of them as the span', async () => {
      const answer = await api.get<TraceSpanAnswer>(`/api/v1/traces/${OTHER}/spans/${SHARED}`);
      expect(answer).toMatchObject({ span: { name: 'client' }, sameId: [{ name: 'server', spanId: SHARED }] });
      expect(await api.get<TraceSpanAnswer>(`/api/v1/traces/${TRACE}/spans/${id(5)}`)).not.toHaveProperty('sameId');
    });

    it('answers an unknown trace and an id that is none as any other endpoint', async () => {
      const unknown = await api.send(`/api/v1/traces/${'1'.repeat(32)}/columns`);
      expect([unknown.status, errorOf(unknown).code]).toEqual([404, 'not_found']);
      const wrong = await api.send('/api/v1/traces/xyz/columns');
      expect([wrong.status, errorOf(wrong).field]).toEqual([400, 'traceId']);
    });

    it('answers one span with what links to it, and what it links to as far as that is kept', async () => {
      const answer = await api.get<TraceSpanAnswer>(`/api/v1/traces/${TRACE}/spans/${id(5)}`);
      expect(answer.span).toMatchObject({ name: 'step 2', droppedAttributesCount: 3, status: { code: 2 } });
      expect(answer.linkedFrom).toMatchObject([{ traceId: OTHER, service: 'mail', name: 'follow up' }]);
      expect((await api.get<TraceSpanAnswer>(`/api/v1/traces/${TRACE}/spans/${id(4)}`)).linkedFrom).toEqual([]);
      expect(answer.linkedTo).toEqual([]);
      const linking = await api.get<TraceSpanAnswer>(`/api/v1/traces/${OTHER}/spans/${answer.linkedFrom[0]?.spanId}`);
      expect(linking.linkedTo).toEqual([
        { traceId: TRACE, spanId: id(5), service: expect.any(String), name: 'step 2', startTimeUnixNano: answer.span.startTimeUnixNano },
      ]);
      const unknown = await api.send(`/api/v1/traces/${TRACE}/spans/${'2'.repeat(16)}`);
      expect([unknown.status, errorOf(unknown).code]).toEqual([404, 'not_found']);
      const wrong = await api.send(`/api/v1/traces/${TRACE}/spans/1`);
      expect([wrong.status, errorOf(wrong).field]).toEqual([400, 'spanId']);
    });
  });
}
