import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatestTimes } from './latest-times.ts';

describe('LatestTimes', () => {
  it('knows the first of the latest times, in whatever order and pages they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 })),
        fc.integer({ min: 1, max: 30 }),
        (pages, count) => {
          const latest = new LatestTimes(count);
          for (const page of pages) {
            latest.add({ base: 1_000n, offsets: Float64Array.from(page) }, new Uint8Array(page.length).fill(1));
          }
          const sorted = pages.flat().sort((left, right) => right - left);
          const expected = sorted[count - 1];
          expect(latest.first()).toBe(expected === undefined ? undefined : 1_000n + BigInt(expected));
        },
      ),
    );
  });

  it('takes only the rows that are given', () => {
    const latest = new LatestTimes(1);
    latest.add({ base: 0n, offsets: Float64Array.of(5, 9) }, Uint8Array.of(1, 0));
    expect(latest.first()).toBe(5n);
    expect(latest.isEnough(5n)).toBe(true);
    expect(latest.isEnough(6n)).toBe(false);
  });
});
