/**
 * What traces are ordered and paged by: the start of the root, where it begins before the end of the range that is searched (with another clock it may begin
 * after spans that it caused), else of the earliest span; then the trace id. So none lies beyond the range, where no search would look.
 */
export interface TraceKey {
  readonly startNanos: bigint;
  readonly traceId: string;
}

/** Positive when `left` is the newer one. For `sort`. */
export function compareTraceKeys(left: TraceKey, right: TraceKey): number {
  if (left.startNanos !== right.startNanos) return left.startNanos < right.startNanos ? -1 : 1;
  return left.traceId === right.traceId ? 0 : left.traceId < right.traceId ? -1 : 1;
}
