import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0n],
    ['4500ns', 4_500n],
    ['1.5s', 1_500_000_000n],
    ['+.25ms', 250_000n],
    ['3.m', 180_000_000_000n],
    ['1h2m3s4ms5us6ns', 3_723_004_005_006n],
    ['7\u00b5s', 7_000n],
    ['7\u03bcs', 7_000n],
    ['1s1s', 2_000_000_000n],
    ['0.9999999999ns', 0n],
  ])('reads %s', (text, nanos) => {
    expect(parseGoDuration(text)).toBe(nanos);
  });

  it.each(['', '+', '-1s', '1', '1.5', '.s', 's', '1d', '1 s', 's1', '1s2', '1e3s', '0x1s', '9'.repeat(100), '１s', '1s\n'])(
    'does not take %j for a duration',
    (text) => {
      expect(parseGoDuration(text)).toBeUndefined();
    },
  );

  it('never fails on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.nuµmsh+-]{0,40}$/)), (text) => {
        const nanos = parseGoDuration(text);
        expect(nanos === undefined || nanos >= 0n).toBe(true);
      }),
    );
  });
});
