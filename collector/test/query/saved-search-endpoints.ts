import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SAVED_SEARCHES, type SavedSearch, type SavedSearchesAnswer } from '../../src/api/index.ts';
import type { SearchStore } from '../../src/storage/searches/search-store.ts';
import { type ApiResponse, errorOf, type QueryApi, startQueryApi } from './query-api.ts';

const LIST = '/api/v1/saved-searches';
const FAILURES = { name: 'Failures', search: { q: 'level:error', from: 'now-6h' } };

/** What saving does, whatever keeps it. With `createStore`, its store is used, and must have nothing in it. */
export function testSavedSearchEndpoints(createStore?: () => SearchStore): void {
  describe('saved searches over the API', () => {
    let api: QueryApi;
    beforeAll(async () => {
      api = await startQueryApi(createStore && { searches: createStore() });
    });
    afterAll(() => api.stop());

    const list = async () => (await api.get<SavedSearchesAnswer>(LIST)).searches;
    const put = (id: string, body: unknown, headers: Record<string, string> = {}) =>
      api.send(`${LIST}/${id}`, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
    const remove = (id: string, headers: Record<string, string> = {}) => api.send(`${LIST}/${id}`, { method: 'DELETE', headers });
    const saved = ({ text, status }: ApiResponse): SavedSearch => {
      expect(status, text).toBe(200);
      return JSON.parse(text);
    };

    it('begins with none', async () => {
      expect(await list()).toEqual([]);
    });

    it('keeps a search, lists all by name, and gives back what it deletes', async () => {
      const failures = saved(await put('failures', FAILURES));
      expect(failures).toMatchObject({ id: 'failures', ...FAILURES });
      const all = saved(await put('all', { name: 'All 로그', search: {} }));
      expect(await list()).toEqual([all, failures]);
      expect(JSON.parse((await remove('all')).text)).toEqual({ deleted: all });
      expect(await list()).toEqual([failures]);
      expect(saved(await put('all', { name: all.name, search: all.search }, { 'if-none-match': '*' })).revision).toBe(all.revision);
      await remove('all');
      await remove('failures');
    });

    it('changes a search only if it is as it was read', async () => {
      const first = saved(await put('one', FAILURES, { 'if-none-match': '*' }));
      const second = saved(await put('one', { ...FAILURES, name: 'Errors' }, { 'if-match': `"${first.revision}"` }));
      expect(second.revision).not.toBe(first.revision);
      const late = await put('one', { ...FAILURES, name: 'Late' }, { 'if-match': `"${first.revision}"` });
      expect([late.status, errorOf(late).code]).toEqual([412, 'changed_since']);
      const again = await put('one', { ...FAILURES, name: 'Again' }, { 'if-none-match': '*' });
      expect([again.status, errorOf(again).code]).toEqual([412, 'changed_since']);
      expect((await remove('one', { 'if-match': `"${first.revision}"` })).status).toBe(412);
      expect(await list()).toEqual([second]);
      expect((await remove('one', { 'if-match': `"${second.revision}"` })).status).toBe(200);
      const gone = await put('one', FAILURES, { 'if-match': `"${second.revision}"` });
      expect([gone.status, errorOf(gone).code]).toEqual([412, 'changed_since']);
      expect((await remove('one')).status).toBe(404);
    });

    it('takes the same change twice, as after an answer that got lost', async () => {
      const first = saved(await put('one', FAILURES, { 'if-none-match': '*' }));
      expect(saved(await put('one', FAILURES, { 'if-none-match': '*' }))).toEqual(first);
      await remove('one');
    });

    it('keeps every change of many at once, and no name twice', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => put(`n${index}`, { ...FAILURES, name: `n${index}` })));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
      const taken = await put('other', { ...FAILURES, name: 'n3' });
      expect([taken.status, errorOf(taken).code]).toEqual([409, 'name_taken']);
      expect((await list()).map(({ name }) => name)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5']);
      for (let index = 0; index < 6; index += 1) await remove(`n${index}`);
    });

    it.each([
      ['no name', { search: {} }, 400, 'invalid_argument'],
      ['a name with space around', { name: ' a', search: {} }, 400, 'invalid_argument'],
      ['a name of two lines', { name: 'a\nb', search: {} }, 400, 'invalid_argument'],
      ['a name that is too long', { name: 'a'.repeat(101), search: {} }, 400, 'invalid_argument'],
      ['parameters that are no text', { name: 'a', search: { q: 5 } }, 400, 'invalid_argument'],
      ['parameters that are a list', { name: 'a', search: ['q'] }, 400, 'invalid_argument'],
      ['a field that there is not', { name: 'a', search: {}, owner: 'me' }, 400, 'invalid_argument'],
      ['a query that is too long', { name: 'a', search: { q: 'x'.repeat(9_000) } }, 413, 'body_too_large'],
      ['a body that is too large', { name: 'a', search: { q: 'x'.repeat(200_000) } }, 413, 'body_too_large'],
    ])('refuses %s', async (_, body, status, code) => {
      const response = await put('bad', body);
      expect([response.status, errorOf(response).code]).toEqual([status, code]);
      expect(await list()).toEqual([]);
    });

    it.each([[[1]], ['text'], [null], [7]])('says of %j that a saved search is an object', async (body) => {
      const response = await put('bad', body);
      expect([response.status, errorOf(response)]).toEqual([
        400,
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringContaining('expected a JSON object with name and search'),
        }),
      ]);
    });

    it('refuses what is not JSON, an id that is none, conditions that are none, and other methods', async () => {
      expect((await api.send(`${LIST}/a`, { method: 'PUT', body: JSON.stringify(FAILURES) })).status).toBe(415);
      expect((await api.send(`${LIST}/a`, { method: 'PUT', body: '{', headers: { 'content-type': 'application/json' } })).status).toBe(400);
      expect((await put('a%20b', FAILURES)).status).toBe(400);
      expect((await put('a', FAILURES, { 'if-match': 'bare' })).status).toBe(400);
      expect((await put('a', FAILURES, { 'if-none-match': '"tag"' })).status).toBe(400);
      const read = await api.send(`${LIST}/a`);
      expect([read.status, read.headers.allow]).toEqual([405, 'PUT, DELETE']);
      expect((await api.send(LIST, { method: 'POST' })).status).toBe(405);
      expect(await list()).toEqual([]);
    });

    it('refuses a page of another site, and without the read key', async () => {
      expect((await put('a', FAILURES, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      const locked = await startQueryApi({ readKey: 'secret' });
      try {
        const path = `${LIST}/a`;
        const body = JSON.stringify(FAILURES);
        expect((await locked.send(LIST)).status).toBe(401);
        expect((await locked.send(path, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })).status).toBe(401);
        expect((await locked.send(path, { method: 'DELETE' })).status).toBe(401);
        const authorization = 'Bearer secret';
        const headers = { 'content-type': 'application/json', authorization };
        expect((await locked.send(path, { method: 'PUT', body, headers })).status).toBe(200);
      } finally {
        await locked.stop();
      }
    });

    it(`keeps ${MAX_SAVED_SEARCHES} and says so at the next`, async () => {
      const { searches, version } = await api.searches.read(context());
      expect(searches).toEqual([]);
      const many = Array.from({ length: MAX_SAVED_SEARCHES }, (_, index) => ({
        ...{ id: `m${index}`, name: `m${index}`, search: {}, savedAt: '2026-11-23T10:00:00Z' },
      }));
      expect(await api.searches.replace({ searches: many, version }, context())).toBe(true);
      const full = await put('more', FAILURES);
      expect([full.status, errorOf(full).code]).toEqual([409, 'limit_reached']);
      expect((await put('m7', { name: 'm7', search: { q: 'a' } })).status).toBe(200);
      const stored = await api.searches.read(context());
      expect(stored.searches).toHaveLength(MAX_SAVED_SEARCHES);
      expect(await api.searches.replace({ ...stored, version }, context())).toBe(false);
      await api.searches.replace({ searches: [], version: stored.version }, context());
    });
  });
}

function context() {
  return { tenant: 'default', deadline: performance.now() + 30_000, signal: new AbortController().signal };
}
