import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../segments/segment-catalog.ts';
import { chooseMerge } from './merge-choice.ts';
import { expiredEntries } from './retention.ts';

const entry = (id: number, rows: number, at = id, table: 'logs' | 'spans' = 'logs'): CatalogEntry => ({
  table,
  id,
  rows,
  bytes: rows * 100,
  from: at,
  to: at,
});
const limits = { maxSpanMillis: 1_000, maxBytes: 2 ** 40, isLeftAlone: () => false };
const chosenIds = (entries: readonly CatalogEntry[], changed = {}): number[] | undefined =>
  chooseMerge(entries, { ...limits, ...changed })?.map(({ id }) => id);

describe('chooseMerge', () => {
  it('takes the eight oldest segments of about one size, and none before there are eight', () => {
    const small = Array.from({ length: 9 }, (_, index) => entry(index + 1, 5_000 + index));
    expect(chosenIds(small.slice(0, 7))).toBeUndefined();
    expect(chosenIds([entry(20, 100), ...small, entry(21, 900_000)])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('never mixes the tables', () => {
    expect(
      chosenIds(Array.from({ length: 14 }, (_, index) => entry(index, 10, index, index % 2 === 0 ? 'logs' : 'spans'))),
    ).toBeUndefined();
  });

  it('merges fewer where they are a large segment together, and leaves large ones as they are', () => {
    expect(chosenIds([entry(1, 900_000), entry(2, 900_000), entry(3, 900_000), entry(4, 900_000)])).toEqual([1, 2, 3]);
    expect(chosenIds(Array.from({ length: 20 }, (_, index) => entry(index, 2_000_000)))).toBeUndefined();
  });

  it('counts bytes as well as rows: of large records few segments are one large segment', () => {
    const MEBIBYTE = 2 ** 20;
    const large = (id: number, mebibytes: number): CatalogEntry => ({ ...entry(id, mebibytes), bytes: mebibytes * MEBIBYTE });
    const numbered = (count: number, mebibytes: number) => Array.from({ length: count }, (_, index) => large(index + 1, mebibytes));
    expect(chosenIds(numbered(7, 60))).toBeUndefined();
    expect(chosenIds(numbered(8, 60))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(chosenIds(numbered(8, 200))).toEqual([1, 2, 3]);
    expect(chosenIds(numbered(8, 512))).toBeUndefined();
  });

  it('makes no segment that is much of what retention keeps: it would be given up with all that is in it', () => {
    const sized = (count: number, bytes: number) => Array.from({ length: count }, (_, index) => ({ ...entry(index + 1, 10), bytes }));
    expect(chosenIds(sized(8, 1_000), { maxBytes: 4_000 })).toEqual([1, 2, 3, 4]);
    expect(chosenIds(sized(8, 4_000), { maxBytes: 4_000 })).toBeUndefined();
    expect(chosenIds(sized(8, 100), { maxBytes: 4_000 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps apart what was written too far apart, and what is to be left alone', () => {
    const late = Array.from({ length: 9 }, (_, index) => entry(index + 1, 10, index === 0 ? 0 : 5_000 + index));
    expect(chosenIds(late)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(chosenIds(late, { isLeftAlone: ({ id }: CatalogEntry) => id === 9 })).toBeUndefined();
  });

  it('takes what lies between along, so that nothing older comes to stand behind it, and goes over nothing that stays as it is', () => {
    const sized = (middle: CatalogEntry) => [entry(1, 40), middle, ...Array.from({ length: 7 }, (_, index) => entry(index + 3, 40))];
    expect(chosenIds(sized(entry(2, 80)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(chosenIds(sized(entry(2, 3)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(chosenIds(sized(entry(2, 80)), { isLeftAlone: ({ id }: CatalogEntry) => id === 2 })).toBeUndefined();
    expect(chosenIds(sized(entry(2, 100_000)))).toBeUndefined();
    expect(chosenIds([...sized(entry(2, 100_000)), entry(10, 40)])).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('leaves retention the order of writing, whatever sizes come after one another', () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let entries: (CatalogEntry & { readonly ids: readonly number[] })[] = [];
    for (let id = 1; id <= 400; id += 1) {
      entries.push({ ...entry(id, Math.ceil(random() * 300), id * 10), ids: [id] });
      for (let chosen = chooseMerge(entries, limits); chosen; chosen = chooseMerge(entries, limits)) {
        const parts = new Set(chosen);
        const merged = entries.filter((part) => parts.has(part));
        const rows = merged.reduce((sum, part) => sum + part.rows, 0);
        const ids = merged.flatMap((part) => part.ids);
        const range = { from: Math.min(...ids) * 10, to: Math.max(...ids) * 10 };
        entries = [...entries.filter((part) => !parts.has(part)), { ...entry(10_000 + id, rows), ...range, ids }];
      }
    }
    const byRetention = expiredEntries(entries, { before: 0, maxBytes: -1 });
    const ids = byRetention.flatMap((expired) => entries.find(({ id }) => id === expired.id)?.ids.toSorted((a, b) => a - b) ?? []);
    expect(ids).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  });

  it('comes to an end: any number of small segments becomes few', () => {
    let entries: CatalogEntry[] = Array.from({ length: 1_000 }, (_, index) => entry(index + 1, 1 + (index % 7), index % 900));
    let nextId = 2_000;
    for (let chosen = chooseMerge(entries, limits); chosen; chosen = chooseMerge(entries, limits)) {
      const gone = new Set(chosen);
      const rows = chosen.reduce((sum, part) => sum + part.rows, 0);
      const times = chosen.flatMap(({ from, to }) => [from, to]);
      entries = [
        ...entries.filter((part) => !gone.has(part)),
        { ...entry(nextId++, rows), from: Math.min(...times), to: Math.max(...times) },
      ];
    }
    expect(entries.length).toBeLessThan(30);
    expect(entries.reduce((sum, { rows }) => sum + rows, 0)).toBe(
      Array.from({ length: 1_000 }, (_, index) => 1 + (index % 7)).reduce((a, b) => a + b),
    );
  });
});
