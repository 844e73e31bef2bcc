import { roundStep } from './axis-ticks.ts';
import { formatDurationTo } from './duration-format.ts';
import { inWindow, type TimeWindow } from './time-window.ts';

/** A round time since the start, how it is written, and its place in the window, 0 to 1. */
export interface WindowTick {
  readonly nanos: number;
  readonly text: string;
  readonly place: number;
}

const PIXELS_PER_TICK = 90;
/** Steps are up to 2.5 times what is asked for: of fewer ticks the one at zero may be the only one, which gives no measure. */
const LEAST_TICKS = 3;

/** How many ticks an axis of so many pixels is asked for. */
export function ticksOfWidth(width: number): number {
  return Math.max(LEAST_TICKS, Math.floor(width / PIXELS_PER_TICK));
}

/** Round times (1, 2, 5 times a power of ten nanoseconds) that a window shows, at most about `maxTicks`; each is written as exactly as it differs from the next. */
export function windowTicks(
  totalNanos: number,
  { window, maxTicks }: { readonly window: TimeWindow; readonly maxTicks: number },
): WindowTick[] {
  if (totalNanos <= 0 || maxTicks < 1) return [];
  const step = roundStep((totalNanos * (window.to - window.from)) / maxTicks);
  const ticks: WindowTick[] = [];
  for (let index = Math.ceil((window.from * totalNanos) / step); index * step < totalNanos * 0.98; index += 1) {
    const nanos = index * step;
    const place = inWindow(nanos / totalNanos, window);
    if (place >= 0.98) break;
    if (place >= 0) ticks.push({ nanos, text: formatDurationTo(nanos, step), place });
  }
  return ticks;
}
