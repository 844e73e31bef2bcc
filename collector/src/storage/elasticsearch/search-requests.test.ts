import { describe, expect, it } from 'vitest';
import { compositeBuckets, type Search } from './search-requests.ts';

/** Answers pages of a composite aggregation over so many groups, as Elasticsearch does: with a key to go on after, also behind the last. */
function searchOver(groups: number) {
  const asked: unknown[] = [];
  const search: Search = async (_target, body) => {
    const { size, after }: { readonly size: number; readonly after?: { readonly at: number } } = Object(
      Reflect.get(Object(Reflect.get(Object(body.aggregations), 'groups')), 'composite'),
    );
    asked.push(after?.at);
    const first = after === undefined ? 0 : after.at + 1;
    const buckets = Array.from({ length: Math.min(size, Math.max(0, groups - first)) }, (_, place) => ({
      key: { at: first + place },
      doc_count: 1,
    }));
    const last = buckets.at(-1)?.key;
    return { timed_out: false, hits: { hits: [] }, aggregations: { groups: { buckets, ...(last && { after_key: last }) } } };
  };
  return { search, asked };
}

async function read(groups: number) {
  const { search, asked } = searchOver(groups);
  const context = { tenant: 'default', deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const sources = { at: { field: 'at' } };
  let count = 0;
  for await (const _ of compositeBuckets(search, { target: 'logs', query: {}, sources, pageSize: 10, context })) count += 1;
  return { count, asked };
}

describe('compositeBuckets', () => {
  it('gives every group once, and asks for nothing behind a page that is not full', async () => {
    expect(await read(25)).toEqual({ count: 25, asked: [undefined, 9, 19] });
    expect(await read(3)).toEqual({ count: 3, asked: [undefined] });
    expect(await read(0)).toEqual({ count: 0, asked: [undefined] });
  });

  it('looks behind a full page', async () => {
    expect(await read(20)).toEqual({ count: 20, asked: [undefined, 9, 19] });
  });
});
