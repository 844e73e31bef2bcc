import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWindow, WHOLE, windowBetween, writeWindow } from './time-window.ts';

describe('a time window in an address', () => {
  it('is nothing for all of the axis', () => {
    expect(writeWindow(WHOLE)).toBeUndefined();
    expect(parseWindow(undefined)).toBeUndefined();
  });

  it('comes back to a millionth of the axis', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(place, place, (one, other) => {
        const window = windowBetween(one, other);
        const back = parseWindow(writeWindow(window)) ?? WHOLE;
        expect(back.from).toBeCloseTo(window.from, 5);
        expect(back.to).toBeCloseTo(window.to, 5);
      }),
    );
  });

  it('is left out where it says nothing', () => {
    for (const text of ['', '1', '5-5', '7-3', '-1-5', '0-12345678', 'a-b']) expect(parseWindow(text)).toBeUndefined();
  });
});
