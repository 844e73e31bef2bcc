import type { ClockState } from '../api/index.ts';
import { driftOf } from './clock-drift.ts';

/** One call between two clocks: the client's span by the caller's clock, the server's by the called one's. Unix nanoseconds. */
export interface ClockedCall {
  readonly clientStart: bigint;
  readonly clientEnd: bigint;
  readonly serverStart: bigint;
  readonly serverEnd: bigint;
}

/** Nanoseconds that the called one's clock is ahead, at the time that was asked for. */
export interface OffsetEstimate {
  readonly state: ClockState;
  readonly calls: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly spread: number;
  /** By how much the offset grows, nanoseconds a nanosecond; 0 where the calls are told by one offset. */
  readonly drift: number;
}

/** Of fewer calls nothing is sure. */
export const MIN_CALLS = 10;
/** So much at either end is left out of the bounds: single calls are off for reasons of their own (a client that gave up, a step of the clock). */
const EXTREMES = 0.1;

/**
 * A server works while its client waits, so each call bounds the offset of the clocks: it is at most by what the server began after the client, and at least by what the
 * server ended after it (Cristian's bounds). In the middle lies the offset if the way there takes as long as the way back, as in NTP (RFC 5905, section 8).
 * The clocks differ for sure where nearly all calls exclude that they agree, and say about the same: never where all servers lie within their clients.
 * Calls whose server took longer than its client waited bound nothing and are left out.
 * Where no one offset tells all calls, the clock may run faster or slower: they are looked at again without what it drifts between them and `atNanos`.
 */
export function estimateOffset(calls: readonly ClockedCall[], atNanos = calls[0]?.clientStart ?? 0n): OffsetEstimate {
  const bounds = calls.flatMap(({ clientStart, clientEnd, serverStart, serverEnd }): Bounds[] => {
    const upper = Number(serverStart - clientStart);
    const lower = Number(serverEnd - clientEnd);
    return lower > upper ? [] : [{ time: Number(clientStart - atNanos), upper, lower }];
  });
  const still = estimateOf(bounds, 0);
  if (still.state !== 'unknown' || bounds.length < MIN_CALLS) return still;
  const drift = driftOf(bounds.map(({ time, upper, lower }) => ({ time, offset: (upper + lower) / 2 })));
  const moving = drift === undefined ? still : estimateOf(bounds, drift);
  return moving.state === 'unknown' ? still : moving;
}

interface Bounds {
  /** Since the time that was asked for. */
  readonly time: number;
  readonly upper: number;
  readonly lower: number;
}

function estimateOf(bounds: readonly Bounds[], drift: number): OffsetEstimate {
  const uppers = bounds.map(({ time, upper }) => upper - drift * time).sort(byValue);
  const lowers = bounds.map(({ time, lower }) => lower - drift * time).sort(byValue);
  const middles = bounds.map(({ time, upper, lower }) => (upper + lower) / 2 - drift * time).sort(byValue);
  const median = quantile(middles, 0.5);
  const low = quantile(lowers, 1 - EXTREMES);
  const high = quantile(uppers, EXTREMES);
  const spread = quantile(middles, 1 - EXTREMES) - quantile(middles, EXTREMES);
  return { state: stateOf({ calls: bounds.length, median, low, high, spread }), calls: bounds.length, median, low, high, spread, drift };
}

function stateOf({ calls, median, low, high, spread }: Omit<OffsetEstimate, 'state' | 'drift'>): ClockState {
  if (calls < MIN_CALLS) return 'unknown';
  if (low <= 0 && high >= 0) return 'agree';
  // Bounds that contradict each other are of a clock that was set, or of more than one.
  return low <= high && spread <= Math.abs(median) ? 'differ' : 'unknown';
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
