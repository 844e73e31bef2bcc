import { useEffect, useMemo, useState } from 'react';
import { spanTreeOf, type TraceMeasures } from '../../logic/trace-measures.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import type { ViewAnswer, ViewAnswers, ViewRequest } from '../../logic/trace-views.ts';

export interface ViewTask {
  readonly id: number;
  readonly request: ViewRequest;
}

export type ViewReply = { readonly id: number; readonly answer: ViewAnswer } | { readonly id: number; readonly error: string };

/** What else can be worked out of a trace as far as it has come. */
export interface TraceViews {
  readonly snapshot: TraceSnapshot;
  /** Rejects where it cannot be worked out; never where the reader has gone on. */
  readonly ask: (request: ViewRequest) => Promise<ViewAnswer>;
  /** Ends the work; it begins again when something is asked for. */
  readonly close: () => void;
}

/** One worker for all views of a trace, started by the first that is looked at. */
export function useTraceViews(snapshot: TraceSnapshot): TraceViews {
  const views = useMemo(() => createTraceViews(snapshot), [snapshot]);
  useEffect(() => views.close, [views]);
  return views;
}

function createTraceViews(snapshot: TraceSnapshot): TraceViews {
  const waiting = new Map<number, { readonly resolve: (answer: ViewAnswer) => void; readonly reject: (error: Error) => void }>();
  let worker: Worker | undefined;
  let asked = 0;
  const start = (): Worker => {
    const started = new Worker(new URL('./views-worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('message', ({ data }: MessageEvent<ViewReply>) => {
      const task = waiting.get(data.id);
      waiting.delete(data.id);
      if ('error' in data) task?.reject(new Error(data.error));
      else task?.resolve(data.answer);
    });
    started.addEventListener('error', ({ message }) => {
      for (const task of waiting.values()) task.reject(new Error(message));
      waiting.clear();
    });
    const measures: TraceMeasures = { tree: spanTreeOf(snapshot.tree), self: snapshot.self, critical: snapshot.critical.nanos };
    started.postMessage(measures);
    return started;
  };
  return {
    snapshot,
    ask: (request) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        asked += 1;
        waiting.set(asked, { resolve, reject });
        worker.postMessage({ id: asked, request } satisfies ViewTask);
      }),
    close: () => {
      worker?.terminate();
      worker = undefined;
      waiting.clear();
    },
  };
}

/** An answer and the trace as it was when it was worked out: places in it are of that one. */
export interface ShownView<Type extends keyof ViewAnswers> {
  readonly snapshot: TraceSnapshot;
  readonly answer: ViewAnswers[Type];
}

export interface ViewState<Type extends keyof ViewAnswers> {
  /** The last that there is, also while a newer one is being worked out. */
  readonly shown: ShownView<Type> | undefined;
  readonly error: Error | undefined;
  readonly retry: () => void;
}

/** A view of a trace. `request` keeps its identity while nothing changes; without one nothing is worked out. */
export function useView<Type extends keyof ViewAnswers>(
  views: TraceViews,
  request: (ViewRequest & { readonly type: Type }) | undefined,
): ViewState<Type> {
  const [shown, setShown] = useState<ShownView<Type>>();
  const [failed, setFailed] = useState<{ readonly request: ViewRequest; readonly error: Error }>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (request === undefined) return;
    let isWanted = true;
    views.ask(request).then(
      (answer) => {
        if (!isWanted) return;
        // The worker answers a request with what its type names.
        setShown({ snapshot: views.snapshot, answer: answer as ViewAnswers[Type] });
        setFailed(undefined);
      },
      (error: Error) => isWanted && setFailed({ request, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [views, request, attempt]);
  return {
    shown: request === undefined ? undefined : shown,
    error: failed?.request === request ? failed?.error : undefined,
    retry: () => {
      // A worker that failed once may do so again: the next one is new.
      views.close();
      setAttempt(attempt + 1);
    },
  };
}
