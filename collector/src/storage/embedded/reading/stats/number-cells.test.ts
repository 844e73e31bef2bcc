import { describe, expect, it } from 'vitest';
import { CellsFullError, MAX_RELATIVE_ERROR, NumberCells } from './number-cells.ts';

const PERCENTILES = [0, 1, 50, 95, 99.9, 100];

function figuresOf(values: readonly number[]) {
  const cells = new NumberCells({ hasBuckets: true, maxDoublings: 10_000 });
  cells.reach(0);
  cells.addRows(Float64Array.from(values), new Int32Array(values.length), undefined);
  return cells.figures([0], PERCENTILES);
}

describe('cells of numbers', () => {
  it.each([
    ['of any size and sign', Array.from({ length: 999 }, (_, index) => (index % 2 ? 1 : -1) * 1.9 ** ((index * 7) % 900))],
    ['that are much alike', Array.from({ length: 500 }, (_, index) => 1_000 + index / 1_000)],
    ['around zero', [-3, -2, -1, -0, 0, 0, 1, 2, 3]],
    ['that is one alone', [-12.345]],
    ['of durations', Array.from({ length: 3_000 }, (_, index) => 1_000 + index ** 3)],
  ])('find percentiles of numbers %s within their bound', (_caption, values) => {
    const sorted = values.toSorted((left, right) => left - right);
    for (const [index, percentile] of PERCENTILES.entries()) {
      const exact = sorted[Math.max(1, Math.ceil((percentile * sorted.length) / 100 - 1e-9)) - 1] ?? Number.NaN;
      const found = figuresOf(values)?.percentiles[index] ?? Number.NaN;
      expect(Math.abs(found - exact), `${percentile}: ${found} for ${exact}`).toBeLessThanOrEqual(Math.abs(exact) * MAX_RELATIVE_ERROR);
    }
  });

  it('add up to the figures of all their numbers', () => {
    const cells = new NumberCells({ hasBuckets: true, maxDoublings: 10_000 });
    cells.reach(1);
    cells.addRows(Float64Array.of(1, 2, 3, 4, 5), Int32Array.of(0, 1, -1, 1, 0), Uint8Array.of(1, 1, 1, 1, 0));
    expect(cells.figures([0, 1], [100])).toEqual({ count: 3, min: 1, max: 4, sum: 7, percentiles: [4] });
    expect(cells.figures([0], [])).toMatchObject({ count: 1, sum: 1 });
    expect(cells.figures([], [50])).toBeUndefined();
  });

  it('say that they are full before they take more memory than they may', () => {
    const cells = new NumberCells({ hasBuckets: true, maxDoublings: 3 });
    cells.reach(0);
    const add = (value: number): void => cells.addRows(Float64Array.of(value), Int32Array.of(0), undefined);
    add(1);
    add(1.5);
    add(1e200);
    expect(() => add(-1)).toThrow(CellsFullError);
  });
});
