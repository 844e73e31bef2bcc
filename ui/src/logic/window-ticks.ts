import { durationTicks } from './axis-ticks.ts';
import { inWindow, type TimeWindow } from './time-window.ts';

/** A round time since the start, and its place in the window, 0 to 1. */
export interface WindowTick {
  readonly nanos: number;
  readonly place: number;
}

/** Ticks of the whole axis as fine as the window needs, those that it shows: at most about `maxTicks`. */
export function windowTicks(
  totalNanos: number,
  { window, maxTicks }: { readonly window: TimeWindow; readonly maxTicks: number },
): WindowTick[] {
  return durationTicks(totalNanos, maxTicks / (window.to - window.from))
    .map(({ nanos, fraction }) => ({ nanos, place: inWindow(fraction, window) }))
    .filter(({ place }) => place >= 0 && place < 0.98);
}
