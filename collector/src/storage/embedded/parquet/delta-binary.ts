import { type ByteSink, ByteSource } from './byte-sink.ts';
import { zigzag } from './compact-thrift.ts';

/** Source: Parquet, encodings, DELTA_BINARY_PACKED. Blocks of 128 values in four miniblocks, as most writers have them. */
const BLOCK_VALUES = 128;
const MINIBLOCKS = 4;
const MINIBLOCK_VALUES = BLOCK_VALUES / MINIBLOCKS;

/** Values further apart are not for this encoder: their differences are counted in doubles. */
export const MAX_DELTA_SPREAD = 2 ** 51;

/** Of the block at hand. */
const BLOCK = new Float64Array(BLOCK_VALUES);
const WIDTHS = new Uint8Array(MINIBLOCKS);

/** Writes whole numbers: the first as itself, all as offsets to it (or to any other base) that lie within `MAX_DELTA_SPREAD` of each other. */
export function writeDeltas(sink: ByteSink, first: bigint, offsets: Float64Array | Int32Array): void {
  const count = offsets.length;
  sink.varint(BLOCK_VALUES);
  sink.varint(MINIBLOCKS);
  sink.varint(count);
  sink.bigVarint(first < 0n ? -2n * first - 1n : 2n * first);
  const deltas = BLOCK;
  for (let start = 1; start < count; start += BLOCK_VALUES) {
    const length = Math.min(BLOCK_VALUES, count - start);
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < length; index += 1) {
      const delta = (offsets[start + index] ?? 0) - (offsets[start + index - 1] ?? 0);
      deltas[index] = delta;
      if (delta < least) least = delta;
    }
    sink.varint(zigzag(least));
    writeBlock(sink, deltas, length, least);
  }
}

function writeBlock(sink: ByteSink, deltas: Float64Array, length: number, least: number): void {
  for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock += 1) {
    let greatest = 0;
    const end = Math.min((miniblock + 1) * MINIBLOCK_VALUES, length);
    for (let index = miniblock * MINIBLOCK_VALUES; index < end; index += 1) greatest = Math.max(greatest, (deltas[index] ?? 0) - least);
    const width = bitWidth(greatest);
    WIDTHS[miniblock] = width;
    sink.byte(width);
  }
  for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock += 1) {
    const width = WIDTHS[miniblock] ?? 0;
    if (width === 0) continue;
    for (let value = 0; value < MINIBLOCK_VALUES; value += 1) {
      const index = miniblock * MINIBLOCK_VALUES + value;
      sink.bits(index < length ? (deltas[index] ?? 0) - least : 0, width);
    }
    sink.endBits();
  }
}

/** What `writeDeltas` wrote: the first value, every value's offset to it, and where the bytes end. */
export function readDeltas(bytes: Buffer, position = 0): { readonly first: bigint; readonly offsets: Float64Array; readonly end: number } {
  const source = new ByteSource(bytes, position);
  source.varint();
  source.varint();
  const count = source.varint();
  const first = unzigzagBig(source.bigVarint());
  const offsets = new Float64Array(count);
  let value = 0;
  const widths = new Uint8Array(MINIBLOCKS);
  const deltas = new Float64Array(MINIBLOCK_VALUES);
  for (let start = 1; start < count; start += BLOCK_VALUES) {
    const least = unzigzag(source.varint());
    for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock += 1) widths[miniblock] = source.byte();
    for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock += 1) {
      const begin = start + miniblock * MINIBLOCK_VALUES;
      if (begin >= count) break;
      const wanted = Math.min(MINIBLOCK_VALUES, count - begin);
      source.packed({ width: widths[miniblock] ?? 0, count: MINIBLOCK_VALUES }, deltas, 0, wanted);
      for (let index = 0; index < wanted; index += 1) {
        value += least + (deltas[index] ?? 0);
        offsets[begin + index] = value;
      }
    }
  }
  return { first, offsets, end: source.position };
}

/** Bits that a whole number from 0 to 2^53 needs. */
export function bitWidth(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function unzigzagBig(value: bigint): bigint {
  return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n;
}
