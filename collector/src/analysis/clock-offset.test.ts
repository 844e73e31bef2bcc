import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockedCall, type EstimatedPair, estimateOffset, MIN_CALLS, offsetsFrom } from './clock-offset.ts';

const MS = 1_000_000;

/** A call that takes so long each way, seen by a clock that is ahead by `offset`. Nanoseconds. */
function call(start: number, { there, work, back, offset }: { there: number; work: number; back: number; offset: number }): ClockedCall {
  return {
    bounds: 'call',
    parentStart: BigInt(start),
    parentEnd: BigInt(start + there + work + back),
    childStart: BigInt(start + there + offset),
    childEnd: BigInt(start + there + work + offset),
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
    const within = (_: unknown, index: number) => call(index, { there: 20 * MS, work: MS, back: 20 * MS, offset: 15 * MS });
    expect(estimateOffset(Array.from({ length: MIN_CALLS - 1 }, within)).state).toBe('unknown');
    expect(estimateOffset([]).state).toBe('unknown');
    const outlasting = Array.from({ length: 50 }, (_, index) => call(index, { there: MS, work: 50 * MS, back: -40 * MS, offset: 0 }));
    expect(estimateOffset(outlasting)).toMatchObject({ state: 'unknown', calls: 0 });
    const set = [...Array.from({ length: 20 }, skewed(100 * MS)), ...Array.from({ length: 20 }, skewed(-500 * MS))];
    expect(estimateOffset(set).state).toBe('unknown');
  });
});

describe('estimateOffset of few calls', () => {
  const few = (offset: number, length: number): ClockedCall[] =>
    Array.from({ length }, (_, index) => call(index * 900 * MS, { there: MS, work: 9 * MS, back: MS, offset: offset + index }));

  it.each([1, MIN_CALLS - 1])('is sure of %d whose server began before its client: no one clock could have made that', (length) => {
    expect(estimateOffset(few(-7_400 * MS, length))).toMatchObject({ state: 'differ', calls: length });
  });

  it('is sure of three whose servers began as long after their clients had ended, not of fewer: a client that gave up ends before its server begins', () => {
    expect(estimateOffset(few(7_400 * MS, 3)).state).toBe('differ');
    expect(estimateOffset(few(7_400 * MS, 2)).state).toBe('unknown');
    expect(estimateOffset([...few(7_400 * MS, 2), ...few(2_000 * MS, 1)]).state).toBe('unknown');
  });

  it('is unknown where one of them is possible by one clock, and where they lie on both sides', () => {
    expect(estimateOffset([...few(-7_400 * MS, 3), ...few(0, 1)]).state).toBe('unknown');
    expect(estimateOffset([...few(-7_400 * MS, 3), ...few(7_400 * MS, 3)]).state).toBe('unknown');
  });
});

describe('estimateOffset of calls without a client', () => {
  const before = fc.integer({ min: 0, max: 400 * MS });
  const within = fc.array(fc.tuple(before, fc.integer({ min: 0, max: 300 * MS }), before), { minLength: MIN_CALLS, maxLength: 80 });
  /** Servers somewhere within spans that do more than to wait for them. */
  const servedOf = (drawn: readonly (readonly [number, number, number])[], offset: number) =>
    callsOf(drawn, offset).map((one): ClockedCall => ({ ...one, bounds: 'served' }));
  /** What began after its parent, and for how long nothing says. */
  const afterOf = (drawn: readonly (readonly [number, number])[], { offset, bounds }: { offset: number; bounds: 'served' | 'after' }) =>
    drawn.map(([delay, work], index): ClockedCall => {
      const start = index * 7_000 * MS;
      const childStart = start + delay + offset;
      return {
        bounds,
        parentStart: BigInt(start),
        parentEnd: BigInt(start + 2 * MS),
        childStart: BigInt(childStart),
        childEnd: BigInt(childStart + work),
      };
    });

  it('finds clocks that agree where servers lie within, wherever', () => {
    fc.assert(
      fc.property(within, (drawn) => {
        expect(estimateOffset(servedOf(drawn, 0)).state).toBe('agree');
      }),
    );
  });

  it('bounds an offset that is planted, ahead or behind, and is off by no more than its bounds are apart', () => {
    const offsets = fc.integer({ min: 1_200 * MS, max: 3_600_000 * MS }).chain((size) => fc.constantFrom(size, -size));
    fc.assert(
      fc.property(within, offsets, (drawn, offset) => {
        const { state, median, low, high, calls } = estimateOffset(servedOf(drawn, offset));
        expect(state).toBe('differ');
        expect(calls).toBe(drawn.length);
        expect(low).toBeLessThanOrEqual(offset);
        expect(high).toBeGreaterThanOrEqual(offset);
        expect(Math.abs(median - offset)).toBeLessThanOrEqual(high - low);
      }),
    );
  });

  it('is exact where servers lie in the middle', () => {
    const drawn = Array.from({ length: 20 }, (_, index) => [index * MS, 5 * MS, index * MS] as const);
    expect(estimateOffset(servedOf(drawn, -3_000 * MS))).toMatchObject({ state: 'differ', median: -3_000 * MS });
  });

  it('says of what comes after its parent by how much it is behind at least, and never that it is ahead', () => {
    const delays = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 * MS }), fc.integer({ min: 0, max: 5_000 * MS })), {
      minLength: MIN_CALLS,
      maxLength: 80,
    });
    fc.assert(
      fc.property(delays, fc.integer({ min: 901 * MS, max: 3_600_000 * MS }), (drawn, size) => {
        const behind = estimateOffset(afterOf(drawn, { offset: -size, bounds: 'after' }));
        expect(behind).toMatchObject({ state: 'differ', low: -Infinity, calls: drawn.length });
        expect(behind.median).toBeGreaterThanOrEqual(-size);
        expect(behind.median).toBeLessThanOrEqual(-size + 900 * MS);
        for (const offset of [0, size]) expect(estimateOffset(afterOf(drawn, { offset, bounds: 'after' })).state).toBe('unknown');
      }),
    );
  });

  it('is silent of servers that nobody waited for, whether they outlast their parents or begin as those end', () => {
    const works = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 * MS }), fc.integer({ min: 3 * MS, max: 500 * MS })), {
      minLength: MIN_CALLS,
      maxLength: 80,
    });
    fc.assert(
      fc.property(works, (drawn) => {
        expect(estimateOffset(afterOf(drawn, { offset: 0, bounds: 'served' })).state).not.toBe('differ');
      }),
    );
  });

  it('goes by the calls with a client where there are enough of them', () => {
    const known = Array.from({ length: MIN_CALLS }, (_, index) => call(index, { there: MS, work: MS, back: MS, offset: 500 * MS }));
    const drawn = Array.from({ length: 90 }, () => [0, 300 * MS, 100 * MS] as const);
    expect(estimateOffset([...known, ...servedOf(drawn, 500 * MS)])).toMatchObject({ state: 'differ', calls: MIN_CALLS, median: 500 * MS });
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
        ...one,
        parentStart: one.parentStart + moved,
        parentEnd: one.parentEnd + moved,
        childStart: one.childStart + moved,
        childEnd: one.childEnd + moved,
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
