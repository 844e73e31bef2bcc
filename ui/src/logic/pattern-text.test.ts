import { describe, expect, it } from 'vitest';
import { patternLevels, patternName, trendBars } from './pattern-text.ts';

describe('a pattern', () => {
  it('has its text and its wildcards as a name', () => {
    expect(patternName([{ text: 'order ' }, { wildcard: 'num' }, { text: ' paid' }], (wildcard) => wildcard)).toBe('order num paid');
    expect(patternName([], () => '')).toBe('');
  });

  it('has the most severe level first', () => {
    expect(patternLevels({ INFO: 3, ERROR: 1, DEBUG: 0 })).toEqual([
      { level: 'ERROR', count: 1 },
      { level: 'INFO', count: 3 },
    ]);
  });

  it('has bars that can be seen where there are records, and none where there are none', () => {
    expect(trendBars([0, 1, 0, 1_000])).toEqual([
      { bucket: 1, height: 0.14 },
      { bucket: 3, height: 1 },
    ]);
    expect(trendBars([])).toEqual([]);
  });
});
