import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockTicks, durationTicks, roundStep } from './axis-ticks.ts';
import { formatDuration } from './duration-format.ts';
import { inWindow, panWindow, scaleWindow, WHOLE, windowBetween } from './time-window.ts';
import { ticksOfWidth, windowTicks } from './window-ticks.ts';

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
    const ticks = clockTicks(range, 5, () => 5.5 * 3_600_000).map((at) => new Date(at).toISOString().slice(11, 19));
    expect(ticks).toEqual(['13:50:00', '13:55:00', '14:00:00']);
  });
});

describe('clockTicks over months and years', () => {
  const days = (from: string, to: string, maxTicks: number, offsetAt: (millis: number) => number = () => 0): string[] =>
    clockTicks({ fromMillis: Date.parse(from), toMillis: Date.parse(to) }, maxTicks, offsetAt).map((at) =>
      new Date(at + offsetAt(at)).toISOString().slice(0, 16),
    );

  it('stand on firsts of months, of quarters and of years', () => {
    expect(days('2026-01-20T00:00:00Z', '2026-06-20T00:00:00Z', 8)).toEqual([
      '2026-02-01T00:00',
      '2026-03-01T00:00',
      '2026-04-01T00:00',
      '2026-05-01T00:00',
      '2026-06-01T00:00',
    ]);
    expect(days('2026-01-20T00:00:00Z', '2027-01-20T00:00:00Z', 6)).toEqual([
      '2026-04-01T00:00',
      '2026-07-01T00:00',
      '2026-10-01T00:00',
      '2027-01-01T00:00',
    ]);
    expect(days('2016-11-01T00:00:00Z', '2030-01-01T00:00:00Z', 8).map((day) => day.slice(0, 10))).toEqual(
      [2018, 2020, 2022, 2024, 2026, 2028].map((year) => `${year}-01-01`),
    );
  });

  it('stand at midnight on both sides of a change of the clock', () => {
    const summer = Date.parse('2026-03-29T01:00:00Z');
    const offsetAt = (at: number): number => (at < summer ? 3_600_000 : 7_200_000);
    const ticks = days('2026-03-26T12:00:00Z', '2026-04-01T12:00:00Z', 7, offsetAt);
    expect(ticks).toEqual([27, 28, 29, 30, 31].map((day) => `2026-03-${day}T00:00`).concat('2026-04-01T00:00'));
    for (const tick of days('2026-01-20T12:00:00Z', '2026-07-20T12:00:00Z', 7, offsetAt)) expect(tick).toMatch(/-01T00:00$/);
  });
});

describe('roundStep', () => {
  it.each([
    [12e9, '20 s'],
    [21e9, '30 s'],
    [40e9, '1 min'],
    [130e9, '5 min'],
    [1_000e9, '30 min'],
    [2_000e9, '1 h'],
    [50_000e9, '1 d'],
    [90_000e9, '2 d'],
  ])('is from %i ns on %s', (atLeast, text) => {
    expect(formatDuration(roundStep(atLeast))).toBe(text);
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

  it('have ticks on round minutes, hours and days', () => {
    const texts = (seconds: number): string[] => windowTicks(seconds * 1e9, { window: WHOLE, maxTicks: 6 }).map(({ text }) => text);
    expect(texts(3 * 86_400)).toEqual(['0 ms', '12 h', '1 d', '1 d 12 h', '2 d', '2 d 12 h']);
    expect(texts(7_000)).toEqual(['0 ms', '30 min', '1 h', '1 h 30 min']);
    expect(texts(150)).toEqual(['0 ms', '30 s', '1 min', '1 min 30 s', '2 min']);
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

describe('ticksOfWidth', () => {
  it('gives a measure on a phone too: another tick beside zero, whatever the axis is long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 1e15 }), fc.integer({ min: 1, max: 2_000 }), (total, width) => {
        const ticks = windowTicks(total, { window: WHOLE, maxTicks: ticksOfWidth(width) });
        expect(ticks.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});
