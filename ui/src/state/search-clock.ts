import { useSyncExternalStore } from 'react';
import { resolveRange, type TimeRange, type TimeRangeText } from '../logic/time-range.ts';

/**
 * The instant that `now` means on this page. It moves when the reader asks (a search, refresh), never by itself: the list, the
 * histogram and every page of both speak of the same range, and nothing changes under the reader.
 */
let nowMillis = Date.now();
/** Where the clock stood before the reader asked to read all again, until something of it was read. */
let beforeRefresh: number | undefined;
const listeners = new Set<() => void>();

/** `now` is now. */
export function restartClock(): void {
  setClock(Date.now());
}

/** `now` is now, and may be taken back where nothing can be read of it. */
export function refreshClock(): void {
  const before = nowMillis;
  setClock(Date.now());
  beforeRefresh = before;
}

export function isRefreshing(): boolean {
  return beforeRefresh !== undefined;
}

/** What was asked for has come, at least a part of it. */
export function keepRefresh(): void {
  beforeRefresh = undefined;
}

/** The clock stands where it did before the refresh, and the page shows what it did. */
export function takeBackRefresh(): void {
  if (beforeRefresh !== undefined) setClock(beforeRefresh);
}

function setClock(millis: number): void {
  nowMillis = millis;
  beforeRefresh = undefined;
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
