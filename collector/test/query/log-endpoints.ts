import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogHistogramAnswer, LogRecord, LogSearchAnswer } from '../../src/api/index.ts';
import { DROP_EVENT, SPAN_START_EVENT } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, hexId } from '../storage-contract/builders.ts';
import { attributes, int, map, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = `from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00Z`;
const BASE_MILLIS = BASE_NANOS / 1_000_000n;

/** What the API answers about logs, on any storage; one that is given is the suite's own and empty. */
export function testLogEndpoints(createStorage?: () => Storage): void {
  describe('the log endpoints', () => {
    let api: QueryApi;
    const many = Array.from({ length: 25 }, (_, index) =>
      buildLog(`many-${String(index).padStart(2, '0')}`, { timeUnixNano: at(60 + Math.floor(index / 5)), body: text('one of many') }),
    );

    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({
        logs: [
          ...many,
          buildLog('long', { timeUnixNano: at(1), body: text('🚀'.repeat(2_000)), severityNumber: 17, service: 'payments' }),
          buildLog('nested', { timeUnixNano: at(2), body: map({ first: 'x'.repeat(3_000), second: 'y'.repeat(3_000), third: 'z' }) }),
          buildLog('exact', {
            timeUnixNano: at(3, 123_456_789n),
            body: text('card declined'),
            attributes: attributes({ big: int('9007199254740993') }),
            traceId: hexId('t', 32),
          }),
          buildLog('start', { timeUnixNano: at(4), eventName: SPAN_START_EVENT, traceId: hexId('t', 32), spanId: hexId('s', 16) }),
          buildLog('drop', { timeUnixNano: at(5), eventName: DROP_EVENT }),
        ],
      });
    });
    afterAll(() => api.stop());

    it('finds records newest first by default and oldest first on demand', async () => {
      const newest = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&limit=1`);
      const oldest = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&limit=1&order=asc`);
      expect(newest.records.map(({ id }) => id)).toEqual(['many-24']);
      expect(oldest.records.map(({ id }) => id)).toEqual(['long']);
    });

    it.each([1, 3, 7, 1_000])('gives every record exactly once in pages of %i', async (limit) => {
      const ids: string[] = [];
      let cursor = '';
      do {
        const page: LogSearchAnswer = await api.get(`/api/v1/logs?${RANGE}&query=many&limit=${limit}${cursor && `&cursor=${cursor}`}`);
        ids.push(...page.records.map(({ id }) => id));
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      expect(ids).toEqual(many.map(({ id }) => id).toReversed());
    });

    it('pages on from the cursor alone, whatever time it is', async () => {
      const minutes = Math.ceil((Date.now() - Number(BASE_MILLIS)) / 60_000) + 1;
      const first = await api.get<LogSearchAnswer>(`/api/v1/logs?query=many&from=now-${minutes}m&limit=10`);
      const repeated = await api.get<LogSearchAnswer>(`/api/v1/logs?query=many&from=now-${minutes}m&limit=10&cursor=${first.nextCursor}`);
      const alone = await api.get<LogSearchAnswer>(`/api/v1/logs?query=many&limit=10&cursor=${first.nextCursor}`);
      expect(alone.records.map(({ id }) => id)).toEqual(
        many
          .map(({ id }) => id)
          .toReversed()
          .slice(10, 20),
      );
      expect(repeated).toEqual(alone);
    });

    it.each([
      ['query', `${RANGE}&query=other&limit=10`],
      ['order', `${RANGE}&query=many&order=asc`],
      ['from', 'query=many&from=2026-11-20T10:00:01Z&to=2026-11-20T11:00:00Z'],
      ['to', 'query=many&to=now'],
    ])('refuses a cursor with another %s', async (name, parameters) => {
      const { nextCursor } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=many&limit=10`);
      const response = await api.send(`/api/v1/logs?${parameters}&cursor=${nextCursor}`);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code: 'invalid_argument', field: 'cursor' });
      expect(errorOf(response).message).toContain(`"${name}"`);
    });

    it('refuses a cursor that was changed in any place', async () => {
      const { nextCursor = '' } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&limit=10`);
      for (let index = 0; index < nextCursor.length; index += 9) {
        const changed = `${nextCursor.slice(0, index)}${nextCursor[index] === 'A' ? 'B' : 'A'}${nextCursor.slice(index + 1)}`;
        expect(errorOf(await api.send(`/api/v1/logs?${RANGE}&cursor=${changed}`))).toMatchObject({ field: 'cursor' });
      }
    });

    it('cuts a long text between two code points to 4 KiB and says so', async () => {
      const { records } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=service:payments`);
      expect(records[0]).toMatchObject({ id: 'long', bodyTruncated: true, body: { stringValue: '🚀'.repeat(1_024) } });
      const whole = await api.get<LogRecord>('/api/v1/logs/long');
      expect(whole.body?.stringValue).toBe('🚀'.repeat(2_000));
      expect(whole.bodyTruncated).toBeUndefined();
    });

    it('cuts a long map to 4 KiB in all', async () => {
      const { records } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=body.third:z`);
      expect(Buffer.byteLength(JSON.stringify(records[0]?.body))).toBeLessThan(4_096 + 100);
      expect(records[0]?.bodyTruncated).toBe(true);
    });

    it('keeps every digit of times and integers', async () => {
      const { records } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=big:9007199254740993`);
      expect(records[0]).toMatchObject({ id: 'exact', timeUnixNano: at(3, 123_456_789n), traceId: hexId('t', 32) });
      expect(records[0]?.attributes).toEqual([{ key: 'big', value: { intValue: '9007199254740993' } }]);
    });

    it('leaves out what senders say about themselves unless it is asked for', async () => {
      const all = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&limit=1000`);
      expect(all.records.some(({ eventName }) => eventName?.startsWith('threadline.'))).toBe(false);
      const asked = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=event.name:threadline.*`);
      expect(asked.records.map(({ id }) => id)).toEqual(['drop', 'start']);
      const histogram = await api.get<LogHistogramAnswer>(`/api/v1/logs/histogram?${RANGE}`);
      expect(histogram.total).toBe(28);
    });

    it('counts by level in buckets that cover the range', async () => {
      const { total, buckets } = await api.get<LogHistogramAnswer>(
        `/api/v1/logs/histogram?from=${BASE_MILLIS + 500n}&to=2026-11-20T10:01:30.5Z&buckets=10`,
      );
      expect(total).toBe(28);
      expect(buckets.map(({ from, to }) => [from.slice(17), to.slice(17)])).toEqual([
        ['00.5Z', '10Z'],
        ['10Z', '20Z'],
        ['20Z', '30Z'],
        ['30Z', '40Z'],
        ['40Z', '50Z'],
        ['50Z', '00Z'],
        ['00Z', '10Z'],
        ['10Z', '20Z'],
        ['20Z', '30Z'],
        ['30Z', '30.5Z'],
      ]);
      expect(buckets[0]?.counts).toEqual({ TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 1, FATAL: 0, UNSET: 2 });
      expect(buckets[6]?.counts.UNSET).toBe(25);
    });

    it.each([
      ['an empty range', 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z', 0, 0],
      ['a nanosecond', 'from=2026-11-20T10:00:01Z&to=2026-11-20T10:00:01.000000001Z', 1, 1],
      ['fifty years', 'from=1990-01-01T00:00:00Z&to=2040-01-01T00:00:00Z', 38, 28],
      ['all time and beyond', 'from=0&to=9999-01-01T00:00:00Z', 54, 28],
    ])('counts over %s', async (_caption, range, bucketCount, total) => {
      const answer = await api.get<LogHistogramAnswer>(`/api/v1/logs/histogram?${range}`);
      expect(answer.buckets).toHaveLength(bucketCount);
      expect(answer.total).toBe(total);
    });

    it('answers an unknown id with not_found', async () => {
      const response = await api.send('/api/v1/logs/nothing');
      expect(response.status).toBe(404);
      expect(errorOf(response)).toMatchObject({ code: 'not_found', field: 'id' });
    });

    it.each([
      ['/api/v1/logs?limit=0', 'invalid_argument', 'limit'],
      ['/api/v1/logs?limit=1001', 'invalid_argument', 'limit'],
      ['/api/v1/logs?limit=1e2', 'invalid_argument', 'limit'],
      ['/api/v1/logs?limit=', 'invalid_argument', 'limit'],
      ['/api/v1/logs?limit=5&limit=6', 'invalid_argument', 'limit'],
      ['/api/v1/logs?order=up', 'invalid_argument', 'order'],
      ['/api/v1/logs?form=now', 'invalid_argument', 'form'],
      ['/api/v1/logs?from=yesterday', 'invalid_time', 'from'],
      ['/api/v1/logs?from=now-15x', 'invalid_duration', 'from'],
      ['/api/v1/logs?from=1969-12-31T23:59:59Z', 'invalid_argument', 'from'],
      ['/api/v1/logs?from=now&to=now-1m', 'invalid_argument', 'from'],
      ['/api/v1/logs?cursor=abc', 'invalid_argument', 'cursor'],
      ['/api/v1/logs?query=%E0%A4%A', 'invalid_argument', 'query'],
      ['/api/v1/logs?query=a:(b', 'unexpected_end', 'query'],
      ['/api/v1/logs/histogram?buckets=501', 'invalid_argument', 'buckets'],
      ['/api/v1/logs/histogram?buckets=0', 'invalid_argument', 'buckets'],
      ['/api/v1/logs/histogram?limit=5', 'invalid_argument', 'limit'],
      ['/api/v1/logs/some-id?from=now', 'invalid_argument', 'from'],
    ])('refuses %s', async (path, code, field) => {
      const response = await api.send(path);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code, field, position: expect.any(Number) });
      expect(errorOf(response).expected?.length).toBeGreaterThan(0);
    });

    it('says where in the query the error is', async () => {
      const response = await api.send(`/api/v1/logs?query=${encodeURIComponent('주문 AND level:loud')}`);
      expect(errorOf(response)).toMatchObject({ code: 'invalid_level', field: 'query', position: 13 });
    });

    it('searches at the bound what lies beyond 2262', async () => {
      await api.write({ logs: [buildLog('far', { timeUnixNano: '18446744073709551615', body: text('far future') })] });
      const { records } = await api.get<LogSearchAnswer>('/api/v1/logs?query=far&from=2500-01-01T00:00:00Z&to=2600-01-01T00:00:00Z');
      expect(records.map(({ timeUnixNano }) => timeUnixNano)).toEqual(['18446744073709551615']);
      expect(
        (await api.get<LogHistogramAnswer>('/api/v1/logs/histogram?query=far&from=2261-01-01T00:00:00Z&to=2600-01-01T00:00:00Z')).total,
      ).toBe(1);
    });
  });
}
