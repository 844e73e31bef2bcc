import type { TraceColumnsLine, TraceHeadLine } from '@threadline/collector/api';
import { type TraceSnapshot, takeSnapshot } from './trace-snapshot.ts';
import { addEnd, addLogs, addSpans, createTraceStore, offsetsOf, type TraceStore } from './trace-store.ts';

/** What is known of a trace after some of its answer's bytes. */
export type TraceProgress =
  | { readonly type: 'head'; readonly head: TraceHeadLine }
  | { readonly type: 'snapshot'; readonly snapshot: TraceSnapshot }
  /** The answer was cut: what is there is not all. */
  | { readonly type: 'cut' };

export interface TraceReader {
  /** Takes bytes as they come, cut anywhere. */
  read(bytes: Uint8Array): void;
  /** There are no more. */
  end(): void;
  /** Draws the whole trace with the times of services moved by so many nanoseconds: at once where all has come, else when it has. Nothing else of it is changed. */
  correct(shifts: ReadonlyMap<string, number>): void;
}

/** Where all spans have come at once, their records may come a moment later: rows of both together need not be moved apart again. */
const LOGS_WAIT_MILLIS = 400;

/**
 * Reads the collector's answer of a trace in columns. The first spans are shown as soon as they are there, or, where they are all, with their
 * records if these come soon; then each time that their number has
 * doubled, and when all is there: what is derived from all spans costs no more than twice what it would cost once.
 */
export function createTraceReader(report: (progress: TraceProgress) => void): TraceReader {
  const decoder = new TextDecoder();
  let rest = '';
  let store: TraceStore | undefined;
  let shown = 0;
  let isWhole = false;
  let shifts: ReadonlyMap<string, number> = new Map();
  let expected = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const showPart = (part: TraceStore): void => {
    shown = part.spans.count;
    report({ type: 'snapshot', snapshot: takeSnapshot(part, { isComplete: false }) });
  };
  const showWhole = (whole: TraceStore): void => {
    report({ type: 'snapshot', snapshot: takeSnapshot(whole, { isComplete: true, ...offsetsOf(whole, shifts) }) });
  };
  const take = (line: TraceColumnsLine): void => {
    if (line.type === 'head') {
      store = createTraceStore(line);
      expected = line.summary.spanCount;
      report({ type: 'head', head: line });
      return;
    }
    if (store === undefined) return;
    if (line.type === 'spans') addSpans(store, line);
    if (line.type === 'logs') addLogs(store, line);
    if (line.type === 'end') addEnd(store, line);
    const isComplete = line.type === 'end';
    isWhole = isComplete;
    if (isComplete) {
      clearTimeout(waiting);
      showWhole(store);
    } else if (line.type === 'spans' && store.spans.count >= 2 * shown) {
      const part = store;
      if (shown === 0 && part.spans.count >= expected) waiting = setTimeout(() => showPart(part), LOGS_WAIT_MILLIS);
      else showPart(part);
    }
  };
  return {
    read(bytes) {
      const text = rest + decoder.decode(bytes, { stream: true });
      let from = 0;
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        take(JSON.parse(text.slice(from, to)));
        from = to + 1;
      }
      rest = text.slice(from);
    },
    end() {
      clearTimeout(waiting);
      if (isWhole) return;
      if (store !== undefined) report({ type: 'snapshot', snapshot: takeSnapshot(store, { isComplete: false }) });
      report({ type: 'cut' });
    },
    correct(next) {
      shifts = next;
      if (isWhole && store !== undefined) showWhole(store);
    },
  };
}
