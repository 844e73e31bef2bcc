import type { RecordHash } from './record-hash.ts';

/** One block holds a million ids in 4 MiB: 33 bits and 8 probes an id, one in several million unknown ids is taken for known. */
const IDS_PER_BLOCK = 1_000_000;
const WORDS_PER_BLOCK = 2 ** 20;
const BITS_MASK = WORDS_PER_BLOCK * 32 - 1;
const PROBES = 8;

/**
 * Which ids may have been written: a Bloom filter that grows by blocks. "No" is certain, and is the answer to nearly every new record, so
 * that a write looks nothing up. Source: Kirsch and Mitzenmacher, Less Hashing, Same Performance (double hashing).
 */
export class IdFilter {
  readonly #blocks: Uint32Array[] = [];
  #used = IDS_PER_BLOCK;

  mayHave(hash: RecordHash): boolean {
    return this.#blocks.some((block) => hasAll(block, hash));
  }

  add({ high, low }: RecordHash): void {
    if (this.#used >= IDS_PER_BLOCK) {
      this.#blocks.push(new Uint32Array(WORDS_PER_BLOCK));
      this.#used = 0;
    }
    this.#used += 1;
    const block = this.#blocks.at(-1);
    if (!block) return;
    for (let probe = 0, bit = high; probe < PROBES; probe += 1, bit = (bit + (low | 1)) >>> 0) {
      const word = (bit & BITS_MASK) >>> 5;
      block[word] = (block[word] ?? 0) | (1 << (bit & 31));
    }
  }
}

function hasAll(block: Uint32Array, { high, low }: RecordHash): boolean {
  for (let probe = 0, bit = high; probe < PROBES; probe += 1, bit = (bit + (low | 1)) >>> 0) {
    if (((block[(bit & BITS_MASK) >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}
