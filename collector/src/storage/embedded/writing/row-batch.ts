import type { PlainRequest } from '../../../model/plain-request.ts';
import { type IndexedRecord, isLog, isSpan } from '../../../model/record.ts';
import type { PatternMiner } from '../../patterns/pattern-miner.ts';
import type { TableName } from '../layout.ts';
import type { MemoryPool } from '../parquet/memory-pool.ts';
import { RowBuffer } from '../rows/row-buffer.ts';
import { type EncodedGroup, encodeGroup, releaseGroup } from '../segments/write-segment.ts';

/** Rows on their way into one segment. */
export class RowBatch {
  readonly #buffers: RowBuffer[] = [];
  readonly #table: TableName;
  readonly #shared: { readonly miner: PatternMiner; readonly memory: MemoryPool };

  constructor(table: TableName, shared: { readonly miner: PatternMiner; readonly memory: MemoryPool }) {
    this.#table = table;
    this.#shared = shared;
  }

  get rows(): number {
    return this.#buffers.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Throws at a record that cannot be encoded: it and those behind are left out. */
  addRecords(tenant: string, records: readonly IndexedRecord[]): void {
    for (let left = records; left.length > 0; ) {
      const buffer = this.#roomy();
      left = left.slice(this.#table === 'logs' ? buffer.addLogs(tenant, left.filter(isLog)) : buffer.addSpans(tenant, left.filter(isSpan)));
    }
  }

  /** As `addRecords`. */
  addRequest(tenant: string, request: PlainRequest): void {
    for (let added = 0; added < request.wire.recordCount; ) added += this.#roomy().addRequest(tenant, request, added);
  }

  /** Row group by row group. Nothing can be added any more. */
  async *groups(): AsyncGenerator<EncodedGroup> {
    for (const buffer of this.#buffers) {
      const { memory } = this.#shared;
      const group = buffer.rows > 0 && (await encodeGroup(buffer.finish(), { isForGood: false, memory }));
      buffer.release();
      if (!group) continue;
      yield group;
      releaseGroup(group, memory);
    }
  }

  #roomy(): RowBuffer {
    let buffer = this.#buffers.at(-1);
    if (!buffer || buffer.room <= 0) {
      buffer = new RowBuffer(this.#table, this.#shared);
      this.#buffers.push(buffer);
    }
    return buffer;
  }
}
