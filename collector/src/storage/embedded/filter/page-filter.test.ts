import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPlace, buildFilter, pagesWith } from './page-filter.ts';
import { type TokenHash, wordToken } from './token-hash.ts';

const hashes = (words: readonly string[]): Uint32Array =>
  Uint32Array.from(words.flatMap((word) => [wordToken(word).high, wordToken(word).low]));
const ask = ({ blocks, bytes }: { blocks: number; bytes: Buffer }, token: TokenHash, pages: number): number | undefined => {
  const place = blockPlace(token, { blocks, pages });
  return pagesWith(token, bytes.subarray(place.offset, place.offset + place.bytes), pages);
};

describe('buildFilter', () => {
  it('never denies a page that has the token', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 40 }), { minLength: 1, maxLength: 8 }), (pages) => {
        const filter = buildFilter(pages.map(hashes));
        for (const [page, words] of pages.entries())
          for (const word of words) expect((ask(filter, wordToken(word), pages.length) ?? 0) & (1 << page)).not.toBe(0);
      }),
    );
  });

  it('takes few unknown tokens for known ones', () => {
    const filter = buildFilter([hashes(Array.from({ length: 20_000 }, (_, index) => `known ${index}`))]);
    const taken = Array.from({ length: 20_000 }, (_, index) => ask(filter, wordToken(`unknown ${index}`), 1)).filter(
      (pages) => pages === 1,
    );
    expect(taken.length).toBeLessThan(100);
  });

  it('tells a flipped bit wherever it is', () => {
    const filter = buildFilter([hashes(['a', 'b']), hashes(['c'])]);
    for (let bit = 0; bit < filter.bytes.length * 8; bit += 1) {
      const bytes = Buffer.from(filter.bytes);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(['a', 'b', 'c'].map((word) => ask({ ...filter, bytes }, wordToken(word), 2))).toContain(undefined);
    }
  });
});
