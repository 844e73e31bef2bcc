import { MAX_WORD_LENGTH, tokenize } from '@threadline/query-language';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafTokens, TokenWriter } from './token-writer.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

describe('TokenWriter.asciiWords', () => {
  it('writes of bytes what it writes of the words of their text', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...'aFB70_.\':,; -"#'), maxLength: 80 }),
      fc.nat({ max: 2 }).map((more) => `${'X'.repeat(MAX_WORD_LENGTH - 1 + more)}.y`),
      fc.constant(`${'x7'.repeat(MAX_WORD_LENGTH)} end`),
    );
    fc.assert(
      fc.property(text, fc.nat({ max: 3 }), (ascii, before) => {
        const fromBytes = new TokenWriter();
        const bytes = Buffer.from(`${'-'.repeat(before)}${ascii}tail`);
        expect(fromBytes.asciiWords(bytes, before, before + ascii.length)).toBe(true);
        const fromWords = new TokenWriter();
        for (const word of tokenize(ascii)) fromWords.word(word.text);
        expect(sorted(fromBytes)).toEqual(sorted(fromWords));
      }),
    );
  });

  it('says of every text that is not all ASCII that it is not, wherever that stands', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const ascii = fc.oneof(fc.string({ unit: fc.constantFrom(...'aF7_. -'), maxLength: 20 }), fc.constant('x'.repeat(MAX_WORD_LENGTH + 1)));
    fc.assert(
      fc.property(ascii, fc.constantFrom('é', '원', '🙂', '\u0080'), ascii, (before, beyond, after) => {
        const bytes = Buffer.from(before + beyond + after);
        expect(new TokenWriter().asciiWords(bytes, 0, bytes.length)).toBe(false);
      }),
    );
  });
});

describe('TokenWriter.asciiLeaf', () => {
  it('writes of bytes what it writes of their text', () => {
    const fromBytes = new TokenWriter();
    expect(fromBytes.asciiLeaf(leafTokens('user.id'), Buffer.from('u-42 Ab'), 2, 6)).toBe(true);
    const fromText = new TokenWriter();
    fromText.leaf('user.id', '42 A');
    expect(sorted(fromBytes)).toEqual(sorted(fromText));
  });

  it('writes nothing of bytes that are not all ASCII', () => {
    const writer = new TokenWriter();
    const bytes = Buffer.from('42 원');
    expect(writer.asciiLeaf(leafTokens('price'), bytes, 0, bytes.length)).toBe(false);
    expect(sorted(writer)).toEqual([]);
  });
});

function sorted(writer: TokenWriter): string[] {
  const hashes = writer.finishPage();
  return Array.from({ length: hashes.length / 2 }, (_, token) => `${hashes[2 * token]} ${hashes[2 * token + 1]}`).sort();
}
