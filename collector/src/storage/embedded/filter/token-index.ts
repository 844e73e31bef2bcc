import { crc32 } from 'node:zlib';
import { ByteSink } from '../parquet/byte-sink.ts';
import { type OrderedTokens, orderBits } from './ordered-tokens.ts';
import { ShardReader } from './shard-reader.ts';
import { type ChunkShape, estimateBytes, writeChunk } from './token-chunk.ts';

/**
 * Which pages of a segment have a token: one place in the file answers for all its row groups, so that a search for an id costs a read of a few
 * kilobytes for each segment, however many row groups there are.
 *
 *     block … | directory: where each block begins and the last one ends, four bytes each
 *     block: shard … | CRC-32
 *     shard: the chunk of each row group (see `token-chunk.ts`)
 *
 * The first bits of a token's hash choose its shard. Merges copy chunks as they are: a row group that is not merged again has the same number of shards in
 * every file.
 */
export interface TokenIndex {
  /** Bytes from the file's start. */
  readonly at: number;
  /** Without the directory. */
  readonly bytes: number;
  readonly shardBits: number;
  /** A block has 2^`blockBits` shards. */
  readonly blockBits: number;
  /** Row groups that have their tokens here, in the order of their chunks. */
  readonly groups: readonly TokenGroup[];
}

export interface TokenGroup extends ChunkShape {
  /** The row group's number in the segment. */
  readonly group: number;
}

/** Of segments with row groups that are not merged again. */
const SHARD_BITS = 14;
/** Of others: slots a shard. */
const SMALL_SLOT_BITS = 4;
/**
 * One unknown token in about 2^10 is taken for known somewhere in a row group: among 600 row groups there is less than one such page, each of which costs a
 * tenth of a millisecond.
 */
const KNOWN_BITS = 10;
const MIN_REST_BITS = 4;
const HASH_BITS = 32;
/** What a read takes for its beginning it takes for so many bytes. */
const BLOCK_BYTES = 2_048;
/** So much is read and written at once where all of it is gone through. */
const STRETCH_BYTES = 512 * 1024;

/** Tokens of a row group that is written now. */
export interface NewTokens {
  readonly group: number;
  readonly tokens: OrderedTokens;
  /** The row group is merged into a larger one later: its hashes are kept as they are. */
  readonly isSmall: boolean;
}

/** Row groups of another segment that are copied. */
export interface CopiedTokens {
  readonly source: TokenSource;
  /** Of those in the source that are copied: their numbers there and here. */
  readonly groups: ReadonlyMap<number, number>;
}

/** A segment's tokens. */
export interface TokenSource {
  readonly index: TokenIndex;
  /** Throws where there are fewer bytes. */
  readonly read: (at: number, length: number) => Buffer;
  readonly damaged: () => Error;
}

/** Writes the token index of row groups with `write`, piece by piece, to begin at a place; undefined where none have tokens here. */
export async function writeTokenIndex(
  at: number,
  copied: readonly CopiedTokens[],
  fresh: readonly NewTokens[],
  write: (bytes: Buffer) => Promise<void>,
): Promise<TokenIndex | undefined> {
  const isLarge = copied.length > 0 || fresh.some(({ isSmall }) => !isSmall);
  const most = fresh.reduce((greatest, { tokens }) => Math.max(greatest, tokens.hashes.length), 0);
  const shardBits = isLarge ? SHARD_BITS : Math.max(Math.round(Math.log2(Math.max(most, 1))) - SMALL_SLOT_BITS, 0);
  const sources = copied.map(({ source, groups }) => new CopiedShards(source, groups));
  const own = fresh.map((tokens) => new NewShards(tokens, shardBits));
  const shapes = [...sources.flatMap((source) => source.groups), ...own.map(({ shape }) => shape)];
  if (shapes.length === 0) return undefined;
  const expected = [...sources, ...own].reduce((sum, { bytes }) => sum + bytes, 0);
  let blockBits = 0;
  while (blockBits < shardBits && expected / 2 ** (shardBits - blockBits) < BLOCK_BYTES) blockBits += 1;
  const sink = new ByteSink();
  const blocks = 2 ** (shardBits - blockBits);
  const ends = new Uint32Array(blocks + 1);
  let written = 0;
  for (let block = 0; block < blocks; block += 1) {
    appendBlock(sink, sources, own, 2 ** blockBits);
    ends[block + 1] = written + sink.length;
    if (sink.length < STRETCH_BYTES) continue;
    await write(Buffer.from(sink.view()));
    written += sink.length;
    sink.clear();
  }
  for (const end of ends) sink.int32(end | 0);
  await write(sink.view());
  return { at, bytes: ends.at(-1) ?? 0, shardBits, blockBits, groups: shapes };
}

/** Not in the loop that writes: what awaits is compiled anew again and again, with all that it calls. */
function appendBlock(sink: ByteSink, copied: readonly CopiedShards[], fresh: readonly NewShards[], shards: number): void {
  const start = sink.length;
  for (let shard = 0; shard < shards; shard += 1) {
    for (const source of copied) source.append(sink);
    for (const source of fresh) source.append(sink);
  }
  sink.int32(crc32(sink.view().subarray(start)) | 0);
}

class NewShards {
  readonly shape: TokenGroup;
  readonly bytes: number;
  readonly #tokens: OrderedTokens;
  readonly #shardBits: number;
  /** Hashes of a shard, and where those of the next one end. */
  readonly #shardHashes: number;
  #end: number;
  #next = 0;

  constructor({ group, tokens, isSmall }: NewTokens, shardBits: number) {
    const count = tokens.hashes.length;
    const bits = Math.max(Math.round(Math.log2(Math.max(count, 1))), 0);
    const slotBits = Math.min(Math.max(bits - shardBits, 0), orderBits(count) - shardBits);
    const left = HASH_BITS - shardBits - slotBits;
    const restBits = isSmall ? left : Math.min(Math.max(bits + KNOWN_BITS - shardBits - slotBits, MIN_REST_BITS), left);
    this.shape = { group, slotBits, restBits };
    this.bytes = estimateBytes(count, shardBits, this.shape);
    this.#tokens = tokens;
    this.#shardBits = shardBits;
    this.#shardHashes = 2 ** (HASH_BITS - shardBits);
    this.#end = this.#shardHashes;
  }

  append(sink: ByteSink): void {
    const { hashes } = this.#tokens;
    const from = this.#next;
    let to = from;
    while (to < hashes.length && (hashes[to] ?? 0) < this.#end) to += 1;
    writeChunk(sink, this.#tokens, this.shape, { from, to, shardBits: this.#shardBits });
    this.#next = to;
    this.#end += this.#shardHashes;
  }
}

class CopiedShards {
  readonly groups: readonly TokenGroup[];
  readonly bytes: number;
  readonly #reader: ShardReader;
  readonly #isCopied: readonly boolean[];

  constructor(source: TokenSource, groups: ReadonlyMap<number, number>) {
    const { index } = source;
    this.groups = index.groups.flatMap(({ group, ...shape }) => {
      const here = groups.get(group);
      return here === undefined ? [] : [{ group: here, ...shape }];
    });
    this.bytes = (index.bytes * this.groups.length) / Math.max(index.groups.length, 1);
    this.#isCopied = index.groups.map(({ group }) => groups.has(group));
    this.#reader = new ShardReader(source, STRETCH_BYTES);
  }

  append(sink: ByteSink): void {
    const { bytes, starts } = this.#reader.next();
    for (let number = 0; number < this.#isCopied.length; ) {
      const isCopied = this.#isCopied[number];
      let end = number + 1;
      while (end < this.#isCopied.length && this.#isCopied[end] === isCopied) end += 1;
      if (isCopied) sink.appendPart(bytes, starts[number] ?? 0, starts[end] ?? 0);
      number = end;
    }
  }
}
