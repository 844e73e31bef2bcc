import { useQuery } from '@tanstack/react-query';
import type { TraceHeadLine } from '@threadline/collector/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, BROKEN_OFF } from '../../api/api-error.ts';
import { openStream } from '../../api/request-json.ts';
import { TRACE_MARKS } from '../../logic/trace-marks.ts';
import type { TraceProgress } from '../../logic/trace-reader.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { isStopped } from '../../shared/PageState/stopped-state.tsx';

/** A trace as far as it has come. */
export interface Trace {
  readonly traceId: string;
  readonly head: TraceHeadLine | undefined;
  readonly snapshot: TraceSnapshot | undefined;
  /** Why there is no more of it. */
  readonly error: Error | undefined;
  /** The reader has stopped it: what there is may be a part. */
  readonly isStopped: boolean;
  readonly retry: () => void;
  /** Draws it with the times of services moved by so many nanoseconds. */
  readonly correct: (shifts: ReadonlyMap<string, number>) => void;
}

type Loaded = Pick<Trace, 'traceId' | 'head' | 'snapshot' | 'error'>;

/**
 * Reads a trace's answer as it comes; leaving the page or the trace cancels it, on the collector too. It is a query as all others are, so that it can be
 * stopped and refreshed as they can: what was read before stays until there is as much of the new answer.
 */
export function useTrace(traceId: string): Trace {
  const running = useRef<Worker>(undefined);
  const shifts = useRef<ReadonlyMap<string, number>>(undefined);
  const correct = useCallback((next: ReadonlyMap<string, number>) => {
    shifts.current = next;
    running.current?.postMessage(next);
  }, []);
  const [loaded, setLoaded] = useState<Loaded>(() => nothingOf(traceId));
  const query = useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => {
      const worker = new Worker(new URL('./trace-worker.ts', import.meta.url), { type: 'module' });
      worker.addEventListener('message', ({ data }: MessageEvent<TraceProgress>) => {
        if (data.type === 'head') {
          running.current?.terminate();
          running.current = worker;
          if (shifts.current !== undefined) worker.postMessage(shifts.current);
        }
        if (running.current === worker) setLoaded((before) => withProgress(before.traceId === traceId ? before : nothingOf(traceId), data));
      });
      return readInto(worker, traceId, signal);
    },
    // What is read is kept by the page and not in the cache: it may be large.
    gcTime: 0,
    staleTime: 0,
  });
  useEffect(
    () => () => {
      running.current?.terminate();
      running.current = undefined;
      shifts.current = undefined;
    },
    [traceId],
  );
  const shown = loaded.traceId === traceId ? loaded : nothingOf(traceId);
  return {
    ...shown,
    error: (query.data === undefined ? query.error : undefined) ?? shown.error,
    isStopped: isStopped(query),
    retry: () => void query.refetch(),
    correct,
  };
}

/** What is shown becomes more, never less, while a trace is read again. */
function withProgress(before: Loaded, progress: TraceProgress): Loaded {
  if (progress.type === 'head') return { ...before, head: progress.head, error: undefined };
  if (progress.type === 'cut') return { ...before, error: cutError(before.traceId) };
  const { snapshot } = progress;
  const isMore = snapshot.isComplete || snapshot.loadedSpans >= (before.snapshot?.loadedSpans ?? 0);
  return isMore ? { ...before, snapshot } : before;
}

function nothingOf(traceId: string): Loaded {
  return { traceId, head: undefined, snapshot: undefined, error: undefined };
}

/** Resolves when there are no more bytes, whether all have come or not: the worker says what is missing. Rejects where there is no answer, and where the reader has gone on. */
async function readInto(worker: Worker, traceId: string, signal: AbortSignal): Promise<string> {
  try {
    const { body } = await openStream(pathOf(traceId), { parameters: {}, headers: { accept: 'application/x-ndjson' }, signal });
    const reader = body.getReader();
    let part = await reader.read();
    performance.mark(TRACE_MARKS.firstByte);
    for (; !part.done; part = await reader.read()) worker.postMessage(part.value, [part.value.buffer]);
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) {
      worker.terminate();
      throw error;
    }
  }
  worker.postMessage('end');
  return traceId;
}

function pathOf(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}/columns`;
}

function cutError(traceId: string): ApiError {
  return new ApiError('', { code: BROKEN_OFF, status: 0, request: `GET ${pathOf(traceId)}` });
}
