import { expect, it } from 'vitest';
import { parseFiguresRange } from './figures-range.ts';

const NOW = 1_795_948_230_000_000_000n;
const MINUTE = 60_000_000_000n;
const at = (minutes: bigint): string => new Date(Number((NOW + minutes * MINUTE) / 1_000_000n)).toISOString();

/** Between two times, minutes from now. */
function rangeOf(from: bigint, to: bigint) {
  const texts = new Map([
    ['from', at(from)],
    ['to', at(to)],
  ]);
  return parseFiguresRange({ path: {}, parameters: { get: (name) => texts.get(name), all: () => [] }, nowNanos: NOW, isTrusted: true });
}

it.each<[string, bigint, bigint, number]>([
  ['that has passed', -10n, -5n, 6 * 60],
  ['that goes on', -10n, 10n, 10 * 60 + 30],
  ['that has not begun, as where a clock is ahead', 60n, 120n, 61 * 60],
])('a range %s has its seconds', (_, from, to, seconds) => {
  expect(rangeOf(from, to).seconds).toBe(seconds);
});

it.each<[string, bigint, bigint, bigint]>([
  ['that has passed', -60n, -30n, -35n],
  ['that ends now', -60n, 0n, -5n],
  ['that is not over: they are those before now', -60n, 600n, -5n],
])('a range %s has its last minutes', (_, from, to, recent) => {
  expect(BigInt(rangeOf(from, to).recentFromMinute)).toBe((NOW + MINUTE - 1n) / MINUTE + recent);
});
