import type { PlainParts } from '../../../model/plain-request.ts';
import type { IndexedRecord } from '../../../model/record.ts';
import type { OtherPatterns } from '../../storage.ts';
import type { TableName } from '../layout.ts';
import type { NewSegment } from '../segments/write-segment.ts';
import type { Failure } from './failure.ts';

/** A request, with its body, whose memory goes with the message. */
export interface SentRequest {
  readonly parts: PlainParts;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Rows that come into one segment, perhaps beside those of other batches. */
export interface BatchPlace {
  readonly batch: number;
  readonly table: TableName;
}

/** Each is answered, by its number. */
export type ToWriter = { readonly number: number } & (
  | { readonly type: 'requests'; readonly place: BatchPlace; readonly tenant: string; readonly requests: readonly SentRequest[] }
  | { readonly type: 'records'; readonly place: BatchPlace; readonly tenant: string; readonly records: readonly IndexedRecord[] }
  /** What was added to the batches becomes a file; nothing can be added to them any more. */
  | { readonly type: 'write'; readonly batches: readonly number[]; readonly segment: NewSegment }
);

export interface FromWriter {
  readonly number: number;
  readonly failure?: Failure;
  /** Of a `write`. */
  readonly written?: Written;
}

export interface Written {
  /** 0: there was nothing, and there is no file. */
  readonly rows: number;
  readonly others: readonly OtherPatterns[];
}
