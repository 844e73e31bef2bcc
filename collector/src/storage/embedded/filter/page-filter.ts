import { crc32 } from 'node:zlib';
import type { TokenHash } from './token-hash.ts';

/**
 * Which pages of a row group may have a token: a split-block Bloom filter a page, all of one size, block by block side by side, so that one
 * read of a few hundred bytes answers for all pages of the row group:
 *
 *     block 0 of page 0 | block 0 of page 1 | … | CRC-32 | block 1 of page 0 | block 1 of page 1 | … | CRC-32 | …
 *
 * Source of a block's eight words and their salts: apache/parquet-format, BloomFilter.md.
 */
const BLOCK_WORDS = 8;
const BLOCK_BYTES = BLOCK_WORDS * 4;
const CRC_BYTES = 4;
const BLOCK_BITS = BLOCK_BYTES * 8;
/** One unknown token in about 1,000 is taken for known in a page. With 12 bits it is one in 200: among 20,000 pages those cost more than all the rest of a search. */
const BITS_PER_TOKEN = 16;
const SALTS = Int32Array.of(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31);

/** The filter of a row group whose pages have these tokens, each with its halves in turn. */
export function buildFilter(pages: readonly Uint32Array[]): { readonly blocks: number; readonly bytes: Buffer } {
  const most = pages.reduce((greatest, hashes) => Math.max(greatest, hashes.length / 2), 0);
  const blocks = Math.max(Math.ceil((most * BITS_PER_TOKEN) / BLOCK_BITS), 1);
  const unitWords = pages.length * BLOCK_WORDS + 1;
  const words = new Int32Array(blocks * unitWords);
  for (const [page, hashes] of pages.entries()) {
    for (let at = 0; at < hashes.length; at += 2) {
      const start = blockOf(hashes[at] ?? 0, blocks) * unitWords + page * BLOCK_WORDS;
      const low = hashes[at + 1] ?? 0;
      for (let word = 0; word < BLOCK_WORDS; word += 1) words[start + word] = (words[start + word] ?? 0) | bitOf(low, word);
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

/** Of the blocks of all pages that answer for a token, with their checksum. */
export function blockBytes(pages: number): number {
  return pages * BLOCK_BYTES + CRC_BYTES;
}

/** Where in a filter the blocks are that answer for a token. */
export function blockPlace(token: TokenHash, { blocks, pages }: { readonly blocks: number; readonly pages: number }) {
  const bytes = blockBytes(pages);
  return { offset: blockOf(token.high, blocks) * bytes, bytes };
}

/** The pages that may have the token, as bits: page 0 is the lowest. `read` is what stands at `blockPlace`; undefined when it is damaged. */
export function pagesWith(token: TokenHash, read: Buffer, pages: number): number | undefined {
  const end = pages * BLOCK_BYTES;
  if (crc32(read.subarray(0, end)) !== read.readUInt32LE(end)) return undefined;
  let found = 0;
  for (let page = 0; page < pages; page += 1) {
    let word = 0;
    while (word < BLOCK_WORDS && (read.readInt32LE(page * BLOCK_BYTES + word * 4) & bitOf(token.low, word)) !== 0) word += 1;
    if (word === BLOCK_WORDS) found |= 1 << page;
  }
  return found;
}

function blockOf(high: number, blocks: number): number {
  return Math.floor((high * blocks) / 2 ** 32);
}

function bitOf(low: number, word: number): number {
  return 1 << (Math.imul(low, SALTS[word] ?? 0) >>> 27);
}
