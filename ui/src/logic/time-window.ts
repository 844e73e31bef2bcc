/** A part of a time axis, as shares of the whole: `{ from: 0, to: 1 }` is all of it. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export const WHOLE: TimeWindow = { from: 0, to: 1 };
/** As narrow as a window can get: a millionth of the trace, as a large one has a million spans. */
const MIN_WIDTH = 1e-6;

/** Between two places in either order, within the axis, never narrower than can be looked at. */
export function windowBetween(one: number, other: number): TimeWindow {
  const from = Math.max(0, Math.min(one, other));
  const to = Math.min(1, Math.max(one, other));
  if (to - from >= MIN_WIDTH) return { from, to };
  const start = Math.min(Math.max(0, (from + to) / 2 - MIN_WIDTH / 2), 1 - MIN_WIDTH);
  return { from: start, to: start + MIN_WIDTH };
}

/** Wider (`factor` over 1) or narrower about its middle. */
export function scaleWindow({ from, to }: TimeWindow, factor: number): TimeWindow {
  const middle = (from + to) / 2;
  const half = Math.min(0.5, ((to - from) / 2) * factor);
  const start = Math.min(Math.max(0, middle - half), 1 - 2 * half);
  return windowBetween(start, start + 2 * half);
}

/** Moved by a share of its own width, kept within the axis. */
export function panWindow({ from, to }: TimeWindow, share: number): TimeWindow {
  const width = to - from;
  const start = Math.min(1 - width, Math.max(0, from + width * share));
  return { from: start, to: start + width };
}

/** A place of the whole axis as a share of the window; outside of 0 to 1 where the window does not show it. */
export function inWindow(place: number, { from, to }: TimeWindow): number {
  return (place - from) / (to - from);
}

/** Wider or narrower about a place of the window, 0 to 1, which stays where it is as far as the axis allows. */
export function zoomWindow({ from, to }: TimeWindow, { factor, place }: { readonly factor: number; readonly place: number }): TimeWindow {
  const width = Math.min(1, (to - from) * factor);
  const fixed = from + (to - from) * place;
  const start = Math.min(1 - width, Math.max(0, fixed - width * place));
  return windowBetween(start, start + width);
}

/** As it stands in an address: its two ends in millionths of the whole. Undefined for all of it. */
export function writeWindow({ from, to }: TimeWindow): string | undefined {
  if (from <= 0 && to >= 1) return undefined;
  const first = Math.round(from / MIN_WIDTH);
  return `${first}-${Math.max(first + 1, Math.round(to / MIN_WIDTH))}`;
}

/** The inverse; undefined also for what is no part of an axis. */
export function parseWindow(text: string | undefined): TimeWindow | undefined {
  const [, from, to] = /^(\d{1,7})-(\d{1,7})$/.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return undefined;
  return windowBetween(Number(from) * MIN_WIDTH, Number(to) * MIN_WIDTH);
}
