import type { ClockState } from '../api/index.ts';
import { driftOf } from './clock-drift.ts';

/**
 * What a span says whose parent is by another clock:
 * - `call`: a server under its client, which waits for it. It lies within.
 * - `served`: a server under a span that is no client, as where the caller's library makes none. It lies within if it was waited for, which the kind does not say.
 * - `after`: any other, as a consumer under its producer. It begins after its parent, nothing more.
 */
export type CallBounds = 'call' | 'served' | 'after';

/** A span and its parent by another clock: the parent by the caller's clock, the child by the called one's. Unix nanoseconds. */
export interface ClockedCall {
  readonly bounds: CallBounds;
  readonly parentStart: bigint;
  readonly parentEnd: bigint;
  readonly childStart: bigint;
  readonly childEnd: bigint;
}

/** Nanoseconds that the called one's clock is ahead, at the time that was asked for. */
export interface OffsetEstimate {
  readonly state: ClockState;
  readonly calls: number;
  readonly median: number;
  /** -Infinity where the calls bound from above alone: then the offset is `high` or less. */
  readonly low: number;
  readonly high: number;
  readonly spread: number;
  /** By how much the offset grows, nanoseconds a nanosecond; 0 where the calls are told by one offset. */
  readonly drift: number;
}

/** Of fewer calls nothing is sure but what no one clock could have made. */
export const MIN_CALLS = 10;
/** A server that began so much before its client has another clock; less is how spans are measured. */
const LEAST = 1e6;
/** So many servers that began after their clients had ended, all as late: one may be of a client that gave up. */
const MIN_LATE_CALLS = 3;
const LATE_SPREAD_SHARE = 0.1;
/** So much at either end is left out of the bounds: single calls are off for reasons of their own (a client that gave up, a step of the clock). */
const EXTREMES = 0.1;

/** No way takes so long, as a rule: a server that begins so much after its parent ended was not asked by it just before. */
const MAX_WAY = 50e6;

/**
 * A server works while its client waits, so each call bounds the offset of the clocks: it is at most by what the server began after the client, and at least by what the
 * server ended after it (Cristian's bounds). In the middle lies the offset if the way there takes as long as the way back, as in NTP (RFC 5905, section 8).
 * The clocks differ for sure where nearly all calls exclude that they agree, and say about the same: never where all servers lie within their clients.
 * Calls whose server took longer than its client waited bound nothing and are left out.
 * Where there are too few with a client, servers under other spans and all that only began after their parents are looked at too.
 * Where no one offset tells all calls, the clock may run faster or slower: they are looked at again without what it drifts between them and `atNanos`.
 */
export function estimateOffset(calls: readonly ClockedCall[], atNanos = calls[0]?.parentStart ?? 0n): OffsetEstimate {
  const all = calls.flatMap((call) => boundsOf(call, atNanos) ?? []);
  const waited = all.filter(({ isWaited }) => isWaited);
  const bounds = waited.length < MIN_CALLS ? all : waited;
  const still = estimateOf(bounds, 0);
  if (still.state !== 'unknown' || bounds.length < MIN_CALLS || still.low === -Infinity) return still;
  const drift = driftOf(bounds.map((bound) => ({ time: bound.time, offset: middleOf(bound) })));
  const moving = drift === undefined ? still : estimateOf(bounds, drift);
  return moving.state === 'unknown' ? still : moving;
}

interface Bounds {
  readonly isWaited: boolean;
  /** Since the time that was asked for. */
  readonly time: number;
  readonly upper: number;
  /** -Infinity: none. */
  readonly lower: number;
  /** The server began so long after its parent had ended. */
  readonly late: number;
}

/** Undefined for a call that bounds nothing. */
function boundsOf({ bounds, parentStart, parentEnd, childStart, childEnd }: ClockedCall, atNanos: bigint): Bounds | undefined {
  const isWaited = bounds === 'call';
  const time = Number(parentStart - atNanos);
  const upper = Number(childStart - parentStart);
  const lower = Number(childEnd - parentEnd);
  const isOutlasting = lower > upper;
  const late = Number(childStart - parentEnd);
  if (isWaited) return isOutlasting ? undefined : { isWaited, time, upper, lower, late };
  // One that seems to end after its parent may be one that was not waited for: unless it begins too late for that, too.
  const isWithin = bounds === 'served' && !isOutlasting && (lower <= 0 || late > MAX_WAY);
  return { isWaited, time, upper, lower: isWithin ? lower : -Infinity, late };
}

/** What one call says of the offset. */
function middleOf({ upper, lower }: Bounds): number {
  return lower === -Infinity ? upper : (upper + lower) / 2;
}

function estimateOf(all: readonly Bounds[], drift: number): OffsetEstimate {
  const bounds = all.map((bound) => ({ ...bound, upper: bound.upper - drift * bound.time, lower: bound.lower - drift * bound.time }));
  const uppers = bounds.map(({ upper }) => upper).sort(byValue);
  const middles = bounds.map(middleOf).sort(byValue);
  const calls = bounds.length;
  const high = quantile(uppers, EXTREMES);
  const spread = quantile(middles, 1 - EXTREMES) - quantile(middles, EXTREMES);
  const isTwoSided = bounds.filter(({ lower }) => lower > -Infinity).length >= calls * (1 - EXTREMES);
  if (!isTwoSided) {
    // More than a few were not waited for, so it is not known of the others either. That which took the shortest way says most.
    const isBehind = calls >= MIN_CALLS && quantile(uppers, 1 - EXTREMES) < 0;
    return { state: isBehind ? 'differ' : 'unknown', calls, median: high, low: -Infinity, high, spread, drift };
  }
  const low = quantile(bounds.map(({ lower }) => lower).sort(byValue), 1 - EXTREMES);
  const middle = quantile(middles, 0.5);
  const median = low <= high ? Math.min(Math.max(middle, low), high) : middle;
  return { state: stateOf({ bounds, median, low, high, spread }), calls, median, low, high, spread, drift };
}

interface TwoSided extends Pick<OffsetEstimate, 'median' | 'low' | 'high' | 'spread'> {
  readonly bounds: readonly Bounds[];
}

function stateOf({ bounds, median, low, high, spread }: TwoSided): ClockState {
  if (bounds.length < MIN_CALLS) return isImpossible(bounds, { median, spread }) ? 'differ' : 'unknown';
  if (low <= 0 && high >= 0) return 'agree';
  // Bounds that contradict each other are of a clock that was set, or of more than one.
  if (low > high) return 'unknown';
  // A client's server is about in its middle; within a span that does more than to wait it is anywhere.
  return spread <= Math.abs(median) || bounds.some(({ isWaited }) => !isWaited) ? 'differ' : 'unknown';
}

/** Whether no one clock could have made the times of any of these. */
function isImpossible(bounds: readonly Bounds[], { median, spread }: Pick<OffsetEstimate, 'median' | 'spread'>): boolean {
  if (bounds.length === 0) return false;
  if (bounds.every(({ upper }) => upper <= -LEAST)) return true;
  const isLate = bounds.every(({ isWaited, late }) => late >= (isWaited ? LEAST : MAX_WAY));
  return isLate && bounds.length >= MIN_LATE_CALLS && spread <= median * LATE_SPREAD_SHARE;
}

/** Of values in order; 0 of none. Between two the nearer one, so that it is a value that was. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}

function byValue(left: number, right: number): number {
  return left - right;
}

/** How far a clock is from that of the root. */
export interface ClockOffset {
  readonly offset: number;
  readonly isSure: boolean;
}

export interface EstimatedPair {
  readonly caller: string;
  readonly called: string;
  readonly estimate: OffsetEstimate;
}

/**
 * Offsets of all clocks that pairs lead to from the root's, by the surest way: over pairs that say something before those that do not, and of those over the ones with the most calls.
 * A clock that only pairs lead to of which too little is known has no offset that is sure, and 0.
 */
export function offsetsFrom(root: string, pairs: readonly EstimatedPair[]): ReadonlyMap<string, ClockOffset> {
  const offsets = new Map<string, ClockOffset>([[root, { offset: 0, isSure: true }]]);
  const waiting = pairs.toSorted((left, right) => right.estimate.calls - left.estimate.calls);
  for (const isSure of [true, false]) {
    for (let next = nextPair(waiting, offsets, isSure); next !== undefined; next = nextPair(waiting, offsets, isSure)) {
      const { caller, called, estimate } = next;
      const [from, to, sign] = offsets.has(caller) ? [caller, called, 1] : [called, caller, -1];
      const known = offsets.get(from);
      const isKnown = isSure && known?.isSure === true;
      const step = estimate.state === 'differ' ? sign * estimate.median : 0;
      offsets.set(to, { offset: isKnown ? (known?.offset ?? 0) + step : 0, isSure: isKnown });
    }
  }
  return offsets;
}

/** One that leads from a clock that has an offset to one that has none. */
function nextPair(pairs: readonly EstimatedPair[], offsets: ReadonlyMap<string, ClockOffset>, isSure: boolean): EstimatedPair | undefined {
  return pairs.find(
    ({ caller, called, estimate }) => offsets.has(caller) !== offsets.has(called) && (!isSure || estimate.state !== 'unknown'),
  );
}
