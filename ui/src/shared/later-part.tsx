import { type ComponentType, lazy, type ReactNode, useEffect, useState } from 'react';

const IDLE_MILLIS = 1_000;

/** A part of a page whose code comes later than the page's own; where it stands it needs a `Suspense` around it. */
export interface LaterPart<Props> {
  (props: Props): ReactNode;
  /** Fetches the code, so that the part is drawn in the frame in which it is asked for. What cannot be fetched now is asked for again then. */
  readonly fetch: () => void;
}

/**
 * `load` is called once, unless it fails. A part whose code is here is drawn at once: `lazy` alone would show what stands in for it first, which React keeps for 300 ms
 * so that it does not flicker.
 */
export function laterPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LaterPart<Props> {
  let known: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const loadOnce = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (loaded) => {
        known = loaded;
        return loaded;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  const Awaited = lazy(async () => ({ default: await loadOnce() }));
  const Part = (props: Props) => {
    // One of the two for as long as it stands: the other would lose what the part remembers.
    const [Shown] = useState<ComponentType<Props> | typeof Awaited>(() => known ?? Awaited);
    return <Shown {...props} />;
  };
  return Object.assign(Part, { fetch: () => void loadOnce().catch(() => undefined) });
}

/** Fetches the parts once the page has nothing better to do, from when it `isReady` on. The list is a constant of its module. */
export function useFetchedParts(parts: readonly { readonly fetch: () => void }[], isReady: boolean): void {
  useEffect(() => {
    if (!isReady) return;
    const fetchAll = (): void => {
      for (const part of parts) part.fetch();
    };
    // Safari has none before version 26.2.
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(fetchAll, IDLE_MILLIS);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(fetchAll);
    return () => cancelIdleCallback(handle);
  }, [parts, isReady]);
}
