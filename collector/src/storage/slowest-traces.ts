import type { PartialRead, TimeRange, TracePage, TraceSearch } from './storage.ts';
import { compareTraceKeys, type TraceKey } from './trace-key.ts';

/** Where a list of the slowest stands: all that is left is shorter, or as long and further down. */
export interface SlowestPosition extends TraceKey {
  readonly durationNanos: bigint;
}

export interface SlowestSearch extends Omit<TraceSearch, 'after'> {
  /** Of the last trace of the page before. */
  readonly after?: SlowestPosition;
}

export interface SlowestPage {
  /** The longest first, as `compareSlowest`. */
  readonly traces: TracePage['traces'];
  readonly hasMore: boolean;
  /** Traces were compared that have a span since then; which of them are the slowest is exact. */
  readonly partial?: PartialRead;
  /**
   * Where a trace was looked at only by its spans in this time, which is more than the range: one that goes on outside of it may stand further down than it
   * should, or be missing. Undefined: by all of its spans.
   */
  readonly compared?: TimeRange;
}

/** The longest first, of equally long ones the newest, then by id: the same each time. For `sort`. */
export function compareSlowest(left: SlowestPosition, right: SlowestPosition): number {
  if (left.durationNanos !== right.durationNanos) return left.durationNanos < right.durationNanos ? 1 : -1;
  return -compareTraceKeys(left, right);
}
