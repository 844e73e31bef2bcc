import type { TraceHeadLine } from '@threadline/collector/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, UNREACHABLE } from '../../api/api-error.ts';
import { openStream } from '../../api/request-json.ts';
import { TRACE_MARKS } from '../../logic/trace-marks.ts';
import type { TraceProgress } from '../../logic/trace-reader.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';

/** A trace as far as it has come. */
export interface Trace {
  readonly traceId: string;
  readonly head: TraceHeadLine | undefined;
  readonly snapshot: TraceSnapshot | undefined;
  /** Why there is no more of it. */
  readonly error: Error | undefined;
  readonly retry: () => void;
  /** Draws it with the times of services moved by so many nanoseconds. */
  readonly correct: (shifts: ReadonlyMap<string, number>) => void;
}

type Loaded = Pick<Trace, 'traceId' | 'head' | 'snapshot' | 'error'>;

/** Reads a trace's answer as it comes; leaving the page or the trace cancels it, on the collector too. */
export function useTrace(traceId: string): Trace {
  const [attempt, setAttempt] = useState(0);
  const running = useRef<Worker>(undefined);
  const correct = useCallback((shifts: ReadonlyMap<string, number>) => running.current?.postMessage(shifts), []);
  const [loaded, setLoaded] = useState<Loaded>(() => nothingOf(traceId));
  useEffect(() => {
    const controller = new AbortController();
    setLoaded(nothingOf(traceId));
    const worker = new Worker(new URL('./trace-worker.ts', import.meta.url), { type: 'module' });
    running.current = worker;
    const update = (change: Partial<Loaded>): void => {
      if (!controller.signal.aborted) setLoaded((before) => ({ ...before, ...change }));
    };
    worker.addEventListener('message', ({ data }: MessageEvent<TraceProgress>) => {
      if (data.type === 'head') update({ head: data.head });
      else if (data.type === 'snapshot') update({ snapshot: data.snapshot });
      else update({ error: cutError(traceId) });
    });
    void readInto(worker, traceId, controller.signal).catch((error: unknown) =>
      update({ error: error instanceof Error ? error : new Error(String(error)) }),
    );
    return () => {
      controller.abort();
      worker.terminate();
    };
  }, [traceId, attempt]);
  return { ...(loaded.traceId === traceId ? loaded : nothingOf(traceId)), retry: () => setAttempt(attempt + 1), correct };
}

function nothingOf(traceId: string): Loaded {
  return { traceId, head: undefined, snapshot: undefined, error: undefined };
}

async function readInto(worker: Worker, traceId: string, signal: AbortSignal): Promise<void> {
  const { body } = await openStream(pathOf(traceId), { parameters: {}, headers: { accept: 'application/x-ndjson' }, signal });
  const reader = body.getReader();
  try {
    let part = await reader.read();
    performance.mark(TRACE_MARKS.firstByte);
    for (; !part.done; part = await reader.read()) worker.postMessage(part.value, [part.value.buffer]);
  } catch {
    // Cut, or given up: the worker says what is missing.
  }
  worker.postMessage('end');
}

function pathOf(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}/columns`;
}

function cutError(traceId: string): ApiError {
  return new ApiError('', { code: UNREACHABLE, status: 0, request: `GET ${pathOf(traceId)}` });
}
