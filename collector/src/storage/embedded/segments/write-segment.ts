import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { LEVELS } from '@threadline/query-language';
import { syncDirectory } from '../../../files/sync-directory.ts';
import { COLUMNS, columnNumber } from '../columns.ts';
import { buildFilter } from '../filter/page-filter.ts';
import type { ChunkIndex } from '../parquet/column-chunk.ts';
import { encodeColumn, PAGE_ROWS } from '../parquet/encode-column.ts';
import { fileFooter, MAGIC } from '../parquet/file-footer.ts';
import { GROUP_ROWS, type RowGroupData } from '../rows/row-buffer.ts';
import { groupServices } from './group-services.ts';
import {
  type AttributeColumnIndex,
  DRAFT_SUFFIX,
  encodeIndex,
  type GroupIndex,
  type SegmentName,
  segmentFileName,
} from './segment-index.ts';

/** Row groups below are merged into larger ones, for which their token hashes are kept. */
export const SMALL_GROUP_ROWS = GROUP_ROWS / 2;
/** Row groups below are merged within seconds while records come; what is left of them when none come any more is small. */
const PASSING_ROWS = GROUP_ROWS / 8;

/** A row group as bytes, wherever it comes to stand. */
export interface EncodedGroup {
  readonly bytes: readonly Buffer[];
  /** Its place is the file's to give. */
  readonly index: Omit<GroupIndex, 'at'>;
}

/** `isForGood`: a small one too is compressed, which else would be packed only to be unpacked by the merge that takes it soon. */
export async function encodeGroup(data: RowGroupData, { isForGood = true } = {}): Promise<EncodedGroup> {
  const bytes: Buffer[] = [];
  const chunks: ChunkIndex[] = [];
  const isSmall = data.rows < SMALL_GROUP_ROWS;
  const compresses = isForGood || data.rows >= PASSING_ROWS;
  let at = 0;
  for (const column of data.columns) {
    const { bytes: parts, index } = await encodeColumn(column, { compresses });
    chunks.push({ ...index, at });
    bytes.push(...parts);
    at += index.bytes;
  }
  const attributes: AttributeColumnIndex[] = [];
  for (const { key, leafClass, counts, data: values } of data.attributes) {
    const { bytes: parts, index } = await encodeColumn(values, { ends: endsOf(counts), compresses });
    attributes.push({ key, leafClass, counts, chunk: { ...index, at } });
    bytes.push(...parts);
    at += index.bytes;
  }
  const templates = data.templates && (await encodeColumn(data.templates, { compresses }));
  const templatesAt = at;
  if (templates) {
    bytes.push(...templates.bytes);
    at += templates.index.bytes;
  }
  const { blocks, bytes: filter } = buildFilter(data.pageTokens);
  const services = groupServices(data);
  const levels = pageLevels(data);
  const hashes = isSmall ? data.pageTokens.map((page) => Buffer.from(page.buffer, page.byteOffset, page.byteLength)) : [];
  bytes.push(filter, ...hashes);
  return {
    bytes,
    index: {
      bytes: bytes.reduce((sum, part) => sum + part.length, 0),
      rows: data.rows,
      pageTimes: pageTimes(data),
      filter: { at, blocks },
      ...(isSmall && {
        hashes: {
          at: at + filter.length,
          counts: data.pageTokens.map((page) => page.length / 2),
          crc: hashes.reduce((crc, part) => crc32(part, crc), 0),
        },
      }),
      ...(services && { services }),
      ...(levels && { levels }),
      chunks,
      attributes,
      ...(templates && { templates: { ...templates.index, at: templatesAt } }),
    },
  };
}

export interface NewSegment extends SegmentName {
  /** See `SegmentIndex`. */
  readonly from: number;
  readonly to: number;
  readonly replaces: readonly number[];
}

/**
 * Writes a segment and makes it and its name durable: it is there as a whole or not at all. Row groups are asked for one by one, so that only
 * one has to be in memory.
 */
export async function writeSegment(directory: string, segment: NewSegment, groups: AsyncIterable<EncodedGroup>): Promise<void> {
  const path = join(directory, segmentFileName(segment));
  const draft = path + DRAFT_SUFFIX;
  const file = await open(draft, 'w');
  try {
    try {
      await writeParts(file, segment, groups);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

async function writeParts(file: FileHandle, segment: NewSegment, groups: AsyncIterable<EncodedGroup>): Promise<void> {
  const written: GroupIndex[] = [];
  await writeAll(file, [MAGIC], 0);
  let at = MAGIC.length;
  for await (const { bytes, index } of groups) {
    await writeAll(file, bytes, at);
    written.push({ at, ...index });
    at += index.bytes;
  }
  const { table, from, to, replaces } = segment;
  const index = encodeIndex({ rows: written.reduce((sum, group) => sum + group.rows, 0), from, to, replaces, groups: written });
  await writeAll(file, [index, fileFooter(COLUMNS[table], written)], at);
}

async function writeAll(file: FileHandle, parts: readonly Buffer[], position: number): Promise<void> {
  let at = position;
  // A write may take less than all of it, as where the disk ends.
  for (let rest = Buffer.concat(parts); rest.length > 0; ) {
    const { bytesWritten } = await file.write(rest, 0, rest.length, at);
    rest = rest.subarray(bytesWritten);
    at += bytesWritten;
  }
}

function endsOf(counts: readonly number[]): number[] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return end;
  });
}

/** See `GroupIndex`. */
function pageLevels({ table, columns, pageTokens }: RowGroupData): number[] | undefined {
  const tenants = columns[columnNumber(table, 'tenant') ?? 0];
  const levels = table === 'logs' ? columns[columnNumber(table, 'level') ?? 0] : undefined;
  if (tenants?.kind !== 'dictionary' || tenants.entries.length !== 1 || levels?.kind !== 'codes') return undefined;
  const counts = new Array<number>(pageTokens.length * LEVELS.length).fill(0);
  for (const [row, level] of levels.values.entries()) {
    const place = Math.floor(row / PAGE_ROWS) * LEVELS.length + level;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/** Least and greatest time of each page in turn. */
function pageTimes(data: RowGroupData): string[] {
  const column = data.columns[columnNumber(data.table, 'time_nanos') ?? 0];
  if (column?.kind !== 'longs') throw new Error('a table without times');
  const { values } = column;
  const bounds: string[] = [];
  for (let start = 0; start < values.length; start += PAGE_ROWS) {
    let least = values[start] ?? 0n;
    let greatest = least;
    for (const value of values.subarray(start, start + PAGE_ROWS)) {
      if (value < least) least = value;
      else if (value > greatest) greatest = value;
    }
    bounds.push(String(least), String(greatest));
  }
  return bounds;
}
