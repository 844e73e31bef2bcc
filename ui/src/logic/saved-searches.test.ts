import type { SavedSearch } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { cleanName, createSearchId, findSaved, savedUrl, withSaved } from './saved-searches.ts';

const saved = (name: string, q = name): SavedSearch => ({
  ...{ id: name, name, search: { q }, revision: 'r', savedAt: '2026-11-23T10:00:00Z' },
});
const names = (list: readonly SavedSearch[]) => list.map(({ name }) => name).join();
const LIST = [saved('a'), saved('b', 'level:error'), saved('c')];

describe('saved searches', () => {
  it('stand in the order of their names, one of each id', () => {
    expect(names(withSaved(LIST, saved('ab')))).toBe('a,ab,b,c');
    expect(names(withSaved(LIST, { ...saved('b'), name: 'z' }))).toBe('a,c,z');
  });

  it('have names that can be read, and are not without end', () => {
    expect(cleanName(`  two\n  words\u0007${'x'.repeat(200)}`)).toBe(`two words ${'x'.repeat(90)}`);
    expect(cleanName(`${'x'.repeat(99)} y`)).toBe('x'.repeat(99));
    expect(cleanName(' \n ')).toBe('');
  });

  it('are found by words of their names and queries', () => {
    expect(names(findSaved(LIST, 'ERROR'))).toBe('b');
    expect(names(findSaved(LIST, 'b level'))).toBe('b');
    expect(names(findSaved(LIST, ' '))).toBe('a,b,c');
    expect(findSaved(LIST, 'b other')).toEqual([]);
  });

  it('have nothing of what is open or live', () => {
    expect(savedUrl({ q: 'x', cols: 'a', sel: 'id', at: '2026-11-23T10:00:00.000000000Z', live: '1', wrap: '1' })).toEqual({
      q: 'x',
      cols: 'a',
      wrap: '1',
    });
  });

  it('have ids that no two share', () => {
    const ids = Array.from({ length: 100 }, createSearchId);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});
