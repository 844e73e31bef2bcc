import { isMethod, wrapMethodUntil } from '../instrument/wrap-method.ts';

/**
 * Hears a signal before the app's own listeners do, and is none of those that `process.listeners`, `rawListeners` and `listenerCount` tell the app of. Libraries end
 * a process by its signal when they are the only ones that listen (signal-exit, below execa, proper-lockfile and many others; @babel/register): beside a listener
 * that waits for the app's own to end the process, they would wait for that one, and nobody would end it. Returns what takes the listener away.
 */
export function listenUncounted(signal: NodeJS.Signals, listener: () => void): () => void {
  let isListening = true;
  // Node stops hearing a signal when the last of its listeners was removed, of which ours is one. It counts them where it hears of the removal.
  let isNodeCounting = false;
  const isHidden = (event: unknown): boolean => event === signal && isListening && !isNodeCounting;

  const restorers = [
    ...(['listeners', 'rawListeners'] as const).map((name) =>
      wrapMethodUntil(
        process,
        name,
        (list) =>
          function (event, ...args) {
            const all: unknown = Reflect.apply(list, this, [event, ...args]);
            return Array.isArray(all) && isHidden(event) ? all.filter((each) => each !== listener) : all;
          },
      ),
    ),
    wrapMethodUntil(
      process,
      'listenerCount',
      (count) =>
        function (event, of, ...args) {
          const all: unknown = Reflect.apply(count, this, [event, of, ...args]);
          return typeof all === 'number' && !isMethod(of) && isHidden(event) ? all - 1 : all;
        },
    ),
    wrapMethodUntil(
      process,
      'emit',
      (emit) =>
        function (event, ...args) {
          if (event !== 'removeListener') return Reflect.apply(emit, this, [event, ...args]);
          isNodeCounting = true;
          try {
            return Reflect.apply(emit, this, [event, ...args]);
          } finally {
            isNodeCounting = false;
            // An app that removes all listeners, to end by the signal, removes its own. At the end, where whoever removes them one by one has been already.
            if (args[0] === signal && args[1] === listener && isListening) process.on(signal, listener);
          }
        },
    ),
  ];
  process.prependListener(signal, listener);
  return () => {
    isListening = false;
    process.off(signal, listener);
    for (const restore of restorers.toReversed()) restore();
  };
}
