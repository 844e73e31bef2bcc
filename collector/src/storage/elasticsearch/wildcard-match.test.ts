import type { PatternPart } from '@threadline/query-language';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './wildcard-match.ts';

/** `*` and `?` as in the language, all else literal. */
const pattern = (text: string): PatternPart[] =>
  Array.from(text, (character) =>
    character === '*' ? { type: 'any' } : character === '?' ? { type: 'one' } : { type: 'literal', text: character },
  );

describe('matchesPattern', () => {
  it('agrees with a regular expression', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '🚀', '\n'), maxLength: 8 });
    const wild = fc.string({ unit: fc.constantFrom('a', 'b', '🚀', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(word, wild, (text, source) => {
        const expression = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
        expect(matchesPattern(text, pattern(source))).toBe(expression.test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('matches literals of many characters, and the empty text', () => {
    expect(matchesPattern('connection reset', [{ type: 'literal', text: 'connection' }, { type: 'any' }])).toBe(true);
    expect(matchesPattern('connection', [{ type: 'literal', text: 'connections' }])).toBe(false);
    expect(matchesPattern('', [])).toBe(true);
    expect(matchesPattern('', [{ type: 'any' }])).toBe(true);
    expect(matchesPattern('', [{ type: 'one' }])).toBe(false);
  });

  it('takes no time that explodes with the wildcards', () => {
    const many = Array.from({ length: 32 }).flatMap((): PatternPart[] => [{ type: 'any' }, { type: 'literal', text: 'a' }]);
    expect(matchesPattern('a'.repeat(100_000), [...many, { type: 'literal', text: 'b' }])).toBe(false);
  });
});
