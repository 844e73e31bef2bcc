import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../api/index.ts';
import { PatternMiner } from '../../patterns/pattern-miner.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import { numberedLog } from '../testing/open-storage.ts';
import { RowBatch } from './row-batch.ts';

/** Batches of other sizes, keys, kinds and cardinalities, each of which would read what the one before left if it read too far. */
const BATCHES: readonly { readonly rows: number; readonly attributes: (row: number) => LogRecord['attributes'] }[] = [
  { rows: 9_000, attributes: (row) => [{ key: 'user', value: { stringValue: `user-${row}`.repeat(3) } }] },
  { rows: 300, attributes: (row) => [{ key: 'user', value: { stringValue: `u${row % 4}` } }] },
  { rows: 40, attributes: (row) => [{ key: 'price', value: { doubleValue: row / 7 } }] },
  { rows: 5_000, attributes: (row) => [{ key: 'count', value: { intValue: String(row * 1_000_003) } }] },
  { rows: 1, attributes: () => [] },
  { rows: 2_100, attributes: (row) => (row % 3 === 0 ? [{ key: 'flag', value: { boolValue: row % 2 === 0 } }] : []) },
];

/** Nothing of it is used twice. */
class NewMemory extends MemoryPool {
  override give(): void {
    // Gone.
  }
}

async function bytesOf({ rows, attributes }: (typeof BATCHES)[number], memory: MemoryPool): Promise<Buffer> {
  const batch = new RowBatch('logs', { miner: new PatternMiner(), memory });
  batch.addRecords(
    'default',
    Array.from({ length: rows }, (_, row) => numberedLog(row, attributes(row))),
  );
  const parts: Buffer[] = [];
  for await (const { bytes } of batch.groups()) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}

describe('RowBatch', () => {
  it('makes the same bytes in memory that was used before as in memory that is used once', async () => {
    const shared = new MemoryPool();
    for (const batch of [...BATCHES, ...BATCHES.toReversed()]) {
      expect(await bytesOf(batch, shared)).toEqual(await bytesOf(batch, new NewMemory()));
    }
  });
});
