import { type ByteSink, ByteSource } from './byte-sink.ts';
import { bitWidth } from './delta-binary.ts';

/** A run's length and its value take about so many bits. */
const RUN_BITS = 24;
const GROUP_VALUES = 8;

/**
 * The values of a data page as numbers into the dictionary: as runs where neighbours are alike, else packed.
 * Source: Parquet, encodings, RLE_DICTIONARY and the RLE / bit-packing hybrid.
 */
export function writeIndexes(sink: ByteSink, indexes: Int32Array, dictionaryLength: number): void {
  const width = Math.max(bitWidth(dictionaryLength - 1), 1);
  sink.byte(width);
  if (countRuns(indexes) * RUN_BITS < indexes.length * width) writeRuns(sink, indexes, width);
  else writePacked(sink, indexes, width);
}

/** What `writeIndexes` wrote, `count` of them. */
export function readIndexes(bytes: Buffer, count: number): Int32Array {
  const source = new ByteSource(bytes);
  const width = source.byte();
  const indexes = new Int32Array(count);
  for (let at = 0; at < count; ) {
    const header = source.varint();
    if (header % 2 === 1) {
      const values = ((header - 1) / 2) * GROUP_VALUES;
      const wanted = Math.min(values, count - at);
      source.packed({ width, count: values }, indexes, at, wanted);
      at += wanted;
      continue;
    }
    const end = Math.min(at + header / 2, count);
    let value = 0;
    for (let shift = 0; shift < width; shift += 8) value |= source.byte() << shift;
    indexes.fill(value, at, end);
    if (header === 0) throw new Error('a run of no values');
    at = end;
  }
  return indexes;
}

function countRuns(indexes: Int32Array): number {
  let runs = 1;
  for (let index = 1; index < indexes.length; index += 1) if (indexes[index] !== indexes[index - 1]) runs += 1;
  return runs;
}

function writeRuns(sink: ByteSink, indexes: Int32Array, width: number): void {
  for (let start = 0; start < indexes.length; ) {
    const value = indexes[start] ?? 0;
    let end = start + 1;
    while (end < indexes.length && indexes[end] === value) end += 1;
    sink.varint((end - start) * 2);
    for (let shift = 0; shift < width; shift += 8) sink.byte((value >>> shift) & 0xff);
    start = end;
  }
}

function writePacked(sink: ByteSink, indexes: Int32Array, width: number): void {
  const groups = Math.ceil(indexes.length / GROUP_VALUES);
  sink.varint(groups * 2 + 1);
  for (let index = 0; index < groups * GROUP_VALUES; index += 1) sink.bits(indexes[index] ?? 0, width);
  sink.endBits();
}
