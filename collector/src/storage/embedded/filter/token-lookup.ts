import { isWhole, ShardReader } from './shard-reader.ts';
import { ChunkCursor, hashBits } from './token-chunk.ts';
import type { TokenHash } from './token-hash.ts';
import type { TokenSource } from './token-index.ts';

const PLACE_BYTES = 4;
/** Row groups are asked one by one for the same few tokens. */
const MAX_KEPT = 64;
/** So much is read at once where all is gone through. */
const STRETCH_BYTES = 512 * 1024;

const FIRST_HASHES = 1_024;

/** High halves of hashes, each with a low one of 0: no object for each, as in a list of numbers. */
class HashList {
  #hashes = new Uint32Array(2 * FIRST_HASHES);
  #length = 0;

  add(high: number): void {
    if (this.#length === this.#hashes.length) {
      const larger = new Uint32Array(2 * this.#length);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[this.#length] = high;
    this.#length += 2;
  }

  finish(): Uint32Array {
    return this.#hashes.subarray(0, this.#length);
  }
}

/** Finds tokens in a segment's token index. */
export class TokenLookup {
  readonly #source: TokenSource;
  readonly #groupCount: number;
  readonly #isHere: readonly boolean[];
  readonly #kept = new Map<number, Int32Array>();
  readonly #onDamage: () => void;
  #all: Int32Array | undefined;

  /** `onDamage` is told once where bytes are not what was written: then all pages may have what is asked for there. */
  constructor(source: TokenSource, { groupCount, onDamage }: { readonly groupCount: number; readonly onDamage: () => void }) {
    this.#source = source;
    this.#groupCount = groupCount;
    const here = new Set(source.index.groups.map(({ group }) => group));
    this.#isHere = Array.from({ length: groupCount }, (_, group) => here.has(group));
    this.#onDamage = onDamage;
  }

  /** Whether the row group's tokens are here. */
  has(group: number): boolean {
    return this.#isHere[group] ?? false;
  }

  /** Of each row group the pages, as bits, that may have the token. */
  pagesOf({ high }: TokenHash): Int32Array {
    const known = this.#kept.get(high);
    if (known) return known;
    const found = this.#find(high) ?? this.#allPages();
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(high, found);
    return found;
  }

  /** The hashes of each page of a row group whose hashes are kept as they are: high halves, each with a low one of 0. */
  hashesOf(group: number, pages: number): Uint32Array[] {
    const { index } = this.#source;
    const number = index.groups.findIndex((own) => own.group === group);
    const shape = index.groups[number];
    const found = Array.from({ length: pages }, () => new HashList());
    if (!shape) return found.map((hashes) => hashes.finish());
    const reader = new ShardReader(this.#source, STRETCH_BYTES);
    const visit = (hash: number, page: number) => found[page]?.add(hash);
    for (let shard = 0; shard < 1 << index.shardBits; shard += 1) {
      const { bytes, starts } = reader.next();
      new ChunkCursor(bytes, starts[number]).visit(shape, { shard, shardBits: index.shardBits }, visit);
    }
    return found.map((hashes) => hashes.finish());
  }

  /** Undefined where bytes are not what was written. */
  #find(high: number): Int32Array | undefined {
    const { at, bytes, shardBits, blockBits, groups } = this.#source.index;
    const shard = hashBits(high, 0, shardBits);
    const block = Math.floor(shard / 2 ** blockBits);
    const places = this.#source.read(at + bytes + block * PLACE_BYTES, 2 * PLACE_BYTES);
    const [from, to] = [places.readUInt32LE(0), places.readUInt32LE(PLACE_BYTES)];
    if (to < from || to > bytes) return undefined;
    const content = this.#source.read(at + from, to - from);
    if (!isWhole(content)) return undefined;
    const cursor = new ChunkCursor(content);
    for (let before = block * 2 ** blockBits; before < shard; before += 1) for (const shape of groups) cursor.skip(shape);
    const found = new Int32Array(this.#groupCount);
    for (const shape of groups) {
      const { slotBits, restBits, group } = shape;
      const slot = hashBits(high, shardBits, slotBits);
      found[group] = cursor.find(shape, slot, hashBits(high, shardBits + slotBits, restBits));
    }
    return found;
  }

  #allPages(): Int32Array {
    if (!this.#all) {
      this.#onDamage();
      this.#all = new Int32Array(this.#groupCount).fill(-1);
    }
    return this.#all;
  }
}
