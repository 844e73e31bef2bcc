import { describe, expect, it } from 'vitest';
import { MAX_SAVED } from '../logic/saved-searches.ts';
import { parseSaved } from './saved-searches.ts';

describe('parseSaved', () => {
  it('makes searches of whatever is stored', () => {
    for (const stored of [
      undefined,
      null,
      5,
      'x',
      {},
      [
        null,
        5,
        {},
        { name: 'x' },
        { name: 5, search: {} },
        { name: ' ', search: {} },
        { name: 'n', search: null },
        { name: 'l', search: [] },
      ],
    ])
      expect(parseSaved(stored)).toEqual([]);
    const stored = [
      { name: 'b ', search: { q: 'x', sel: 'id', live: '1', order: 'up', cols: 'a:90', other: 1 } },
      { name: 'a', search: {} },
    ];
    expect(parseSaved(stored)).toEqual([
      { name: 'a', search: {} },
      { name: 'b', search: { q: 'x', cols: 'a:90' } },
    ]);
  });

  it('takes no more than can be kept', () => {
    const stored = Array.from({ length: 500 }, (_, number) => ({ name: `n${number}`, search: {} }));
    expect(parseSaved(stored)).toHaveLength(MAX_SAVED);
  });
});
