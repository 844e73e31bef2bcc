import { describe, expect, it } from 'vitest';
import { attributeTerms, isHash, keyTerm, MAX_TERM_TEXT_LENGTH, pairTerm, textTerm } from './attribute-terms.ts';
import { orderedDouble, orderedInteger } from './ordered-number.ts';

describe('attributeTerms', () => {
  it('has each key and value once, and numbers by their order too', () => {
    const terms = attributeTerms([
      { key: 'n', value: { type: 'int', value: 5n } },
      { key: 'n', value: { type: 'double', value: 5 } },
      { key: 'n', value: { type: 'string', value: '5' } },
      { key: 'b', value: { type: 'bool', value: true } },
      { key: 'x', value: { type: 'double', value: Number.NaN } },
    ]);
    expect(terms).toEqual({
      keys: ['n', 'b', 'x'],
      pairs: ['n=5', 'b=true', 'x=NaN'],
      numbers: [`n=${orderedInteger(5n)}`, `n=${orderedDouble(5)}`],
      hashedKeys: [],
    });
  });

  it('never has one term for two keys or two values', () => {
    const pairs = [
      ['a', 'b=c'],
      ['a=b', 'c'],
      ['a\\', 'b'],
      ['a\\=b', 'c'],
      ['a\\', '=b=c'],
      ['', 'a'],
      ['', ''],
      ['=', ''],
      ['a\\#', 'b'],
      ['a', '\\#b'],
      ['k'.repeat(600), 'v'],
      ['k'.repeat(601), 'v'],
      ['a', 'v'.repeat(9_000)],
      ['a', 'v'.repeat(9_001)],
    ] as const;
    expect(new Set(pairs.map(([key, value]) => pairTerm(keyTerm(key), value))).size).toBe(pairs.length);
  });

  it('keeps terms within what Lucene takes and marks the keys whose values are hashed', () => {
    const key = '가'.repeat(300);
    const fits = '가'.repeat(MAX_TERM_TEXT_LENGTH);
    const { pairs, hashedKeys } = attributeTerms([
      { key, value: { type: 'string', value: fits } },
      { key: 'long', value: { type: 'string', value: `${fits}.` } },
    ]);
    for (const pair of pairs) expect(Buffer.byteLength(pair)).toBeLessThanOrEqual(32_766);
    expect(pairs[0]).toBe(`${key}=${fits}`);
    expect(hashedKeys).toEqual(['long']);
    for (const longer of [`${key}나`, '='.repeat(451), 'x'.repeat(513)]) expect(keyTerm(longer)).toMatch(/^\\#[0-9a-f]{64}$/);
    expect(keyTerm('='.repeat(450))).toHaveLength(900);
  });

  it('tells hashes from texts', () => {
    expect(isHash(textTerm('x'.repeat(MAX_TERM_TEXT_LENGTH + 1)))).toBe(true);
    expect(isHash(textTerm('x'.repeat(MAX_TERM_TEXT_LENGTH)))).toBe(false);
  });
});
