import type { IndexedRecord } from '../../model/record.ts';
import { type DocumentExtras, type DocumentForm, encodeDocument } from './document.ts';
import { DocumentBytes, maxBytes } from './wire/document-bytes.ts';

/** Elasticsearch takes up to 100 MB; beyond some megabytes a larger request is not faster, and holds more memory on both sides. */
const MAX_BULK_BYTES = 8 * 1024 * 1024;
const MAX_BULK_DOCUMENTS = 5_000;
/** So much more goes into a request where that is all that is left: a small one of its own costs a node more than a somewhat larger one. */
const REST_OF_BULK = 0.5;
const FIRST_BUFFER_BYTES = 1024 * 1024;
/** Of buffers that wait for their next use: as many as requests are under way, as a rule. */
const MAX_IDLE_BUFFERS = 4;

/** Records as the body of a bulk request. */
export interface BulkPart {
  readonly count: number;
  readonly bytes: Buffer;
  /** The record of this number, from 0. */
  record(number: number): IndexedRecord;
  /** Some of the records, by their numbers, as a body of their own. */
  pick(numbers: readonly number[]): BulkPart;
}

export interface BulkBody extends BulkPart {
  /** How many records of the same call are in bodies before it. */
  readonly first: number;
  /** Gives the memory back: nothing may be read from `bytes` any more. Not to be called where a request may still be sending it. */
  release(): void;
}

const idleBuffers: Buffer[] = [];

/**
 * A body while it is filled: each document is written as bytes at once, since thousands of strings that wait for the last one cost more to collect than
 * to make.
 */
export class BulkFilling {
  readonly out: DocumentBytes;
  readonly #left: number;
  readonly #ends = [0];

  /** Writes to `out`, which is nobody else's until the body is finished. `left` is how many records its call has for this body and further ones. */
  constructor(out: DocumentBytes, left: number) {
    this.out = out;
    this.#left = left;
    out.bytes = idleBuffers.pop() ?? Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
    out.at = 0;
  }

  get count(): number {
    return this.#ends.length - 1;
  }

  /** As large as is good for Elasticsearch. */
  get isFull(): boolean {
    const { count } = this;
    const part = Math.max(count / MAX_BULK_DOCUMENTS, this.out.at / MAX_BULK_BYTES);
    return part >= 1 && (part >= 1 + REST_OF_BULK || this.#left - count > count * REST_OF_BULK);
  }

  add(record: IndexedRecord, form: DocumentForm, extras: DocumentExtras): void {
    const { out } = this;
    const lines = `{"create":{"_id":${JSON.stringify(record.id)}}}\n${encodeDocument(record, form, extras)}\n`;
    out.reserve(maxBytes(lines));
    out.utf8(lines);
    this.noteDocument();
  }

  /** A document was written to `out`. */
  noteDocument(): void {
    this.#ends.push(this.out.at);
  }

  /** `record` gives the record of a number, from 0. */
  finish(first: number, record: (number: number) => IndexedRecord): BulkBody {
    const { bytes, at } = this.out;
    return {
      ...partOf(bytes.subarray(0, at), this.#ends, record),
      first,
      release: () => {
        if (idleBuffers.length < MAX_IDLE_BUFFERS && bytes.length <= 2 * MAX_BULK_BYTES) idleBuffers.push(bytes);
      },
    };
  }
}

/** The records as bodies of a size that is good for Elasticsearch, one at a time. */
export function* bulkBodies(
  records: readonly IndexedRecord[],
  form: DocumentForm,
  extrasOf: (record: IndexedRecord) => DocumentExtras = () => ({}),
): Generator<BulkBody> {
  for (let start = 0; start < records.length; ) {
    const filling = new BulkFilling(new DocumentBytes(Buffer.alloc(0)), records.length - start);
    const first = start;
    for (; start < records.length && !filling.isFull; start += 1) {
      const record = recordOf(records, start);
      filling.add(record, form, extrasOf(record));
    }
    yield filling.finish(first, (number) => recordOf(records, first + number));
  }
}

function recordOf(records: readonly IndexedRecord[], number: number): IndexedRecord {
  const record = records[number];
  if (!record) throw new Error(`there is no record ${number}`);
  return record;
}

function partOf(bytes: Buffer, ends: readonly number[], record: (number: number) => IndexedRecord): BulkPart {
  return {
    count: ends.length - 1,
    bytes,
    record,
    pick: (numbers) => {
      const parts = numbers.map((number) => bytes.subarray(ends[number], ends[number + 1]));
      const pickedEnds = [0];
      for (const part of parts) pickedEnds.push((pickedEnds.at(-1) ?? 0) + part.length);
      return partOf(Buffer.concat(parts), pickedEnds, (picked) => record(numbers[picked] ?? -1));
    },
  };
}
