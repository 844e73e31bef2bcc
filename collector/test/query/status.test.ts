import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetterSummary, DeadLettersAnswer, StatusAnswer } from '../../src/api/index.ts';
import { ThreadlineError } from '../../src/errors.ts';
import type { OwnStatus } from '../../src/query/collector-view.ts';
import { buildLog } from '../storage-contract/builders.ts';
import { text } from '../storage-contract/values.ts';
import { errorOf, QUIET_COLLECTOR, type QueryApi, startQueryApi } from './query-api.ts';

let api: QueryApi;
afterEach(() => api.stop());

describe('/api/v1/status', () => {
  it('says how the collector fares, and what its storage is', async () => {
    const storage: OwnStatus['storage'] = {
      kind: 'embedded',
      reduced: { count: 1, reasons: [{ reason: 'why', count: 1, lastAtUnixNano: '1' }] },
      damaged: { count: 0, reasons: [] },
    };
    const status = { ...QUIET_COLLECTOR.status(), storage };
    api = await startQueryApi({ collector: { ...QUIET_COLLECTOR, status: () => status } });
    // A storage whose threads are only being started may answer too late for the first.
    await vi.waitFor(
      async () =>
        expect(await api.get<StatusAnswer>('/api/v1/status')).toEqual({
          ...status,
          storage: { ...storage, status: 'ok', notes: expect.any(Object), withoutPattern: [], withoutErrorGroup: [] },
        }),
      { timeout: 30_000 },
    );
  });

  it('names the services whose messages found no room among the patterns, with examples', async () => {
    api = await startQueryApi();
    const letters = (number: number): string => Array.from(String(number), (digit) => 'ghijklmnop'[Number(digit)]).join('');
    const logs = Array.from({ length: 2_010 }, (_, index) => buildLog(`l${index}`, { service: 'chatty', body: text(letters(index)) }));
    await api.write({ logs });
    const { storage } = await api.get<StatusAnswer>('/api/v1/status');
    expect(storage.withoutPattern).toEqual([{ service: 'chatty', count: 10, examples: [letters(2_000), letters(2_001), letters(2_002)] }]);
  });

  it('is answered while the storage is away, and while what was acknowledged waits', async () => {
    api = await startQueryApi({ delivered: () => new Promise<boolean>(() => undefined) });
    await api.storage.shutdown();
    expect(await api.get<StatusAnswer>('/api/v1/status')).toMatchObject({
      storage: { status: 'unavailable', fault: expect.stringMatching(/storage is shutting down/) },
    });
    expect((await api.get<DeadLettersAnswer>('/api/v1/dead-letters')).deadLetters).toEqual([]);
  });

  it('comes within seconds while the storage does not answer', async () => {
    api = await startQueryApi();
    api.storage.check = () => new Promise(() => undefined);
    expect(await api.get<StatusAnswer>('/api/v1/status')).toMatchObject({
      storage: { status: 'unavailable', fault: 'The storage did not answer within 2 seconds.' },
    });
  });

  it('says why the storage does not answer as a query is told, and nothing of a cause that a query is not told', async () => {
    api = await startQueryApi();
    const fault = async () => (await api.get<StatusAnswer>('/api/v1/status')).storage.fault;
    api.storage.check = () => Promise.reject(new ThreadlineError('storage_unavailable', 'make room on the disk'));
    expect(await fault()).toBe('make room on the disk');
    api.storage.check = () => Promise.reject(new Error('a record says secret'));
    expect(await fault()).toBe('The collector failed on this request; its log has the cause.');
  });

  it('is only for those who have the read key, as the dead letters are', async () => {
    api = await startQueryApi({ readKey: 'the-key' });
    for (const path of ['/api/v1/status', '/api/v1/dead-letters']) {
      expect((await api.send(path)).status).toBe(401);
      expect((await api.send(path, { headers: { authorization: 'Bearer the-key' } })).status).toBe(200);
    }
  });
});

describe('/api/v1/dead-letters', () => {
  const letters = Array.from({ length: 250 }, (_, index): DeadLetterSummary => {
    const number = 250 - index;
    return { number, atUnixNano: '1', tenant: 'default', signal: 'logs', recordId: `r${number}`, service: 'orders', reason: 'why' };
  });
  const collector = {
    ...QUIET_COLLECTOR,
    listDeadLetters: async ({ before = Number.POSITIVE_INFINITY, limit }: { before?: number; limit: number }) =>
      letters.filter(({ number }) => number < before).slice(0, limit),
  };

  it('lists them newest first, page by page', async () => {
    api = await startQueryApi({ collector });
    const numbers: number[] = [];
    let cursor: string | undefined;
    do {
      const page: DeadLettersAnswer = await api.get(`/api/v1/dead-letters?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      expect(page.deadLetters.length).toBeLessThanOrEqual(100);
      numbers.push(...page.deadLetters.map(({ number }) => number));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(numbers).toEqual(letters.map(({ number }) => number));
  });

  it('refuses a page that is too long, a cursor of another list, and anything else', async () => {
    api = await startQueryApi({ collector });
    const first = await api.get<DeadLettersAnswer>('/api/v1/dead-letters?limit=1');
    for (const [query, field] of [
      ['limit=1001', 'limit'],
      ['limit=0', 'limit'],
      ['cursor=abc', 'cursor'],
      ['from=now', 'from'],
    ]) {
      const response = await api.send(`/api/v1/dead-letters?${query}`);
      expect(response.status, query).toBe(400);
      expect(errorOf(response).field).toBe(field);
    }
    expect((await api.send(`/api/v1/logs?cursor=${first.nextCursor}`)).status).toBe(400);
  });
});
