import { useSyncExternalStore } from 'react';
import { resolveRange, type TimeRange, type TimeRangeText } from '../logic/time-range.ts';

/**
 * The instant that `now` means on this page. It moves when the reader asks (a search, refresh), never by itself: the list, the
 * histogram and every page of both speak of the same range, and nothing changes under the reader.
 */
let nowMillis = Date.now();
const listeners = new Set<() => void>();

/** `now` is now. */
export function restartClock(): void {
  nowMillis = Date.now();
  for (const listener of listeners) listener();
}

export function clockNow(): number {
  return nowMillis;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useClock(): number {
  return useSyncExternalStore(subscribe, clockNow);
}

/** The range as two instants; undefined where its text means none. */
export function useResolvedRange(range: TimeRangeText): TimeRange | undefined {
  return resolveRange(range, useClock());
}
