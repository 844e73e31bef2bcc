import { crc32 } from 'node:zlib';
import { ChunkCursor } from './token-chunk.ts';
import type { TokenSource } from './token-index.ts';

const CRC_BYTES = 4;
const PLACE_BYTES = 4;

/** Whether a block is what was written; without its checksum. */
export function isWhole(block: Buffer): boolean {
  const end = block.length - CRC_BYTES;
  return end >= 0 && crc32(block.subarray(0, end)) === block.readUInt32LE(end);
}

/** Goes through all shards of a token index in their order. */
export class ShardReader {
  readonly #source: TokenSource;
  readonly #stretchBytes: number;
  readonly #places: Uint32Array;
  /** Where each row group's chunk of the shard begins, and where the last one ends. */
  readonly #starts: Int32Array;
  #shard = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #cursor = new ChunkCursor(Buffer.alloc(0));
  /** The first block that was not read yet, and where the bytes that were read begin. */
  #nextBlock = 0;
  #from = 0;

  /** Throws the source's error at a block that is not what was written. */
  constructor(source: TokenSource, stretchBytes: number) {
    const { at, bytes, shardBits, blockBits, groups } = source.index;
    this.#source = source;
    this.#stretchBytes = stretchBytes;
    const blocks = 2 ** (shardBits - blockBits);
    const directory = source.read(at + bytes, (blocks + 1) * PLACE_BYTES);
    this.#places = Uint32Array.from({ length: blocks + 1 }, (_, block) => directory.readUInt32LE(block * PLACE_BYTES));
    this.#starts = new Int32Array(groups.length + 1);
  }

  /** The next shard. What it gives is good until the next call. */
  next(): { readonly bytes: Buffer; readonly starts: Int32Array } {
    const { blockBits, groups } = this.#source.index;
    if ((this.#shard & ((1 << blockBits) - 1)) === 0) this.#begin(this.#shard >>> blockBits);
    const cursor = this.#cursor;
    for (let number = 0; number < groups.length; number += 1) {
      this.#starts[number] = cursor.at;
      const shape = groups[number];
      if (shape) cursor.skip(shape);
    }
    this.#starts[groups.length] = cursor.at;
    this.#shard += 1;
    return { bytes: this.#bytes, starts: this.#starts };
  }

  #begin(block: number): void {
    if (block === this.#nextBlock) this.#read(block);
    const start = (this.#places[block] ?? 0) - this.#from;
    const end = (this.#places[block + 1] ?? 0) - this.#from;
    if (start > end || end > this.#bytes.length || !isWhole(this.#bytes.subarray(start, end))) throw this.#source.damaged();
    this.#cursor.at = start;
  }

  #read(block: number): void {
    const { index, read, damaged } = this.#source;
    const from = this.#places[block] ?? 0;
    let end = block + 1;
    while (end < this.#places.length - 1 && (this.#places[end + 1] ?? 0) - from < this.#stretchBytes) end += 1;
    const to = this.#places[end] ?? 0;
    if (to < from || to > index.bytes) throw damaged();
    this.#bytes = read(index.at + from, to - from);
    this.#cursor = new ChunkCursor(this.#bytes);
    this.#from = from;
    this.#nextBlock = end;
  }
}
