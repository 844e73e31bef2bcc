import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatDurationTo, parseDuration } from './duration-format.ts';

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

describe('formatDurationTo', () => {
  it.each([
    [0, 1e6, '0 ms'],
    [1_405_000_000, 5e6, '1.405 s'],
    [1_410_000_000, 5e6, '1.41 s'],
    [500_000_000, 500e6, '500 ms'],
    [1_000_200, 200, '1.0002 ms'],
    [123_456_000, 1e3, '123.456 ms'],
    [61_250_000_000, 50e6, '1 min 1.25 s'],
    [3_661_500_000_000, 500e6, '1 h 1 min 1.5 s'],
    [120_000_000_000, 60e9, '2 min'],
  ])('writes %i ns in steps of %i as %s', (nanos, step, text) => {
    expect(formatDurationTo(nanos, step)).toBe(text);
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
