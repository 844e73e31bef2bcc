import { describe, expect, it } from 'vitest';
import { pointsPath, roundFigure, statRows } from './log-stats.ts';

const numbers = (avg: number, percentiles: number[], max: number) => ({ count: 1, min: 0, max, sum: avg, avg, percentiles });
const answer = {
  total: 20,
  buckets: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ],
  groups: [
    {
      key: ['often'],
      count: 10,
      numbers: numbers(5, [4, 8, 9], 10),
      points: [{ bucket: 1, count: 10, numbers: numbers(5, [4, 8, 9], 10) }],
    },
    { key: [null], count: 5, points: [{ bucket: 0, count: 5 }] },
    {
      key: ['slow'],
      count: 3,
      numbers: numbers(50, [40, 80, 90], 100),
      points: [{ bucket: 0, count: 3, numbers: numbers(50, [40, 80, 90], 100) }],
    },
  ],
  other: { count: 2, points: [{ bucket: 1, count: 2 }] },
};

describe('statRows', () => {
  it('are by the figure that is shown, with all others last', () => {
    const byCount = statRows(answer, 'count');
    expect(byCount.rows.map(({ value, isOther, bar, share }) => [value, isOther, bar, share])).toEqual([
      ['often', false, 1, 0.5],
      [null, false, 0.5, 0.25],
      ['slow', false, 0.3, 0.15],
      [undefined, true, 0.2, 0.1],
    ]);
    const byTail = statRows(answer, 'p95');
    expect(byTail.rows.map(({ value, bar, figures }) => [value, bar, figures.p95])).toEqual([
      ['slow', 1, 80],
      ['often', 0.1, 8],
      [null, 0, undefined],
      [undefined, 0, undefined],
    ]);
    expect(byTail.rows[0]?.figures).toEqual({ count: 3, avg: 50, p50: 40, p95: 80, p99: 90, max: 100 });
  });

  it('have a point of each bucket: none of no record where records are counted, no number where numbers are', () => {
    expect(statRows(answer, 'count').rows.map(({ points }) => points)).toEqual([
      [0, 10],
      [5, 0],
      [3, 0],
      [0, 2],
    ]);
    expect(statRows(answer, 'count').most).toBe(10);
    expect(statRows(answer, 'max').rows.map(({ points }) => points)).toEqual([
      [100, undefined],
      [undefined, 10],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(statRows({ total: 0, groups: [{ key: [], count: 0 }] }, 'count')).toMatchObject({
      most: 0,
      rows: [{ bar: 0, share: 0, points: [] }],
    });
  });
});

describe('pointsPath', () => {
  it('is broken where there is no number, and has a stroke for a point alone', () => {
    const size = { width: 40, height: 10, most: 10 };
    expect(pointsPath([10, 5, undefined, 0], size)).toBe('M5.0 0.0L15.0 5.0M30.0 10.0h10.0');
    expect(pointsPath([], size)).toBe('');
    expect(pointsPath([0, 0], { ...size, most: 0 })).toBe('M10.0 10.0L30.0 10.0');
  });
});

describe('roundFigure', () => {
  it('has the digits that tell something', () => {
    expect([12_408.7, 999.951, 0.012345, 0, -2.34567].map(roundFigure)).toEqual([12_409, 1_000, 0.01235, 0, -2.346]);
  });
});
