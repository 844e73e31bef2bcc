import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalNumber, plainDecimal } from './decimal.ts';

describe('plainDecimal', () => {
  it('writes a number as JSON does and keeps every digit', () => {
    const cases = {
      '+5.': '5',
      '.5': '0.5',
      '007': '7',
      '1E+3': '1e3',
      '-00.50e-07': '-0.50e-7',
      '12345678901234567890.1': '12345678901234567890.1',
    };
    for (const [text, plain] of Object.entries(cases)) {
      expect(plainDecimal(text)).toBe(plain);
      expect(() => JSON.parse(plain)).not.toThrow();
    }
  });

  it('has no number for what is none', () => {
    for (const text of ['', '-', '.', 'e5', '1e', '0x10', 'NaN', 'Infinity', '1_000', ' 5', '5 ', '1.2.3', '五']) {
      expect(plainDecimal(text)).toBeUndefined();
    }
  });
});

describe('canonicalNumber', () => {
  it('is one text for all ways to write a value', () => {
    for (const text of ['5', '5.0', '5e0', '+5', '50e-1', '0.05e2', '0005.000']) expect(canonicalNumber(text)).toBe('5');
    for (const text of ['0', '-0', '0.000', '0e99999', '-0e-99999']) expect(canonicalNumber(text)).toBe('0');
    expect(canonicalNumber('0.10')).toBe('0.1');
  });

  it('keeps integers of 64 bits exactly', () => {
    expect(canonicalNumber('9007199254740993')).toBe('9007199254740993');
    expect(canonicalNumber('9223372036854775807.0')).toBe('9223372036854775807');
    expect(canonicalNumber('-9223372036854775808')).toBe('-9223372036854775808');
    expect(canonicalNumber('9223372036854775808')).toBe('9223372036854776000');
  });

  it('is undefined where no double is near', () => {
    for (const text of ['1e400', '-1e99999999', '1e-400', 'NaN', 'Infinity', 'five']) expect(canonicalNumber(text)).toBeUndefined();
  });

  it('is the same for a double and for its text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const canonical = canonicalNumber(String(value)) ?? '';
        expect(Number(canonical)).toBe(value === 0 ? 0 : value);
        expect(canonicalNumber(canonical)).toBe(canonical);
        expect(canonicalNumber(value.toExponential())).toBe(canonical);
      }),
    );
  });
});
