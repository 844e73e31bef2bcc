import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderedDouble, orderedInteger } from './ordered-number.ts';

const sign = (left: number | bigint | string, right: number | bigint | string) => (left < right ? -1 : left > right ? 1 : 0);

describe('ordered numbers', () => {
  it('sort as 64-bit integers do, and are equal only when these are', () => {
    const integer = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(-(2n ** 63n), -1n, 0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
    );
    fc.assert(fc.property(integer, integer, (a, b) => sign(orderedInteger(a), orderedInteger(b)) === sign(a, b)));
  });

  it('sort as doubles do, with one zero', () => {
    const double = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE));
    fc.assert(fc.property(double, double, (a, b) => sign(orderedDouble(a), orderedDouble(b)) === sign(a, b)));
  });

  it('have one length, and say which of the two they are', () => {
    expect(orderedInteger(-(2n ** 63n))).toBe('i0000000000000000');
    expect(orderedInteger(2n ** 63n - 1n)).toBe('iffffffffffffffff');
    expect(orderedDouble(0)).toBe('d8000000000000000');
    expect(orderedDouble(1)).toBe('dbff0000000000000');
    expect(orderedDouble(-1)).toBe('d400fffffffffffff');
  });
});
