import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './parse-query.ts';
import { escapeText } from './quote-value.ts';
import { tokenize } from './tokenize.ts';

/** Characters of every class that joins others to a word, and some that part them. */
const UNITS = [
  ...[
    'a',
    'Z',
    '1',
    '_',
    '.',
    ',',
    ':',
    "'",
    '"',
    '-',
    ' ',
    '#',
    'é',
    'א',
    'ア',
    '한',
    'ก',
    '漢',
    'あ',
    '\u0301',
    '\u00ad',
    '\u200d',
    '\ufe0f',
    '\u20e3',
  ],
  ...['👍', '👩', '🏽', '🇪', '❤', '©', '〰', '\u{e0067}', '\u{e007f}', '🏴', '\u{10400}'],
];

describe('wordNode', () => {
  it('takes every pattern that is made from a word by putting a wildcard into it', { timeout: 60_000 }, () => {
    const text = fc.array(fc.constantFrom(...UNITS), { minLength: 2, maxLength: 8 }).map((units) => units.join(''));
    let tried = 0;
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (message, first, second) => {
        for (const word of tokenize(message)) {
          const characters = Array.from(word.text);
          const from = first % (characters.length + 1);
          const to = from + (second % (characters.length - from + 1));
          const before = characters.slice(0, from).join('');
          const after = characters.slice(to).join('');
          if (before + after === '') continue;
          tried += 1;
          expect(parseQuery(`${escapeText(before)}*${escapeText(after)}`, 'logs')).toMatchObject({ type: 'wordPattern' });
        }
      }),
      { numRuns: 3_000 },
    );
    expect(tried).toBeGreaterThan(1_000);
  });

  it('takes no longer for a very long text than reading it', () => {
    const start = performance.now();
    expect(() => parseQuery(`${'a-'.repeat(16_000)}*`, 'logs')).toThrow('one word');
    expect(() => parseQuery(`${'a'.repeat(32_000)}*`, 'logs')).toThrow('one word');
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
