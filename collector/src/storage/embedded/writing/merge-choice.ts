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
  const ordered = entries.filter((entry) => entry.table === table).toSorted((left, right) => left.from - right.from || left.id - right.id);
  const starts = ordered.flatMap((entry, start) => (isMergeable(entry, limits) ? [{ start, size: sizeOf(entry.rows) }] : []));
  for (const { start, size } of starts.toSorted((left, right) => left.size - right.size)) {
    const chosen = runFrom(ordered, start, { size, limits });
    if (chosen) return chosen;
  }
  return undefined;
}

/**
 * Enough segments of one size in a row, none too far from the first, with what lies between them: retention gives up what was written first, and would give that up
 * before older rows which a merge around it had put beside newer ones. What is much larger, or stays as it is, ends the row.
 */
function runFrom(
  ordered: readonly CatalogEntry[],
  start: number,
  { size, limits }: { readonly size: number; readonly limits: MergeLimits },
): readonly CatalogEntry[] | undefined {
  const first = ordered[start]?.from ?? 0;
  let rows = 0;
  let bytes = 0;
  let alike = 0;
  for (let end = start; end < ordered.length; end += 1) {
    const entry = ordered[end];
    if (!entry || entry.to - first > limits.maxSpanMillis || !isMergeable(entry, limits) || sizeOf(entry.rows) > size + 1) return undefined;
    rows += entry.rows;
    bytes += entry.bytes;
    if (sizeOf(entry.rows) === size) alike += 1;
    if (alike >= FAN_IN || (isFinal({ rows, bytes }, limits) && end > start)) return ordered.slice(start, end + 1);
  }
  return undefined;
}

function isMergeable(entry: CatalogEntry, limits: MergeLimits): boolean {
  return !isFinal(entry, limits) && !limits.isLeftAlone(entry);
}

function isFinal({ rows, bytes }: Pick<CatalogEntry, 'rows' | 'bytes'>, { maxBytes }: MergeLimits): boolean {
  return rows >= FINAL_ROWS || bytes >= Math.min(FINAL_BYTES, maxBytes);
}

/** Segments of one size have up to eight times as many rows as the least of them. */
function sizeOf(rows: number): number {
  return Math.floor(Math.log2(Math.max(rows, 1)) / Math.log2(FAN_IN));
}
