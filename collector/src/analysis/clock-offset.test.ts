import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockedCall, type EstimatedPair, estimateOffset, MIN_CALLS, offsetsFrom } from './clock-offset.ts';

const MS = 1_000_000;

/** A call that takes so long each way, seen by a clock that is ahead by `offset`. Nanoseconds. */
function call(start: number, { there, work, back, offset }: { there: number; work: number; back: number; offset: number }): ClockedCall {
  return {
    clientStart: BigInt(start),
    clientEnd: BigInt(start + there + work + back),
    serverStart: BigInt(start + there + offset),
    serverEnd: BigInt(start + there + work + offset),
  };
}

const delay = fc.integer({ min: 0, max: 5 * MS });
const delays = fc.array(fc.tuple(delay, fc.integer({ min: 0, max: 1_000 * MS }), delay), { minLength: MIN_CALLS, maxLength: 80 });
const callsOf = (drawn: readonly (readonly [number, number, number])[], offset: number) =>
  drawn.map(([there, work, back], index) => call(index * 7_000 * MS, { there, work, back, offset }));

describe('estimateOffset', () => {
  it('finds clocks that agree whatever calls take, there and back', () => {
    fc.assert(
      fc.property(delays, (drawn) => {
        expect(estimateOffset(callsOf(drawn, 0)).state).toBe('agree');
      }),
    );
  });

  it('recovers an offset that is planted, ahead or behind, within half of what the ways differ, and bounds it', () => {
    const offsets = fc.integer({ min: 30 * MS, max: 3_600_000 * MS }).chain((size) => fc.constantFrom(size, -size));
    fc.assert(
      fc.property(delays, offsets, (drawn, offset) => {
        const { state, median, low, high, calls } = estimateOffset(callsOf(drawn, offset));
        expect(state).toBe('differ');
        expect(calls).toBe(drawn.length);
        expect(Math.abs(median - offset)).toBeLessThanOrEqual(2.5 * MS);
        expect(low).toBeLessThanOrEqual(offset);
        expect(high).toBeGreaterThanOrEqual(offset);
      }),
    );
  });

  it('is exact where both ways take as long', () => {
    const calls = Array.from({ length: 20 }, (_, index) =>
      call(index, { there: index * MS, work: 5, back: index * MS, offset: 3_000 * MS }),
    );
    expect(estimateOffset(calls).median).toBe(3_000 * MS);
  });

  it('leaves alone the few that say something else', () => {
    const usual = Array.from({ length: 95 }, (_, index) => call(index, { there: MS, work: 9 * MS, back: MS, offset: 0 }));
    const wild = Array.from({ length: 5 }, (_, index) => call(index, { there: MS, work: 9 * MS, back: MS, offset: 9_000 * MS }));
    expect(estimateOffset([...usual, ...wild])).toMatchObject({ state: 'agree', median: 0 });
  });

  it('is unknown of few calls, of servers that outlast their clients, and of a clock that was set in between', () => {
    const skewed = (offset: number) => (_: unknown, index: number) => call(index, { there: MS, work: MS, back: MS, offset });
    expect(estimateOffset(Array.from({ length: MIN_CALLS - 1 }, skewed(900 * MS))).state).toBe('unknown');
    expect(estimateOffset([]).state).toBe('unknown');
    const outlasting = Array.from({ length: 50 }, (_, index) => call(index, { there: MS, work: 50 * MS, back: -40 * MS, offset: 0 }));
    expect(estimateOffset(outlasting)).toMatchObject({ state: 'unknown', calls: 0 });
    const set = [...Array.from({ length: 20 }, skewed(100 * MS)), ...Array.from({ length: 20 }, skewed(-500 * MS))];
    expect(estimateOffset(set).state).toBe('unknown');
  });
});

describe('estimateOffset of a clock that drifts', () => {
  const MINUTE = 60_000 * MS;
  /** A call a minute, of a clock that is ahead by `start` and gains `gain` a minute. */
  const drifting = (count: number, { start, gain }: { readonly start: number; readonly gain: number }) =>
    Array.from({ length: count }, (_, index) =>
      call(index * MINUTE, { there: (1 + (index % 3)) * MS, work: 20 * MS, back: (3 - (index % 3)) * MS, offset: start + index * gain }),
    );

  it('finds the offset at the time that is asked for, and the drift', () => {
    const calls = drifting(20, { start: 15 * MS, gain: 4 * MS });
    for (const minute of [0, 7, 19]) {
      const { state, median, drift } = estimateOffset(calls, BigInt(minute * MINUTE));
      expect(state).toBe('differ');
      expect(Math.abs(median - (15 + 4 * minute) * MS)).toBeLessThanOrEqual(2 * MS);
      expect(drift * MINUTE).toBeCloseTo(4 * MS, -6);
    }
  });

  it('finds that the clocks agree when they do so at that time', () => {
    const calls = drifting(21, { start: -40 * MS, gain: 4 * MS });
    expect(estimateOffset(calls, BigInt(10 * MINUTE)).state).toBe('agree');
    expect(estimateOffset(calls, BigInt(20 * MINUTE))).toMatchObject({ state: 'differ' });
  });

  it('takes a clock that was set for none that drifts, and one whose calls took long for one that is right', () => {
    const set = [...drifting(10, { start: 0, gain: 0 }), ...drifting(10, { start: 200 * MS, gain: 0 })].map((one, index) => {
      const moved = BigInt((index >= 10 ? 10 : 0) * MINUTE);
      return {
        clientStart: one.clientStart + moved,
        clientEnd: one.clientEnd + moved,
        serverStart: one.serverStart + moved,
        serverEnd: one.serverEnd + moved,
      };
    });
    expect(estimateOffset(set).state).toBe('unknown');
    const slower = Array.from({ length: 20 }, (_, index) => call(index * MINUTE, { there: index * 4 * MS, work: MS, back: MS, offset: 0 }));
    expect(estimateOffset(slower)).toMatchObject({ state: 'agree', drift: 0 });
  });
});

describe('offsetsFrom', () => {
  const pair = (caller: string, called: string, offset: number, calls = 20): EstimatedPair => ({
    caller,
    called,
    estimate: estimateOffset(Array.from({ length: calls }, (_, index) => call(index, { there: MS, work: MS, back: MS, offset }))),
  });

  it('adds up along calls, also against their direction', () => {
    const offsets = offsetsFrom('b', [pair('a', 'b', 400 * MS), pair('b', 'c', 0), pair('c', 'd', -90 * MS)]);
    expect([...offsets].sort()).toEqual([
      ['a', { offset: -400 * MS, isSure: true }],
      ['b', { offset: 0, isSure: true }],
      ['c', { offset: 0, isSure: true }],
      ['d', { offset: -90 * MS, isSure: true }],
    ]);
  });

  it('takes the way that is known, and has none beyond what is not', () => {
    const offsets = offsetsFrom('a', [
      pair('a', 'c', 700 * MS, 3),
      pair('a', 'b', 0),
      pair('b', 'c', 50 * MS),
      pair('c', 'd', 80 * MS, 2),
      pair('d', 'e', 90 * MS),
    ]);
    expect(offsets.get('c')).toEqual({ offset: 50 * MS, isSure: true });
    expect(offsets.get('d')).toEqual({ offset: 0, isSure: false });
    expect(offsets.get('e')).toEqual({ offset: 0, isSure: false });
    expect(offsets.has('elsewhere')).toBe(false);
  });
});
