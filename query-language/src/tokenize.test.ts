import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerCase } from './lower-case.ts';
import { MAX_WORD_LENGTH, tokenize } from './tokenize.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

/** Captured from a real node by scripts/capture-analyze-golden.ts. */
const golden: { text: string; tokens: [string, number, number][] }[] = JSON.parse(
  readFileSync(new URL('../test/analyze-golden.json', import.meta.url), 'utf8'),
);

const texts = (text: string) => tokenize(text).map((word) => word.text);

describe('tokenize', () => {
  it('makes the words that Elasticsearch makes, of each captured text', () => {
    expect(golden.length).toBeGreaterThan(300);
    for (const { text, tokens } of golden) {
      expect({ text, tokens: tokenize(text).map((word) => [word.text, word.start, word.end]) }).toEqual({ text, tokens });
    }
  });

  it('splits a path in its parts and keeps a user_id, an address and a number whole', () => {
    expect(texts('/api/orders/17')).toEqual(['api', 'orders', '17']);
    expect(texts('user_id 10.0.0.1 1,000.5')).toEqual(['user_id', '10.0.0.1', '1,000.5']);
    expect(texts('3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toEqual(['3f2504e0', '4f89', '11d3', '9a0c', '0305e82c3301']);
  });

  it('makes a word of each Han and Hiragana character, of a run of Thai and of an emoji with all that belongs to it', () => {
    expect(texts('주문 접수')).toEqual(['주문', '접수']);
    expect(texts('日本ひら')).toEqual(['日', '本', 'ひ', 'ら']);
    expect(texts('สวัสดีชาวโลก')).toEqual(['สวัสดีชาวโลก']);
    expect(texts('👨‍👩‍👧 👍🏽 🇰🇷')).toEqual(['👨‍👩‍👧', '👍🏽', '🇰🇷']);
  });

  it('cuts a long word after 255 UTF-16 units and never a surrogate pair', () => {
    expect(texts('a'.repeat(300)).map((word) => word.length)).toEqual([255, 45]);
    expect(texts('𐐨'.repeat(200)).map((word) => word.length)).toEqual([254, 146]);
  });

  it('takes half of a surrogate pair for a character that is in no word, at the end of a text too', () => {
    expect(tokenize('cut mid emoji \ud83d')).toEqual(tokenize('cut mid emoji \ufffd'));
    expect(texts('a\udc00b')).toEqual(['a', 'b']);
  });

  it('gives places that hold the word, in order and without overlap, whatever the text', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        let last = 0;
        for (const word of tokenize(text)) {
          expect(word.start).toBeGreaterThanOrEqual(last);
          expect(word.end - word.start).toBeLessThanOrEqual(MAX_WORD_LENGTH);
          expect(word.text).toBe(lowerCase(text.slice(word.start, word.end)));
          expect(word.text).not.toBe('');
          last = word.end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('makes the same word of a word alone', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        for (const { text: word } of tokenize(text)) expect(texts(word)).toEqual([word]);
      }),
    );
  });
});

describe('lowerCase', () => {
  it('lower-cases each code point alone, as Java does', () => {
    expect(lowerCase('İ')).toBe('i');
    expect(lowerCase('ΟΔΟΣ')).toBe('οδοσ');
    expect(lowerCase('ẞ𐐀Ⅳ')).toBe('ß𐐨ⅳ');
    expect(lowerCase('already low 1')).toBe('already low 1');
  });

  it('leaves a code point that has no lower case, half a pair among them', () => {
    expect(lowerCase('\ud800A\udc00')).toBe('\ud800a\udc00');
    expect(lowerCase('漢')).toBe('漢');
  });
});
