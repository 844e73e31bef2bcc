import type { ByteSink } from '../parquet/byte-sink.ts';
import type { OrderedTokens } from './ordered-tokens.ts';

/** A page of a row group: up to 32. */
const PAGE_BITS = 5;
const HASH_BITS = 32;
/** So many bits that begin anywhere in a byte are in four bytes. */
const MAX_WORD_WIDTH = 24;
const MAX_WORD_SCALE = 2 ** MAX_WORD_WIDTH;

/**
 * How the tokens of one row group are kept. Of a token's 32 bits the first choose the shard (see `token-index.ts`), the next `slotBits` the slot, and of the
 * others the next `restBits` are kept. A row group's chunk of a shard is
 *
 *     for each slot a 1 for each of its entries, then a 0 | entries: rest, page | zeros up to a whole byte
 */
export interface ChunkShape {
  readonly slotBits: number;
  readonly restBits: number;
}

/** The `width` bits of a hash behind its first `skipped`. */
export function hashBits(hash: number, skipped: number, width: number): number {
  return width === 0 ? 0 : (hash << skipped) >>> (HASH_BITS - width);
}

/** Appends the chunk of those from `from` to `to`, which are all of one shard and in the order of their slots. */
export function writeChunk(
  sink: ByteSink,
  { hashes, pages }: OrderedTokens,
  { slotBits, restBits }: ChunkShape,
  { from, to, shardBits }: { readonly from: number; readonly to: number; readonly shardBits: number },
): void {
  let slot = 0;
  for (let index = from; index < to; index += 1) {
    const own = hashBits(hashes[index] ?? 0, shardBits, slotBits);
    writeZeros(sink, own - slot);
    sink.bits(1, 1);
    slot = own;
  }
  writeZeros(sink, (1 << slotBits) - slot);
  const isOneWord = restBits + PAGE_BITS <= HASH_BITS;
  for (let index = from; index < to; index += 1) {
    const rest = hashBits(hashes[index] ?? 0, shardBits + slotBits, restBits);
    const page = pages[index] ?? 0;
    if (isOneWord) sink.bits(rest | (page << restBits), restBits + PAGE_BITS);
    else {
      sink.bits(rest, restBits);
      sink.bits(page, PAGE_BITS);
    }
  }
  sink.endBits();
}

function writeZeros(sink: ByteSink, count: number): void {
  for (let left = count; left > 0; left -= HASH_BITS) sink.bits(0, Math.min(left, HASH_BITS));
}

/** About how many bytes the chunks of a row group take. */
export function estimateBytes(tokens: number, shardBits: number, { slotBits, restBits }: ChunkShape): number {
  return (tokens * (restBits + PAGE_BITS + 1) + 2 ** (shardBits + slotBits)) / 8;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});

/** Goes from chunk to chunk. Bytes that were not written by `writeChunk` lead anywhere: they are checked before. */
export class ChunkCursor {
  readonly bytes: Uint8Array;
  /** Where the next chunk begins. */
  at: number;
  /** Of the chunk that was gone over last, in bits from the start of all bytes: where its entries begin, and how many there are. */
  #entriesAt = 0;
  #count = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  skip(shape: ChunkShape): void {
    this.#goOver(shape, this.at, 0, 0);
  }

  /** The pages, as bits, that have an entry of the slot with the rest. Goes on to the next chunk. */
  find(shape: ChunkShape, slot: number, rest: number): number {
    const { bytes } = this;
    let at = this.at;
    let zeros = 0;
    let ones = 0;
    for (; at < bytes.length; at += 1) {
      const inByte = ONES[bytes[at] ?? 0] ?? 0;
      if (zeros + 8 - inByte >= slot) break;
      zeros += 8 - inByte;
      ones += inByte;
    }
    const [byteZeros, byteOnes] = [zeros, ones];
    let first = ones;
    let own = 0;
    for (let bit = at * 8; zeros <= slot; bit += 1) {
      if (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) {
        if (zeros === slot) own += 1;
        else first += 1;
      } else zeros += 1;
    }
    this.#goOver(shape, at, byteZeros, byteOnes);
    let found = 0;
    const width = shape.restBits + PAGE_BITS;
    for (let entry = first; entry < first + own; entry += 1) {
      const start = this.#entriesAt + entry * width;
      if (this.#bits(start, shape.restBits) === rest) found |= 1 << this.#bits(start + shape.restBits, PAGE_BITS);
    }
    return found;
  }

  /** All entries of the next chunk, each with its hash as far as it is kept, and its page. */
  visit(shape: ChunkShape, { shard, shardBits }: { readonly shard: number; readonly shardBits: number }, visit: TokenVisitor): void {
    const { slotBits, restBits } = shape;
    const start = this.at * 8;
    this.skip(shape);
    let slot = 0;
    let entry = 0;
    const { bytes } = this;
    // As numbers: 32 bits with their sign would be others.
    const restScale = 2 ** restBits;
    const leftScale = 2 ** (HASH_BITS - shardBits - slotBits - restBits);
    const firstSlot = shard * (1 << slotBits);
    for (let bit = start; entry < this.#count; bit += 1) {
      if ((((bytes[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 0) {
        slot += 1;
        continue;
      }
      const at = this.#entriesAt + entry * (restBits + PAGE_BITS);
      const hash = ((firstSlot + slot) * restScale + this.#bits(at, restBits)) * leftScale;
      visit(hash, this.#bits(at + restBits, PAGE_BITS));
      entry += 1;
    }
  }

  /** From a byte on, before which there were so many bits of each kind. */
  #goOver({ slotBits, restBits }: ChunkShape, from: number, zerosBefore: number, onesBefore: number): void {
    const { bytes } = this;
    const slots = 1 << slotBits;
    let zeros = zerosBefore;
    let ones = onesBefore;
    let at = from;
    for (; at < bytes.length; at += 1) {
      const inByte = ONES[bytes[at] ?? 0] ?? 0;
      if (zeros + 8 - inByte >= slots) break;
      zeros += 8 - inByte;
      ones += inByte;
    }
    let bit = 0;
    const byte = bytes[at] ?? 0;
    for (; zeros < slots; bit += 1) {
      if ((byte >> bit) & 1) ones += 1;
      else zeros += 1;
    }
    this.#entriesAt = at * 8 + bit;
    this.#count = ones;
    this.at = (this.#entriesAt + ones * (restBits + PAGE_BITS) + 7) >>> 3;
  }

  #bits(start: number, width: number): number {
    if (width > MAX_WORD_WIDTH)
      return this.#bits(start, MAX_WORD_WIDTH) + this.#bits(start + MAX_WORD_WIDTH, width - MAX_WORD_WIDTH) * MAX_WORD_SCALE;
    const { bytes } = this;
    const at = start >>> 3;
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    return (word >>> (start & 7)) & ((1 << width) - 1);
  }
}

export type TokenVisitor = (hash: number, page: number) => void;
