import { describe, expect, it } from 'vitest';
import { rateOf } from './rate-format.ts';

describe('rateOf', () => {
  it.each([
    [0, 'services.perSecond', 0],
    [12.5, 'services.perSecond', 12.5],
    [0.01, 'services.perSecond', 0.01],
    [0.0099, 'services.perMinute', 0.594],
    [1 / 900, 'services.perMinute', 0.0667],
    [1 / 7_200, 'services.perHour', 0.5],
    [1 / 604_800, 'services.perHour', 0.00595],
  ])('says %d a second in a unit that has digits for it', (perSecond, key, value) => {
    expect(rateOf(perSecond)).toEqual({ key, value });
  });
});
