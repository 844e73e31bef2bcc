import { useEffect, useState } from 'react';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import type { ViewAnswer, ViewAnswers, ViewRequest } from '../../logic/trace-views.ts';

/** What else can be worked out of a trace as far as it has come. */
export interface TraceViews {
  readonly snapshot: TraceSnapshot;
  /** Rejects where it cannot be worked out; never where the reader has gone on. */
  readonly ask: (request: ViewRequest) => Promise<ViewAnswer>;
  /** Ends the work; it begins again when something is asked for. */
  readonly close: () => void;
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
