import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration-format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1_234, '1.23 µs'],
    [4_000_000, '4 ms'],
    [38_250_000, '38.3 ms'],
    [842_000_000, '842 ms'],
    [999_600_000, '1 s'],
    [1_240_000_000, '1.24 s'],
    [59_960_000_000, '1 min'],
    [125_000_000_000, '2 min 5 s'],
    [12_000_000_000_000, '3 h 20 min'],
    [90_000_000_000_000, '1 d 1 h'],
    [-5_000_000, '-5 ms'],
  ])('writes %i ns as %s', (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });

  it('has at most three digits below a minute', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 59e9, noNaN: true }), (nanos) => {
        const [number] = formatDuration(nanos).split(' ');
        expect((number ?? '').replace(/^0\.0*|\./g, '').length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('parseDuration', () => {
  it('reads a number with a unit, and nothing else', () => {
    expect(parseDuration('250ms')).toBe(250e6);
    expect(parseDuration(' 1.5s ')).toBe(1.5e9);
    expect(parseDuration('2m')).toBe(120e9);
    expect(['250', 'ms', '-1s', '1 day', ''].map(parseDuration)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
