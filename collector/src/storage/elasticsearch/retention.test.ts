import { describe, expect, it } from 'vitest';
import { expiredIndices, rolloverAgeMillis } from './retention.ts';

const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;

describe('expiredIndices', () => {
  const dataStream = {
    name: 'logs-threadline-default',
    indices: [0, 1, 2].map((day) => ({ name: `index-${day}`, createdMillis: day * DAY, templateVersion: 3, isForeign: false })),
  };

  it('counts from when the next index took over, and never names the one that is written to', () => {
    const at = (nowMillis: number) => expiredIndices(dataStream, { retentionMillis: 7 * DAY, nowMillis });
    expect(at(8 * DAY)).toEqual([]);
    expect(at(8 * DAY + 1)).toEqual(['index-0']);
    expect(at(9 * DAY + 1)).toEqual(['index-0', 'index-1']);
    expect(at(1_000 * DAY)).toEqual(['index-0', 'index-1']);
  });
});

describe('rolloverAgeMillis', () => {
  it.each([
    [0.5 * DAY, 1.2 * HOUR],
    [1 * DAY, 2.4 * HOUR],
    [7 * DAY, 1 * DAY],
    [30 * DAY, 7 * DAY],
    [365 * DAY, 30 * DAY],
  ])('of a retention of %i ms is %i ms', (retention, age) => expect(rolloverAgeMillis(retention)).toBe(age));
});
