import { executionAsyncId } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';
import { wrapMethodUntil } from '../instrument/wrap-method.ts';
import { clearTimeout, setImmediate, setTimeout } from '../own-timers.ts';
import { listenUncounted } from './uncounted-listener.ts';

/** The bound is five seconds, whatever the collector does; what is left of them is for writing to disk, also on a busy machine. */
const SIGNAL_FLUSH_MILLIS = 4000;
/** A process that has nothing left to do waits less. */
const IDLE_FLUSH_MILLIS = 2000;
/** What listens for a process that has nothing left to do may answer each flush with a request of its own, which is traced. After the last, the end sends what is left. */
const MAX_IDLE_FLUSHES = 3;
/** Longer than a process waits for a flush: the longest time that a timer takes. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface ExitFlush {
  /** Sends what has ended; resolves within the time, never rejects. */
  flush(timeoutMillis: number): Promise<void>;
  /** Adds what is to be said of what has not ended by now. Safe to repeat; never throws. */
  beforeEnd(): void;
  /**
   * The last moment of the process: what is left goes to disk, and with `mayWait` also to the collector, for two seconds at
   * most. What is added later goes to disk at once. Safe to repeat; never throws.
   */
  endSync(mayWait: boolean): void;
  /** Grows with every item, so that a flush that changes nothing is not repeated. */
  itemCount(): number;
}

/**
 * Flushes when the process ends: by a signal, by itself or by `process.exit()`. The process ends as it would have: by
 * the same signal when the app does not listen for it, by the app's own listener when it does, with its own exit code.
 * The app's `beforeExit` listeners are called when the flush is done: as often as without the SDK, and as the last that happens.
 * Returns what takes all of it away again.
 */
export function flushOnExit(exit: ExitFlush): () => void {
  let flushedItems = 0;
  let idleFlushes = 0;
  const flushWhenIdle = (): boolean => {
    if (exit.itemCount() === flushedItems || idleFlushes >= MAX_IDLE_FLUSHES) return false;
    idleFlushes += 1;
    flushedItems = exit.itemCount();
    // Node asks again when it has nothing left to do, and not at all where it has nothing now.
    const untilDone = setTimeout(() => undefined, MAX_TIMER_MILLIS);
    void exit.flush(IDLE_FLUSH_MILLIS).finally(() => setImmediate(() => clearTimeout(untilDone)));
    return true;
  };
  const onExit = (): void => endNow(exit);
  const removeSignals = isMainThread ? SIGNALS.map((signal) => flushOnSignal(signal, exit)) : [];
  const stopHolding = holdBeforeExit(flushWhenIdle);
  process.on('exit', onExit);
  return () => {
    stopHolding();
    process.off('exit', onExit);
    for (const remove of removeSignals) remove();
  };
}

/**
 * Lets `hold` have Node's `beforeExit` first: where it answers true nobody else hears of it, and Node, which the caller gives work by
 * then, says so again. A listener would not do: the app's own would be called each time.
 */
function holdBeforeExit(hold: () => boolean): () => void {
  let isHolding = true;
  const restore = wrapMethodUntil(
    process,
    'emit',
    (emit) =>
      function (event, ...args) {
        // Node's own comes out of no code that runs; one that the app emits is the app's.
        if (event === 'beforeExit' && isHolding && executionAsyncId() === 0 && hold()) return true;
        return Reflect.apply(emit, this, [event, ...args]);
      },
  );
  return () => {
    isHolding = false;
    restore();
  };
}

/** For the last moment of a process: sends or keeps all that there is, for two seconds at most. Safe to repeat; never throws. */
export function endNow(exit: Pick<ExitFlush, 'beforeEnd' | 'endSync'>): void {
  exit.beforeEnd();
  exit.endSync(true);
}

function flushOnSignal(signal: NodeJS.Signals, exit: ExitFlush): () => void {
  let isEnding = false;
  const end = (): void => {
    isEnding = false;
    // The first process of a container ignores signals that it does not listen for: then all is as before.
    if (process.pid === 1) return;
    exit.beforeEnd();
    exit.endSync(false);
    stopListening();
    process.kill(process.pid, signal);
  };
  const onSignal = (): void => {
    const appListens = process.listenerCount(signal) > 0;
    if (appListens) {
      void exit.flush(SIGNAL_FLUSH_MILLIS);
      return;
    }
    // Asked twice, it ends at once.
    if (isEnding) {
      end();
      return;
    }
    isEnding = true;
    exit.beforeEnd();
    void exit.flush(SIGNAL_FLUSH_MILLIS).then(end);
  };
  const stopListening = listenUncounted(signal, onSignal);
  return stopListening;
}
