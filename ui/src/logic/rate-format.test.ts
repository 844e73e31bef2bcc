import { describe, expect, it } from 'vitest';
import { ratePerMinute } from './rate-format.ts';

describe('ratePerMinute', () => {
  it.each([
    [0, 0],
    [12.5, 750],
    [0.917, 55],
    [0.0099, 0.594],
    [1 / 3_600, 0.0167],
    [0.01 / 60, 0.01],
    [1 / 604_800, undefined],
  ])('says %d a second by the minute, whatever it is', (perSecond, value) => {
    expect(ratePerMinute(perSecond)).toBe(value);
  });
});
