/** What traces are ordered and paged by: the start of the root, else of the earliest span; then the trace id. */
export interface TraceKey {
  readonly startNanos: bigint;
  readonly traceId: string;
}

/** Positive when `left` is the newer one. For `sort`. */
export function compareTraceKeys(left: TraceKey, right: TraceKey): number {
  if (left.startNanos !== right.startNanos) return left.startNanos < right.startNanos ? -1 : 1;
  return left.traceId === right.traceId ? 0 : left.traceId < right.traceId ? -1 : 1;
}
