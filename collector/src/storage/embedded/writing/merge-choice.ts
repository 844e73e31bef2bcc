import type { TableName } from '../layout.ts';
import type { CatalogEntry } from '../segments/segment-catalog.ts';

/** So many segments of one size make one of the next. */
const FAN_IN = 8;
/** A segment with so many rows is left as it is. */
const FINAL_ROWS = 2_000_000;
/** As is one with so many bytes, about twice of what that many rows mostly take: of large records a few thousand are much to write again, and to have room for. */
const FINAL_BYTES = 512 * 1024 * 1024;

export interface MergeLimits {
  /** Rows that were written further apart stay apart: retention gives up whole segments. */
  readonly maxSpanMillis: number;
  /** A segment with so many bytes is left as it is, and no merge makes one of twice as many: a part of what retention keeps altogether. */
  readonly maxBytes: number;
  /** Segments that are not to be touched. */
  readonly isLeftAlone: (entry: CatalogEntry) => boolean;
}

/** The segments to merge next, in the order of their writing; undefined when it is well as it is. */
export function chooseMerge(entries: readonly CatalogEntry[], limits: MergeLimits): readonly CatalogEntry[] | undefined {
  for (const table of ['logs', 'spans'] as const) {
    const chosen = chooseOf(table, entries, limits);
    if (chosen) return chosen;
  }
  return undefined;
}

function chooseOf(table: TableName, entries: readonly CatalogEntry[], limits: MergeLimits) {
  const mergeable = entries.filter((entry) => entry.table === table && !isFinal(entry, limits) && !limits.isLeftAlone(entry));
  const sizes = [...Map.groupBy(mergeable, ({ rows }) => sizeOf(rows))].sort(([left], [right]) => left - right);
  for (const [, alike] of sizes) {
    const ordered = alike.toSorted((left, right) => left.from - right.from || left.id - right.id);
    for (let start = 0; start < ordered.length; start += 1) {
      const chosen = runFrom(ordered, start, limits);
      if (chosen) return chosen;
    }
  }
  return undefined;
}

/** Enough segments in a row, none too far from the first. */
function runFrom(ordered: readonly CatalogEntry[], start: number, limits: MergeLimits): readonly CatalogEntry[] | undefined {
  const first = ordered[start]?.from ?? 0;
  let rows = 0;
  let bytes = 0;
  for (let end = start; end < ordered.length; end += 1) {
    const entry = ordered[end];
    if (!entry || entry.to - first > limits.maxSpanMillis) return undefined;
    rows += entry.rows;
    bytes += entry.bytes;
    const count = end - start + 1;
    if (count >= FAN_IN || (isFinal({ rows, bytes }, limits) && count > 1)) return ordered.slice(start, end + 1);
  }
  return undefined;
}

function isFinal({ rows, bytes }: Pick<CatalogEntry, 'rows' | 'bytes'>, { maxBytes }: MergeLimits): boolean {
  return rows >= FINAL_ROWS || bytes >= Math.min(FINAL_BYTES, maxBytes);
}

/** Segments of one size have up to eight times as many rows as the least of them. */
function sizeOf(rows: number): number {
  return Math.floor(Math.log2(Math.max(rows, 1)) / Math.log2(FAN_IN));
}
