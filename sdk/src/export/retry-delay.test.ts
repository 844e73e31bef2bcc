import { describe, expect, it } from 'vitest';
import { backoffMillis, parseRetryAfter } from './retry-delay.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('backoffMillis', () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [4, 4000, 8000],
    [5, 7500, 15_000],
    [60, 7500, 15_000],
  ])('after %i failures lies between half and all of the step', (failures, least, most) => {
    for (let run = 0; run < 50; run += 1) {
      const millis = backoffMillis(failures);
      expect(millis).toBeGreaterThanOrEqual(least);
      expect(millis).toBeLessThanOrEqual(most);
    }
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['2', 2000],
    [' 2 ', 2000],
    [' 0 ', undefined],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
    ['Thu Jan  1 12:00:30 2026', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', undefined],
    ['Thu, 01 Jan 2026 12:00:00 GMT', undefined],
    ['Thu, 99 Jan 2026 12:00:30 GMT', undefined],
    ['86400', 3_600_000],
    ['soon', undefined],
    ['-5', undefined],
    ['0.5', undefined],
    ['2026-01-01T12:00:30Z', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j ms', (header, millis) => {
    expect(parseRetryAfter(header, NOW)).toBe(millis);
  });
});
