import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../segments/segment-catalog.ts';
import { expiredEntries } from './retention.ts';

const entry = (id: number, to: number, bytes = 100): CatalogEntry => ({
  table: id % 2 === 0 ? 'logs' : 'spans',
  id,
  rows: 1,
  bytes,
  from: to - 5,
  to,
});
const ids = (entries: readonly CatalogEntry[]): number[] => entries.map(({ id }) => id);

describe('expiredEntries', () => {
  const entries = [entry(3, 300), entry(1, 100), entry(2, 200)];

  it('gives up what was written before a time as a whole', () => {
    expect(ids(expiredEntries(entries, { before: 200, maxBytes: 1_000 }))).toEqual([1]);
    expect(expiredEntries(entries, { before: 100, maxBytes: 1_000 })).toEqual([]);
  });

  it('gives up the oldest of both tables until the rest fits', () => {
    expect(ids(expiredEntries(entries, { before: 0, maxBytes: 250 }))).toEqual([1]);
    expect(ids(expiredEntries(entries, { before: 0, maxBytes: 100 }))).toEqual([1, 2]);
    expect(ids(expiredEntries(entries, { before: 0, maxBytes: 0 }))).toEqual([1, 2, 3]);
  });
});
