/** An id over more traces than this was used again and again: one picture of it says nothing. Source: docs on correlation, "A flow". */
export const MAX_FLOW_TRACES = 1_000;
export const MAX_FLOW_NANOS = 24n * 3_600_000_000_000n;
/** Between two uses of a reused id: an hour in which nothing of it began. */
export const EPISODE_GAP_NANOS = 3_600_000_000_000n;

/** A time at which something of the id began: a trace, or records without one. */
export interface FlowStart {
  readonly nanos: bigint;
  /** Undefined for records without a trace. */
  readonly traceId?: string;
}

/** One use of a reused id. Every start lies in exactly one. */
export interface Episode {
  /** Of its first start, inclusive. */
  readonly fromNanos: bigint;
  /** Where the next episode starts, exclusive; undefined for the latest. */
  readonly toNanos: bigint | undefined;
  readonly traceIds: readonly string[];
}

/**
 * Whether an id is one flow or was reused: more than 1,000 traces, or more than 24 hours from its first record to its last.
 */
export function isReused(traceCount: number, extent: { readonly firstNanos: bigint; readonly lastNanos: bigint }): boolean {
  return traceCount > MAX_FLOW_TRACES || extent.lastNanos - extent.firstNanos > MAX_FLOW_NANOS;
}

/**
 * The starts of a reused id in episodes, latest first. Going back from the latest start, an episode ends before an hour in which nothing
 * began, and before it would have more than 1,000 traces or starts over more than 24 hours. A trace is never divided, so
 * one that goes on for longer makes its episode longer. Starts that happen at one instant may be in two episodes when a limit falls there.
 */
export function splitEpisodes(starts: readonly FlowStart[]): Episode[] {
  const latestFirst = starts.toSorted((a, b) => (a.nanos < b.nanos ? 1 : a.nanos > b.nanos ? -1 : 0));
  const episodes: { fromNanos: bigint; readonly lastNanos: bigint; readonly toNanos: bigint | undefined; readonly traceIds: string[] }[] =
    [];
  for (const { nanos, traceId } of latestFirst) {
    const current = episodes.at(-1);
    const fits =
      current !== undefined &&
      current.fromNanos - nanos <= EPISODE_GAP_NANOS &&
      current.lastNanos - nanos <= MAX_FLOW_NANOS &&
      (traceId === undefined || current.traceIds.length < MAX_FLOW_TRACES);
    const traceIds = traceId === undefined ? [] : [traceId];
    if (fits) {
      current.fromNanos = nanos;
      current.traceIds.push(...traceIds);
    } else {
      episodes.push({ fromNanos: nanos, lastNanos: nanos, toNanos: current?.fromNanos, traceIds });
    }
  }
  return episodes.map(({ fromNanos, toNanos, traceIds }) => ({ fromNanos, toNanos, traceIds }));
}
