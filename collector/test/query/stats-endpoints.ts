import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DROP_EVENT, type LogSearchAnswer, type StatsAnswer } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog, buildSpan } from '../storage-contract/builders.ts';
import { attributes, int, text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:01:00Z';

/** What the API answers about figures of logs and spans, on any storage; one that is given is the suite's own and empty. */
export function testStatsEndpoints(createStorage?: () => Storage): void {
  describe('the endpoints of figures', () => {
    let api: QueryApi;
    const logStats = (rest = '') => api.get<StatsAnswer>(`/api/v1/logs/stats?${RANGE}${rest}`);
    const logs = [
      ...Array.from({ length: 40 }, (_, index) =>
        buildLog(`log-${index}`, {
          timeUnixNano: at(index),
          service: index < 30 ? 'orders' : 'payments',
          severityNumber: 9,
          attributes: attributes({ ms: int(index + 1), route: text(`/r/${index % 4}`) }),
        }),
      ),
      buildLog('bare', { timeUnixNano: at(50), severityNumber: 17, service: '' }),
      buildLog('own-event', { timeUnixNano: at(51), eventName: DROP_EVENT, attributes: attributes({ ms: int(1_000_000) }) }),
    ];
    const spans = Array.from({ length: 10 }, (_, index) =>
      buildSpan(`span-${index}`, { startTimeUnixNano: at(index), seconds: index + 1, name: 'GET /' }),
    );
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ logs, spans });
    });
    afterAll(() => api.stop());

    it('count what matches, without what senders say about themselves', async () => {
      expect(await logStats()).toMatchObject({ total: 41, by: [], percentiles: [], groups: [{ key: [], count: 41 }] });
      expect(await logStats('&query=level:error')).toMatchObject({ total: 1, groups: [{ key: [], count: 1 }] });
    });

    it('measure a field by another, and say how near percentiles are', async () => {
      const { groups, percentiles, percentileMethod, field, by } = await logStats('&field=ms&by=service&percentile=50&percentile=95');
      expect({ field, by, percentiles }).toEqual({ field: 'ms', by: ['service'], percentiles: [50, 95] });
      expect(percentileMethod).toEqual(api.storage.capabilities.percentiles);
      expect(groups.map(({ key, count }) => ({ key, count }))).toEqual([
        { key: ['orders'], count: 30 },
        { key: ['payments'], count: 10 },
        { key: [null], count: 1 },
      ]);
      expect(groups[0]?.numbers).toMatchObject({ count: 30, min: 1, max: 30, sum: 465, avg: 15.5 });
      const [p50 = 0, p95 = 0] = groups[0]?.numbers?.percentiles ?? [];
      expect(p50).toBeGreaterThan(14);
      expect(p50).toBeLessThan(17);
      expect(p95).toBeGreaterThan(27.5);
      expect(p95).toBeLessThanOrEqual(30);
      expect(groups[2]).toEqual({ key: [null], count: 1 });
    });

    it('tell groups apart up to a limit, and count the rest together', async () => {
      const { groups, other, total } = await logStats('&by=route&by=service&limit=2&field=ms');
      expect(groups.map(({ key, count }) => [...key, count])).toEqual([
        ['/r/0', 'orders', 8],
        ['/r/1', 'orders', 8],
      ]);
      expect(other).toMatchObject({ count: 25, numbers: { count: 24, max: 40 } });
      expect(groups.reduce((sum, { count }) => sum + count, other?.count ?? 0)).toBe(total);
    });

    it('draw a line over time for each group', async () => {
      const { groups, buckets, other } = await logStats('&field=ms&by=service&buckets=6&limit=1');
      expect(buckets?.map(({ from }) => from)).toEqual(['00', '10', '20', '30', '40', '50'].map((second) => `2026-11-20T10:00:${second}Z`));
      expect(groups[0]?.points?.map(({ bucket, count, numbers }) => [bucket, count, numbers?.max])).toEqual([
        [0, 10, 10],
        [1, 10, 20],
        [2, 10, 30],
      ]);
      expect(other?.points?.map(({ bucket, count }) => [bucket, count])).toEqual([
        [3, 10],
        [5, 1],
      ]);
    });

    it('have groups whose values lead to their records', async () => {
      const { groups } = await logStats('&by=route&limit=1');
      const query = encodeURIComponent(`route:"${groups[0]?.key[0]}"`);
      const { records } = await api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=${query}`);
      expect(records).toHaveLength(groups[0]?.count ?? 0);
    });

    it('measure durations of spans in nanoseconds', async () => {
      const answer = await api.get<StatsAnswer>(`/api/v1/spans/stats?${RANGE}&field=duration&by=name&query=duration:>2s`);
      expect(answer).toMatchObject({
        total: 8,
        unit: 'ns',
        groups: [{ key: ['GET /'], count: 8, numbers: { min: 3_000_000_000, max: 10_000_000_000, avg: 6_500_000_000 } }],
      });
    });

    it('have nothing of an empty range', async () => {
      const answer = await api.get<StatsAnswer>('/api/v1/logs/stats?from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z&by=service');
      expect(answer).toMatchObject({ total: 0, groups: [] });
    });

    it.each([
      ['/api/v1/logs/stats?field=duration', 'invalid_argument', 'field'],
      ['/api/v1/logs/stats?field=body.ms', 'invalid_argument', 'field'],
      ['/api/v1/logs/stats?field=level', 'invalid_argument', 'field'],
      ['/api/v1/logs/stats?by=message', 'invalid_argument', 'by'],
      ['/api/v1/logs/stats?by=a&by=b&by=c', 'invalid_argument', 'by'],
      ['/api/v1/spans/stats?by=level', 'invalid_argument', 'by'],
      ['/api/v1/logs/stats?field=ms&percentile=101', 'invalid_argument', 'percentile'],
      ['/api/v1/logs/stats?field=ms&percentile=p95', 'invalid_argument', 'percentile'],
      ['/api/v1/logs/stats?percentile=p95', 'invalid_argument', 'percentile'],
      ['/api/v1/logs/stats?percentile=', 'invalid_argument', 'percentile'],
      ['/api/v1/logs/stats?limit=101', 'invalid_argument', 'limit'],
      ['/api/v1/logs/stats?limit=100&buckets=101', 'invalid_argument', 'buckets'],
      ['/api/v1/logs/stats?query=(', 'unexpected_end', 'query'],
    ])('refuses %s', async (path, code, field) => {
      const response = await api.send(path);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code, field });
    });

    it.each([
      ['query', 1, 'once', '/api/v1/logs/stats?query=a'],
      ['by', 2, 'at most 2 times', '/api/v1/logs/stats?by=a&by=b'],
      ['percentile', 10, 'at most 10 times', `/api/v1/logs/stats?percentile=${Array(10).fill('50').join('&percentile=')}`],
      ['with', 8, 'at most 8 times', `/api/v1/traces?with=${Array(8).fill('a').join('&with=')}`],
    ])('take %s %i times and say so where it stands there once more', async (field, max, most, path) => {
      expect((await api.send(path)).status).toBe(200);
      const message = `The parameter "${field}" stands there ${max + 1} times; it may stand there ${most}.`;
      expect(errorOf(await api.send(`${path}&${field}=b`))).toMatchObject({ code: 'invalid_argument', field, message });
    });
  });
}
