import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EPISODE_GAP_NANOS, isReused, MAX_FLOW_NANOS, MAX_FLOW_TRACES, splitEpisodes } from './episodes.ts';

const HOUR = 3_600_000_000_000n;

describe('isReused', () => {
  it.each([
    [1_000, 24n * HOUR, false],
    [1_001, 0n, true],
    [1, 24n * HOUR + 1n, true],
  ])('for %i traces over %i ns is %s', (traceCount, length, expected) => {
    expect(isReused(traceCount, { firstNanos: 7n, lastNanos: 7n + length })).toBe(expected);
  });
});

describe('splitEpisodes', () => {
  it('puts every start in exactly one episode within the limits, latest first and without a gap between them', () => {
    const anyStarts = fc.uniqueArray(fc.bigInt({ min: 0n, max: 200n * HOUR }), { maxLength: 100 });
    fc.assert(
      fc.property(anyStarts, (times) => {
        const starts = times.map((nanos, index) => ({ nanos, traceId: `t${index}` }));
        const episodes = splitEpisodes(starts);
        expect(episodes.flatMap(({ traceIds }) => traceIds).toSorted()).toEqual(starts.map(({ traceId }) => traceId).toSorted());
        for (const [index, { fromNanos, toNanos, traceIds }] of episodes.entries()) {
          expect(toNanos).toBe(episodes[index - 1]?.fromNanos);
          const own = starts
            .filter(({ traceId }) => traceIds.includes(traceId))
            .map(({ nanos }) => nanos)
            .sort((a, b) => (a < b ? -1 : 1));
          expect(own[0]).toBe(fromNanos);
          expect((own.at(-1) ?? 0n) - fromNanos).toBeLessThanOrEqual(MAX_FLOW_NANOS);
          for (const [place, nanos] of own.slice(1).entries()) expect(nanos - (own[place] ?? 0n)).toBeLessThanOrEqual(EPISODE_GAP_NANOS);
        }
      }),
    );
  });

  it('makes an episode of each run of a nightly job', () => {
    const starts = [0n, 24n, 48n].flatMap((hour) =>
      [0n, 1n, 2n].map((second) => ({ nanos: hour * HOUR + second, traceId: `${hour}-${second}` })),
    );
    expect(splitEpisodes(starts)).toEqual([
      { fromNanos: 48n * HOUR, toNanos: undefined, traceIds: ['48-2', '48-1', '48-0'] },
      { fromNanos: 24n * HOUR, toNanos: 48n * HOUR, traceIds: ['24-2', '24-1', '24-0'] },
      { fromNanos: 0n, toNanos: 24n * HOUR, traceIds: ['0-2', '0-1', '0-0'] },
    ]);
  });

  it('divides a busy id at a thousand traces', () => {
    const starts = Array.from({ length: 2_500 }, (_, index) => ({ nanos: BigInt(index), traceId: `t${index}` }));
    expect(splitEpisodes(starts).map(({ traceIds }) => traceIds.length)).toEqual([MAX_FLOW_TRACES, MAX_FLOW_TRACES, 500]);
  });

  it('lets records without a trace have an episode of their own', () => {
    expect(splitEpisodes([{ nanos: 0n }, { nanos: 30n * HOUR, traceId: 'late' }])).toEqual([
      { fromNanos: 30n * HOUR, toNanos: undefined, traceIds: ['late'] },
      { fromNanos: 0n, toNanos: 30n * HOUR, traceIds: [] },
    ]);
  });
});
