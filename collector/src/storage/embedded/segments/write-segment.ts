import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEVELS } from '@threadline/query-language';
import { syncDirectory } from '../../../files/sync-directory.ts';
import { freeBytes } from '../../../free-bytes.ts';
import { COLUMNS, columnNumber } from '../columns.ts';
import { type OrderedTokens, orderTokens } from '../filter/ordered-tokens.ts';
import { type CopiedTokens, type NewTokens, writeTokenIndex } from '../filter/token-index.ts';
import { ByteSink } from '../parquet/byte-sink.ts';
import type { ChunkIndex } from '../parquet/column-chunk.ts';
import { encodeColumn, PAGE_ROWS } from '../parquet/encode-column.ts';
import { fileFooter, MAGIC } from '../parquet/file-footer.ts';
import { longRange } from '../parquet/long-range.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import { GROUP_ROWS, type RowGroupData } from '../rows/row-buffer.ts';
import { groupServices } from './group-services.ts';
import { boundsOf, RowGroup, type Segment } from './segment.ts';
import {
  type AttributeColumnIndex,
  DRAFT_SUFFIX,
  encodeGroupIndex,
  encodeIndex,
  type GroupIndex,
  type GroupPlace,
  type SegmentName,
  segmentFileName,
} from './segment-index.ts';

/** Row groups below are merged into larger ones, where there is not so much in them that they are full. */
const SMALL_GROUP_ROWS = GROUP_ROWS / 2;
/** Row groups below are merged within seconds while records come; what is left of them when none come any more is small. */
const PASSING_ROWS = GROUP_ROWS / 8;

/** So many a row hold most row groups. */
const LIKELY_ROW_BYTES = 96;

/** A row group as bytes, wherever it comes to stand. */
export interface EncodedGroup {
  readonly bytes: Buffer;
  /** Its place is the file's to give. */
  readonly index: Omit<GroupIndex, 'at'>;
  /** Its own, or the row group that it is a copy of. */
  readonly tokens: OrderedTokens | RowGroup;
  readonly tenant?: string;
  readonly isSmall?: true;
}

/**
 * `isForGood`: a small one too is compressed, which else would be packed only to be unpacked by the merge that takes it soon. Its bytes stand in the
 * pool's memory until `releaseGroup`.
 */
export async function encodeGroup(data: RowGroupData, { isForGood = true, memory = new MemoryPool() } = {}): Promise<EncodedGroup> {
  const sink = new ByteSink({ likelyBytes: data.rows * LIKELY_ROW_BYTES, memory });
  const chunks: ChunkIndex[] = [];
  const compresses = isForGood || data.rows >= PASSING_ROWS;
  const times = timesOf(data);
  for (const [number, column] of data.columns.entries()) {
    const isOurs = COLUMNS[data.table][number]?.isOurs === true;
    chunks.push(await encodeColumn(sink, column, { compresses, memory, isOurs, behind: isOurs ? times : undefined }));
  }
  const attributes: AttributeColumnIndex[] = [];
  for (const { key, leafClass, counts, data: values } of data.attributes) {
    const chunk = await encodeColumn(sink, values, { ends: endsOf(counts), compresses, memory, isOurs: true });
    attributes.push({ key, leafClass, counts, chunk });
  }
  const templates = data.templates && (await encodeColumn(sink, data.templates, { compresses, memory }));
  const services = groupServices(data);
  const levels = pageLevels(data);
  const tenant = onlyTenant(data);
  return {
    bytes: sink.view(),
    index: {
      bytes: sink.length,
      rows: data.rows,
      pageTimes: pageTimes(data),
      ...(services && { services }),
      ...(levels && { levels }),
      chunks,
      attributes,
      ...(templates && { templates }),
    },
    tokens: orderTokens(data.pageTokens),
    ...(tenant !== undefined && { tenant }),
    ...(data.rows < SMALL_GROUP_ROWS && !data.isFull && { isSmall: true }),
  };
}

/** Gives the memory of a row group's bytes back, which nobody may look at any more. */
export function releaseGroup({ bytes }: EncodedGroup, memory: MemoryPool): void {
  if (bytes.buffer instanceof ArrayBuffer) memory.give(bytes.buffer);
}

export interface NewSegment extends SegmentName {
  /** See `SegmentIndex`. */
  readonly from: number;
  readonly to: number;
  readonly replaces: readonly number[];
}

/**
 * Writes a segment and makes it and its name durable: it is there as a whole or not at all. Row groups are asked for one by one, so that only
 * one has to be in memory. Their tokens are freed.
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
  const written: (GroupIndex & { readonly part: Omit<EncodedGroup, 'bytes'> })[] = [];
  let at = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    await writeAll(file, bytes, at);
    at += bytes.length;
  };
  await write(MAGIC);
  for await (const { bytes, ...part } of groups) {
    written.push({ at, ...part.index, part });
    await write(bytes);
  }
  const { copied, fresh } = tokensOf(written.map(({ part }) => part));
  const tokens = await writeTokenIndex(at, copied, fresh, write);
  for (const { hashes, pages } of fresh.map((group) => group.tokens)) {
    freeBytes(hashes);
    freeBytes(pages);
  }
  const places: GroupPlace[] = [];
  for (const { part, ...index } of written) {
    const { json, crc } = encodeGroupIndex(index);
    places.push(placeOf(part, { at, bytes: json.length, crc }));
    await write(json);
  }
  const { table, from, to, replaces } = segment;
  const rows = written.reduce((sum, group) => sum + group.rows, 0);
  const index = encodeIndex({ rows, from, to, replaces, ...(tokens && { tokens }), groups: places });
  await write(Buffer.concat([index, fileFooter(COLUMNS[table], written)]));
}

/** Which tokens go into the segment's index, by the row groups' numbers in it. Copies of row groups with filters of their own go without. */
function tokensOf(groups: readonly Omit<EncodedGroup, 'bytes'>[]): {
  readonly copied: readonly CopiedTokens[];
  readonly fresh: readonly NewTokens[];
} {
  const fresh: NewTokens[] = [];
  const bySegment = new Map<Segment, Map<number, number>>();
  for (const [group, { tokens, isSmall = false }] of groups.entries()) {
    if (!(tokens instanceof RowGroup)) fresh.push({ group, tokens, isSmall });
    else if (tokens.segment.tokens?.has(tokens.number)) {
      const numbers = bySegment.get(tokens.segment) ?? new Map<number, number>();
      bySegment.set(tokens.segment, numbers.set(tokens.number, group));
    }
  }
  const copied = [...bySegment].flatMap(([{ tokenSource: source }, numbers]) => (source ? [{ source, groups: numbers }] : []));
  return { copied, fresh };
}

function placeOf(
  { index: { rows, pageTimes: times }, tenant, isSmall }: Omit<EncodedGroup, 'bytes'>,
  index: GroupPlace['index'],
): GroupPlace {
  const { least, greatest } = boundsOf(times);
  return {
    ...{ rows, least: String(least), greatest: String(greatest) },
    ...(tenant !== undefined && { tenant }),
    ...(isSmall && { isSmall }),
    index,
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let at = position;
  // A write may take less than all of it, as where the disk ends.
  for (let rest = bytes; rest.length > 0; ) {
    const { bytesWritten } = await file.write(rest, 0, rest.length, at);
    rest = rest.subarray(bytesWritten);
    at += bytesWritten;
  }
}

/** Of all rows; undefined where there are several. */
function onlyTenant({ table, columns }: RowGroupData): string | undefined {
  const tenants = columns[columnNumber(table, 'tenant') ?? 0];
  return tenants?.kind === 'dictionary' && tenants.entries.length === 1 ? tenants.entries[0] : undefined;
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
  for (let row = 0; row < levels.values.length; row += 1) {
    const place = Math.floor(row / PAGE_ROWS) * LEVELS.length + (levels.values[row] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

function timesOf({ table, columns }: RowGroupData): BigInt64Array {
  const column = columns[columnNumber(table, 'time_nanos') ?? 0];
  if (column?.kind !== 'longs') throw new Error('a table without times');
  return column.values;
}

/** Least and greatest time of each page in turn. */
function pageTimes(data: RowGroupData): string[] {
  const values = timesOf(data);
  const bounds: string[] = [];
  for (let start = 0; start < values.length; start += PAGE_ROWS) {
    const { least, greatest } = longRange(values, start, Math.min(start + PAGE_ROWS, values.length));
    bounds.push(String(least), String(greatest));
  }
  return bounds;
}
