import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPlace, pagesWith } from './page-filter.ts';
import { type TokenHash, wordToken } from './token-hash.ts';

const BLOCK_WORDS = 8;
const BLOCK_BYTES = 32;
const CRC_BYTES = 4;
const BITS_PER_TOKEN = 16;
const SALTS = Int32Array.of(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31);

/** As layout 3 wrote the filter of a row group whose pages have these tokens, each with its halves in turn. */
function buildFilter(pages: readonly Uint32Array[]): { readonly blocks: number; readonly bytes: Buffer } {
  const most = pages.reduce((greatest, hashes) => Math.max(greatest, hashes.length / 2), 0);
  const blocks = Math.max(Math.ceil((most * BITS_PER_TOKEN) / (BLOCK_BYTES * 8)), 1);
  const unitWords = pages.length * BLOCK_WORDS + 1;
  const words = new Int32Array(blocks * unitWords);
  for (const [page, hashes] of pages.entries()) {
    for (let at = 0; at < hashes.length; at += 2) {
      const start = Math.floor(((hashes[at] ?? 0) * blocks) / 2 ** 32) * unitWords + page * BLOCK_WORDS;
      const low = hashes[at + 1] ?? 0;
      for (let word = 0; word < BLOCK_WORDS; word += 1)
        words[start + word] = (words[start + word] ?? 0) | (1 << (Math.imul(low, SALTS[word] ?? 0) >>> 27));
    }
  }
  const bytes = Buffer.from(words.buffer);
  for (let block = 0; block < blocks; block += 1) {
    const start = block * unitWords * 4;
    const end = start + unitWords * 4 - CRC_BYTES;
    bytes.writeUInt32LE(crc32(bytes.subarray(start, end)), end);
  }
  return { blocks, bytes };
}

const hashes = (words: readonly string[]): Uint32Array =>
  Uint32Array.from(words.flatMap((word) => [wordToken(word).high, wordToken(word).low]));
const ask = ({ blocks, bytes }: { blocks: number; bytes: Buffer }, token: TokenHash, pages: number): number | undefined => {
  const place = blockPlace(token, { blocks, pages });
  return pagesWith(token, bytes.subarray(place.offset, place.offset + place.bytes), pages);
};

describe('the filter of a row group of layout 3', () => {
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
