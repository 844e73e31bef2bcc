import { useEffect, useMemo } from 'react';
import { spanTreeOf, type TraceMeasures } from '../../logic/trace-measures.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import type { ViewAnswer, ViewRequest } from '../../logic/trace-views.ts';
import type { TraceViews } from './use-view.ts';

export interface ViewTask {
  readonly id: number;
  readonly request: ViewRequest;
}

export type ViewReply = { readonly id: number; readonly answer: ViewAnswer } | { readonly id: number; readonly error: string };

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
