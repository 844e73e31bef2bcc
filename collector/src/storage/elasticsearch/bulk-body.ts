import type { IndexedRecord } from '../../model/record.ts';
import { type DocumentForm, encodeDocument } from './document.ts';

/** Elasticsearch takes up to 100 MB; beyond some megabytes a larger request is not faster, and holds more memory on both sides. */
const MAX_BULK_BYTES = 8 * 1024 * 1024;
const MAX_BULK_DOCUMENTS = 5_000;
const FIRST_BUFFER_BYTES = 1024 * 1024;
/** UTF-8 has at most three bytes for what is one unit of a string. */
const MAX_BYTES_A_UNIT = 3;
/** Of buffers that wait for their next use: as many as requests are under way, as a rule. */
const MAX_IDLE_BUFFERS = 4;

/** Records as the body of a bulk request. */
export interface BulkPart {
  readonly records: readonly IndexedRecord[];
  readonly bytes: Buffer;
  /** Some of the records, by their indexes in `records`, as a body of their own. */
  pick(indexes: readonly number[]): BulkPart;
}

export interface BulkBody extends BulkPart {
  /** Gives the memory back: nothing may be read from `bytes` any more. Not to be called where a request may still be sending it. */
  release(): void;
}

const idleBuffers: Buffer[] = [];

/**
 * The records as bodies of a size that is good for Elasticsearch, one at a time. Each document is written as bytes at once: thousands of strings that wait for
 * the last one cost more to collect than to make.
 */
export function* bulkBodies(records: readonly IndexedRecord[], form: DocumentForm): Generator<BulkBody> {
  for (let start = 0; start < records.length; ) {
    let buffer = idleBuffers.pop() ?? Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
    const ends = [0];
    let end = 0;
    let next = start;
    for (; next < records.length && next - start < MAX_BULK_DOCUMENTS && (next === start || end < MAX_BULK_BYTES); next += 1) {
      const record = records[next];
      if (record === undefined) break;
      const lines = `{"create":{"_id":${JSON.stringify(record.id)}}}\n${encodeDocument(record, form)}\n`;
      if (buffer.length - end < lines.length * MAX_BYTES_A_UNIT) buffer = grown(buffer, end + lines.length * MAX_BYTES_A_UNIT);
      end += buffer.write(lines, end);
      ends.push(end);
    }
    yield bodyOf(records.slice(start, next), buffer, ends);
    start = next;
  }
}

function bodyOf(records: readonly IndexedRecord[], buffer: Buffer, ends: readonly number[]): BulkBody {
  const part = partOf(records, buffer.subarray(0, ends.at(-1)), ends);
  return {
    ...part,
    release: () => {
      if (idleBuffers.length < MAX_IDLE_BUFFERS && buffer.length <= 2 * MAX_BULK_BYTES) idleBuffers.push(buffer);
    },
  };
}

function partOf(records: readonly IndexedRecord[], bytes: Buffer, ends: readonly number[]): BulkPart {
  return {
    records,
    bytes,
    pick: (indexes) => {
      const parts = indexes.map((index) => bytes.subarray(ends[index], ends[index + 1]));
      const pickedEnds = [0];
      for (const part of parts) pickedEnds.push((pickedEnds.at(-1) ?? 0) + part.length);
      return partOf(
        indexes.flatMap((index) => records.slice(index, index + 1)),
        Buffer.concat(parts),
        pickedEnds,
      );
    },
  };
}

function grown(buffer: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger);
  return larger;
}
