import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_UNITS, asciiWordUnits, visitAsciiWords } from './ascii-words.ts';
import { MAX_WORD_LENGTH, tokenize } from './tokenize.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;
/** What words are made of, what may join two, and what never does. */
const UNITS = fc.constantFrom(...'aB7_.\':,; -"#*');

describe('visitAsciiWords', () => {
  it('gives the places of the words that the text has', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom('a', 'B', '7', '_', '.', "'", ':', ',', ' ', '-'), maxLength: 80 }),
      fc.constant('x'.repeat(MAX_WORD_LENGTH * 2 + 1)),
    );
    fc.assert(
      fc.property(text, fc.nat({ max: 3 }), (ascii, before) => {
        const bytes = Buffer.from(`${'-'.repeat(before)}${ascii}tail`);
        const found: (readonly [number, number])[] = [];
        visitAsciiWords(bytes, before, before + ascii.length, (start, end) => found.push([start - before, end - before]));
        expect(found).toEqual(tokenize(ascii).map(({ start, end }) => [start, end]));
      }),
    );
  });
});

describe('asciiWordUnits', () => {
  const unitOf = asciiWordUnits();
  const isPartOfWord = (unit: number | undefined): boolean => unit !== ASCII_UNITS.parts && unit !== ASCII_UNITS.mayJoin;

  it('gives letters and digits lower-cased, and says of every other byte whether it can be in a word', () => {
    const named = [...'aZ09'].map((character) => String.fromCharCode(unitOf[character.charCodeAt(0)] ?? 0));
    expect(named.join('')).toBe('az09');
    const joining = [...unitOf.keys()].filter((byte) => byte < 0x80 && unitOf[byte] === ASCII_UNITS.mayJoin);
    expect(String.fromCharCode(...joining)).toBe("',.:;_");
    expect(unitOf.subarray(0x80).every((unit) => unit === ASCII_UNITS.mayJoin)).toBe(true);
  });

  it('parts words only where the text has no word over it, and takes letters and digits for one', {
    timeout: PROPERTY_TIMEOUT_MILLIS,
  }, () => {
    fc.assert(
      fc.property(fc.string({ unit: UNITS, maxLength: 80 }), (text) => {
        const words = tokenize(text);
        for (let at = 0; at < text.length; at += 1) {
          const inWord = words.find(({ start, end }) => start <= at && at < end);
          const unit = unitOf[text.charCodeAt(at)];
          if (unit === ASCII_UNITS.parts) expect(inWord).toBeUndefined();
          if (!isPartOfWord(unit)) continue;
          expect(inWord?.text[at - (inWord?.start ?? 0)]).toBe(String.fromCharCode(unit ?? 0));
          if (at + 1 < text.length && isPartOfWord(unitOf[text.charCodeAt(at + 1)])) expect(inWord?.end).toBeGreaterThan(at + 1);
        }
      }),
    );
  });
});
