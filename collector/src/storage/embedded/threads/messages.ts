import type { SegmentName } from '../segments/segment-index.ts';
import type { NewSegment } from '../segments/write-segment.ts';
import type { Failure } from './failure.ts';
import type { OperationName } from './operations.ts';

/** What a thread starts with. */
export interface ThreadData {
  readonly directory: string;
  readonly segments: readonly SegmentName[];
  /** It keeps the figures of all spans and the errors of all records, and answers what is asked about them. */
  readonly keepsFigures?: boolean;
  /** Nobody waits for what it does. */
  readonly isBehindOthers?: boolean;
}

export type Task =
  | {
      readonly type: 'read';
      readonly operation: OperationName;
      readonly argument: unknown;
      readonly tenant: string;
      readonly stop: SharedArrayBuffer;
    }
  | { readonly type: 'merge'; readonly inputs: readonly SegmentName[]; readonly output: NewSegment };

export type ToThread =
  | { readonly type: 'task'; readonly task: Task }
  /** Files that are dropped are closed before it is answered. */
  | {
      readonly type: 'segments';
      readonly added: readonly SegmentName[];
      readonly dropped: readonly SegmentName[];
      readonly change: number;
    };

export type FromThread =
  | { readonly type: 'answer'; readonly value: unknown }
  | { readonly type: 'failure'; readonly failure: Failure }
  | { readonly type: 'changed'; readonly change: number }
  | { readonly type: 'damage'; readonly damage: Damage };

/** What cannot be read any more. */
export interface Damage {
  readonly segment: SegmentName;
  /** Undefined: all of it. */
  readonly group: number | undefined;
  readonly reason: string;
  /** The file was removed. */
  readonly isMissing: boolean;
}
