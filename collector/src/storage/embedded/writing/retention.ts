import { statfs } from 'node:fs/promises';
import type { CatalogEntry, SegmentCatalog } from '../segments/segment-catalog.ts';

/** Of what the disk has for this storage, used and free, it takes so much where nothing else is said. */
const PART_OF_DISK = 0.8;

export interface RetentionLimits {
  /** Counted from when a record was written. */
  readonly maxAgeMillis: number;
  /** Undefined: 80 % of what the disk has for it. */
  readonly maxBytes: number | undefined;
}

/** Gives up the segments that are too old, and the oldest while there are too many bytes. Gives what was given up. */
export async function applyRetention(
  catalog: SegmentCatalog,
  directory: string,
  { maxAgeMillis, maxBytes }: RetentionLimits,
): Promise<readonly CatalogEntry[]> {
  const used = catalog.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const limit = maxBytes ?? ((await freeBytes(directory)) + used) * PART_OF_DISK;
  const expired = expiredEntries(catalog.entries, { before: Date.now() - maxAgeMillis, maxBytes: limit });
  if (expired.length > 0) catalog.drop(expired);
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

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
