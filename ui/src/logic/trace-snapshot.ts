import { type CriticalPath, criticalPath } from './critical-path.ts';
import { countErrorsBefore } from './folded-errors.ts';
import { findRepeats, type Repeats } from './repeats.ts';
import { selfTimes } from './self-time.ts';
import { type TraceOverview, traceOverview } from './trace-overview.ts';
import type { TraceStore } from './trace-store.ts';
import { type BuildOptions, buildTraceTree, type TraceTree } from './trace-tree.ts';

/** All that a page draws of a trace as far as it has come. Columns, so that a worker hands it over without a copy. */
export interface TraceSnapshot {
  readonly tree: TraceTree;
  readonly self: Float64Array;
  readonly critical: CriticalPath;
  readonly repeats: Repeats;
  /** Of each node how many errors are before it: what a folded row hides of them. */
  readonly errorsBefore: Uint32Array;
  readonly overview: TraceOverview;
  readonly loadedSpans: number;
  readonly dropped: Readonly<TraceStore['dropped']>;
  readonly isComplete: boolean;
}

export function takeSnapshot(store: TraceStore, options: BuildOptions): TraceSnapshot {
  const tree = buildTraceTree(store, options);
  return {
    tree,
    self: selfTimes(tree),
    critical: criticalPath(tree),
    repeats: findRepeats(tree),
    errorsBefore: countErrorsBefore(tree),
    overview: traceOverview(tree),
    loadedSpans: store.spans.count,
    dropped: { ...store.dropped },
    isComplete: options.isComplete,
  };
}

/** The buffers of a snapshot that nobody else has. */
export function buffersOf(snapshot: TraceSnapshot): ArrayBufferLike[] {
  const { tree, self, critical, repeats, errorsBefore, overview } = snapshot;
  const columns = [...Object.values(tree), ...Object.values(critical), ...Object.values(repeats), ...Object.values(overview)];
  return [self, errorsBefore, tree.index.slots, tree.events.times, ...columns].flatMap((value) =>
    ArrayBuffer.isView(value) ? [value.buffer] : [],
  );
}
