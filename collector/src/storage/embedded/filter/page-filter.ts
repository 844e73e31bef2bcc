import { crc32 } from 'node:zlib';
import type { TokenHash } from './token-hash.ts';

/**
 * Which pages of a row group of layouts 2 and 3 may have a token: a split-block Bloom filter a page, all of one size, block by block side by side, so that one
 * read of a few hundred bytes answers for all pages of the row group:
 *
 *     block 0 of page 0 | block 0 of page 1 | … | CRC-32 | block 1 of page 0 | block 1 of page 1 | … | CRC-32 | …
 *
 * Source of a block's eight words and their salts: apache/parquet-format, BloomFilter.md.
 */
const BLOCK_WORDS = 8;
const BLOCK_BYTES = BLOCK_WORDS * 4;
const CRC_BYTES = 4;
const SALTS = Int32Array.of(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31);

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
