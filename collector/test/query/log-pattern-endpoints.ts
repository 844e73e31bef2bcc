import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DROP_EVENT, type LogPatternsAnswer, type LogSearchAnswer } from '../../src/api/index.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { at, buildLog } from '../storage-contract/builders.ts';
import { text } from '../storage-contract/values.ts';
import { errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const RANGE = 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:01:00Z';

/** What the API answers about patterns of logs, on any storage; one that is given is the suite's own and empty. */
export function testLogPatternEndpoints(createStorage?: () => Storage): void {
  describe('the endpoint of patterns', () => {
    let api: QueryApi;
    const patterns = (rest = '') => api.get<LogPatternsAnswer>(`/api/v1/logs/patterns?${RANGE}${rest}`);
    const logs = [
      ...Array.from({ length: 8 }, (_, index) =>
        buildLog(`paid-${index}`, {
          timeUnixNano: at(index),
          severityNumber: 9,
          service: index < 6 ? 'orders' : 'payments',
          body: text(`order ${index} was paid`),
        }),
      ),
      buildLog('full', { timeUnixNano: at(30), severityNumber: 21, service: 'orders', body: text('the disk is full') }),
      buildLog('bodiless', { timeUnixNano: at(31), service: 'orders' }),
      buildLog('own-event', { timeUnixNano: at(32), eventName: DROP_EVENT, body: text('dropped') }),
    ];
    beforeAll(async () => {
      api = await startQueryApi(createStorage === undefined ? {} : { storage: createStorage() });
      await api.write({ logs });
    });
    afterAll(() => api.stop());

    it('lists patterns with their parts, share, trend, levels, services and an example, without what senders say about themselves', async () => {
      const { total, patternCount, patterns: found, buckets } = await patterns('&buckets=6');
      expect(total).toBe(10);
      expect(patternCount).toBe(2);
      expect(buckets.map(({ from }) => from)).toEqual(['00', '10', '20', '30', '40', '50'].map((second) => `2026-11-20T10:00:${second}Z`));
      const [paid, ...others] = found;
      expect(paid).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        parts: [{ text: 'order ' }, { wildcard: 'num' }, { text: ' was paid' }],
        count: 8,
        share: 0.8,
        trend: [8, 0, 0, 0, 0, 0],
        levels: { INFO: 8 },
        services: [
          { name: 'orders', count: 6 },
          { name: 'payments', count: 2 },
        ],
        example: { id: expect.stringMatching(/^paid-/), message: expect.stringMatching(/^order \d was paid$/) },
      });
      expect(others.map(({ id, parts, count }) => ({ id, parts, count }))).toEqual([
        { id: expect.any(String), parts: [{ text: 'the disk is full' }], count: 1 },
        { id: 'none', parts: [], count: 1 },
      ]);
    });

    it('has the rarest first when it is asked to', async () => {
      const { patterns: found } = await patterns('&order=rare');
      expect(found.map(({ count }) => count)).toEqual([1, 8, 1]);
      expect(found.map(({ example }) => example.id).slice(0, 1)).toEqual(['full']);
      expect((await patterns('&order=rare&limit=1')).patterns).toEqual(found.slice(0, 1));
    });

    it('leads to the records of a pattern, and to all others', async () => {
      const [paid] = (await patterns()).patterns;
      const search = (query: string) => api.get<LogSearchAnswer>(`/api/v1/logs?${RANGE}&query=${encodeURIComponent(query)}`);
      expect((await search(`pattern:${paid?.id}`)).records.map(({ id }) => id).sort()).toEqual(logs.slice(0, 8).map(({ id }) => id));
      expect((await search(`-pattern:${paid?.id}`)).records.map(({ id }) => id).sort()).toEqual(['bodiless', 'full']);
      expect((await search('pattern:none')).records.map(({ id }) => id)).toEqual(['bodiless']);
      expect((await search('pattern:*')).records).toHaveLength(9);
    });

    it('counts only what matches', async () => {
      const { total, patterns: found } = await patterns('&query=level:fatal');
      expect(total).toBe(1);
      expect(found.map(({ example }) => example.message)).toEqual(['the disk is full']);
      expect(
        (await api.get<LogPatternsAnswer>('/api/v1/logs/patterns?from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z')).patterns,
      ).toEqual([]);
    });

    it.each([
      ['/api/v1/logs/patterns?order=most', 'invalid_argument', 'order'],
      ['/api/v1/logs/patterns?limit=1001', 'invalid_argument', 'limit'],
      ['/api/v1/logs/patterns?buckets=201', 'invalid_argument', 'buckets'],
      ['/api/v1/logs/patterns?query=pattern:xyz', 'invalid_value', 'query'],
      ['/api/v1/logs/patterns?query=pattern:ab*', 'not_supported_on_field', 'query'],
      ['/api/v1/logs/tail?query=pattern:none', 'unsupported_query', 'query'],
    ])('refuses %s', async (path, code, field) => {
      const response = await api.send(path);
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({ code, field });
    });
  });
}
