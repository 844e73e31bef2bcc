import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockTicks, durationTicks } from './axis-ticks.ts';
import { inWindow, panWindow, scaleWindow, WHOLE, windowBetween } from './time-window.ts';
import { windowTicks } from './window-ticks.ts';

describe('durationTicks', () => {
  it('stand on round places from zero on', () => {
    expect(durationTicks(842e6, 6).map(({ nanos }) => nanos / 1e6)).toEqual([0, 200, 400, 600, 800]);
    expect(durationTicks(0, 6)).toEqual([]);
  });

  it('are never more than asked for, and one at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e15 }), fc.integer({ min: 1, max: 20 }), (total, maxTicks) => {
        const ticks = durationTicks(total, maxTicks);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(maxTicks + 1);
      }),
    );
  });
});

describe('clockTicks', () => {
  it('stand on round clock times of the zone', () => {
    const fromMillis = Date.parse('2026-11-23T13:47:12Z');
    const range = { fromMillis, toMillis: fromMillis + 900_000 };
    const ticks = clockTicks(range, 5, 5.5 * 3_600_000).map((at) => new Date(at).toISOString().slice(11, 19));
    expect(ticks).toEqual(['13:50:00', '13:55:00', '14:00:00']);
  });
});

describe('windows', () => {
  it('lie within the axis whatever is done to them', () => {
    const share = fc.double({ min: -0.5, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.double({ min: 0.1, max: 10, noNaN: true }), (one, other, factor) => {
        const window = windowBetween(one, other);
        for (const { from, to } of [window, scaleWindow(window, factor), panWindow(window, factor), panWindow(window, -factor)]) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(1 + 1e-9);
          expect(to - from).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('show what lies in them', () => {
    expect(inWindow(0.5, { from: 0.25, to: 0.75 })).toBe(0.5);
    expect(inWindow(0.1, { from: 0.25, to: 0.75 })).toBeLessThan(0);
    expect(scaleWindow({ from: 0.4, to: 0.6 }, 100)).toEqual(WHOLE);
  });

  it('have finer ticks the narrower they are', () => {
    const whole = windowTicks(1e9, { window: WHOLE, maxTicks: 5 });
    const narrow = windowTicks(1e9, { window: { from: 0.5, to: 0.6 }, maxTicks: 5 });
    expect(whole.map(({ nanos }) => nanos / 1e6)).toEqual([0, 200, 400, 600, 800]);
    expect(narrow.map(({ nanos }) => nanos / 1e6)).toEqual([500, 520, 540, 560, 580]);
  });

  it('have ticks that are told apart, as many at any depth of zoom', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1e13 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 1e-7, max: 0.1, noNaN: true }),
        (total, from, width) => {
          const ticks = windowTicks(total, { window: { from, to: from + width }, maxTicks: 12 });
          expect(ticks.length).toBeLessThanOrEqual(13);
          expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
          for (const { place } of ticks) expect(place).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
