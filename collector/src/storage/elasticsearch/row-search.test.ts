import { expect, it } from 'vitest';
import { indexSpan } from '../../model/indexed-record.ts';
import type { RowSearch, TimeRange } from '../storage.ts';
import { searchRows } from './row-search.ts';
import { type Search, spanOf } from './search-requests.ts';

/** Spans with these ids, oldest first, as Elasticsearch answers; notes how many each search asked for. */
function spansInOrder(ids: readonly string[], sizes: number[]): Search {
  return async (_target, { size, search_after }) => {
    // Rows are counted before a page of those after some row.
    if (size === 0) return { timed_out: false, hits: { total: { value: 0 }, hits: [] } };
    const after = Array.isArray(search_after) ? ids.indexOf(String(search_after[2])) : -1;
    sizes.push(Number(size));
    const hits = ids.slice(after + 1, after + 1 + Number(size)).map((id) => ({ fields: { recordText: [recordText(id)] } }));
    return { timed_out: false, hits: { hits } };
  };
}

function recordText(id: string): string {
  const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), name: id, startTimeUnixNano: '1', endTimeUnixNano: '2' };
  return JSON.stringify({ ...span, id, arrivalTimeUnixNano: '3', attributes: [], resource: { attributes: [] }, scope: { attributes: [] } });
}

async function page(search: Search, limit: number, range: TimeRange = {}) {
  const rows: RowSearch = { query: { type: 'all' }, range, order: 'asc', limit };
  const context = { tenant: 'default', deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const { rows: found, hasMore } = await searchRows(search, { target: 'spans', rows, context, recordOf: spanOf, indexed: indexSpan });
  return { ids: found.map(({ record }) => record.id), hasMore };
}

const ids = Array.from({ length: 3_000 }, (_, index) => `span ${index}`);

it('reads a page of a thousand rows, and that more follow, by one search', async () => {
  const sizes: number[] = [];
  expect(await page(spansInOrder(ids, sizes), 1_000)).toEqual({ ids: ids.slice(0, 1_000), hasMore: true });
  expect(sizes).toEqual([1_001]);
});

it('puts longer pages together from several', async () => {
  const sizes: number[] = [];
  expect(await page(spansInOrder(ids, sizes), 2_999)).toEqual({ ids: ids.slice(0, 2_999), hasMore: true });
  expect(sizes).toEqual([1_001, 1_001, 998]);
});

it('compares the rows of so much time alone as has a page of the oldest, unless there are too few by then', async () => {
  const asked: { readonly size: unknown; readonly query: string }[] = [];
  const answer = spansInOrder(ids, []);
  const counting =
    (enough: boolean): Search =>
    (target, body, context) => {
      const query = JSON.stringify(body.query);
      asked.push({ size: body.size, query });
      if (body.size === 0)
        return Promise.resolve({ timed_out: false, hits: { total: { value: query.includes('00:04:17') ? 11 : 0 }, hits: [] } });
      return query.includes('"lt":') && !enough ? Promise.resolve({ timed_out: false, hits: { hits: [] } }) : answer(target, body, context);
    };
  const first = { range: { fromNanos: 1_000_000_000n }, expected: { ids: ids.slice(0, 10), hasMore: true } };
  expect(await page(counting(true), 10, first.range)).toEqual(first.expected);
  expect(asked.map(({ size }) => size)).toEqual([0, 0, 0, 11]);
  expect(asked.at(-1)?.query).toContain('"lt":"1970-01-01T00:04:17.000000000Z"');
  // Deleted after they were counted.
  asked.length = 0;
  expect(await page(counting(false), 10, first.range)).toEqual(first.expected);
  expect(asked.map(({ size }) => size)).toEqual([0, 0, 0, 11, 11]);
});
