import { describe, expect, it } from 'vitest';
import { cleanName, findSaved, MAX_SAVED, type SavedSearch, savedUrl, withoutSaved, withRenamed, withSaved } from './saved-searches.ts';

const saved = (name: string, q = name): SavedSearch => ({ name, search: { q } });
const names = (list: readonly SavedSearch[]) => list.map(({ name }) => name).join();
const LIST = [saved('a'), saved('b', 'level:error'), saved('c')];

describe('saved searches', () => {
  it('stand in the order of their names, one of each', () => {
    expect(names(withSaved(LIST, saved('ab')))).toBe('a,ab,b,c');
    const replaced = withSaved(LIST, saved(' b ', 'new'));
    expect([names(replaced), replaced[1]?.search.q]).toEqual(['a,b,c', 'new']);
  });

  it('have names that can be read, and are not without end', () => {
    expect(cleanName(`  two\n  words ${'x'.repeat(200)}`)).toBe(`two words ${'x'.repeat(90)}`);
    expect(withSaved(LIST, saved('  '))).toBe(LIST);
    const full = Array.from({ length: MAX_SAVED }, (_, number) => saved(`n${number}`));
    expect(withSaved(full, saved('more'))).toBe(full);
    expect(withSaved(full, saved('n7', 'new')).find(({ name }) => name === 'n7')?.search.q).toBe('new');
  });

  it('are renamed to a name that no other has, and removed', () => {
    expect(names(withRenamed(LIST, 'a', 'z'))).toBe('b,c,z');
    expect([withRenamed(LIST, 'a', 'b'), withRenamed(LIST, 'a', ' ')]).toEqual([LIST, LIST]);
    expect(names(withoutSaved(LIST, 'b'))).toBe('a,c');
  });

  it('are found by words of their names and queries', () => {
    expect(names(findSaved(LIST, 'ERROR'))).toBe('b');
    expect(names(findSaved(LIST, 'b level'))).toBe('b');
    expect(names(findSaved(LIST, ' '))).toBe('a,b,c');
    expect(findSaved(LIST, 'b other')).toEqual([]);
  });

  it('have nothing of what is open or live', () => {
    expect(savedUrl({ q: 'x', cols: 'a', sel: 'id', live: '1', wrap: '1' })).toEqual({ q: 'x', cols: 'a', wrap: '1' });
  });
});
