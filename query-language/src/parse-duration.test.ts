import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuerySyntaxError } from './errors.ts';
import { formatDuration } from './format-duration.ts';
import { MAX_DURATION_NANOS, parseDuration } from './parse-duration.ts';

function fault(text: string, offset = 0): string {
  try {
    parseDuration(text, offset);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return `${error.code}@${error.position}`;
    throw error;
  }
  return 'no error';
}

describe('parseDuration', () => {
  it('reads every unit, decimals and several units in a row', () => {
    const nanos = { '100ns': 100n, '500us': 500_000n, '500µs': 500_000n, '500μs': 500_000n, '250ms': 250_000_000n, '1.5s': 1_500_000_000n };
    const longer = { '2m': 120_000_000_000n, '1h': 3_600_000_000_000n, '1h30m': 5_400_000_000_000n, '1d': 86_400_000_000_000n, '0s': 0n };
    for (const [text, expected] of Object.entries({ ...nanos, ...longer })) expect(parseDuration(text)).toBe(expected);
    expect(parseDuration('0.000001ms')).toBe(1n);
  });

  it('refuses what has no unit, a sign, a fraction of a nanosecond or its units out of order, where it is wrong', () => {
    for (const text of ['', '250', '-5ms', '+5ms', 'ms', '1.s', '.5s', '5 ms', '1e3s', '5MS', 'x']) {
      expect({ [text]: fault(text) }).toEqual({ [text]: 'invalid_duration@0' });
    }
    expect(fault('1h5')).toBe('invalid_duration@2');
    expect(fault('1m1h')).toBe('invalid_duration@2');
    expect(fault('1s1s')).toBe('invalid_duration@2');
    expect(fault('0.5ns')).toBe('invalid_duration@0');
    expect(fault('1s ', 10)).toBe('invalid_duration@12');
  });

  it('ends at what 64 bits hold', () => {
    expect(parseDuration(`${MAX_DURATION_NANOS}ns`)).toBe(MAX_DURATION_NANOS);
    expect(fault(`${MAX_DURATION_NANOS + 1n}ns`)).toBe('invalid_duration@0');
    expect(fault('999999d')).toBe('invalid_duration@0');
  });
});

describe('formatDuration', () => {
  it('takes the greatest unit that needs at most three decimals', () => {
    const texts: [bigint, string][] = [
      [0n, '0s'],
      [17n, '17ns'],
      [1_500n, '1.5us'],
      [250_000_000n, '250ms'],
      [1_500_000_000n, '1.5s'],
      [1_234_567n, '1234.567us'],
      [5_400_000_000_000n, '1.5h'],
      [86_400_000_000_000n, '1d'],
    ];
    for (const [nanos, text] of texts) expect(formatDuration(nanos)).toBe(text);
    expect(() => formatDuration(-1n)).toThrow(RangeError);
  });

  it('comes back as the same nanoseconds', () => {
    const nanos = fc.oneof(
      fc.bigInt({ min: 0n, max: MAX_DURATION_NANOS }),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 9_999n }), fc.constantFrom(1n, 1_000n, 1_000_000n, 1_000_000_000n, 60_000_000_000n))
        .map(([n, unit]) => n * unit),
    );
    fc.assert(
      fc.property(nanos, (value) => {
        expect(parseDuration(formatDuration(value))).toBe(value);
      }),
    );
  });
});
