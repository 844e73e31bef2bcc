import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DROP_EVENT, type LogContextAnswer, type LogFieldsAnswer, type LogFieldValuesAnswer, type LogRecord } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z';

function instance(service: string, id: string) {
  return { attributes: attributes({ 'service.name': service, 'service.instance.id': id, 'host.name': 'one-host' }) };
}

/** What the API answers about fields of logs and about a record's neighbours, on any storage; one that is given is the suite's own and empty. */
export function testLogFieldEndpoints(createStorage?: () => Storage): void {
  describe('the endpoints of fields and of neighbours', () => {
    let api: QueryApi;
    // Three at a time: their sequence decides, then their id.
    const lines = Array.from({ length: 30 }, (_, index) =>
      buildLog(`line-${String(index).padStart(2, '0')}`, {
        timeUnixNano: at(10 + Math.floor(index / 3)),
        severityNumber: index % 10 === 0 ? 17 : 9,
        body: text(`line ${index}`),
        attributes: attributes({
          'http.route': text(index < 20 ? '/api/orders' : '/api/carts'),
          status: int(index % 3 === 0 ? 500 : 200),
          ...(index % 3 === 1 && { 'threadline.sequence': int(7) }),
          ...(index % 5 === 0 && { 'correlation.id': text('order/1 주문') }),
        }),
        resource: instance('shop', index % 2 === 0 ? 'a' : 'b'),
      }),
    );
    const others = [
      buildLog('before-all', { timeUnixNano: at(1), service: 'other' }),
      buildLog('nameless', { timeUnixNano: at(2), service: '', attributes: attributes({ 'odd key: /*?#%': text('50 % of "it"') }) }),
      buildLog('nameless-too', { timeUnixNano: at(3), service: '' }),
      ...['x', 'x', 'y', 'x'].map((host, index) =>
        buildLog(`on-host-${index + 1}`, {
          timeUnixNano: at(4),
          resource: { attributes: attributes({ 'service.name': 'hosted', 'host.name': text(host) }) },
        }),
      ),
      buildLog('own-event', { timeUnixNano: at(12), resource: instance('shop', 'a'), eventName: DROP_EVENT }),
      buildLog('flow-of-other', {
        timeUnixNano: at(14),
        service: 'other',
        attributes: attributes({ 'correlation.id': text('order/1 주문') }),
      }),
    ];
    const order = lines
      .toSorted((left, right) =>
        left.timeNanos === right.timeNanos
          ? left.sequence === right.sequence
            ? left.id < right.id
              ? -1
              : 1
            : Number(left.sequence - right.sequence)
          : Number(left.timeNanos - right.timeNanos),
      )
      .map(({ id }) => id);
    const ids = (records: readonly LogRecord[]) => records.map(({ id }) => id);

    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ logs: [...lines, ...others] });
    });
    afterAll(() => api.stop());

    it('lists fields with their place and the number of records, without what senders say about themselves', async () => {
      const { total, fields, more } = await api.get<LogFieldsAnswer>(`/api/v1/logs/fields?${RANGE}`);
      expect(total).toBe(38);
      expect(more).toBeUndefined();
      expect(fields).toContainEqual({ field: 'level', place: 'record', key: 'level', count: 38 });
      expect(fields).toContainEqual({ field: 'service', place: 'record', key: 'service', count: 36 });
      expect(fields).toContainEqual({ field: 'attributes.http.route', place: 'attributes', key: 'http.route', count: 30 });
      expect(fields).toContainEqual({ field: 'resource.host.name', place: 'resource', key: 'host.name', count: 34 });
    });

    it('gives the values of every field of the list by its name', async () => {
      const { fields } = await api.get<LogFieldsAnswer>(`/api/v1/logs/fields?${RANGE}`);
      for (const { field, count } of fields) {
        const answer = await api.get<LogFieldValuesAnswer>(`/api/v1/logs/fields/${encodeURIComponent(field)}/values?${RANGE}`);
        expect(answer.count, field).toBe(count);
        expect(
          answer.values.reduce((sum, value) => sum + value.count, answer.otherCount),
          field,
        ).toBe(count);
      }
    });

    it('counts values of what the query matches, of those with a prefix', async () => {
      const path = '/api/v1/logs/fields/http.route/values';
      expect(await api.get<LogFieldValuesAnswer>(`${path}?${RANGE}&query=level:error`)).toEqual({
        total: 3,
        count: 3,
        values: [
          { value: '/api/orders', count: 2 },
          { value: '/api/carts', count: 1 },
        ],
        otherCount: 0,
      });
      expect((await api.get<LogFieldValuesAnswer>(`${path}?${RANGE}&prefix=/api/c`)).values).toEqual([{ value: '/api/carts', count: 10 }]);
      expect(await api.get<LogFieldValuesAnswer>(`${path}?${RANGE}&limit=1`)).toMatchObject({ otherCount: 10 });
    });

    it('lists no more fields than are asked for, and says that there are more', async () => {
      const { fields, more } = await api.get<LogFieldsAnswer>(`/api/v1/logs/fields?${RANGE}&limit=2`);
      expect(fields.map(({ field }) => field)).toEqual(['level', 'service']);
      expect(more).toBe(true);
    });

    it.each([
      ['service', order],
      ['instance', order.filter((id) => Number(id.slice(5)) % 2 === 0)],
    ])('gives neighbours of the same %s in the exact order of records', async (by, expected) => {
      for (const id of ['line-00', 'line-04', 'line-12', 'line-16', 'line-28']) {
        const place = expected.indexOf(id);
        const answer = await api.get<LogContextAnswer>(`/api/v1/logs/${id}/context?by=${by}&before=4&after=3`);
        expect(ids(answer.before), id).toEqual(expected.slice(Math.max(0, place - 4), place));
        expect(ids(answer.after), id).toEqual(expected.slice(place + 1, place + 4));
        expect(answer.hasMoreBefore, id).toBe(place > 4);
        expect(answer.hasMoreAfter, id).toBe(place + 4 < expected.length);
      }
    });

    it('gives neighbours of the same flow over all services', async () => {
      const answer = await api.get<LogContextAnswer>('/api/v1/logs/line-10/context?by=flow&before=50&after=50');
      expect(ids(answer.before)).toEqual(['line-00', 'line-05']);
      expect(ids(answer.after)).toEqual(['flow-of-other', 'line-15', 'line-20', 'line-25']);
      expect(answer).toMatchObject({ by: 'flow', hasMoreBefore: false, hasMoreAfter: false });
    });

    it('takes records that name no service for one, and ten of each side where nothing else is asked for', async () => {
      expect(ids((await api.get<LogContextAnswer>('/api/v1/logs/nameless/context')).after)).toEqual(['nameless-too']);
      const { before, after } = await api.get<LogContextAnswer>('/api/v1/logs/line-15/context');
      expect([before.length, after.length]).toEqual([10, 10]);
    });

    it('can give one side only, and still says whether the other has any', async () => {
      const answer = await api.get<LogContextAnswer>('/api/v1/logs/line-15/context?before=0&after=0');
      expect(answer).toEqual({ by: 'service', before: [], after: [], hasMoreBefore: true, hasMoreAfter: true });
    });

    it('takes the host for the instance where no instance is named, and refuses where neither is', async () => {
      const answer = await api.get<LogContextAnswer>('/api/v1/logs/on-host-2/context?by=instance');
      expect([ids(answer.before), ids(answer.after)]).toEqual([['on-host-1'], ['on-host-4']]);
      for (const by of ['instance', 'flow']) {
        const refused = await api.send(`/api/v1/logs/nameless-too/context?by=${by}`);
        expect(refused.status).toBe(400);
        expect(errorOf(refused)).toMatchObject({ code: 'invalid_argument', field: 'by', expected: ['service'] });
      }
    });

    it('answers an unknown id with not_found', async () => {
      const response = await api.send('/api/v1/logs/nothing/context');
      expect(response.status).toBe(404);
      expect(errorOf(response)).toMatchObject({ code: 'not_found', field: 'id' });
    });

    it.each([
      ['/api/v1/logs/fields?limit=0', 'limit'],
      ['/api/v1/logs/fields?limit=1001', 'limit'],
      ['/api/v1/logs/fields?prefix=a', 'prefix'],
      ['/api/v1/logs/fields/message/values', 'field'],
      ['/api/v1/logs/fields/body.key/values', 'field'],
      ['/api/v1/logs/fields/resource./values', 'field'],
      ['/api/v1/logs/fields/duration/values', 'field'],
      [`/api/v1/logs/fields/http.route/values?prefix=${'x'.repeat(101)}`, 'prefix'],
      ['/api/v1/logs/line-00/context?by=host', 'by'],
      ['/api/v1/logs/line-00/context?before=201', 'before'],
      ['/api/v1/logs/line-00/context?after=-1', 'after'],
    ])('refuses %s', async (path, field) => {
      const response = await api.send(path);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code: 'invalid_argument', field });
    });
  });
}
