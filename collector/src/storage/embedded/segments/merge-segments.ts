import { freeBytes } from '../../../free-bytes.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import type { RowGroup, Segment } from './segment.ts';
import { type EncodedGroup, encodeGroup, type NewSegment, releaseGroup, writeSegment } from './write-segment.ts';

/** Nothing is unpacked twice. */
const NO_CACHE = 0;

/**
 * Writes a segment with all rows of others: their large row groups byte by byte, their small ones gathered into larger ones. Throws
 * `DamagedSegmentError` when one of those cannot be read.
 */
export async function mergeSegments(directory: string, inputs: readonly Segment[], output: NewSegment): Promise<void> {
  await writeSegment(directory, output, mergedGroups(inputs, output));
}

async function* mergedGroups(inputs: readonly Segment[], { table }: NewSegment): AsyncGenerator<EncodedGroup> {
  const memory = new MemoryPool();
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
    const tokens = group.hashes();
    for (let number = 0; number < group.pages; number += 1) {
      const page = new Page(group, number, new PageCache(NO_CACHE));
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
