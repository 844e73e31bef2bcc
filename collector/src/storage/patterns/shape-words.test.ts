import { tokenize } from '@threadline/query-language';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternMiner } from './pattern-miner.ts';
import { shapeText } from './shape-text.ts';
import { hasPhrase, phraseTest, shapeWords, wordTest } from './shape-words.ts';

const wordsOf = (text: string): string[] => tokenize(text).map((word) => word.text);

/** Pieces that words, values and what parts them are made of, the awkward ones among them. */
const piece = fc.oneof(
  fc.constantFrom('order', 'paid', 'shipped', 'eu-central', 'Connection', 'reset', 'hello', 'TTTT', 'deadbeefcafe', "don't", 'a.b.Service'),
  fc.constantFrom(
    '12',
    '3.25',
    '12ms',
    '12:30',
    '12:30-hello',
    '10.0.0.1:80',
    '2026-11-26T15:10:43Z',
    '2026-11-26-TTTT',
    'u17',
    'v1',
    '17-order-x',
  ),
  fc.constantFrom(
    '3f2a9c1e-0000-4abc-8def-001122334455',
    '9f86d081884c7d65',
    '주문',
    '3건',
    '접수',
    'é12',
    '12é',
    'Å',
    '\u212a',
    'א"ב',
    '#\ufe0f\u20e3',
  ),
  fc.constantFrom(
    ' ',
    ' ',
    ' ',
    '  ',
    '\n',
    '\t',
    ':',
    ': ',
    ',',
    ', ',
    '.',
    ';',
    "'",
    '"',
    '_',
    '/',
    '-',
    '=',
    '(',
    ')',
    '\n    at run (x.js:1:1)',
    '\u0001',
    '\u000f',
  ),
);
const plainPiece = fc.constantFrom(
  'order',
  'paid',
  'shipped',
  'lost',
  'held',
  'sent',
  '12',
  '3f2a9c1e-0000-4abc-8def-001122334455',
  '12ms',
);
const message = fc.oneof(
  fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(fc.oneof(plainPiece, piece), { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(' ')),
  fc.array(plainPiece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(' ')),
);

describe('the words of a shape', () => {
  it('say of each message what its own words say, or nothing', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), (messages, from, length) => {
        const batch = new PatternMiner().startBatch();
        const find = batch.service('default', 'orders');
        const shapes = messages.map((text) => {
          const bytes = Buffer.from(text);
          return batch.entries[find(bytes, 0, bytes.length)] ?? '';
        });
        const all = messages.flatMap(wordsOf);
        const start = from % Math.max(1, all.length);
        const phrase = all.slice(start, start + 1 + (length % 3));
        const [word = ''] = phrase;
        for (const [index, text] of messages.entries()) {
          const words = wordsOf(text);
          const shape = shapeWords(shapes[index] ?? '');
          const told1 = phrase.length > 0 ? phraseTest(phrase)(shape) : undefined;
          if (told1 !== undefined) expect(told1, `${JSON.stringify(phrase)} in ${JSON.stringify(text)}`).toBe(hasPhrase(words, phrase));
          const told2 = wordTest((text_) => text_.startsWith(word.slice(0, 3)), [word.slice(0, 3)])(shape);
          if (told2 !== undefined)
            expect(told2, `${word}* in ${JSON.stringify(text)}`).toBe(words.some((w) => w.startsWith(word.slice(0, 3))));
          if (told1 !== undefined || told2 !== undefined) told += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(told).toBeGreaterThan(1_000);
  });

  it('are those of a template with its words in their places', () => {
    const shape = shapeText('order \u0004 \u0001 in \u0001 after \u0002 ms', ['shipped', 'eu-central']);
    const words = shapeWords(shape);
    expect(phraseTest(['shipped', 'in', 'eu'])(words)).toBe(true);
    expect(phraseTest(['paid'])(words)).toBe(false);
    expect(phraseTest(['order', 'shipped'])(words)).toBe(false);
    expect(phraseTest(['after', '17'])(words)).toBe(undefined);
  });
});
