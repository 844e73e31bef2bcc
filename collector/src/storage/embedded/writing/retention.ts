import { statfs } from 'node:fs/promises';
import type { CatalogEntry, SegmentCatalog } from '../segments/segment-catalog.ts';

/** Where nothing else is said it takes so much of the disk. */
const PART_OF_DISK = 0.8;

export interface RetentionLimits {
  /** Counted from when a record was written. */
  readonly maxAgeMillis: number;
  /** Undefined: 80 % of the disk. */
  readonly maxBytes: number | undefined;
}

/** Gives up the segments that are too old, and the oldest while there are too many bytes. Gives what was given up. */
export async function applyRetention(
  catalog: SegmentCatalog,
  directory: string,
  { maxAgeMillis, maxBytes }: RetentionLimits,
): Promise<readonly CatalogEntry[]> {
  const limit = maxBytes ?? (await defaultMaxBytes(directory));
  const before = Date.now() - maxAgeMillis;
  const expired = expiredEntries(catalog.entries, { before, maxBytes: limit });
  if (expired.length > 0) catalog.drop(expired);
  catalog.forgetMissing(expired.reduce((last, { to }) => Math.max(last, to), before));
  return expired;
}

export function expiredEntries(
  entries: readonly CatalogEntry[],
  { before, maxBytes }: { readonly before: number; readonly maxBytes: number },
): readonly CatalogEntry[] {
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const oldestFirst = entries.toSorted((left, right) => left.to - right.to || left.id - right.id);
  const expired: CatalogEntry[] = [];
  for (const entry of oldestFirst) {
    if (entry.to >= before && bytes <= maxBytes) break;
    expired.push(entry);
    bytes -= entry.bytes;
  }
  return expired;
}

/** 80 % of the disk, whoever uses it: records are not given up because others fill it. */
export async function defaultMaxBytes(directory: string): Promise<number> {
  const { blocks, bsize } = await statfs(directory);
  return blocks * bsize * PART_OF_DISK;
}
