import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleBounds, integerBounds } from './number-bounds.ts';
import type { RangeEnd } from './syntax-tree.ts';

/** Thousands of runs take long where other tests take the processors. */
const PROPERTY_TIMEOUT_MILLIS = 60_000;

const at = (value: string): RangeEnd => ({ value, inclusive: true });
const beyond = (value: string): RangeEnd => ({ value, inclusive: false });

/** Exact arithmetic to judge by: all values as whole multiples of 10 ** -SCALE, in which every double and decimal below is whole. */
const SCALE = 1_200;

function scaledDecimal(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [integer = '', fraction = ''] = mantissa.split('.');
  return BigInt(integer + fraction) * 10n ** BigInt(SCALE + Number(exponent) - fraction.length);
}

/** A double is the decimal that it is written as. */
const scaledDouble = (value: number): bigint => scaledDecimal(String(value).replace('e+', 'e'));

function isIn(scaled: bigint, min: RangeEnd | undefined, max: RangeEnd | undefined): boolean {
  if (min && (min.inclusive ? scaled < scaledDecimal(min.value) : scaled <= scaledDecimal(min.value))) return false;
  return !(max && (max.inclusive ? scaled > scaledDecimal(max.value) : scaled >= scaledDecimal(max.value)));
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength });
/** Decimals of every size, and many that are a double or lie just beside one or beside an integer. */
const decimal = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-'), digits(22), fc.option(digits(25)), fc.option(fc.integer({ min: -330, max: 320 })))
    .map(
      ([sign, integer, fraction, exponent]) =>
        `${sign}${integer}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
    ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(value).replace('e+', 'e')),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map((value) => `${value}.0000000000000000000001`),
  fc.integer({ min: -3, max: 3 }).map(String),
);
const end = fc.option(fc.record({ value: decimal, inclusive: fc.boolean() }), { nil: undefined });

describe('integerBounds', () => {
  it('rounds fractions inwards and opens at the ends of 64 bits', () => {
    expect(integerBounds(beyond('1.5'), at('3.9'))).toEqual({ min: 2n, max: 3n });
    expect(integerBounds(at('-1.5'), beyond('-1'))).toBeUndefined();
    expect(integerBounds(at('-1.5'), at('-1'))).toEqual({ min: -1n, max: -1n });
    expect(integerBounds(beyond('5'), undefined)).toEqual({ min: 6n, max: 2n ** 63n - 1n });
    expect(integerBounds(undefined, beyond('5e0'))).toEqual({ min: -(2n ** 63n), max: 4n });
    expect(integerBounds(at('-1e9999'), at('1e9999'))).toEqual({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    expect(integerBounds(beyond('1e-9999'), at('1'))).toEqual({ min: 1n, max: 1n });
  });

  it('is empty where no integer is in the range', () => {
    expect(integerBounds(beyond('1'), beyond('2'))).toBeUndefined();
    expect(integerBounds(at('9223372036854775808'), undefined)).toBeUndefined();
    expect(integerBounds(undefined, beyond('-9223372036854775808'))).toBeUndefined();
    expect(integerBounds(at('5'), at('1'))).toBeUndefined();
  });

  it('is exact beyond 2^53', () => {
    expect(integerBounds(beyond('9007199254740992'), at('9007199254740993'))).toEqual({ min: 9007199254740993n, max: 9007199254740993n });
  });

  it('holds an integer exactly when the range does', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const integer = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer({ min: -5, max: 5 }).map(BigInt));
    fc.assert(
      fc.property(end, end, integer, (min, max, value) => {
        const bounds = integerBounds(min, max);
        const isWithin = bounds !== undefined && value >= bounds.min && value <= bounds.max;
        expect(isWithin).toBe(isIn(value * 10n ** BigInt(SCALE), min, max));
      }),
      { numRuns: 500 },
    );
  });

  it('has ends that are in the range themselves', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    fc.assert(
      fc.property(end, end, (min, max) => {
        const bounds = integerBounds(min, max);
        if (bounds === undefined) return;
        for (const value of [bounds.min, bounds.max]) expect(isIn(value * 10n ** BigInt(SCALE), min, max)).toBe(true);
      }),
    );
  });
});

describe('doubleBounds', () => {
  it('takes a double for the decimal that it is written as, so that <=5.9 holds 5.9', () => {
    // In binary the double 0.1 is a little more than the decimal 0.1, and that of 0.3 a little less.
    expect(doubleBounds(undefined, at('0.1'))?.max).toBe(0.1);
    expect(doubleBounds(at('0.3'), undefined)?.min).toBe(0.3);
    expect(doubleBounds(beyond('0.1'), undefined)?.min).toBeGreaterThan(0.1);
    expect(doubleBounds(undefined, beyond('0.3'))?.max).toBeLessThan(0.3);
  });

  it('compares exactly where an end lies between two doubles', () => {
    expect(doubleBounds(at('0.10000000000000000001'), undefined)?.min).toBeGreaterThan(0.1);
    expect(doubleBounds(undefined, at('0.10000000000000000001'))?.max).toBe(0.1);
    expect(doubleBounds(beyond('0.5'), beyond('0.5000000000000000000001'))).toBeUndefined();
  });

  it('is finite at both ends, since infinities are in no range', () => {
    expect(doubleBounds(at('-1e999'), at('1e999'))).toEqual({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
    expect(doubleBounds(at('1e999'), undefined)).toBeUndefined();
    expect(doubleBounds(beyond(String(Number.MAX_VALUE)), undefined)).toBeUndefined();
  });

  it('holds both zeros where it holds zero', () => {
    expect(doubleBounds(at('0'), at('-0'))).toEqual({ min: -0, max: 0 });
    expect(doubleBounds(beyond('0'), undefined)?.min).toBe(Number.MIN_VALUE);
    expect(doubleBounds(undefined, beyond('0'))?.max).toBe(-Number.MIN_VALUE);
    expect(doubleBounds(beyond('1e-999'), undefined)?.min).toBe(Number.MIN_VALUE);
    expect(doubleBounds(beyond('-1e-999'), undefined)?.min).toBe(-0);
  });

  it('holds a double exactly when the range does', { timeout: PROPERTY_TIMEOUT_MILLIS }, () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    const pair = fc.oneof(
      fc.tuple(end, end, value),
      // The end is the double's own text.
      fc
        .tuple(value, fc.boolean(), end)
        .map(([double, inclusive, other]): [RangeEnd | undefined, RangeEnd | undefined, number] => [
          { value: String(double).replace('e+', 'e'), inclusive },
          other,
          double,
        ]),
    );
    fc.assert(
      fc.property(pair, ([min, max, double]) => {
        for (const [from, to] of [
          [min, max],
          [max, min],
        ] as const) {
          const bounds = doubleBounds(from, to);
          const isWithin = bounds !== undefined && double >= bounds.min && double <= bounds.max;
          expect(isWithin).toBe(isIn(scaledDouble(double), from, to));
        }
      }),
      { numRuns: 500 },
    );
  });
});
