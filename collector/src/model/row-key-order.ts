import type { RowKey } from './record.ts';

/** The order of every list: time, then sequence, then id (by UTF-16 units). For `sort`. */
export function compareRowKeys(a: RowKey, b: RowKey): number {
  if (a.timeNanos !== b.timeNanos) return a.timeNanos < b.timeNanos ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
