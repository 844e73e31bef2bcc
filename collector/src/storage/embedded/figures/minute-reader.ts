import type { LongPage } from '../parquet/decode-column.ts';

const NANOS_A_MINUTE = 60_000_000_000;

/** The minute since 1970 of each row. */
export function minuteReader(page: LongPage): (row: number) => number {
  const { wide } = page;
  if (wide) return (row) => Number((wide[row] ?? 0n) / BigInt(NANOS_A_MINUTE));
  const first = Number(page.base / BigInt(NANOS_A_MINUTE));
  // Exact, where a time as a whole would not be.
  const into = Number(page.base % BigInt(NANOS_A_MINUTE));
  const { offsets } = page;
  return (row) => first + Math.floor((into + (offsets[row] ?? 0)) / NANOS_A_MINUTE);
}
