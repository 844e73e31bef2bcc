import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleEnds } from './double-ends.ts';

const at = (value: string) => ({ value, inclusive: true });
const beyond = (value: string) => ({ value, inclusive: false });

describe('doubleEnds', () => {
  it('takes a double for the decimal it is written as', () => {
    expect(doubleEnds(at('5'), at('5.9'))).toEqual({ min: 5, max: 5.9 });
    expect(doubleEnds(beyond('5.9'), undefined)).toEqual({ min: 5.9 + 2 ** -50, max: Number.MAX_VALUE });
    expect(doubleEnds(beyond('0.1'), beyond('0.1000000000000000000001'))).toBeUndefined();
    expect(doubleEnds(at('0.0999999999999999999999'), at('0.1'))).toEqual({ min: 0.1, max: 0.1 });
  });

  it('finds the neighbours of zero and the ends of the type', () => {
    expect(doubleEnds(beyond('0'), at('5e-324'))).toEqual({ min: 5e-324, max: 5e-324 });
    expect(doubleEnds(at('-1e400'), at('1e400'))).toEqual({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
    expect(doubleEnds(at('1e400'), undefined)).toBeUndefined();
    expect(doubleEnds(undefined, at('-1e400'))).toBeUndefined();
    expect(doubleEnds(beyond('5'), beyond('5'))).toBeUndefined();
  });

  it('has each double in the range of its own text and in none that ends there', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: false });
    fc.assert(
      fc.property(double, (value) => {
        const text = String(value);
        const zeroless = value === 0 ? 0 : value;
        expect(doubleEnds(at(text), at(text))).toEqual({ min: zeroless, max: zeroless });
        expect(doubleEnds(beyond(text), at(text))).toBeUndefined();
        const above = doubleEnds(beyond(text), undefined);
        expect(above === undefined || above.min > value).toBe(true);
      }),
    );
  });
});
