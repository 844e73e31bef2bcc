import { expect, it } from 'vitest';
import { parseFiguresRange } from './figures-range.ts';

const NOW = 1_795_948_230_000_000_000n;
const MINUTE = 60_000_000_000n;
const at = (minutes: bigint): string => new Date(Number((NOW + minutes * MINUTE) / 1_000_000n)).toISOString();

it.each<[string, bigint, bigint, number]>([
  ['that has passed', -10n, -5n, 6 * 60],
  ['that goes on', -10n, 10n, 10 * 60 + 30],
  ['that has not begun, as where a clock is ahead', 60n, 120n, 61 * 60],
])('a range %s has its seconds', (_, from, to, seconds) => {
  const parameters = new URLSearchParams({ from: at(from), to: at(to) });
  expect(parseFiguresRange({ parameters, nowNanos: NOW } as Parameters<typeof parseFiguresRange>[0]).seconds).toBe(seconds);
});
