import { describe, expect, it } from 'vitest';
import { readWindows, type TimeWindow, windowOfRange } from './time-windows.ts';

const LAST = 2n ** 63n - 1n;

/** Reads times as if they were rows; every one whose number `matches` is a match. */
async function read(times: readonly bigint[], order: 'asc' | 'desc', limit: number, matches: (time: bigint) => boolean = () => true) {
  const windows: TimeWindow[] = [];
  const sorted = times.toSorted((left, right) => (left < right ? -1 : 1) * (order === 'asc' ? 1 : -1));
  const inside = ({ min, max }: TimeWindow) => sorted.filter((time) => time >= min && time <= max);
  const rows = await readWindows({
    order,
    bounds: { min: 0n, max: LAST },
    limit,
    firstTime: async (window) => inside(window)[0],
    rowsIn: async (window, most) => {
      windows.push(window);
      return inside(window).filter(matches).slice(0, most);
    },
  });
  return { rows, windows, expected: sorted.filter(matches).slice(0, limit) };
}

const SECOND = 1_000_000_000n;
const hour = Array.from({ length: 3_600 }, (_, second) => BigInt(second + 1_000) * SECOND);

describe('readWindows', () => {
  it.each(['asc', 'desc'] as const)('finds the same rows as one read of everything, %s', async (order) => {
    for (const limit of [1, 2, 7, 101, 10_000]) {
      const { rows, expected } = await read([0n, 1n, ...hour, LAST], order, limit);
      expect(rows).toEqual(expected);
    }
    const { rows, expected } = await read([0n, ...hour, LAST], order, 5, (time) => time % 7n === 0n);
    expect(rows).toEqual(expected);
  });

  it('reads no more time than it has to', async () => {
    const { windows } = await read(hour, 'desc', 1);
    expect(windows).toEqual([{ min: 4_598n * SECOND, max: 4_599n * SECOND }]);
  });

  it('loses one window, not its narrow ones, to a lone record of a wrong clock', async () => {
    const { windows } = await read([...hour, LAST], 'desc', 2);
    expect(windows).toHaveLength(2);
    expect(windows[1]).toEqual({ min: 4_591n * SECOND, max: 4_599n * SECOND });
  });

  it('ends after a few windows where nothing matches', async () => {
    const { rows, windows } = await read([0n, ...hour, LAST], 'asc', 10, () => false);
    expect(rows).toEqual([]);
    expect(windows.length).toBeLessThan(12);
  });
});

describe('windowOfRange', () => {
  it('has the start and not the end, and the bound of the index for what lies beyond', () => {
    expect(windowOfRange({ fromNanos: 5n, toNanos: 9n })).toEqual({ min: 5n, max: 8n });
    expect(windowOfRange({})).toEqual({ min: 0n, max: LAST });
    expect(windowOfRange({ fromNanos: 2n ** 64n, toNanos: 2n ** 65n })).toEqual({ min: LAST, max: LAST });
    expect(windowOfRange({ toNanos: LAST })).toEqual({ min: 0n, max: LAST - 1n });
  });
});
