import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longRange } from './long-range.ts';

describe('longRange', () => {
  it('is the least and the greatest of all 64-bit numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }), (numbers) => {
        const sorted = numbers.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
        expect(longRange(BigInt64Array.from(numbers))).toEqual({ least: sorted[0], greatest: sorted.at(-1) });
      }),
    );
  });

  it('is of a part where one is named', () => {
    expect(longRange(BigInt64Array.of(9n, 3n, 2n ** 32n, -1n), 1, 3)).toEqual({ least: 3n, greatest: 2n ** 32n });
  });
});
