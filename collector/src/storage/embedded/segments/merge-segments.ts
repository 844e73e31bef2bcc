import { freeBytes } from '../../../free-bytes.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import type { RowGroup, Segment } from './segment.ts';
import { type EncodedGroup, encodeGroup, type NewSegment, releaseGroup, writeSegment } from './write-segment.ts';

/** For the distinct values of a row group's columns, which each of its pages needs; of a page nothing is unpacked twice. */
const CACHE_BYTES = 8 * 1024 * 1024;

/**
 * Writes a segment with all rows of others: their large row groups byte by byte, their small ones gathered into larger ones. Throws
 * `DamagedSegmentError` when one of those cannot be read.
 */
export async function mergeSegments(directory: string, inputs: readonly Segment[], output: NewSegment): Promise<void> {
  const memory = new MemoryPool();
  try {
    await writeSegment(directory, output, mergedGroups(inputs, output, memory));
  } finally {
    memory.free();
  }
}

async function* mergedGroups(inputs: readonly Segment[], { table }: NewSegment, memory: MemoryPool): AsyncGenerator<EncodedGroup> {
  let buffer = new RowBuffer(table, { memory });
  for (const group of inputs.flatMap(({ groups }) => groups)) {
    if (!group.isSmall) {
      const copy = copyOf(group);
      yield copy;
      freeBytes(copy.bytes);
      continue;
    }
    if (!buffer.hasRoomFor(group)) {
      yield* encoded(buffer, memory);
      buffer = new RowBuffer(table, { memory });
    }
    const cache = new PageCache(CACHE_BYTES);
    const tokens = group.hashes();
    for (let number = 0; number < group.pages; number += 1) {
      const page = new Page(group, number, cache);
      for (let row = 0; row < page.rows; ) {
        if (buffer.room <= 0) {
          yield* encoded(buffer, memory);
          buffer = new RowBuffer(table, { memory });
        }
        const end = Math.min(page.rows, row + buffer.room);
        buffer.addPage(page, row, end, tokens[number] ?? new Uint32Array());
        row = end;
      }
    }
  }
  if (buffer.rows > 0) yield* encoded(buffer, memory);
}

async function* encoded(buffer: RowBuffer, memory: MemoryPool): AsyncGenerator<EncodedGroup> {
  const group = await encodeGroup(buffer.finish(), { memory });
  buffer.release();
  yield group;
  releaseGroup(group, memory);
}

/** What is damaged in it is found by whoever reads it, as before. */
function copyOf(group: RowGroup): EncodedGroup {
  const { at: _place, ...index } = group.index;
  return { bytes: group.part(0, index.bytes), index, tokens: group, ...(group.tenant !== undefined && { tenant: group.tenant }) };
}
