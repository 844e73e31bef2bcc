import type { TraceSummary } from '@threadline/collector/api';
import { nanosToMillis, parseNanos } from './nanos.ts';
import type { RootDurations } from './root-durations.ts';
import type { TimeRange } from './time-range.ts';

/** Traces as dots: when each began, to the right, and how long it took, upwards and by powers of ten. In pixels from the top left. */
export interface ScatterLayout {
  readonly width: number;
  readonly height: number;
  readonly range: TimeRange;
  /** Nanoseconds at the bottom and at the top: powers of ten with every duration between them. */
  readonly minNanos: number;
  readonly maxNanos: number;
  /** By the place of the trace in the list. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Where traces may lie that were not read yet: from the left edge and down to the bottom. `width` is 0 where all were. */
  readonly unread: { readonly width: number; readonly top: number };
  /** Where those lie that come before the list's first: newer ones to the right of `left`, or slower ones above `bottom`. Undefined where there are none. */
  readonly skipped: { readonly left: number; readonly bottom: number } | undefined;
  /** What is known of the part that was not read. */
  readonly bands: readonly ScatterBand[];
}

/** Requests of a stretch of time without a dot each: from `top`, what 99 of 100 are below, to `bottom`, what half are. */
export interface ScatterBand {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Where the longest is. */
  readonly longest: number;
  readonly durations: RootDurations;
}

/** Dots are at least so far from the top and the bottom: none is cut. */
const SCATTER_MARGIN = 6;
/** A microsecond: what took less, or no time at all, is at the bottom. */
const LEAST_NANOS = 1_000;
/** A place this far from a dot, in pixels, means the dot. */
const HIT_DISTANCE = 9;
/** A drag that is narrower or flatter, in pixels, says nothing about that side. */
const MIN_DRAG = 8;

export type Dot = Pick<TraceSummary, 'startTimeUnixNano' | 'durationNano'>;

export interface ScatterOptions {
  readonly range: TimeRange;
  readonly width: number;
  readonly height: number;
  readonly order: 'newest' | 'slowest';
  /** Older traces of the range, or quicker ones, are not among them. */
  readonly hasMore: boolean;
  /** Newer traces of the range, or slower ones, are not among them. */
  readonly beginsInMiddle?: boolean;
  /** Of all of the range. */
  readonly rootDurations?: readonly RootDurations[];
}

/** `traces` as a list has them, in `order`. Those that began outside of the range are at its edge. */
export function layoutScatter(
  traces: readonly Dot[],
  { range, width, height, order, hasMore, beginsInMiddle = false, rootDurations = [] }: ScatterOptions,
): ScatterLayout {
  const durations = traces.map(({ durationNano }) => Number(durationNano));
  const x = Float64Array.from(traces, ({ startTimeUnixNano }) => timeToX(millisOf(startTimeUnixNano), { range, width }));
  const isUnread = hasMore && traces.length > 0;
  const olderWidth = isUnread && order === 'newest' ? (x.at(-1) ?? 0) : 0;
  const isSkipped = beginsInMiddle && traces.length > 0;
  const newerLeft = isSkipped && order === 'newest' ? (x[0] ?? width) : width;
  const isOlder = ({ fromMillis }: RootDurations): boolean => timeToX(fromMillis, { range, width }) < olderWidth;
  const isNewer = ({ toMillis }: RootDurations): boolean => timeToX(toMillis, { range, width }) > newerLeft;
  const unreadOnes = rootDurations.filter((one) => isOlder(one) || isNewer(one));
  const all = [...durations, ...unreadOnes.flatMap(({ p50, longest }) => [p50, longest])];
  const minNanos = 10 ** Math.floor(Math.log10(Math.max(LEAST_NANOS, least(all))));
  const maxNanos = Math.max(minNanos * 10, 10 ** Math.ceil(Math.log10(Math.max(LEAST_NANOS, greatest(all)))));
  const bounds = { range, width, height, minNanos, maxNanos };
  const y = Float64Array.from(durations, (duration) => durationToY(duration, bounds));
  const bands = unreadOnes.map((one) => ({
    left: isOlder(one) ? timeToX(one.fromMillis, bounds) : Math.max(newerLeft, timeToX(one.fromMillis, bounds)),
    right: isOlder(one) ? Math.min(olderWidth, timeToX(one.toMillis, bounds)) : timeToX(one.toMillis, bounds),
    top: durationToY(one.p99, bounds),
    bottom: durationToY(one.p50, bounds),
    longest: durationToY(one.longest, bounds),
    durations: one,
  }));
  const unread = isUnread && order === 'slowest' ? { width, top: y.at(-1) ?? 0 } : { width: olderWidth, top: 0 };
  const skipped = isSkipped ? { left: order === 'newest' ? newerLeft : 0, bottom: order === 'newest' ? height : (y[0] ?? 0) } : undefined;
  return { ...bounds, x, y, unread, skipped, bands };
}

/** The band that a place is in or above or below; undefined where none is. */
export function bandAt({ bands }: Pick<ScatterLayout, 'bands'>, x: number): ScatterBand | undefined {
  return bands.find(({ left, right }) => x >= left && x < right);
}

type Bounds = Pick<ScatterLayout, 'range' | 'width' | 'height' | 'minNanos' | 'maxNanos'>;

function timeToX(millis: number, { range, width }: Pick<Bounds, 'range' | 'width'>): number {
  return within((millis - range.fromMillis) / Math.max(1, range.toMillis - range.fromMillis)) * width;
}

export function durationToY(nanos: number, { height, minNanos, maxNanos }: Bounds): number {
  const fraction = within(Math.log10(Math.max(nanos, minNanos) / minNanos) / Math.log10(maxNanos / minNanos));
  return height - SCATTER_MARGIN - fraction * (height - 2 * SCATTER_MARGIN);
}

/** From bottom to top the powers of ten of nanoseconds; from a minute on of minutes, hours and days, as they are written. */
export function durationLines({ minNanos, maxNanos }: Pick<ScatterLayout, 'minNanos' | 'maxNanos'>): number[] {
  const count = Math.round(Math.log10(maxNanos / minNanos));
  const powers = Array.from({ length: count + 1 }, (_, power) => minNanos * 10 ** power);
  const days = powers.map((power) => (power / minNanos) * DAY_NANOS);
  const long = [...LONG_LINES_NANOS, ...days].filter((nanos) => nanos >= minNanos && nanos <= maxNanos);
  return [...powers.filter((power) => power < MINUTE_NANOS), ...long];
}

const MINUTE_NANOS = 60e9;
const DAY_NANOS = 86_400e9;
const LONG_LINES_NANOS = [MINUTE_NANOS, 10 * MINUTE_NANOS, 60 * MINUTE_NANOS];

/** The dot that a place means: the nearest, of equally near ones the first; -1 for none. */
export function dotAt({ x, y }: Pick<ScatterLayout, 'x' | 'y'>, at: { readonly x: number; readonly y: number }): number {
  let found = -1;
  let nearest = HIT_DISTANCE;
  for (let dot = 0; dot < x.length; dot += 1) {
    const distance = Math.hypot((x[dot] ?? 0) - at.x, (y[dot] ?? 0) - at.y);
    if (distance < nearest) [found, nearest] = [dot, distance];
  }
  return found;
}

/** What a drag from one place to another chooses. A side that it says nothing about is absent; of no side: undefined. */
export interface ScatterChoice {
  readonly range?: TimeRange;
  /** Texts of durations, the bottom rounded down and the top up, so that every dot in the drag fits. */
  readonly min?: string;
  readonly max?: string;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

export function choiceOf(layout: Bounds, from: Place, to: Place): ScatterChoice | undefined {
  const { range, width, height, minNanos, maxNanos } = layout;
  const [left, right] = [Math.max(0, Math.min(from.x, to.x)), Math.min(width, Math.max(from.x, to.x))];
  const [top, bottom] = [Math.max(0, Math.min(from.y, to.y)), Math.min(height, Math.max(from.y, to.y))];
  const isWide = right - left >= MIN_DRAG;
  const isTall = bottom - top >= MIN_DRAG;
  if (!isWide && !isTall) return undefined;
  const millisAt = (x: number) => range.fromMillis + (x / width) * (range.toMillis - range.fromMillis);
  const nanosAt = (y: number) => minNanos * (maxNanos / minNanos) ** within((height - SCATTER_MARGIN - y) / (height - 2 * SCATTER_MARGIN));
  // From edge to edge is no bound.
  const hasMin = isTall && bottom < height - SCATTER_MARGIN;
  const hasMax = isTall && top > SCATTER_MARGIN;
  return {
    ...(isWide && {
      range: { fromMillis: Math.floor(millisAt(left)), toMillis: Math.max(Math.ceil(millisAt(right)), Math.floor(millisAt(left)) + 1) },
    }),
    ...(hasMin && { min: roundedDuration(nanosAt(bottom), Math.floor) }),
    ...(hasMax && { max: roundedDuration(nanosAt(top), Math.ceil) }),
  };
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** Three digits at most, as the query API reads it: `1.24s`, `842ms`. */
function roundedDuration(nanos: number, round: (value: number) => number): string {
  const [unit, size] = UNITS.find(([, each]) => nanos >= each) ?? ['ns', 1];
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, nanos))) - 2);
  const rounded = round(nanos / step) * step;
  return `${Number((rounded / size).toPrecision(6))}${unit}`;
}

/** The dot that an arrow key leads to: the next by time, or the next by duration; the same where there is none. */
export function nextDot({ x, y }: Pick<ScatterLayout, 'x' | 'y'>, dot: number, key: string): number | undefined {
  const by = key === 'ArrowLeft' || key === 'ArrowRight' ? x : key === 'ArrowUp' || key === 'ArrowDown' ? y : undefined;
  if (by === undefined || by.length === 0) return undefined;
  if (dot < 0 || dot >= by.length) return 0;
  // To the right and downwards are greater pixels.
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
  const order = Array.from(by.keys()).sort((one, other) => (by[one] ?? 0) - (by[other] ?? 0) || other - one);
  return order[order.indexOf(dot) + sign] ?? dot;
}

function millisOf(nanos: string): number {
  return nanosToMillis(parseNanos(nanos));
}

function within(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function least(values: readonly number[]): number {
  return values.reduce((min, value) => Math.min(min, value), Number.MAX_SAFE_INTEGER);
}

function greatest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}
